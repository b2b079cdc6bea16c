"""A transformer of one layer that reads two numbers and "=", and answers at "=".

With E an embedding of the numbers and of "=", and P one of the three positions:

    x_0 = E[a] + P_0,   x_1 = E[b] + P_1,   x_2 = E["="] + P_2
    attention of a head:   t_j = softmax over j of  (x_2 W_Q) . (x_j W_K) / sqrt(d / heads)
    r = x_2 + sum_j t_j (x_j W_V) W_O            (per head; all heads side by side)
    Z = (r + relu(r W_in + b_in) W_out + b_out) W_U

This is the network of Nanda et al. 2023 (arXiv 2301.05217) with a bias in its perceptron only, no
layer norm, and an unembedding of its own. Only "=" is read, so that only its query is needed.
Keys and values depend on a number and its position alone: they are computed once for each number,
and not for each row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field, model_validator

from gen.lazy import torch
from gen.networks.network import Network
from gen.networks.view import View, ViewShape
from gen.seeding import Purpose, stream, truncated_normal
from gen.tasks.task import Task

Tensors = Mapping[str, "torch.Tensor"]


class Transformer(Network):
    """One layer of attention and a perceptron.

    Attributes:
        width: dimensions d of the residual stream.
        heads: number of attention heads, a divisor of `width`.
        hidden: neurons of the perceptron.
        pictured_neurons: neurons whose activation is a view, for all pairs of numbers.
    """

    kind: Literal["transformer"] = "transformer"
    width: Annotated[int, Field(ge=1, le=8192)] = 128
    heads: Annotated[int, Field(ge=1, le=256)] = 4
    hidden: Annotated[int, Field(ge=1, le=65_536)]
    pictured_neurons: Annotated[tuple[int, ...], Field(max_length=64, strict=False)] = ()

    @model_validator(mode="after")
    def _check_sizes(self) -> Transformer:
        if self.width % self.heads:
            raise ValueError(f"width = {self.width} is no multiple of heads = {self.heads}")
        wrong = [one for one in self.pictured_neurons if not 0 <= one < self.hidden]
        if wrong:
            raise ValueError(f"pictured_neurons has {wrong[0]}, but hidden = {self.hidden}")
        return self

    def check(self, task: Task) -> None:
        if task.inputs != 2 * task.outputs:
            raise ValueError(
                "a transformer reads two numbers, each in a half of the row as long as the "
                f"outputs, but the task has {task.inputs} inputs and {task.outputs} outputs; "
                "a modular task has such rows with ordered = true"
            )

    def _shapes(self, numbers: int) -> dict[str, tuple[tuple[int, ...], float]]:
        """Return shape and initial variance of each tensor; a variance of 0 means zeros."""
        d, hidden = self.width, self.hidden
        square = ((d, d), 1 / d)
        return {
            "E": ((numbers + 1, d), 1 / d),
            "P": ((3, d), 1 / d),
            "W_Q": square,
            "W_K": square,
            "W_V": square,
            "W_O": square,
            "W_in": ((d, hidden), 1 / d),
            "b_in": ((hidden,), 0.0),
            "W_out": ((hidden, d), 1 / hidden),
            "b_out": ((d,), 0.0),
            "W_U": ((d, numbers), 1 / d),
        }

    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        generator = stream(seed, Purpose.INIT)
        return {
            name: truncated_normal(generator, shape, variance) if variance else np.zeros(shape)
            for name, (shape, variance) in self._shapes(task.outputs).items()
        }

    def learned_numbers(self, task: Task) -> int:
        return sum(int(np.prod(shape)) for shape, _ in self._shapes(task.outputs).values())

    def multiplications(self, task: Task) -> int:
        d = self.width
        return 2 * task.outputs * (d + self.heads) + d * (d + 2 * self.hidden + task.outputs)

    def activations(self, task: Task) -> int:
        return 2 * (4 * self.width + 2 * self.hidden + task.outputs + 6 * self.heads)

    def logits(
        self, task: Task, parameters: Tensors, inputs: Float[torch.Tensor, "row input"]
    ) -> Float[torch.Tensor, "row output"]:
        first, second = inputs.split(task.outputs, dim=1)
        residual = self._after_attention(parameters, first, second)[1]
        hidden = torch.relu(residual @ parameters["W_in"] + parameters["b_in"])
        perceptron = hidden @ parameters["W_out"] + parameters["b_out"]
        return (residual + perceptron) @ parameters["W_U"]

    def _after_attention(
        self,
        parameters: Tensors,
        first: Float[torch.Tensor, "row number"],
        second: Float[torch.Tensor, "row number"],
    ) -> tuple[Float[torch.Tensor, "row head 3"], Float[torch.Tensor, "row dimension"]]:
        """Return how much "=" attends to each position, and r.

        Scores and values of a number are those in excess of "=". Softmax does not change if the
        same is taken from all scores, and t_2 = 1 - t_0 - t_1, so that a row's values are
        x_2 W_V + sum_j t_j (x_j - x_2) W_V, over the two numbers alone.
        """
        table, positions = parameters["E"], parameters["P"]
        equals = table[-1] + positions[2]
        scores, values = [], []
        for place, one_hot in enumerate((first, second)):
            excess = table[:-1] + positions[place] - equals
            # Rows of ones and zeros pick the score and the value of a number.
            scores.append(one_hot @ self._scores(parameters, excess, equals))
            values.append(self._by_head(one_hot @ (excess @ parameters["W_V"])))
        attention = torch.stack([*scores, torch.zeros_like(scores[0])]).softmax(dim=0)
        to_first, to_second, _ = attention.unsqueeze(3)
        mixed = (to_first * values[0] + to_second * values[1]).flatten(1)
        base = equals + equals @ parameters["W_V"] @ parameters["W_O"]
        return attention.permute(1, 2, 0), base + mixed @ parameters["W_O"]

    def _scores(
        self,
        parameters: Tensors,
        x: Float[torch.Tensor, "number dimension"],
        equals: Float[torch.Tensor, " dimension"],
    ) -> Float[torch.Tensor, "number head"]:
        """Return the attention score of each number in each head."""
        products = (x @ parameters["W_K"]) * (equals @ parameters["W_Q"])
        return self._by_head(products).sum(dim=2) / (self.width // self.heads) ** 0.5

    def _by_head(
        self, x: Float[torch.Tensor, "number dimension"]
    ) -> Float[torch.Tensor, "number head part"]:
        """Split dimensions: the heads stand side by side."""
        return x.unflatten(1, (self.heads, self.width // self.heads))

    def views(self, task: Task, parameters: Tensors) -> dict[str, View]:
        """Return the embedding, the mean attention over all pairs, and maps of neurons."""
        numbers = task.outputs
        one_hot = torch.eye(numbers, dtype=parameters["E"].dtype, device=parameters["E"].device)
        first = one_hot.repeat_interleave(numbers, dim=0)
        attention, residual = self._after_attention(parameters, first, one_hot.repeat(numbers, 1))
        found = {
            "E": View(parameters["E"][:-1], "number", "dimension"),
            "W_U": View(parameters["W_U"], "dimension", "number"),
            "attention": View(attention.mean(dim=0), "head", "position"),
        }
        chosen = list(self.pictured_neurons)
        if chosen:
            maps = torch.relu(
                residual @ parameters["W_in"][:, chosen] + parameters["b_in"][chosen]
            ).unflatten(0, (numbers, numbers))
            for place, neuron in enumerate(chosen):
                found[f"neuron-{neuron}"] = View(maps[:, :, place], "a", "b")
        return found

    def view_shapes(self, task: Task) -> dict[str, ViewShape]:
        numbers = task.outputs
        maps = {
            f"neuron-{neuron}": ViewShape(numbers, numbers, "a", "b")
            for neuron in self.pictured_neurons
        }
        return {
            "E": ViewShape(numbers, self.width, "number", "dimension"),
            "W_U": ViewShape(self.width, numbers, "dimension", "number"),
            "attention": ViewShape(self.heads, 3, "head", "position"),
            **maps,
        }
