"""Logits of one pair (a, b), split by groups of neurons.

The logits f(X W_in) W_out are a sum over neurons, and so over any groups of neurons. The group
of frequency k adds nearly cos(2 pi k (a + b - c) / p) to the logit of the answer c; these waves
are all high at the right answer only (Nanda et al. 2023, arXiv 2301.05217).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from gen.analysis.fourier import neurons_by_frequency
from gen.analysis.neuron_groups import Group

if TYPE_CHECKING:
    from gen.analysis.pairs import PairWeights
    from gen.experiments.runs import ModelRun


def group_logits(
    activations: Float[np.ndarray, "*#batch neuron"],
    w_out: Float[np.ndarray, "*#batch neuron answer"],
    groups: Sequence[Int[np.ndarray, " _member"]],
) -> Float[np.ndarray, "*batch group answer"]:
    """Return what each group of neurons adds to the logits; each neuron belongs to one group."""
    if w_out.ndim == 2:  # one product of matrices instead of one for each row
        return np.stack([activations[..., group] @ w_out[group] for group in groups], axis=-2)
    shares = [activations[..., None, group] @ w_out[..., group, :] for group in groups]
    return np.concatenate(shares, axis=-2)


def interference_facts(weights: PairWeights) -> dict[str, float]:
    """Return how many pairs each frequency gets right alone, and the margin of all together.

    Returns:
        `most_right_alone`: largest share of pairs that the neurons of one frequency get right
        without the others. `right_together`: share that all neurons get right. `median_lead`:
        median margin in logits, and `median_lead_factor`: its exponential, the ratio of the two
        probabilities; infinite if it overflows.
    """
    groups = list(neurons_by_frequency(weights.first).values())
    right, margins = [], []
    for a in range(len(weights.first)):
        hidden, labels = weights.activations(a), weights.labels(a)
        shares = group_logits(hidden, weights.out, groups)
        logits = hidden @ weights.out
        guesses = np.concatenate([shares, logits[:, None]], axis=1).argmax(axis=2)
        right.append(guesses == labels[:, None])
        margins += [float(margin(*pair)) for pair in zip(logits, labels, strict=True)]
    share = np.concatenate(right).mean(axis=0)
    median = float(np.median(margins))
    with np.errstate(over="ignore"):
        factor = float(np.exp(median))
    return {
        "most_right_alone": float(share[:-1].max()),
        "right_together": float(share[-1]),
        "median_lead": median,
        "median_lead_factor": factor,
    }


def training_pairs(run: ModelRun) -> Bool[np.ndarray, "number number"]:
    """Return which pairs are in the train rows, in either order."""
    counts = run.task.draw(run.seed).train.inputs[0]
    together = counts.T @ counts > 0
    np.fill_diagonal(together, (counts == 2).any(axis=0))
    return together


def margin(values: Float[np.ndarray, "*batch answer"], answer: int) -> Float[np.ndarray, "*batch"]:
    """Return the value of one answer less the largest other one; negative if that is higher."""
    others = np.delete(values, answer, axis=-1)
    return np.asarray(values[..., answer] - others.max(axis=-1))


def interpolate(
    values: Float[np.ndarray, "*batch number"], parts: int
) -> Float[np.ndarray, "*batch place"]:
    """Interpolate p values on a circle by waves of at most p // 2 periods.

    Returns points from number 0 to number p - 1; every `parts`-th one is a value.
    """
    numbers = values.shape[-1]
    distance = np.arange((numbers - 1) * parts + 1)[:, None] / parts - np.arange(numbers)
    return values @ _kernel(distance, numbers).T


def _kernel(distance: np.ndarray, numbers: int) -> np.ndarray:
    """Return the Dirichlet kernel: 1 at distance 0 and 0 at all other whole ones."""
    half = np.pi * distance / numbers
    even = numbers % 2 == 0
    below = numbers * (np.tan(half) if even else np.sin(half))
    at_number = np.isclose(distance, np.round(distance))
    waves = np.sin(np.pi * distance) / np.where(at_number, 1.0, below)
    return np.where(at_number, np.isclose(distance, 0.0), waves)


@dataclass(frozen=True)
class PairLogits:
    """The logits of one pair over training, by group.

    Attributes:
        pair: the places of the two numbers.
        answer: the place of the right answer.
        shares: what each group adds to the logits.
    """

    pair: tuple[int, int]
    answer: int
    groups: list[Group]
    shares: Float[np.ndarray, "snapshot group answer"]

    @property
    def together(self) -> Float[np.ndarray, "snapshot answer"]:
        """The logits, in total."""
        return self.shares.sum(axis=1)


def margin_verdict(margin: float) -> Literal["right", "wrong", "level"]:
    """Return whether the right answer is the highest, lower than another, or ties for highest."""
    return "right" if margin > 0 else "wrong" if margin < 0 else "level"
