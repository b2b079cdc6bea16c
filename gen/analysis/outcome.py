"""When a model memorises and when it generalises."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun

LEARNED_ACCURACY = 0.99
"""Accuracy from which a split counts as learned."""


def stays_above_from(
    steps: Int[np.ndarray, " log"],
    accuracy: Float[np.ndarray, " log"],
    threshold: float = LEARNED_ACCURACY,
) -> int | None:
    """First logged step from which accuracy stays at or above a threshold to the end.

    Args:
        steps: the logged steps, rising.
        accuracy: 0 to 1 at those steps; NaN counts as below.
        threshold: the accuracy to stay at or above.

    Returns:
        The step, or None where the last accuracy is below the threshold.
    """
    below = np.flatnonzero(~(accuracy >= threshold))
    if len(below) == 0:
        return int(steps[0])
    if below[-1] == len(steps) - 1:
        return None
    return int(steps[below[-1] + 1])


def memorised_at(run: ModelRun) -> int | None:
    """Step from which the training rows are answered rightly, to the end of the run."""
    return stays_above_from(run.logged_steps, run.metrics["train_accuracy"])


def generalised_at(run: ModelRun) -> int | None:
    """Step from which unseen rows are answered rightly, to the end of the run."""
    return stays_above_from(run.logged_steps, run.metrics["test_accuracy"])


def choose_run(runs: list[ModelRun], seed: int | None) -> ModelRun | None:
    """The model that figures show.

    Args:
        runs: the models of one configured model, in the order of their seeds.
        seed: the configured choice; None asks for the first that generalises.

    Returns:
        The chosen one; the first sound one where none generalises; None where none is sound.
    """
    sound = [run for run in runs if run.failed_at is None]
    if seed is not None:
        return next((run for run in sound if run.seed == seed), None)
    generalised = [run for run in sound if generalised_at(run) is not None]
    return next(iter([*generalised, *sound]), None)
