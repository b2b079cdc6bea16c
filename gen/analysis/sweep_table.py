"""A sweep as a table: one row a model, in the order of the grid and then of the seeds."""

from __future__ import annotations

import csv
import io
from itertools import product
from math import isnan
from typing import TYPE_CHECKING

from gen.analysis.sweep_outcomes import ENDS, NO_END, NOT_YET, OUTCOMES

if TYPE_CHECKING:
    from gen.analysis.sweep_outcomes import SweepRun

COLUMNS = (
    "seed",
    "min_train_loss",
    "min_test_loss",
    "max_ratio",
    "outcome",
    "memorised_at",
    "generalised_at",
    "final_train_accuracy",
    "final_test_accuracy",
    "by_accuracy",
)


def sweep_table(run: SweepRun) -> str:
    """CSV with a head; losses in nats, floored.

    A cell is empty where its model does not do what the column tells of, failed or is not trained.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(axis.key for axis in run.axes), *COLUMNS])
    extremes, outcomes, ends = run.final_extremes(), run.outcomes(), run.ends()
    for cell, values in enumerate(product(*(axis.values for axis in run.axes))):
        for place, seed in enumerate(run.seeds):
            at = (cell, place)
            losses = extremes.train_loss[at], extremes.test_loss[at], extremes.ratio[at]
            steps = run.memorised_at[at], run.generalised_at[at]
            accuracies = run.final_train_accuracy[at], run.final_test_accuracy[at]
            writer.writerow(
                [
                    *values,
                    seed,
                    *map(_said, losses),
                    OUTCOMES[outcomes[at]],
                    *("" if step == NOT_YET else int(step) for step in steps),
                    *map(_said, accuracies),
                    "" if ends[at] == NO_END else ENDS[ends[at]],
                ]
            )
    return text.getvalue()


def _said(number: float) -> str:
    return "" if isnan(number) else f"{number:.6g}"
