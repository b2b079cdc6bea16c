"""Interventions on a network of two numbers: how many pairs it still gets right without a part.

Two parts can be taken away. A *silenced* neuron adds nothing to the logits: its row of W_out is 0.
A *double wave* is the wave of 2k periods in the input weights of a neuron whose strongest wave has
k periods; it is what speaks where the main wave cannot (Zhong et al. 2023, arXiv 2306.17844).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.fourier import neurons_by_frequency
from gen.analysis.pairs import PairWeights


def answers(weights: PairWeights) -> Int[np.ndarray, "number number"]:
    """Return the place of the network's answer for every a (row) and b (column).

    Of several equal logits the first one counts, as in training.
    """
    numbers = len(weights.first)
    given = np.empty((numbers, numbers), dtype=np.int64)
    for a in range(numbers):
        partners = weights.partners(a)
        given[a, partners] = (weights.activations(a) @ weights.out).argmax(axis=1)
        if not _ordered(weights):
            given[partners, a] = given[a, partners]
    return given


def right_answers(weights: PairWeights) -> Int[np.ndarray, "number number"]:
    """Return the place of the right answer for every a (row) and b (column)."""
    numbers = np.arange(len(weights.first))
    return (numbers[:, None] + weights.sign * numbers) % len(numbers)


def count_right(weights: PairWeights) -> tuple[int, int]:
    """Return how many pairs are answered rightly, and how many there are.

    Pairs are those of the task: (a, b) and (b, a) are one, unless they are two rows.
    """
    right = answers(weights) == right_answers(weights)
    if not _ordered(weights):
        right = right[np.triu_indices(len(right))]
    return int(right.sum()), right.size


def silenced(weights: PairWeights, neurons: Iterable[int]) -> PairWeights:
    """Return the weights without the output of some neurons."""
    out = weights.out.copy()
    out[list(neurons)] = 0
    return replace(weights, out=out)


def main_frequencies(w_in: Float[np.ndarray, "number neuron"]) -> dict[int, int]:
    """Return the strongest wave of every neuron, without silent neurons."""
    members = neurons_by_frequency(w_in)
    return {int(neuron): k for k, neurons in members.items() for neuron in neurons}


def without_double_waves(weights: PairWeights, frequencies: Mapping[int, int]) -> PairWeights:
    """Return the weights without the double wave of every neuron.

    Args:
        frequencies: the number of periods k of neurons; others stay as they are.
    """
    first = remove_double_waves(weights.first, frequencies)
    second = remove_double_waves(weights.second, frequencies)
    return replace(weights, first=first, second=second)


def remove_double_waves(
    w_in: Float[np.ndarray, "number neuron"], frequencies: Mapping[int, int]
) -> Float[np.ndarray, "number neuron"]:
    """Return input weights without the wave of 2k periods, for neurons of k periods."""
    spectrum = np.fft.rfft(w_in, axis=0)
    for neuron, k in frequencies.items():
        double = double_frequency(k, len(w_in))
        if double:
            spectrum[double, neuron] = 0
    return np.fft.irfft(spectrum, n=len(w_in), axis=0)


def double_frequency(k: int, numbers: int) -> int:
    """Return the periods of the wave of 2k, which has at most half as many as there are numbers.

    It is 0, a constant, if 2k is the number of numbers.
    """
    double = 2 * k % numbers
    return min(double, numbers - double)


def _ordered(weights: PairWeights) -> bool:
    return weights.ordered or weights.sign < 0
