"""Networks: the formulas, for a whole ensemble at once.

A network is one class in one file of this package: a table of settings, and functions over
parameters whose every tensor leads with the model. All networks here end in one hidden layer,

    logits = f(X W_in) W_out,           X: (row, input), W_in: (input, neuron),
                                        W_out: (neuron, output)

with f the activation, and differ in how W_in and W_out come out of what is learned.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

import numpy as np
from jaxtyping import Float

from gen.lazy import torch
from gen.networks.batch import Activation, Batch
from gen.settings import Kind
from gen.tasks.task import Task

Parameters = dict[str, "torch.Tensor"]
"""What is learned, by name: each (model, ...)."""


class Network(Kind):
    """A family of networks; the subclasses are the kinds.

    Attributes:
        activation: what a neuron makes of the sum of its inputs: relu, or its square.
    """

    activation: Activation = "relu"

    def check(self, task: Task) -> None:
        """Raises ValueError where this network cannot be put to `task`."""

    @abstractmethod
    def init(self, task: Task, seeds: tuple[int, ...]) -> dict[str, Float[np.ndarray, "model ..."]]:
        """Initial parameters of an ensemble, float64; each model's come from its own seed."""

    @abstractmethod
    def matrices(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> tuple[
        Float[torch.Tensor, "model input neuron"], Float[torch.Tensor, "model neuron output"]
    ]:
        """W_in and W_out as the hidden layer uses them."""

    @abstractmethod
    def view(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> dict[str, Float[torch.Tensor, "model rows columns"]]:
        """The two matrices that are pictured: into the neurons, then out of them."""

    @abstractmethod
    def view_shapes(self, task: Task) -> dict[str, tuple[int, int]]:
        """Rows and columns of the matrices of `view`, by name and in their order."""

    @abstractmethod
    def differentiator(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
    ) -> Callable[[], None]:
        """Prepares the closed-form gradient of the mean loss over the rows of `batch`.

        Returns:
            A function that reads `parameters` as they are at the call and writes all of
            `gradients` in place. Its buffers are allocated once, here.
        """

    def learned_numbers(self, task: Task) -> int:
        """How many numbers one model learns."""
        return sum(array[0].size for array in self.init(task, (0,)).values())
