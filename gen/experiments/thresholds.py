"""Thresholds: the losses at which one outcome of a sweep ends and the next begins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen.tasks.task import Task


from typing import Annotated

from pydantic import Field

from gen.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable


class Thresholds(Settings):
    """Where one outcome ends and the next begins.

    The defaults are for a task with one output. `suited` replaces them for other tasks.

    Attributes:
        loss: a loss that was ever this small, or smaller, has been learned.
        ratio: test loss that was ever this many times train loss had been left behind.
    """

    loss: Annotated[float, Field(gt=0)] = 1e-5
    ratio: Annotated[float, Field(gt=1)] = 5e4

    def suited(self, tasks: Iterable[Task]) -> Thresholds:
        """The same thresholds, with defaults that suit the losses of these tasks.

        The losses of a task with several outputs are divided by their number and stay far above
        those of a task with one output under weight decay. Among several tasks, the smallest
        loss and the largest ratio are taken.
        """
        suited = [_defaults(task) for task in set(tasks)]
        found = {
            "loss": min(loss for loss, _ in suited),
            "ratio": max(ratio for _, ratio in suited),
        }
        given = self.model_fields_set
        return self.model_copy(
            update={key: value for key, value in found.items() if key not in given}
        )


PART_OF_GUESSING, RATIO_OF_CLASSES = 0.1, 30.0
"""Default thresholds for tasks of several classes: a part of the loss of guessing, and a ratio."""


def _defaults(task: Task) -> tuple[float, float]:
    if task.outputs == 1:
        return Thresholds().loss, Thresholds().ratio
    return float(f"{PART_OF_GUESSING * loss_of_guessing(task):.2g}"), RATIO_OF_CLASSES


def loss_of_guessing(task: Task) -> float:
    """Loss in nats of a network that gives every answer the same probability, as tasks count it."""
    outputs = task.outputs
    return math.log(2) if outputs == 1 else math.log(outputs) / outputs
