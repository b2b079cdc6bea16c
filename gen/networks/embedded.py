"""A hidden layer between an embedding and an unembedding.

    Z = f(X W_in) W_out,           W_in = E A,           W_out = B U^T

    E (number, dimension) embedding              A (dimension, neuron)
    U (number, dimension) unembedding            B (neuron, dimension)

U is E unless it is learned separately. E is learned, or fixed to points on a circle. W_in and
W_out may each be learned directly ("collapsed"), and B may be tied to A: B = A^T.

If a row of the task consists of two halves, one for each number, each half has its own A:
W_in = [E A_1; E A_2].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field, model_validator

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.closed_form import counted_gradient, gradient
from gen.networks.hidden_layer import HiddenLayer
from gen.networks.kernels.products import product
from gen.networks.losses import LossName
from gen.networks.view import ViewShape
from gen.seeding import Purpose, stream, truncated_normal
from gen.tasks.task import Task

Tensors = Mapping[str, "torch.Tensor"]
_Product = tuple[list[Callable[[], object]], list[Callable[[], object]]]
"""What computes a product of two learned matrices, and then the gradients of its factors."""


def circle(points: int) -> Float[np.ndarray, "point 2"]:
    """Return the columns cos(2 pi i / n) and sin(2 pi i / n), each scaled to unit norm."""
    angle = 2 * np.pi * np.arange(points) / points
    columns = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return columns / np.linalg.norm(columns, axis=0)


class Embedded(HiddenLayer):
    """Z = f(X E A) B U^T.

    Attributes:
        embedding: whether E is learned or fixed to a circle of two dimensions.
        width: dimensions of a learned E and U.
        hidden: number of neurons.
        unembedding: whether U is E ("tied") or learned separately ("own").
        projections: whether B is learned ("own") or is A^T ("tied").
        into: whether W_in is learned as the product E A or as one matrix.
        out: whether W_out is learned as the product B U^T or as one matrix.
    """

    kind: Literal["embedded"] = "embedded"
    embedding: Literal["learned", "circle"]
    width: Annotated[int, Field(ge=1, le=8192)] | None = None
    hidden: Annotated[int, Field(ge=1, le=65_536)]
    unembedding: Literal["tied", "own"] = "tied"
    projections: Literal["own", "tied"] = "own"
    into: Literal["factored", "collapsed"] = "factored"
    out: Literal["factored", "collapsed"] = "factored"

    @model_validator(mode="after")
    def _check_width(self) -> Embedded:
        if self.embedding == "learned" and self.width is None:
            raise ValueError('embedding = "learned" needs a width')
        if self.embedding == "circle" and self.width is not None:
            raise ValueError('embedding = "circle" has two dimensions; remove width')
        return self

    @model_validator(mode="after")
    def _check_tied_matrices_exist(self) -> Embedded:
        factored = self.into == self.out == "factored"
        if self.projections == "tied" and not factored:
            raise ValueError('projections = "tied" needs into = "factored" and out = "factored"')
        if self.embedding == "circle" and not (factored and self.unembedding == "tied"):
            raise ValueError(
                'embedding = "circle" needs into and out "factored" and unembedding "tied"'
            )
        return self

    def check(self, task: Task) -> None:
        if task.outputs < 2 or task.inputs % task.outputs:
            raise ValueError(
                f"an embedding needs as many inputs as outputs, or a multiple, but the task has "
                f"{task.inputs} inputs and {task.outputs} outputs"
            )
        if self.projections == "tied" and task.inputs != task.outputs:
            raise ValueError('projections = "tied" needs a task with as many inputs as outputs')

    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        generator = stream(seed, Purpose.INIT)
        return {
            name: truncated_normal(generator, *shape) for name, shape in self._shapes(task).items()
        }

    def learned_numbers(self, task: Task) -> int:
        return sum(rows * columns for (rows, columns), _ in self._shapes(task).values())

    def _shapes(self, task: Task) -> dict[str, tuple[tuple[int, int], float]]:
        """Return shape and initial variance of each learned matrix (2/n or 1/fan_in)."""
        numbers, width, hidden = task.outputs, self.width or 2, self.hidden
        pieces = task.inputs // numbers
        shapes = {
            "E": ((numbers, width), 2 / numbers),
            "A": ((pieces * width, hidden), 1 / width),
            "B": ((hidden, width), 1 / hidden),
            "U": ((numbers, width), 2 / numbers),
            "W_in": ((task.inputs, hidden), 1 / task.inputs),
            "W_out": ((hidden, numbers), 1 / hidden),
        }
        return {name: shapes[name] for name in self._learned()}

    def _learned(self) -> list[str]:
        into, out = self.into == "factored", self.out == "factored"
        uses_embedding = into or (out and self.unembedding == "tied")
        parts = {
            "E": self.embedding == "learned" and uses_embedding,
            "A": into,
            "B": out and self.projections == "own",
            "U": out and self.unembedding == "own",
            "W_in": not into,
            "W_out": not out,
        }
        return [name for name, learned in parts.items() if learned]

    def matrices(
        self, task: Task, parameters: Tensors
    ) -> tuple[
        Float[torch.Tensor, "model input neuron"], Float[torch.Tensor, "model neuron output"]
    ]:
        w_in, w_out = parameters.get("W_in"), parameters.get("W_out")
        if w_in is None:
            e = self._embedding(task, parameters)
            halves = parameters["A"].split(e.shape[2], dim=1)
            w_in = torch.cat([torch.bmm(e, a) for a in halves], dim=1)
        if w_out is None:
            b, u = self._unembedding(task, parameters)
            w_out = torch.bmm(b, u.mT)
        return w_in, w_out

    def ensemble_views(
        self, task: Task, parameters: Tensors
    ) -> dict[str, Float[torch.Tensor, "model _row _column"]]:
        if self.embedding == "circle":
            b, _ = self._unembedding(task, parameters)
            return {"A": parameters["A"][:, :2], "B": b}
        w_in, w_out = self.matrices(task, parameters)
        return {"W_in": w_in[:, : task.outputs], "W_out": w_out}

    def view_shapes(self, task: Task) -> dict[str, ViewShape]:
        if self.embedding == "circle":
            return {
                "A": ViewShape(2, self.hidden, "dimension", "neuron"),
                "B": ViewShape(self.hidden, 2, "neuron", "dimension"),
            }
        return {
            "W_in": ViewShape(task.outputs, self.hidden, "number", "neuron"),
            "W_out": ViewShape(self.hidden, task.outputs, "neuron", "number"),
        }

    def closed_form(
        self,
        task: Task,
        parameters: Tensors,
        gradients: Tensors,
        batch: Batch,
        loss: LossName,
    ) -> Callable[[], None] | None:
        if loss == "cross-entropy":
            compute = gradient(batch, self.hidden, task.outputs, self.activation)
        else:
            compute = counted_gradient(batch, self.hidden, task.outputs, self.activation, loss)
        if compute is None:
            return None
        w_in, w_out = self.matrices(task, parameters)
        d_w_in = gradients.get("W_in", torch.empty_like(w_in))
        d_w_out = gradients.get("W_out", torch.empty_like(w_out))
        into, differentiate_in = self._product_in(task, parameters, gradients, w_in, d_w_in)
        out, differentiate_out = self._product_out(task, parameters, gradients, w_out, d_w_out)

        def differentiate() -> None:
            if "E" in gradients:
                gradients["E"].zero_()
            for multiply in (*into, *out):
                multiply()
            compute(w_in, w_out, d_w_in, d_w_out)
            for add in (*differentiate_in, *differentiate_out):
                add()

        return differentiate

    def _product_in(
        self,
        task: Task,
        parameters: Tensors,
        gradients: Tensors,
        w_in: torch.Tensor,
        d_w_in: torch.Tensor,
    ) -> _Product:
        """Prepare W_in = [E A_1; E A_2], dA_i = E^T dW_i, and dE += dW_i A_i^T (W_i: half i)."""
        if self.into == "collapsed":
            return [], []
        e = self._embedding(task, parameters)
        width, d_e = e.shape[2], gradients.get("E")
        multiply: list[Callable[[], object]] = []
        differentiate: list[Callable[[], object]] = []
        for a, d_a, w, d_w in zip(
            parameters["A"].split(width, dim=1),
            gradients["A"].split(width, dim=1),
            w_in.split(task.outputs, dim=1),
            d_w_in.split(task.outputs, dim=1),
            strict=True,
        ):
            multiply.append(product(e, a, w))
            differentiate.append(product(e.mT, d_w, d_a))
            if d_e is not None:
                differentiate.append(product(d_w, a.mT, d_e, added=True))
        return multiply, differentiate

    def _product_out(
        self,
        task: Task,
        parameters: Tensors,
        gradients: Tensors,
        w_out: torch.Tensor,
        d_w_out: torch.Tensor,
    ) -> _Product:
        """Prepare W_out = B U^T, dB = dW_out U and dU = dW_out^T B, or add to dA and dE if tied."""
        if self.out == "collapsed":
            return [], []
        b, u = self._unembedding(task, parameters)
        d_e = gradients.get("E")
        if "B" in gradients:
            differentiate = [product(d_w_out, u, gradients["B"])]
        else:
            differentiate = [product(u.mT, d_w_out.mT, gradients["A"], added=True)]
        if "U" in gradients:
            differentiate.append(product(d_w_out.mT, b, gradients["U"]))
        elif d_e is not None:
            differentiate.append(product(d_w_out.mT, b, d_e, added=True))
        return [product(b, u.mT, w_out)], differentiate

    def _embedding(
        self, task: Task, parameters: Tensors
    ) -> Float[torch.Tensor, "model number dimension"]:
        """Return E, learned or on the circle."""
        if self.embedding == "learned":
            return parameters["E"]
        a = parameters["A"]
        return torch.from_numpy(circle(task.outputs)).to(a).expand(a.shape[0], -1, -1)

    def _unembedding(
        self, task: Task, parameters: Tensors
    ) -> tuple[
        Float[torch.Tensor, "model neuron dimension"],
        Float[torch.Tensor, "model number dimension"],
    ]:
        """Return B and U, learned or tied to A and E."""
        own_b, own_u = parameters.get("B"), parameters.get("U")
        return (
            parameters["A"].mT if own_b is None else own_b,
            self._embedding(task, parameters) if own_u is None else own_u,
        )
