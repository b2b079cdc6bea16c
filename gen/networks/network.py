"""Base class of networks. A network is one class: a config table, and three functions.

`init` draws the parameters of one model, `logits` computes its answers to some rows, and `views`
names the matrices that are pictured. Whole ensembles, gradients and scores follow from these by
`torch.func.vmap` and autograd. A network may override what follows by a faster way to the same
numbers, as networks of one hidden layer do with a gradient in closed form.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.losses import LossName, score
from gen.networks.view import View, ViewShape
from gen.settings import Kind
from gen.tasks.task import Task
from gen.tasks.trained_run import TrainedRun

Parameters = dict[str, "torch.Tensor"]
"""The learned tensors by name, of one model, or each of shape (model, ...) of an ensemble."""

Scorer = Callable[[Mapping[str, "torch.Tensor"]], tuple["torch.Tensor", "torch.Tensor"]]
"""Returns loss (mean over rows) and accuracy, each of shape (model,), given the parameters."""


class Network(Kind):
    """Base class of networks; each subclass is one kind."""

    def check(self, task: Task) -> None:
        """Raise ValueError if this network cannot learn `task`."""

    @abstractmethod
    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        """Draw the initial parameters of one model, which depend on its seed alone."""

    @abstractmethod
    def logits(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        inputs: Float[torch.Tensor, "row input"],
    ) -> Float[torch.Tensor, "row output"]:
        """Return the logits of one model for some rows of the task.

        It is called inside of `torch.func.vmap`: it may not branch on values, and may not change
        `parameters` in place.
        """

    @abstractmethod
    def views(self, task: Task, parameters: Mapping[str, torch.Tensor]) -> dict[str, View]:
        """Return the matrices of one model that are pictured, by name; at least one."""

    def init_ensemble(
        self, task: Task, seeds: tuple[int, ...]
    ) -> dict[str, Float[np.ndarray, "model ..."]]:
        """Draw the initial parameters of one model for each seed."""
        drawn = [self.init(task, seed) for seed in seeds]
        return {name: np.stack([one[name] for one in drawn]) for name in drawn[0]}

    def ensemble_logits(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        inputs: Float[torch.Tensor, "model row input"],
    ) -> Float[torch.Tensor, "model row output"]:
        """Return the logits of every model for its own rows."""
        return torch.func.vmap(lambda one, rows: self.logits(task, one, rows))(
            dict(parameters), inputs
        )

    def ensemble_views(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> dict[str, Float[torch.Tensor, "model _row _column"]]:
        """Return the views of every model."""

        def values(one: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
            return {name: view.values for name, view in self.views(task, one).items()}

        return torch.func.vmap(values)(dict(parameters))

    def view_shapes(self, task: Task) -> dict[str, ViewShape]:
        """Return size and meaning of each view, in the order of `views`."""
        drawn = self.init(task, 0)
        with torch.no_grad():
            parameters = {name: torch.from_numpy(array) for name, array in drawn.items()}
            views = self.views(task, parameters)
        return {name: _shape(name, view) for name, view in views.items()}

    def check_functions(self, task: Task) -> None:
        """Call `logits` and `views` for two models, as a training does.

        Raises:
            ValueError: the logits have the wrong shape, or a view is not a matrix of numbers.
        """
        parameters = {
            name: torch.from_numpy(array).float()
            for name, array in self.init_ensemble(task, (0, 1)).items()
        }
        rows = torch.ones(2, 3, task.inputs)
        with torch.no_grad():
            first = {name: tensor[0] for name, tensor in parameters.items()}
            shape = tuple(self.logits(task, first, rows[0]).shape)
            if shape != (3, task.outputs):
                raise ValueError(
                    f"logits returns shape {shape} for 3 rows, and the task needs "
                    f"(3, {task.outputs})"
                )
            self.ensemble_logits(task, parameters, rows)
            self.ensemble_views(task, parameters)

    def closed_form(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
        loss: LossName,
    ) -> Callable[[], None] | None:
        """Allocate buffers for a gradient in closed form of the mean loss over `batch`.

        Returns:
            A function that reads the present `parameters`, each (model, ...), and overwrites
            all `gradients`, which have the same names and shapes. None if there is no closed
            form: the gradient is then computed by autograd.
        """
        return None

    def scorer(self, task: Task, batch: Batch, loss: LossName) -> Scorer:
        """Return a function that computes loss and accuracy of every model on `batch`."""

        def measure(
            parameters: Mapping[str, torch.Tensor],
        ) -> tuple[Float[torch.Tensor, " model"], Float[torch.Tensor, " model"]]:
            losses, accuracies = [], []
            with torch.no_grad():
                for model, inputs in enumerate(batch.inputs):
                    one = {name: tensor[model] for name, tensor in parameters.items()}
                    z = self.logits(task, one, inputs)
                    value, accuracy = score(loss, z, batch.labels[model])
                    losses.append(value)
                    accuracies.append(accuracy)
            return torch.stack(losses), torch.stack(accuracies)

        return measure

    def learned_numbers(self, task: Task) -> int:
        """Return how many numbers one model learns."""
        return sum(array.size for array in self.init(task, 0).values())

    def multiplications(self, task: Task) -> int:
        """Estimate the multiplications for one row, to sort trainings by cost."""
        return self.learned_numbers(task)

    def activations(self, task: Task) -> int:
        """Estimate how many numbers one row takes in memory while a gradient is computed."""
        return 2 * sum(max(array.shape, default=1) for array in self.init(task, 0).values())

    def facts(self, run: TrainedRun) -> dict[str, Any]:
        """Return facts of this kind's own about one trained model; see `Task.facts`."""
        return {}


def _shape(name: str, view: View) -> ViewShape:
    if not isinstance(view, View) or view.values.ndim != 2:
        raise ValueError(f"the view {name} is not a View of a tensor with two axes")
    rows, columns = view.values.shape
    return ViewShape(rows, columns, view.rows, view.columns)
