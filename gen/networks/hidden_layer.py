"""Base class of networks with one hidden layer, whose gradient has a closed form.

All of them compute

    Z = f(X W_in) W_out,           X: (row, input), W_in: (input, neuron),
                                   W_out: (neuron, output), Z: (row, output)

with f the activation. They differ in how W_in and W_out follow from the parameters.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from jaxtyping import Float

from gen.lazy import torch
from gen.networks.batch import Activation, Batch
from gen.networks.closed_form import HiddenLayerScore, logits
from gen.networks.losses import LossName
from gen.networks.network import Network, Scorer
from gen.networks.view import View, ViewShape
from gen.tasks.task import Task


class HiddenLayer(Network):
    """Base class of networks with one hidden layer.

    Attributes:
        activation: the function f of a pre-activation: relu or square.
        hidden: number of neurons.
    """

    activation: Activation = "relu"
    hidden: int

    @abstractmethod
    def matrices(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> tuple[
        Float[torch.Tensor, "model input neuron"], Float[torch.Tensor, "model neuron output"]
    ]:
        """Return W_in and W_out of every model of an ensemble."""

    def logits(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        inputs: Float[torch.Tensor, "row input"],
    ) -> Float[torch.Tensor, "row output"]:
        one = {name: tensor.unsqueeze(0) for name, tensor in parameters.items()}
        return logits(inputs.unsqueeze(0), *self.matrices(task, one), self.activation)[0]

    def views(self, task: Task, parameters: Mapping[str, torch.Tensor]) -> dict[str, View]:
        one = {name: tensor.unsqueeze(0) for name, tensor in parameters.items()}
        shapes = self.view_shapes(task)
        return {
            name: View(values[0], *shapes[name].axes)
            for name, values in self.ensemble_views(task, one).items()
        }

    def ensemble_logits(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        inputs: Float[torch.Tensor, "model row input"],
    ) -> Float[torch.Tensor, "model row output"]:
        return logits(inputs, *self.matrices(task, parameters), self.activation)

    def ensemble_views(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> dict[str, Float[torch.Tensor, "model _row _column"]]:
        w_in, w_out = self.matrices(task, parameters)
        return {"W_in": w_in, "W_out": w_out}

    def view_shapes(self, task: Task) -> dict[str, ViewShape]:
        return {
            "W_in": ViewShape(task.inputs, self.hidden, "input", "neuron"),
            "W_out": ViewShape(self.hidden, task.outputs, "neuron", "output"),
        }

    def scorer(self, task: Task, batch: Batch, loss: LossName) -> Scorer:
        measure = HiddenLayerScore(batch, self.activation, loss)
        return lambda parameters: measure(*self.matrices(task, parameters))

    def closed_form(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
        loss: LossName,
    ) -> Callable[[], None] | None:
        if loss != "cross-entropy":
            return None
        return self.differentiator(task, parameters, gradients, batch)

    def differentiator(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
    ) -> Callable[[], None] | None:
        """Return the closed form of the gradient of cross-entropy; None leaves it to autograd."""
        return None

    def multiplications(self, task: Task) -> int:
        return task.inputs * self.hidden

    def activations(self, task: Task) -> int:
        return 2 * self.hidden + task.outputs
