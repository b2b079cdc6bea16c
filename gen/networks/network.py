"""Base class of networks, which compute a whole ensemble at once.

A network is one class in one file of this package: a config table, and functions of its
parameters. The first axis of every tensor is the model. All networks end in one hidden layer,

    Z = f(X W_in) W_out,           X: (row, input), W_in: (input, neuron),
                                   W_out: (neuron, output), Z: (row, output)

with f the activation. They differ in how W_in and W_out are computed from the parameters.
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
"""The learned tensors by name, each of shape (model, ...)."""


class Network(Kind):
    """Base class of networks; each subclass is one kind.

    Attributes:
        activation: the function f of a pre-activation: relu or square.
    """

    activation: Activation = "relu"

    def check(self, task: Task) -> None:
        """Raise ValueError if this network cannot learn `task`."""

    @abstractmethod
    def init(self, task: Task, seeds: tuple[int, ...]) -> dict[str, Float[np.ndarray, "model ..."]]:
        """Draw the initial parameters (float64); those of a model depend on its seed alone."""

    @abstractmethod
    def matrices(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> tuple[
        Float[torch.Tensor, "model input neuron"], Float[torch.Tensor, "model neuron output"]
    ]:
        """Return W_in and W_out of the hidden layer."""

    @abstractmethod
    def view(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> dict[str, Float[torch.Tensor, "model _rows _columns"]]:
        """Return the two views: the matrix into the neurons, then the matrix out of them."""

    @abstractmethod
    def view_shapes(self, task: Task) -> dict[str, tuple[int, int]]:
        """Return rows and columns of each matrix of `view`, in the same order."""

    @abstractmethod
    def differentiator(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
    ) -> Callable[[], None]:
        """Allocate buffers for the closed-form gradient of the mean loss over `batch`.

        Returns:
            A function that reads the present `parameters`, each (model, ...), and overwrites
            all `gradients`, which have the same names and shapes.
        """

    def learned_numbers(self, task: Task) -> int:
        """Return how many numbers one model learns."""
        return sum(array[0].size for array in self.init(task, (0,)).values())
