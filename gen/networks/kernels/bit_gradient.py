"""Gradient for one logistic output and inputs of 0 and 1, by tables of sums of weights."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int, Shaped, UInt8

from gen.networks.kernels.bit_tables import AT_ONCE, BLOCK, TABLE, WIDEST, gradients

if TYPE_CHECKING:
    from gen.lazy import torch
    from gen.networks.batch import Batch

_CACHE_LINE = 64
"""Bytes. Lanes that lie across two lines take two loads."""


class BitGradient:
    """dL/dW_in and dL/dW_out for a fixed batch of bits; called as `LogisticGradient` is.

    With U = X W_in, A = [U > 0], d = dL/dz for each row, v = W_out and S = X^T (d * A):

        dL/dW_in = S * v            dL/dv = sum over inputs of (S * W_in)

    The rows and labels of the batch are 0 and 1, the rows float32 on the CPU. All sums are those of
    the matrix products, in another order, which is the same on every machine.
    """

    def __init__(self, batch: Batch, neurons: int) -> None:
        inputs = batch.inputs.numpy()
        always = (inputs == 1).all(axis=(0, 1))
        constant, bits = np.flatnonzero(always), np.flatnonzero(~always)
        tables = AT_ONCE * max(1, -(-len(bits) // (AT_ONCE * WIDEST)))
        first = np.arange(tables + 1) * len(bits) // tables
        self._layout = constant, bits, first
        self._places = _places(inputs[:, :, bits], first)
        self._labels = batch.labels.numpy().astype(np.float32)
        _, rows, width = inputs.shape
        blocks = -(-neurons // BLOCK)
        self._active = np.empty((blocks, rows, 2), dtype=np.uint8)
        self._tables = _aligned((2, tables * TABLE))
        self._padded = _aligned((2, width + 1, blocks * BLOCK))
        self._slopes = np.empty((3, rows), dtype=np.float32)

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron 1"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron 1"],
    ) -> None:
        """Write the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        gradients(
            (self._places, self._labels, *self._layout),
            (w_in.numpy(), w_out.numpy()[:, :, 0]),
            (d_w_in.numpy(), d_w_out.numpy()[:, :, 0]),
            (self._tables, self._padded, self._active),
            (self._slopes, self._slopes[2].view(np.int32)),
        )


def _places(
    bits: Float[np.ndarray, "model row bit"], first: Int[np.ndarray, " bound"]
) -> UInt8[np.ndarray, "model row table"]:
    """Return the pattern of each row in each table."""
    whole = bits.astype(np.uint8)
    places = [
        (whole[:, :, low:high] << np.arange(high - low, dtype=np.uint8)).sum(axis=2, dtype=np.uint8)
        for low, high in pairwise(first.tolist())
    ]
    return np.stack(places, axis=2)


def _aligned(shape: tuple[int, ...]) -> Shaped[np.ndarray, "..."]:
    """Allocate zeros in float32 that begin with a line of the cache."""
    size = int(np.prod(shape)) * 4
    memory = np.zeros(size + _CACHE_LINE, dtype=np.uint8)
    start = -memory.ctypes.data % _CACHE_LINE
    return memory[start : start + size].view(np.float32).reshape(shape)
