"""What rows of the table of alt texts are made of: a figure, what it pictures, and fillings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gen.experiments.runs import ModelRun
from gen.i18n import Words
from tests.support.meant_runs import Case

EN = Words("en")
Values = dict[str, object]


@dataclass(frozen=True)
class Seen:
    """A figure and what it pictures: a model with its runs, a sweep's run, or nothing."""

    figure: Any
    of: Any

    @property
    def case(self) -> Case:
        """The model that is pictured."""
        return self.of

    @property
    def run(self) -> ModelRun:
        """The run that is pictured."""
        return self.of.chosen

    @property
    def into(self) -> np.ndarray:
        """Weights into the neurons at every snapshot."""
        return next(iter(self.run.views.values())).astype(float)


Value = Callable[[Seen], object]
Row = Callable[[Seen], list[Values]]


def said(when: Callable[[Seen], bool] | None = None, /, **values: Value) -> Row:
    """A sentence that is said once, or not at all where a condition does not hold."""

    def row(seen: Seen) -> list[Values]:
        if when is not None and not when(seen):
            return []
        return [{name: value(seen) for name, value in values.items()}]

    return row


def constant(value: object) -> Value:
    """The same in every text."""
    return lambda seen: value


def of_case(compute: Callable[[Case], Any]) -> Callable[[Seen], Any]:
    """What is computed of the pictured model."""
    return lambda seen: compute(seen.case)


def percent(compute: Callable[[Seen], Any]) -> Value:
    """A share, in percent."""
    return lambda seen: EN.percent(float(compute(seen)))


def digits(compute: Callable[[Seen], Any], count: int) -> Value:
    """A number with so many decimals."""
    return lambda seen: EN.number(float(compute(seen)), count)


def listed(compute: Callable[[Seen], Any]) -> Value:
    """Several things in a row."""
    return lambda seen: EN.listed(list(compute(seen)))


def metric(name: str, place: int) -> Callable[[Seen], float]:
    """What was logged, by its place in the log."""
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
