"""Thresholds: the losses that separate the outcomes of a sweep."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from gen.settings import Settings
from gen.tasks.task import Task

_CHANCE_LOSS_SHARE, _RATIO_OF_CLASSES = 0.1, 30.0
"""Defaults for tasks of several classes: `loss` as a share of the chance loss, and `ratio`."""


class Thresholds(Settings):
    """The losses that separate outcomes.

    The defaults are for tasks with one output; `for_tasks` replaces them for other tasks.

    Attributes:
        loss: a split counts as learned if its loss ever was at most this (nats).
        ratio: a model counts as "grokked late" if test_loss / train_loss ever exceeded this.
    """

    loss: Annotated[float, Field(gt=0)] = 1e-5
    ratio: Annotated[float, Field(gt=1)] = 5e4

    def for_tasks(self, tasks: Iterable[Task]) -> Thresholds:
        """Return these thresholds, with keys that the config leaves out set for `tasks`.

        Under weight decay, losses of tasks with several outputs stay far above those of tasks
        with one output. For several tasks, the smallest loss and the largest ratio are used.
        """
        losses, ratios = zip(*map(_defaults, set(tasks)), strict=True)
        defaults = {"loss": min(losses), "ratio": max(ratios)}
        return self.model_copy(
            update={k: value for k, value in defaults.items() if k not in self.model_fields_set}
        )


def _defaults(task: Task) -> tuple[float, float]:
    if task.outputs == 1:
        return Thresholds().loss, Thresholds().ratio
    return float(f"{_CHANCE_LOSS_SHARE * chance_loss(task):.2g}"), _RATIO_OF_CLASSES


def chance_loss(task: Task) -> float:
    """Return the mean loss (nats) of a network that gives all answers the same probability."""
    outputs = task.outputs
    return math.log(2) if outputs == 1 else math.log(outputs) / outputs
