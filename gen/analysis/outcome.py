"""When a model memorises and when it generalises, from its accuracies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int, Real

if TYPE_CHECKING:
    from gen.experiments.runs import Run, RunType

LEARNED_ACCURACY = 0.99
"""Accuracy from which a split counts as learned."""


def stays_above_from(
    steps: Int[np.ndarray, " log"],
    values: Real[np.ndarray, " log"],
    threshold: float = LEARNED_ACCURACY,
) -> int | None:
    """Return the first of rising steps from which values stay at or above a threshold to the end.

    NaN counts as below. None where the last value is below the threshold.
    """
    below = np.flatnonzero(~(values >= threshold))
    first = below[-1] + 1 if len(below) else 0
    return int(steps[first]) if first < len(steps) else None


def index_at(steps: Int[np.ndarray, " entry"], step: int) -> int:
    """Return the place of a step, or of the first entry after it, or else of the last."""
    return min(int(np.searchsorted(steps, step)), len(steps) - 1)


def value_at(
    steps: Int[np.ndarray, " log"], values: Real[np.ndarray, " log"], step: int | None
) -> float | None:
    """Return the value at a step, or at the first entry after it; None for no step."""
    if step is None:
        return None
    return float(values[index_at(steps, step)])


def metric_at(run: Run, name: str, step: int | None) -> float | None:
    """Return a metric at a logged step; None for no step."""
    return value_at(run.logged_steps, run.metrics[name], step)


def memorised_at(run: Run) -> int | None:
    """Return the step from which train accuracy stays at `LEARNED_ACCURACY` or above."""
    return _learned_at(run, "train")


def generalised_at(run: Run) -> int | None:
    """Return the step from which test accuracy stays at `LEARNED_ACCURACY` or above."""
    return _learned_at(run, "test")


def _learned_at(run: Run, split: str) -> int | None:
    """Return the step from which a split counts as learned; None if it was not recorded."""
    name = f"{split}_accuracy"
    return stays_above_from(*run.logged(name)) if name in run.metrics else None


def choose_run(runs: Sequence[RunType], seed: int | None) -> RunType | None:
    """Return the model that figures show, never a diverged one; None if none is left.

    Without a configured seed, it is the first that generalises, or else the first.
    """
    valid = [run for run in runs if run.failed_at is None]
    if seed is not None:
        return next((run for run in valid if run.seed == seed), None)
    generalised = [run for run in valid if generalised_at(run) is not None]
    return next(iter([*generalised, *valid]), None)
