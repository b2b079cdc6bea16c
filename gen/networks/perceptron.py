"""One hidden layer that learns its two matrices directly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.closed_form import gradient
from gen.networks.hidden_layer import HiddenLayer
from gen.seeding import Purpose, stream, truncated_normal
from gen.tasks.task import Task


class Perceptron(HiddenLayer):
    """Z = f(X W_in) W_out; there is a bias only if the task has a constant input."""

    kind: Literal["perceptron"] = "perceptron"
    hidden: Annotated[int, Field(ge=1, le=65_536)]

    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        generator = stream(seed, Purpose.INIT)
        return {
            "W_in": truncated_normal(generator, (task.inputs, self.hidden), 1 / task.inputs),
            "W_out": truncated_normal(generator, (self.hidden, task.outputs), 1 / self.hidden),
        }

    def learned_numbers(self, task: Task) -> int:
        return self.hidden * (task.inputs + task.outputs)

    def matrices(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> tuple[
        Float[torch.Tensor, "model input neuron"], Float[torch.Tensor, "model neuron output"]
    ]:
        return parameters["W_in"], parameters["W_out"]

    def differentiator(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
    ) -> Callable[[], None]:
        compute = gradient(batch, self.hidden, task.outputs, self.activation)
        w_in, w_out = parameters["W_in"], parameters["W_out"]
        d_w_in, d_w_out = gradients["W_in"], gradients["W_out"]
        return lambda: compute(w_in, w_out, d_w_in, d_w_out)
