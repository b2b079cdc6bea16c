"""A sweep as a table: one row a model, in the order of the grid and then of the seeds."""

from __future__ import annotations

import csv
import io
from itertools import product
from typing import TYPE_CHECKING

from gen.analysis.sweep import NOT_YET, OUTCOMES

if TYPE_CHECKING:
    from gen.analysis.sweep import SweepRun

COLUMNS = (
    "seed",
    "min_train_loss",
    "min_test_loss",
    "max_ratio",
    "outcome",
    "memorised_at",
    "generalised_at",
)


def sweep_table(run: SweepRun) -> str:
    """CSV with a head; losses in nats, floored; empty where a model does not, or is not trained."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(axis.key for axis in run.axes), *COLUMNS])
    extremes, outcomes = run.final_extremes(), run.outcomes()
    for cell, values in enumerate(product(*(axis.values for axis in run.axes))):
        for place, seed in enumerate(run.seeds):
            at = (cell, place)
            losses = extremes.train_loss[at], extremes.test_loss[at], extremes.ratio[at]
            steps = run.memorised_at[at], run.generalised_at[at]
            writer.writerow(
                [
                    *values,
                    seed,
                    *(f"{number:.6g}" if run.trained[at] else "" for number in losses),
                    OUTCOMES[outcomes[at]],
                    *("" if step == NOT_YET else int(step) for step in steps),
                ]
            )
    return text.getvalue()
