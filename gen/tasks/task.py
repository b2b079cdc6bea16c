"""Base class of tasks, which define what a network learns and draw its data.

A task is one class in one file of this package: a config table with a method that draws data.
All data are rows of numbers with one label a row, so that networks and tasks can be combined.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from gen.settings import Kind
from gen.tasks.trained_run import TrainedRun


@dataclass(frozen=True)
class Rows:
    """Inputs and labels of one split, for each model of an ensemble.

    Attributes:
        inputs: float32, small counts (0, 1, 2); exact in every float type.
        labels: int64 in `range(max(2, task.outputs))`.
    """

    inputs: Float[np.ndarray, "model row input"]
    labels: Int[np.ndarray, "model row"]


@dataclass(frozen=True)
class Data:
    """Training rows and test rows of an ensemble."""

    train: Rows
    test: Rows


class Task(Kind):
    """Base class of tasks; each subclass is one kind."""

    @property
    @abstractmethod
    def inputs(self) -> int:
        """Number of inputs in a row, including a constant bias input."""

    @property
    @abstractmethod
    def outputs(self) -> int:
        """Number of logits: 1 for two classes, otherwise one for each class."""

    @property
    @abstractmethod
    def rows(self) -> tuple[int, int]:
        """Number of training rows and of test rows."""

    @property
    def chance(self) -> float:
        """Accuracy of random guessing, 0 to 1."""
        return 1 / max(2, self.outputs)

    @property
    def input_symbol(self) -> str:
        """Axis label of the inputs in figures."""
        return "i"

    @property
    def output_symbol(self) -> str:
        """Axis label of the outputs in figures."""
        return "y"

    @property
    def bias_input(self) -> int | None:
        """Index of the input that is always 1, or None."""
        return None

    @property
    def signal_inputs(self) -> tuple[int, ...]:
        """Indices of the inputs that decide the label; empty if all of them do."""
        return ()

    def facts(self, run: TrainedRun) -> dict[str, Any]:
        """Return facts of this kind's own about one trained model, by name.

        They are published beside those of every model; see `gen.analysis.own_facts` for names and
        values. None is a fact that does not apply to this model.
        """
        return {}

    @abstractmethod
    def draw(self, seed: int) -> Data:
        """Draw the data of one model, as an ensemble of one; they depend on `seed` alone."""

    def data(self, seeds: tuple[int, ...]) -> Data:
        """Draw the data of an ensemble, one model for each seed."""
        drawn = [self.draw(seed) for seed in seeds]
        return Data(
            train=_stack([one.train for one in drawn]), test=_stack([one.test for one in drawn])
        )


def _stack(rows: list[Rows]) -> Rows:
    return Rows(
        inputs=np.concatenate([one.inputs for one in rows]),
        labels=np.concatenate([one.labels for one in rows]),
    )
