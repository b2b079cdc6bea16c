"""When a model memorises and when it generalises, from its accuracies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int, Real

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun

LEARNED_ACCURACY = 0.99
"""Accuracy from which a split counts as learned."""


def stays_above_from(
    steps: Int[np.ndarray, " log"],
    values: Real[np.ndarray, " log"],
    threshold: float = LEARNED_ACCURACY,
) -> int | None:
    """Return the first step from which values stay at or above a threshold to the end.

    Args:
        steps: rising.
        values: at those steps, such as accuracies from 0 to 1; NaN counts as below.
        threshold: in the unit of the values.

    Returns:
        The step; None where the last value is below the threshold.
    """
    below = np.flatnonzero(~(values >= threshold))
    if len(below) == 0:
        return int(steps[0])
    if below[-1] == len(steps) - 1:
        return None
    return int(steps[below[-1] + 1])


def value_at(
    steps: Int[np.ndarray, " log"], values: Real[np.ndarray, " log"], step: int | None
) -> float | None:
    """Return the value at a step, or at the first entry after it; None for no step."""
    if step is None:
        return None
    return float(values[min(np.searchsorted(steps, step), len(steps) - 1)])


def memorised_at(run: ModelRun) -> int | None:
    """Return the step from which train accuracy stays at `LEARNED_ACCURACY` or above."""
    return stays_above_from(run.logged_steps, run.metrics["train_accuracy"])


def generalised_at(run: ModelRun) -> int | None:
    """Return the step from which test accuracy stays at `LEARNED_ACCURACY` or above."""
    return stays_above_from(run.logged_steps, run.metrics["test_accuracy"])


def choose_run(runs: list[ModelRun], seed: int | None) -> ModelRun | None:
    """Return the model that figures show.

    Args:
        runs: the models of one configured model, in the order of their seeds.
        seed: the configured seed; None for the first model that generalises.

    Returns:
        Never a diverged model. Without a seed, the first one left if none generalises; None if
        none is left.
    """
    valid = [run for run in runs if run.failed_at is None]
    if seed is not None:
        return next((run for run in valid if run.seed == seed), None)
    generalised = [run for run in valid if generalised_at(run) is not None]
    return next(iter([*generalised, *valid]), None)
