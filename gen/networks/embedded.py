"""A hidden layer that sees its inputs, and gives its answers, through embeddings.

    logits = f(X E A) B U^T,           W_in = E A,  W_out = B U^T

E (number, dimension) reads the numbers and U writes the answer; they are one table unless U is
of its own. E is learned, or the numbers' places on a circle. Either product may be collapsed
into the one matrix that it is, and B may be tied to A: B = A^T.

A task whose rows name two numbers in two halves has an A for each: W_in = [E A_1; E A_2].
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field, model_validator

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.hidden_layer import gradient
from gen.networks.network import Network
from gen.seeding import Purpose, stream, truncated_normal
from gen.tasks.task import Task

Tensors = Mapping[str, "torch.Tensor"]


def circle(points: int) -> Float[np.ndarray, "point 2"]:
    """Points evenly on a circle: columns cos(2 pi i / n) and sin(2 pi i / n) of unit norm."""
    angle = 2 * np.pi * np.arange(points) / points
    columns = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return columns / np.linalg.norm(columns, axis=0)


class Embedded(Network):
    """f(X E A) B U^T with E learned (`width` wide) or given (`embedding = "circle"`).

    Attributes:
        unembedding: whether answers are written through E or through a table of their own.
        projections: whether B is learned by itself or is A^T.
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
    def _width_belongs_to_a_learned_embedding(self) -> Embedded:
        if self.embedding == "learned" and self.width is None:
            raise ValueError('embedding = "learned" needs a width')
        if self.embedding == "circle" and self.width is not None:
            raise ValueError('embedding = "circle" is two wide by nature; leave width out')
        return self

    @model_validator(mode="after")
    def _what_is_tied_is_there(self) -> Embedded:
        factored = self.into == self.out == "factored"
        if self.projections == "tied" and not factored:
            raise ValueError('projections = "tied" needs both products factored')
        if self.embedding == "circle" and not (factored and self.unembedding == "tied"):
            raise ValueError('embedding = "circle" is read and written; leave the rest factored')
        return self

    def check(self, task: Task) -> None:
        if task.outputs < 2 or task.inputs % task.outputs:
            raise ValueError(
                f"its embedding reads and writes the same numbers, but the task has "
                f"{task.inputs} inputs and {task.outputs} outputs"
            )
        if self.projections == "tied" and task.inputs != task.outputs:
            raise ValueError("projections can be tied only where rows are of one piece")

    def init(self, task: Task, seeds: tuple[int, ...]) -> dict[str, Float[np.ndarray, "model ..."]]:
        shapes = self._shapes(task)
        drawn: dict[str, list[np.ndarray]] = {name: [] for name in shapes}
        for seed in seeds:
            generator = stream(seed, Purpose.INIT)
            for name, arrays in drawn.items():
                arrays.append(truncated_normal(generator, *shapes[name]))
        return {name: np.stack(arrays) for name, arrays in drawn.items()}

    def learned_numbers(self, task: Task) -> int:
        return sum(rows * columns for (rows, columns), _ in self._shapes(task).values())

    def _shapes(self, task: Task) -> dict[str, tuple[tuple[int, int], float]]:
        """What is learned, by name: its shape, and the variance it begins with."""
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
        reads_or_writes = into or (out and self.unembedding == "tied")
        parts = {
            "E": self.embedding == "learned" and reads_or_writes,
            "A": into,
            "B": out and self.projections == "own",
            "U": out and self.unembedding == "own",
            "W_in": not into,
            "W_out": not out,
        }
        return [name for name, there in parts.items() if there]

    def matrices(
        self, task: Task, parameters: Tensors
    ) -> tuple[
        Float[torch.Tensor, "model input neuron"], Float[torch.Tensor, "model neuron output"]
    ]:
        w_in, w_out = parameters.get("W_in"), parameters.get("W_out")
        if w_in is None:
            table = self._table(task, parameters)
            pieces = parameters["A"].split(table.shape[2], dim=1)
            w_in = torch.cat([torch.bmm(table, piece) for piece in pieces], dim=1)
        if w_out is None:
            b, u = self._writing(task, parameters)
            w_out = torch.bmm(b, u.mT)
        return w_in, w_out

    def view(
        self, task: Task, parameters: Tensors
    ) -> dict[str, Float[torch.Tensor, "model rows columns"]]:
        if self.embedding == "circle":
            b, _ = self._writing(task, parameters)
            return {"A": parameters["A"][:, :2], "B": b}
        w_in, w_out = self.matrices(task, parameters)
        return {"W_in": w_in[:, : task.outputs], "W_out": w_out}

    def view_shapes(self, task: Task) -> dict[str, tuple[int, int]]:
        if self.embedding == "circle":
            return {"A": (2, self.hidden), "B": (self.hidden, 2)}
        return {"W_in": (task.outputs, self.hidden), "W_out": (self.hidden, task.outputs)}

    def differentiator(
        self, task: Task, parameters: Tensors, gradients: Tensors, batch: Batch
    ) -> Callable[[], None]:
        compute = gradient(batch, self.hidden, task.outputs, self.activation)
        w_in, w_out = self.matrices(task, parameters)
        d_w_in = gradients.get("W_in", torch.empty_like(w_in))
        d_w_out = gradients.get("W_out", torch.empty_like(w_out))
        reads = self._reader(task, parameters, gradients, w_in, d_w_in)
        writes = self._writer(task, parameters, gradients, w_out, d_w_out)

        def differentiate() -> None:
            if "E" in gradients:
                gradients["E"].zero_()
            reads.multiply()
            writes.multiply()
            compute(w_in, w_out, d_w_in, d_w_out)
            reads.differentiate()
            writes.differentiate()

        return differentiate

    def _reader(
        self,
        task: Task,
        parameters: Tensors,
        gradients: Tensors,
        w_in: torch.Tensor,
        d_w_in: torch.Tensor,
    ) -> _Product:
        """W_in = [E A_1; E A_2], and what its slope means for E and A."""
        if self.into == "collapsed":
            return _Product(lambda: None, lambda: None)
        table = self._table(task, parameters)
        width, d_table = table.shape[2], gradients.get("E")
        pieces = list(
            zip(
                parameters["A"].split(width, dim=1),
                gradients["A"].split(width, dim=1),
                w_in.split(task.outputs, dim=1),
                d_w_in.split(task.outputs, dim=1),
                strict=True,
            )
        )

        def multiply() -> None:
            for a, _, part, _ in pieces:
                torch.bmm(table, a, out=part)

        def differentiate() -> None:
            for a, d_a, _, d_part in pieces:
                torch.bmm(table.mT, d_part, out=d_a)
                if d_table is not None:
                    d_table.baddbmm_(d_part, a.mT)

        return _Product(multiply, differentiate)

    def _writer(
        self,
        task: Task,
        parameters: Tensors,
        gradients: Tensors,
        w_out: torch.Tensor,
        d_w_out: torch.Tensor,
    ) -> _Product:
        """W_out = B U^T, and what its slope means for B, U and those that they are tied to."""
        if self.out == "collapsed":
            return _Product(lambda: None, lambda: None)
        b, u = self._writing(task, parameters)
        d_table = gradients.get("E")

        def multiply() -> None:
            torch.bmm(b, u.mT, out=w_out)

        def differentiate() -> None:
            if "B" in gradients:
                torch.bmm(d_w_out, u, out=gradients["B"])
            else:
                gradients["A"].baddbmm_(u.mT, d_w_out.mT)
            if "U" in gradients:
                torch.bmm(d_w_out.mT, b, out=gradients["U"])
            elif d_table is not None:
                d_table.baddbmm_(d_w_out.mT, b)

        return _Product(multiply, differentiate)

    def _table(
        self, task: Task, parameters: Tensors
    ) -> Float[torch.Tensor, "model number dimension"]:
        if self.embedding == "learned":
            return parameters["E"]
        a = parameters["A"]
        return torch.from_numpy(circle(task.outputs)).to(a).expand(a.shape[0], -1, -1)

    def _writing(
        self, task: Task, parameters: Tensors
    ) -> tuple[
        Float[torch.Tensor, "model neuron dimension"],
        Float[torch.Tensor, "model number dimension"],
    ]:
        """B and U, whatever they are tied to."""
        own_b, own_u = parameters.get("B"), parameters.get("U")
        return (
            parameters["A"].mT if own_b is None else own_b,
            self._table(task, parameters) if own_u is None else own_u,
        )


@dataclass(frozen=True)
class _Product:
    """A matrix that is a product: how it is multiplied, and how its slope reaches the factors."""

    multiply: Callable[[], None]
    differentiate: Callable[[], None]
