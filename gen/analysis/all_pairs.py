"""The logits of a network of two numbers for every ordered pair, as if the task were addition.

Numbers are given by their places (see `gen.analysis.pairs`). A difference a - b is the sum of a
and -b, so the place of b is negated: every task then asks for the place s = a + b modulo n.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.pairs import PairWeights, read_pairs, sign
from gen.experiments.runs import ModelRun
from gen.lazy import torch
from gen.tasks.modular import Modular

_MOST_KEPT = 2**24
"""Most logits of a network that are kept in memory, 128 MiB of them."""

Logits = Callable[[int], Float[np.ndarray, "number number"]]
"""Returns the logits of a and every b (row), for every answer c (column)."""


@dataclass(frozen=True)
class AllPairs:
    """A network that adds modulo n.

    Attributes:
        numbers: n.
        logits: computes those of one a at a time, so that n^3 numbers need not fit in memory.
    """

    numbers: int
    logits: Logits

    def answers(self, a: int) -> Int[np.ndarray, " number"]:
        """Return the place of the right answer for a and every b."""
        return (a + np.arange(self.numbers)) % self.numbers


def all_pairs(run: ModelRun) -> AllPairs:
    """Return the trained network of a run of modular arithmetic, of any kind."""
    weights = read_pairs(run)
    return of_network(run) if weights is None else of_weights(weights)


def of_weights(weights: PairWeights) -> AllPairs:
    """Return a network of one hidden layer by its weights."""
    numbers = len(weights.first)
    second = weights.second[_negated(numbers)] if weights.sign < 0 else weights.second

    def logits(a: int) -> Float[np.ndarray, "number number"]:
        return activations(weights.first[a] + second, weights.activation) @ weights.out

    return AllPairs(numbers, logits)


def of_network(run: ModelRun) -> AllPairs:
    """Return any other network, by its function from rows to logits, in float64."""
    task = run.task
    assert isinstance(task, Modular)
    numbers = task.outputs
    parameters = {
        name: torch.from_numpy(np.array(values, dtype=np.float64))
        for name, values in run.parameters.items()
    }
    one_hot = np.eye(numbers)
    second = one_hot[_negated(numbers)] if sign(task) < 0 else one_hot

    @lru_cache(maxsize=_MOST_KEPT // numbers**2)
    def logits(a: int) -> Float[np.ndarray, "number number"]:
        first = np.broadcast_to(one_hot[a], second.shape)
        rows = np.concatenate([first, second], axis=1) if task.halves else first + second
        with torch.no_grad():
            return run.network.logits(task, parameters, torch.from_numpy(rows)).numpy()

    return AllPairs(numbers, logits)


def without_spectrum(pairs: AllPairs, waves: tuple[int, ...]) -> AllPairs:
    """Return the network without some waves over the answers c, in the logits of every pair."""

    def logits(a: int) -> Float[np.ndarray, "number number"]:
        spectrum = np.fft.rfft(pairs.logits(a), axis=1)
        spectrum[:, list(waves)] = 0
        return np.fft.irfft(spectrum, n=pairs.numbers, axis=1)

    return replace(pairs, logits=logits)


def accuracy(pairs: AllPairs, resolution: float = 0.0) -> float:
    """Return the share of all ordered pairs that are answered rightly, 0 to 1.

    Args:
        resolution: in logits. A pair whose right answer does not lead by more is undecided, and
            not answered rightly: what is left of it may be rounding alone.
    """
    right = 0
    for a in range(pairs.numbers):
        logits = pairs.logits(a).copy()
        place = np.arange(pairs.numbers), pairs.answers(a)
        of_right = logits[place]
        logits[place] = -np.inf
        right += int((of_right > logits.max(axis=1) + resolution).sum())
    return right / pairs.numbers**2


def _negated(numbers: int) -> Int[np.ndarray, " number"]:
    return -np.arange(numbers) % numbers
