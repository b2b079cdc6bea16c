"""Tasks: what a network is asked to learn, and the rows it learns from.

A task is one class in one file of this package: a table of settings that can make its own
data. All tasks speak of rows of numbers and of one label a row, so any network can be put
to any task whose labels it can answer.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from gen.settings import Kind


@dataclass(frozen=True)
class Rows:
    """Inputs and labels of one split, for every model of an ensemble.

    Attributes:
        inputs: float32, small counts (0, 1, 2); exact in every float type.
        labels: int64 in `range(max(2, task.outputs))`.
    """

    inputs: Float[np.ndarray, "model row input"]
    labels: Int[np.ndarray, "model row"]


@dataclass(frozen=True)
class Data:
    """What the models of an ensemble are trained on and what they are tested on."""

    train: Rows
    test: Rows


class Task(Kind):
    """A family of tasks; the subclasses are the kinds."""

    @property
    @abstractmethod
    def inputs(self) -> int:
        """Numbers in one row of input, a constant bias input included."""

    @property
    @abstractmethod
    def outputs(self) -> int:
        """Logits that answer a row: 1 for yes or no, otherwise one for each class."""

    @property
    @abstractmethod
    def rows(self) -> tuple[int, int]:
        """How many rows there are to train on and to test on."""

    @property
    def chance(self) -> float:
        """Accuracy of guessing blindly, 0 to 1."""
        return 1 / max(2, self.outputs)

    @property
    def input_symbol(self) -> str:
        """The letter a figure writes under the inputs."""
        return "i"

    @property
    def output_symbol(self) -> str:
        """The letter a figure writes under the outputs."""
        return "y"

    @property
    def bias_input(self) -> int | None:
        """Index of the input that is always 1, if there is one."""
        return None

    @property
    def signal_inputs(self) -> tuple[int, ...]:
        """Indices of the inputs that alone decide the label; empty where all of them do."""
        return ()

    @abstractmethod
    def draw(self, seed: int) -> Data:
        """Makes the data of one model, as an ensemble of one; it depends on `seed` alone."""

    def data(self, seeds: tuple[int, ...]) -> Data:
        """Makes the data of an ensemble, one model a seed."""
        drawn = [self.draw(seed) for seed in seeds]
        return Data(
            train=_stack([one.train for one in drawn]), test=_stack([one.test for one in drawn])
        )


def _stack(rows: list[Rows]) -> Rows:
    return Rows(
        inputs=np.concatenate([one.inputs for one in rows]),
        labels=np.concatenate([one.labels for one in rows]),
    )
