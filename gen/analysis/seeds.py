"""All seeds of a configured model, and their table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

import numpy as np

from gen.analysis.neuron_groups import settled_frequencies
from gen.analysis.outcome import generalised_at, memorised_at
from gen.experiments.runs import ModelRun, RunType
from gen.text import csv_text

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
class SeedRuns(Generic[RunType]):
    """The models of one configured model, which differ only in their seed.

    Attributes:
        runs: in the order of their seeds.
        shown: the seed that all other figures show.
    """

    runs: tuple[RunType, ...]
    shown: int


def seeds_table(seeds: SeedRuns[ModelRun]) -> str:
    """Return a CSV with a row for each seed; losses in nats, as logged.

    Frequencies and neuron counts are those of `settled_frequencies`. A field is empty if the event
    did not happen.
    """
    return csv_text(COLUMNS, map(_row, seeds.runs))


def _row(run: ModelRun) -> list[object]:
    found = settled_frequencies(run)
    losses = [np.fmin.reduce(run.metrics[f"{split}_loss"]) for split in ("train", "test")]
    return [
        run.seed,
        " ".join(map(str, found)),
        " ".join(map(str, found.values())),
        *(f"{loss:.6g}" if np.isfinite(loss) else "" for loss in losses),
        memorised_at(run),
        generalised_at(run),
    ]
