"""How well measures of an early step foretell an event of each seed, against blind baselines.

A measure has one value for each seed. The event has a step for the seeds to which it happens. Three
questions are asked of each measure: whether it orders these steps, whether a line through it
predicts them, and whether it tells the seeds with the event from those without. Since the
best of several measures is good by chance too, each of its three scores is compared with the best
scores after shuffling the seeds: the max-statistic permutation test (Westfall and Young 1993).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Real

SHUFFLES = 10_000
"""Times that the seeds are shuffled; the smallest share that can be told from 0 is 1 in these."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Scores:
    """Scores of several measures, in one order of the seeds or in many.

    Attributes:
        correlation: Spearman's rank correlation with the step of the event.
        error: mean absolute error, in steps, of a line through all other seeds.
        order: share of the pairs of a seed with the event and one without in which the first has
            the larger value, ties counting half; 0.5 by chance. None if all seeds have it.
    """

    correlation: Float[np.ndarray, "*order measure"]
    error: Float[np.ndarray, "*order measure"]
    order: Float[np.ndarray, "*order measure"] | None


@dataclass(frozen=True)
class Chances:
    """How often the best measure scores as well in shuffled orders of the seeds, 0 to 1.

    Attributes:
        correlation: some correlation is as large, of either sign.
        error: some error is as small.
        order: some order of pairs is as far from 0.5. None if all seeds have the event.
    """

    correlation: float
    error: float
    order: float | None


def score(
    measures: Float[np.ndarray, "measure seed"],
    happened: Bool[np.ndarray, " seed"],
    steps: Real[np.ndarray, " event"],
) -> Scores:
    """Score measures of all seeds.

    Args:
        happened: which seeds have the event; three or more.
        steps: the step of the event of each seed that has it.
    """
    found = _in_orders(measures, happened, happened[None], steps[None])
    return Scores(
        found.correlation[0], found.error[0], None if found.order is None else found.order[0]
    )


def by_chance(
    measures: Float[np.ndarray, "measure seed"],
    happened: Bool[np.ndarray, " seed"],
    steps: Real[np.ndarray, " event"],
) -> Chances:
    """Return how often the best measure scores as well when the seeds are shuffled.

    The true order counts as one of the shuffles, so that no share is 0. The same shuffles are
    drawn for the same number of seeds.
    """
    source = np.random.default_rng(0)
    with_event, all_seeds = (_shuffled(source, len(each)) for each in (steps, happened))
    found = _in_orders(measures, happened, happened[all_seeds], steps[with_event])
    return Chances(
        correlation=_share_as_large(np.abs(found.correlation)),
        error=_share_as_large(-found.error),
        order=None if found.order is None else _share_as_large(np.abs(found.order - 0.5)),
    )


def _in_orders(
    measures: Float[np.ndarray, "measure seed"],
    happened: Bool[np.ndarray, " seed"],
    happened_in: Bool[np.ndarray, "order seed"],
    steps_in: Real[np.ndarray, "order event"],
) -> Scores:
    of_event = measures[:, happened]
    return Scores(
        correlation=rank_correlations(of_event, steps_in),
        error=line_errors(of_event, steps_in),
        order=None if happened.all() else pair_orders(measures, happened_in),
    )


def rank_correlations(
    measures: Float[np.ndarray, "measure seed"], steps: Real[np.ndarray, "order seed"]
) -> Float[np.ndarray, "order measure"]:
    """Return Spearman's rank correlations, with mean ranks of ties; 0 if all values are equal."""
    first, second = _standardised(_ranks_of_shuffles(steps)), _standardised(ranks(measures))
    return first @ second.T


def line_errors(
    measures: Float[np.ndarray, "measure seed"], steps: Real[np.ndarray, "order seed"]
) -> Float[np.ndarray, "order measure"]:
    """Return the mean absolute errors of the least-squares line through all other seeds.

    It is level where the values of all others are equal.
    """
    found = np.empty((len(steps), len(measures)))
    for place, each in enumerate(measures):
        # The seeds are the first axis: the mean of many short rows would take most of the time.
        missed = (np.eye(len(each)) - _left_out(each)) @ steps.T
        found[:, place] = np.abs(missed, out=missed).mean(axis=0)
    return found


def blind_error(steps: Real[np.ndarray, " seed"]) -> float:
    """Return the mean absolute error of the median of all other seeds."""
    guesses = [np.median(np.delete(steps, seed)) for seed in range(len(steps))]
    return float(np.abs(steps - guesses).mean())


def pair_orders(
    measures: Float[np.ndarray, "measure seed"], happened: Bool[np.ndarray, "order seed"]
) -> Float[np.ndarray, "order measure"]:
    """Return the share of pairs in which the seed with the event has the larger value.

    It follows from the sum of its ranks (the U statistic of Mann and Whitney 1947).
    """
    count = int(happened[0].sum())
    smaller = happened @ ranks(measures).T - count * (count - 1) / 2
    return smaller / (count * (happened.shape[1] - count))


def ranks(values: Real[np.ndarray, "*batch n"]) -> Float[np.ndarray, "*batch n"]:
    """Return the ranks of values, from 0; equal values share their mean rank."""
    below = (values[..., None, :] < values[..., None]).sum(axis=-1)
    equal = (values[..., None, :] == values[..., None]).sum(axis=-1)
    return below + (equal - 1) / 2


def _ranks_of_shuffles(steps: Real[np.ndarray, "order seed"]) -> Float[np.ndarray, "order seed"]:
    """Return the ranks in each row; all rows have the values of the first, in another order."""
    known, place = np.unique(steps[0], return_inverse=True)
    of_known = np.zeros(len(known))
    of_known[place] = ranks(steps[0])
    return of_known[np.searchsorted(known, steps)]


def _shuffled(source: np.random.Generator, count: int) -> np.ndarray:
    """Return int64 (1 + SHUFFLES, count): 0, 1, ..., then random permutations."""
    first = np.tile(np.arange(count), (1 + SHUFFLES, 1))
    first[1:] = source.permuted(first[1:], axis=1)
    return first


def _standardised(values: Float[np.ndarray, "row n"]) -> Float[np.ndarray, "row n"]:
    """Return each row with mean 0 and length 1; 0 if its values are equal."""
    centred = values - values.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)


def _left_out(values: Float[np.ndarray, " seed"]) -> Float[np.ndarray, "seed other"]:
    """Return the weights by which steps of the others predict a seed's; 0 for its own.

    The line through (x_j, y_j), j other than i, is at x_i the sum of
    y_j (1 / (n - 1) + (x_i - m) (x_j - m) / S) with the mean m of x_j, S the sum of (x_j - m)^2.
    """
    count = len(values)
    found = np.zeros((count, count))
    for seed, value in enumerate(values):
        others = np.arange(count) != seed
        centred = values[others] - values[others].mean()
        spread = (centred**2).sum() if np.ptp(values[others]) else np.inf
        found[seed, others] = 1 / (count - 1) + (value - values[others].mean()) * centred / spread
    return found


def _share_as_large(scores: Float[np.ndarray, "order measure"]) -> float:
    """Return the share of orders whose best score reaches that of the first."""
    best = scores.max(axis=1)
    return float((best >= best[0] - _ROUNDING * max(1.0, abs(best[0]))).mean())
