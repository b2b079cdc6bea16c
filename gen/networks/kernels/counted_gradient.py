"""Gradients of losses for rows that are sums of a few unit vectors, on the CPU.

Models are computed one after another, so that all arrays of one stay in the cache of its core.
Matrices are multiplied by numpy, whose BLAS takes 0.6 to 0.9 of the time of torch's for matrices of
these sizes (`python -m bench.modular`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

from gen.networks.kernels.exponential import exponentials

if TYPE_CHECKING:
    from gen.lazy import torch
    from gen.networks.batch import Activation
    from gen.networks.losses import LossName

_ZERO, _ONE, _TWO = np.float32(0), np.float32(1), np.float32(2)

# Compilers choose between forms of a loop by the addresses of its arrays, so only a loop that
# writes nothing may reorder its sum. Other loops would not give the same bits every time. `nnan`
# lets the largest value be found by vectors; a row with a NaN has a gradient of NaN all the same.
# Comparisons are written so that a NaN stays one, which `max` does not promise.
# `no_type_check`: numba cannot compile the wrappers that check types in tests.
_compiled = njit(cache=True)
_compiled_sum = njit(cache=True, fastmath={"reassoc", "contract", "nnan", "nsz"})


class CountedGradient:
    """dL/dW_in and dL/dW_out for a fixed batch; called as `CrossEntropyGradient` is.

    Args:
        terms: for each term, the input that is one in each row.
        labels: the right output of each row.
        neurons: number of neurons.
        outputs: number of outputs, two or more.
        activation: f of a neuron.
        loss: cross-entropy or stablemax.
    """

    def __init__(
        self,
        terms: Int[np.ndarray, "term model row"],
        labels: Int[np.ndarray, "model row"],
        neurons: int,
        outputs: int,
        activation: Activation,
        loss: LossName = "cross-entropy",
    ) -> None:
        self._relu = activation == "relu"
        self._stable = loss == "stablemax"
        self._terms = terms.transpose(1, 0, 2).astype(np.int32)
        self._labels = labels.astype(np.int32)
        rows = labels.shape[1]
        self._u, self._h, self._d_u = np.empty((3, rows, neurons), dtype=np.float32)
        self._z = np.empty((rows, outputs), dtype=np.float32)
        self._values = np.empty(outputs, dtype=np.float32)
        self._powers = np.empty(outputs, dtype=np.int32)
        self._scale = np.float32(1.0 / (rows * outputs))

    def __call__(
        self,
        w_in: Float[torch.Tensor, "model input neuron"],
        w_out: Float[torch.Tensor, "model neuron output"],
        d_w_in: Float[torch.Tensor, "model input neuron"],
        d_w_out: Float[torch.Tensor, "model neuron output"],
    ) -> None:
        """Write the gradients at `w_in`, `w_out` into `d_w_in`, `d_w_out`."""
        weights = zip(w_in.numpy(), w_out.numpy(), strict=True)
        gradients = zip(d_w_in.numpy(), d_w_out.numpy(), strict=True)
        rows = zip(self._terms, self._labels, strict=True)
        h = self._u if self._relu else self._h
        for (into, out), (d_into, d_out), (terms, labels) in zip(
            weights, gradients, rows, strict=True
        ):
            _activate(into, terms, self._u, h, self._relu)
            np.matmul(h, out, out=self._z)
            self._differentiate_loss(labels)
            np.matmul(h.T, self._z, out=d_out)
            np.multiply(d_out, self._scale, out=d_out)
            np.matmul(self._z, out.T, out=self._d_u)
            _add_up(self._d_u, self._u, terms, d_into, self._relu)
            np.multiply(d_into, self._scale, out=d_into)

    def _differentiate_loss(self, labels: Int[np.ndarray, " row"]) -> None:
        """Replace Z by rows * outputs * dL/dZ."""
        if self._stable:
            _replace_by_stablemax_slopes(self._z, labels, self._values)
        else:
            powers = self._powers
            _subtract_from_softmax(self._z, labels, self._values, powers, powers.view(np.float32))


@_compiled
@no_type_check
def _activate(
    weights: Float[np.ndarray, "input neuron"],
    terms: Int[np.ndarray, "term row"],
    u: Float[np.ndarray, "row neuron"],
    h: Float[np.ndarray, "row neuron"],
    relu: bool,
) -> None:
    """Write U = X W_in and H = f(U); for relu they are one array, H."""
    rows, neurons = u.shape
    for row in range(rows):
        place = terms[0, row]
        for n in range(neurons):
            u[row, n] = weights[place, n]
        for term in range(1, len(terms)):
            place = terms[term, row]
            for n in range(neurons):
                u[row, n] += weights[place, n]
        if relu:
            for n in range(neurons):
                u[row, n] = _ZERO if u[row, n] < _ZERO else u[row, n]  # noqa: FURB136
        else:
            for n in range(neurons):
                h[row, n] = u[row, n] * u[row, n]


@_compiled
@no_type_check
def _subtract_from_softmax(
    z: Float[np.ndarray, "row output"],
    labels: Int[np.ndarray, " row"],
    values: Float[np.ndarray, " output"],
    powers: Int[np.ndarray, " output"],
    as_floats: Float[np.ndarray, " output"],
) -> None:
    """Replace Z by softmax(Z) - onehot(y).

    Args:
        powers, as_floats: the same memory, in which powers of two are put together.
    """
    for row in range(len(z)):
        logits = z[row]
        exponentials(logits, _largest(logits), values, powers, as_floats)
        factor = _ONE / _sum(values)
        for place in range(len(logits)):
            logits[place] = values[place] * factor
        logits[labels[row]] -= _ONE


@_compiled
@no_type_check
def _replace_by_stablemax_slopes(
    z: Float[np.ndarray, "row output"],
    labels: Int[np.ndarray, " row"],
    values: Float[np.ndarray, " output"],
) -> None:
    """Replace Z by s'(Z) (1 / sum(s) - onehot(y) / s), with s and y of `gen.networks.losses`.

    s' is 1 from 0 on and s^2 below. At the label, the difference is -(sum(s) - s) / (sum(s) s).
    """
    for row in range(len(z)):
        logits, label = z[row], labels[row]
        for place in range(len(logits)):
            u = logits[place]
            values[place] = u + _ONE if u >= _ZERO else _ONE / (_ONE - u)
        of_label = values[label]
        values[label] = _ZERO
        others = _sum(values)
        factor = _ONE / (others + of_label)
        for place in range(len(logits)):
            slope = _ONE if logits[place] >= _ZERO else values[place] * values[place]
            logits[place] = slope * factor
        slope = _ONE if of_label >= _ONE else of_label * of_label
        logits[label] = -slope * factor * (others / of_label)


@_compiled_sum
@no_type_check
def _largest(logits: Float[np.ndarray, " output"]) -> np.float32:
    largest = logits[0]
    for place in range(1, len(logits)):
        largest = max(largest, logits[place])
    return largest


@_compiled_sum
@no_type_check
def _sum(values: Float[np.ndarray, " output"]) -> np.float32:
    total = _ZERO
    for place in range(len(values)):
        total += values[place]
    return total


@_compiled
@no_type_check
def _add_up(
    d_h: Float[np.ndarray, "row neuron"],
    u: Float[np.ndarray, "row neuron"],
    terms: Int[np.ndarray, "term row"],
    d_weights: Float[np.ndarray, "input neuron"],
    relu: bool,
) -> None:
    """Write X^T (f'(U) * dH) into `d_weights`; `d_h` is overwritten."""
    rows, neurons = u.shape
    d_weights[:] = _ZERO
    for row in range(rows):
        if relu:
            for n in range(neurons):
                d_h[row, n] = d_h[row, n] if u[row, n] > _ZERO else _ZERO
        else:
            for n in range(neurons):
                d_h[row, n] *= _TWO * u[row, n]
        for term in range(len(terms)):
            place = terms[term, row]
            for n in range(neurons):
                d_weights[place, n] += d_h[row, n]
