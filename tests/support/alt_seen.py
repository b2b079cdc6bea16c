"""Building blocks of rows of alt texts: a figure with its run, and placeholder values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gen.experiments.runs import ModelRun
from gen.i18n import Words
from tests.support.outcome_runs import Case

EN = Words("en")
Values = dict[str, object]


@dataclass(frozen=True)
class Seen:
    """A figure and what it shows: a case, the run of a sweep, or nothing."""

    figure: Any
    of: Any

    @property
    def case(self) -> Case:
        """The shown case."""
        return self.of

    @property
    def run(self) -> ModelRun:
        """The shown run."""
        return self.of.chosen

    @property
    def into(self) -> np.ndarray:
        """Input weights of the neurons at every snapshot."""
        return next(iter(self.run.views.values())).astype(float)


Value = Callable[[Seen], object]
Row = Callable[[Seen], list[Values]]


def sentence(when: Callable[[Seen], bool] | None = None, /, **values: Value) -> Row:
    """Return the row of a sentence that appears once, if its condition holds."""

    def row(seen: Seen) -> list[Values]:
        if when is not None and not when(seen):
            return []
        return [{name: value(seen) for name, value in values.items()}]

    return row


def constant(value: object) -> Value:
    """Return a value that is the same in every text."""
    return lambda seen: value


def of_case(compute: Callable[[Case], Any]) -> Callable[[Seen], Any]:
    """Return a value computed from the shown case."""
    return lambda seen: compute(seen.case)


def percent(compute: Callable[[Seen], Any]) -> Value:
    """Return a value formatted in percent."""
    return lambda seen: EN.percent(float(compute(seen)))


def digits(compute: Callable[[Seen], Any], count: int) -> Value:
    """Return a value formatted with this many decimals."""
    return lambda seen: EN.number(float(compute(seen)), count)


def listed(compute: Callable[[Seen], Any]) -> Value:
    """Return a value formatted as a list."""
    return lambda seen: EN.listed(list(compute(seen)))


def metric(name: str, place: int) -> Callable[[Seen], float]:
    """Return a metric at a position of the log."""
    return lambda seen: float(seen.run.metrics[name][place])


def first_step(s: Seen) -> int:
    return int(s.run.snapshot_steps[0])


def last_step(s: Seen) -> int:
    return int(s.run.snapshot_steps[-1])


def neurons(s: Seen) -> int:
    return s.into.shape[2]


def numbers(s: Seen) -> int:
    return s.run.task.outputs


def operation(s: Seen) -> str:
    return getattr(s.run.task, "operation", "")


def is_parity(s: Seen) -> bool:
    return hasattr(s.run.task, "signal_bits")
