"""The gradient of bits as it was until November 2026: every row through all neurons at once.

Six bits have 64 patterns. A table holds the sum of weights for each pattern, so a row of
30 bits needs five look-ups instead of thirty multiplications (the method of the four Russians:
Arlazarov, Dinic, Kronrod and Faradzev 1970). The gradient is computed the same way backwards:
each row adds its part to the entry of its pattern, and the entries are summed over the bits at
the end. The sums are those of the matrix products, in another order.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

if TYPE_CHECKING:
    from gen.lazy import torch
    from gen.networks.batch import Batch

_AT_ONCE = 5
_WIDEST = 6
_ZERO, _ONE = np.float32(0), np.float32(1)

# Compilers choose between forms of a loop by the addresses of its arrays, so only a loop that
# writes nothing may reorder its sum. Other loops would not give the same bits every time.
# `no_type_check`: numba cannot compile the wrappers that check types in tests.
_compiled = njit(cache=True)
_compiled_sum = njit(cache=True, fastmath={"reassoc", "contract"})


class RowByRow:
    """dL/dW_in and dL/dW_out for a fixed batch of bits; called as `LogisticGradient` is.

    With U = X W_in, A = [U > 0], d = dL/dz for each row, v = W_out and S = X^T (d * A):

        dL/dW_in = S * v            dL/dv = sum over inputs of (S * W_in)

    The rows and labels of the batch are 0 and 1, the rows float32 on the CPU.
    """

    def __init__(self, batch: Batch, neurons: int) -> None:
        inputs = batch.inputs.numpy()
        always = (inputs == 1).all(axis=(0, 1))
        self._constant, self._bits = np.flatnonzero(always), np.flatnonzero(~always)
        tables = _AT_ONCE * max(1, -(-len(self._bits) // (_AT_ONCE * _WIDEST)))
        self._first = np.arange(tables + 1) * len(self._bits) // tables
        widths = np.diff(self._first)
        self._start = np.concatenate([[0], np.cumsum(1 << widths)])
        self._places = _places(inputs[:, :, self._bits], self._first, self._start)
        self._labels = batch.labels.numpy().astype(np.float32)
        self._sums = np.empty((self._start[-1], neurons), dtype=np.float32)
        self._slopes = np.empty_like(self._sums)

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron 1"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron 1"],
    ) -> None:
        """Write the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        _gradients(
            self._places,
            self._labels,
            (self._constant, self._bits, self._first, self._start),
            (w_in.numpy(), w_out.numpy()[:, :, 0]),
            (d_w_in.numpy(), d_w_out.numpy()[:, :, 0]),
            self._sums,
            self._slopes,
        )


def _places(
    bits: Float[np.ndarray, "model row bit"],
    first: Int[np.ndarray, " bound"],
    start: Int[np.ndarray, " bound"],
) -> Int[np.ndarray, "model row table"]:
    """Return the entry of each row's pattern in each table."""
    whole = bits.astype(np.int32)
    places = [
        (whole[:, :, low:high] << np.arange(high - low)).sum(axis=2) + offset
        for low, high, offset in zip(first[:-1], first[1:], start[:-1], strict=True)
    ]
    return np.stack(places, axis=2).astype(np.int32)


@_compiled
@no_type_check
def _gradients(
    places: Int[np.ndarray, "model row table"],
    labels: Float[np.ndarray, "model row"],
    layout: tuple[
        Int[np.ndarray, " constant"],
        Int[np.ndarray, " bit"],
        Int[np.ndarray, " bound"],
        Int[np.ndarray, " bound"],
    ],
    weights: tuple[Float[np.ndarray, "model input neuron"], Float[np.ndarray, "model neuron"]],
    gradients: tuple[Float[np.ndarray, "model input neuron"], Float[np.ndarray, "model neuron"]],
    sums: Float[np.ndarray, "pattern neuron"],
    slopes: Float[np.ndarray, "pattern neuron"],
) -> None:
    """Compute one model after another, so that the tables of one stay in the cache."""
    constant, bits, first, start = layout
    (w_in, w_out), (d_w_in, d_w_out) = weights, gradients
    base = np.empty(sums.shape[1], dtype=np.float32)
    active = np.empty_like(base)
    for model in range(len(places)):
        base[:] = _ZERO
        for column in constant:
            base += w_in[model, column]
        _fill(sums, w_in[model], bits, first, start)
        slopes[:] = _ZERO
        _forward_backward(places[model], labels[model], base, active, w_out[model], sums, slopes)
        base[:] = _ZERO
        for place in range(start[1]):
            base += slopes[place]
        for column in constant:
            d_w_in[model, column] = base
        _fold(slopes, d_w_in[model], bits, first, start)
        _finish(w_in[model], w_out[model], d_w_in[model], d_w_out[model])


@_compiled
@no_type_check
def _fill(
    sums: Float[np.ndarray, "pattern neuron"],
    w_in: Float[np.ndarray, "input neuron"],
    bits: Int[np.ndarray, " bit"],
    first: Int[np.ndarray, " bound"],
    start: Int[np.ndarray, " bound"],
) -> None:
    """Fill the tables: sum(pattern + bit) = sum(pattern) + weights(bit)."""
    neurons = sums.shape[1]
    for table in range(len(first) - 1):
        offset = start[table]
        sums[offset] = _ZERO
        for bit in range(first[table + 1] - first[table]):
            column = bits[first[table] + bit]
            half = 1 << bit
            for pattern in range(half):
                former = offset + pattern
                for n in range(neurons):
                    sums[former + half, n] = sums[former, n] + w_in[column, n]


@_compiled
@no_type_check
def _forward_backward(
    places: Int[np.ndarray, "row table"],
    labels: Float[np.ndarray, " row"],
    base: Float[np.ndarray, " neuron"],
    active: Float[np.ndarray, " neuron"],
    w_out: Float[np.ndarray, " neuron"],
    sums: Float[np.ndarray, "pattern neuron"],
    slopes: Float[np.ndarray, "pattern neuron"],
) -> None:
    """Forward and backward pass, row by row, without an array of rows x neurons."""
    rows, tables = places.shape
    neurons = sums.shape[1]
    scale = np.float32(1 / rows)
    for row in range(rows):
        before = base
        for t in range(0, tables - _AT_ONCE, _AT_ONCE):
            a, b, c = places[row, t], places[row, t + 1], places[row, t + 2]
            d, e = places[row, t + 3], places[row, t + 4]
            for n in range(neurons):
                found = (sums[a, n] + sums[b, n]) + (sums[c, n] + sums[d, n]) + sums[e, n]
                active[n] = before[n] + found
            before = active
        t = tables - _AT_ONCE
        a, b, c = places[row, t], places[row, t + 1], places[row, t + 2]
        d, e = places[row, t + 3], places[row, t + 4]
        for n in range(neurons):
            found = (sums[a, n] + sums[b, n]) + (sums[c, n] + sums[d, n]) + sums[e, n]
            active[n] = max(before[n] + found, _ZERO)
        z = _dot(active, w_out)
        d = _ONE / (_ONE + np.float32(math.exp(-z))) - labels[row]
        d *= scale
        for n in range(neurons):
            active[n] = d if active[n] > _ZERO else _ZERO
        for table in range(tables):
            place = places[row, table]
            for n in range(neurons):
                slopes[place, n] += active[n]


@_compiled_sum
@no_type_check
def _dot(active: Float[np.ndarray, " neuron"], w_out: Float[np.ndarray, " neuron"]) -> np.float32:
    z = _ZERO
    for n in range(len(active)):
        z += active[n] * w_out[n]
    return z


@_compiled
@no_type_check
def _fold(
    slopes: Float[np.ndarray, "pattern neuron"],
    d_w_in: Float[np.ndarray, "input neuron"],
    bits: Int[np.ndarray, " bit"],
    first: Int[np.ndarray, " bound"],
    start: Int[np.ndarray, " bound"],
) -> None:
    """Sum `slopes` over the patterns that contain each bit; `slopes` is overwritten."""
    neurons = slopes.shape[1]
    for table in range(len(first) - 1):
        offset = start[table]
        for bit in range(first[table + 1] - first[table] - 1, -1, -1):
            column = bits[first[table] + bit]
            d_w_in[column] = _ZERO
            half = 1 << bit
            for pattern in range(half):
                former = offset + pattern
                for n in range(neurons):
                    slope = slopes[former + half, n]
                    d_w_in[column, n] += slope
                    slopes[former, n] += slope


@_compiled
@no_type_check
def _finish(
    w_in: Float[np.ndarray, "input neuron"],
    w_out: Float[np.ndarray, " neuron"],
    d_w_in: Float[np.ndarray, "input neuron"],
    d_w_out: Float[np.ndarray, " neuron"],
) -> None:
    d_w_out[:] = _ZERO
    for column in range(len(w_in)):
        for n in range(len(w_out)):
            d_w_out[n] += d_w_in[column, n] * w_in[column, n]
            d_w_in[column, n] *= w_out[n]
