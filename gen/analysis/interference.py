"""One sum a + b as the network does it: what each group of neurons says for every answer.

The logits are a sum over neurons, f(X W_in) W_out, and so they are a sum over any groups of
neurons. Groups that share a frequency k say nearly cos(2 pi k (a + b - c) / p) of the answer
c: waves that agree at the right answer and nowhere else (Nanda et al. 2023, arXiv 2301.05217).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Float

from gen.analysis.neuron_groups import Group

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun

from collections.abc import Sequence

from jaxtyping import Bool, Int

from gen.analysis.fourier import neurons_by_frequency

if TYPE_CHECKING:
    from gen.analysis.pairs import PairWeights


def group_logits(
    activations: Float[np.ndarray, "*batch neuron"],
    w_out: Float[np.ndarray, "*batch neuron answer"],
    groups: Sequence[Int[np.ndarray, " member"]],
) -> Float[np.ndarray, "*batch group answer"]:
    """What each group of neurons adds to the logits; all groups together add up to them.

    Args:
        activations: what each neuron makes of its inputs.
        groups: neurons by number; each neuron belongs to one group.
    """
    shares = [activations[..., None, group] @ w_out[..., group, :] for group in groups]
    return np.concatenate(shares, axis=-2)


def interference_facts(known: PairWeights) -> dict[str, float]:
    """How many of all pairs each frequency would get right alone, and how firmly all together.

    Returns:
        `most_right_alone`: largest share of all pairs that any one frequency's neurons answer
        rightly without the others. `right_together`: share that all neurons do.
        `median_lead`: middling lead of the right answer's logit over the best other one, and
        `median_lead_factor`: how many times as likely that makes it; infinite where a float
        cannot hold it.
    """
    groups = list(neurons_by_frequency(known.first).values())
    right, leads = [], []
    for a in range(len(known.first)):
        active, answers = known.activations(a), known.labels(a)
        shares = group_logits(active, known.out, groups)
        total = active @ known.out
        guesses = np.concatenate([shares, total[:, None]], axis=1).argmax(axis=2)
        right.append(guesses == answers[:, None])
        leads += [float(margin(*one)) for one in zip(total, answers, strict=True)]
    share = np.concatenate(right).mean(axis=0)
    middling = float(np.median(leads))
    with np.errstate(over="ignore"):
        factor = float(np.exp(middling))
    return {
        "most_right_alone": float(share[:-1].max()),
        "right_together": float(share[-1]),
        "median_lead": middling,
        "median_lead_factor": factor,
    }


def training_pairs(run: ModelRun) -> Bool[np.ndarray, "number number"]:
    """Which sums the model was trained on, either way round."""
    counts = run.task.draw(run.seed).train.inputs[0]
    together = counts.T @ counts > 0
    np.fill_diagonal(together, (counts == 2).any(axis=0))
    return together


def margin(values: Float[np.ndarray, "*batch answer"], answer: int) -> Float[np.ndarray, "*batch"]:
    """How far one answer lies above the best of the others; below zero where it is beaten."""
    others = np.delete(values, answer, axis=-1)
    return values[..., answer] - others.max(axis=-1)


def interpolate(
    values: Float[np.ndarray, "*batch number"], parts: int
) -> Float[np.ndarray, "*batch place"]:
    """The one wave through p values on a circle that has no more than p // 2 periods.

    Args:
        parts: places from one number to the next.

    Returns:
        The wave from number 0 to number p - 1; every `parts`-th place is a value.
    """
    numbers = values.shape[-1]
    distance = np.arange((numbers - 1) * parts + 1)[:, None] / parts - np.arange(numbers)
    return values @ _kernel(distance, numbers).T


def _kernel(distance: np.ndarray, numbers: int) -> np.ndarray:
    """Dirichlet's kernel: 1 at distance 0 and 0 at all other whole ones."""
    half = np.pi * distance / numbers
    even = numbers % 2 == 0
    below = numbers * (np.tan(half) if even else np.sin(half))
    at_number = np.isclose(distance, np.round(distance))
    waves = np.sin(np.pi * distance) / np.where(at_number, 1.0, below)
    return np.where(at_number, np.isclose(distance, 0.0), waves)


@dataclass(frozen=True)
class PairLogits:
    """One sum or product as a network does it, over training.

    Attributes:
        pair: the places of the two numbers.
        answer: the place of what is right: the sum of the two places on the circle.
        shares: what each group adds to the logits.
    """

    pair: tuple[int, int]
    answer: int
    groups: list[Group]
    shares: Float[np.ndarray, "snapshot group answer"]

    @property
    def together(self) -> Float[np.ndarray, "snapshot answer"]:
        """The logits."""
        return self.shares.sum(axis=1)


def margin_verdict(ahead: float) -> Literal["right", "wrong", "level"]:
    """Whether the right answer is ahead of all others, behind one, or level with one."""
    return "right" if ahead > 0 else "wrong" if ahead < 0 else "level"
