"""All seeds of a configured model, and their table."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.neuron_groups import settled_frequencies
from gen.analysis.outcome import generalised_at, memorised_at

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun

COLUMNS = (
    "seed",
    "frequencies",
    "neurons",
    "min_train_loss",
    "min_test_loss",
    "memorised_at",
    "generalised_at",
)


@dataclass(frozen=True)
class Seeds:
    """The models of one configured model, which differ only in their seed.

    Attributes:
        runs: in the order of their seeds.
        shown: the seed that all other figures show.
    """

    runs: tuple[ModelRun, ...]
    shown: int


def seeds_table(seeds: Seeds) -> str:
    """Return a CSV with a row for each seed; losses in nats, as logged.

    Frequencies and neuron counts are those of `settled_frequencies`. A field is empty if the event
    did not happen.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for run in seeds.runs:
        found = settled_frequencies(run)
        losses = [np.fmin.reduce(run.metrics[f"{split}_loss"]) for split in ("train", "test")]
        steps = (memorised_at(run), generalised_at(run))
        writer.writerow(
            [
                run.seed,
                " ".join(map(str, found)),
                " ".join(map(str, found.values())),
                *(f"{loss:.6g}" if np.isfinite(loss) else "" for loss in losses),
                *("" if step is None else step for step in steps),
            ]
        )
    return text.getvalue()
