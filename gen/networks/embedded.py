"""A hidden layer that sees its inputs, and gives its answers, through one embedding E.

    logits = f(X E A) B E^T,          W_in = E A,  W_out = B E^T

E (input, dimension) is tied: the same table reads the numbers and writes the answer. It is
either learned, or the numbers' places on a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field, model_validator

from gen.lazy import torch
from gen.networks import Network
from gen.networks.hidden_layer import Batch, gradient
from gen.randomness import Purpose, stream, truncated_normal
from gen.tasks import Task


def circle(points: int) -> Float[np.ndarray, "point 2"]:
    """Points evenly on a circle: columns cos(2 pi i / n) and sin(2 pi i / n) of unit norm."""
    angle = 2 * np.pi * np.arange(points) / points
    columns = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return columns / np.linalg.norm(columns, axis=0)


class Embedded(Network):
    """f(X E A) B E^T with E learned (`width` wide) or given (`embedding = "circle"`)."""

    kind: Literal["embedded"] = "embedded"
    embedding: Literal["learned", "circle"]
    width: Annotated[int, Field(ge=1, le=8192)] | None = None
    hidden: Annotated[int, Field(ge=1, le=65_536)]

    @model_validator(mode="after")
    def _width_belongs_to_a_learned_embedding(self) -> Embedded:
        if self.embedding == "learned" and self.width is None:
            raise ValueError('embedding = "learned" needs a width')
        if self.embedding == "circle" and self.width is not None:
            raise ValueError('embedding = "circle" is two wide by nature; leave width out')
        return self

    def check(self, task: Task) -> None:
        if task.inputs != task.outputs:
            raise ValueError(
                f"its embedding ties inputs and outputs, but the task has "
                f"{task.inputs} inputs and {task.outputs} outputs"
            )

    def init(self, task: Task, seeds: tuple[int, ...]) -> dict[str, Float[np.ndarray, "model ..."]]:
        drawn: dict[str, list[np.ndarray]] = {}
        width = 2 if self.width is None else self.width
        for seed in seeds:
            generator = stream(seed, Purpose.INIT)
            if self.embedding == "learned":
                table = truncated_normal(generator, (task.inputs, width), 2 / task.inputs)
                drawn.setdefault("E", []).append(table)
            in_projection = truncated_normal(generator, (width, self.hidden), 1 / width)
            out_projection = truncated_normal(generator, (self.hidden, width), 1 / self.hidden)
            drawn.setdefault("A", []).append(in_projection)
            drawn.setdefault("B", []).append(out_projection)
        return {name: np.stack(arrays) for name, arrays in drawn.items()}

    def matrices(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> tuple[
        Float[torch.Tensor, "model input neuron"], Float[torch.Tensor, "model neuron output"]
    ]:
        table = self._table(task, parameters)
        return torch.bmm(table, parameters["A"]), torch.bmm(parameters["B"], table.mT)

    def view(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> dict[str, Float[torch.Tensor, "model rows columns"]]:
        if self.embedding == "circle":
            return {"A": parameters["A"], "B": parameters["B"]}
        w_in, w_out = self.matrices(task, parameters)
        return {"W_in": w_in, "W_out": w_out}

    def view_shapes(self, task: Task) -> dict[str, tuple[int, int]]:
        if self.embedding == "circle":
            return {"A": (2, self.hidden), "B": (self.hidden, 2)}
        return {"W_in": (task.inputs, self.hidden), "W_out": (self.hidden, task.outputs)}

    def differentiator(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
    ) -> Callable[[], None]:
        compute = gradient(batch, self.hidden, task.outputs, self.activation)
        table, a, b = self._table(task, parameters), parameters["A"], parameters["B"]
        w_in, w_out = (matrix.clone() for matrix in self.matrices(task, parameters))
        d_w_in, d_w_out = torch.empty_like(w_in), torch.empty_like(w_out)

        def differentiate() -> None:
            torch.bmm(table, a, out=w_in)
            torch.bmm(b, table.mT, out=w_out)
            compute(w_in, w_out, d_w_in, d_w_out)
            torch.bmm(table.mT, d_w_in, out=gradients["A"])
            torch.bmm(d_w_out, table, out=gradients["B"])
            if "E" in gradients:
                torch.bmm(d_w_in, a.mT, out=gradients["E"])
                gradients["E"].baddbmm_(d_w_out.mT, b)

        return differentiate

    def _table(
        self, task: Task, parameters: Mapping[str, torch.Tensor]
    ) -> Float[torch.Tensor, "model input dimension"]:
        if self.embedding == "learned":
            return parameters["E"]
        a = parameters["A"]
        return torch.from_numpy(circle(task.inputs)).to(a).expand(a.shape[0], -1, -1)
