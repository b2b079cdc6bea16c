"""The facts of the two circuits of a parity, row by row and neuron by neuron."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

import numpy as np

from gen.experiments.runs import ModelRun
from tests.support.naive_facts import Row, at, learned, stays
from tests.support.outcome_runs import Case

Split = Literal["train", "test"]


def is_in_use(run: ModelRun, neuron: int) -> bool:
    """Return whether a neuron has weight on signal bits at the end, and most of it there."""
    bits = np.abs(run.views["W_in"][-1].astype(float))[:-1]
    signal = len(run.task.signal_inputs)
    mine = bits[:, neuron].tolist()
    return max(mine[:signal]) > 0.05 * bits.max() and sum(mine[:signal]) > sum(mine[signal:])


@cache
def accuracy(run: ModelRun, used: bool, split: Split) -> list[float]:
    """Return the share of rows that the neurons of a circuit answer alone, at every snapshot."""
    rows = getattr(run.task.draw(run.seed), split)
    w_in, w_out = run.views["W_in"].astype(float), run.views["W_out"].astype(float)
    chosen = [n for n in range(w_in.shape[2]) if is_in_use(run, n) == used]
    found: list[float] = []
    for into, out in zip(w_in, w_out, strict=True):
        right = 0
        for row, label in zip(rows.inputs[0].astype(float), rows.labels[0], strict=True):
            logit = sum(max(float(row @ into[:, n]), 0.0) * float(out[n, 0]) for n in chosen)
            right += logit > 0 if label == 1 else logit < 0
        found.append(right / len(rows.labels[0]))
    return found


def _when(split: Split, used: bool, of: Split) -> Callable[[Case], float | None]:
    return lambda c: at(
        c.chosen.snapshot_steps, accuracy(c.chosen, used, of), learned(c.chosen, split)
    )


ROWS: Mapping[str, Row] = {
    "in_use_generalised_at": lambda c: stays(
        c.chosen.snapshot_steps, [v >= 0.99 for v in accuracy(c.chosen, True, "test")]
    ),
    "largest_others_test_accuracy": lambda c: max(accuracy(c.chosen, False, "test")),
    "largest_others_test_accuracy_at": lambda c: (
        max(zip(accuracy(c.chosen, False, "test"), -c.chosen.snapshot_steps, strict=True))[1] * -1
    ),
    "in_use_train_accuracy_when_memorised": _when("train", True, "train"),
    "in_use_test_accuracy_when_memorised": _when("train", True, "test"),
    "others_train_accuracy_when_memorised": _when("train", False, "train"),
    "others_test_accuracy_when_memorised": _when("train", False, "test"),
    "in_use_train_accuracy_when_generalised": _when("test", True, "train"),
    "in_use_test_accuracy_when_generalised": _when("test", True, "test"),
    "others_train_accuracy_when_generalised": _when("test", False, "train"),
    "others_test_accuracy_when_generalised": _when("test", False, "test"),
}
