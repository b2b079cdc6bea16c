"""What one would write without this tool: a module, a loss, `backward()` and a fused AdamW.

One model after another, one step after another, float32, full batch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from gen.models import Model
from gen.networks.embedded import Embedded, circle
from gen.networks.perceptron import Perceptron


class PlainPerceptron(nn.Module):
    """relu(X W_in) W_out with one output."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        assert isinstance(model.network, Perceptron)
        parameters = model.network.init(model.task, model.seeds[:1])
        self.w_in = nn.Parameter(torch.from_numpy(parameters["W_in"][0]).float())
        self.w_out = nn.Parameter(torch.from_numpy(parameters["W_out"][0]).float())

    def forward(self, inputs: Tensor) -> Tensor:
        """(row, input) to (row, 1)."""
        return torch.relu(inputs @ self.w_in) @ self.w_out


class PlainEmbedded(nn.Module):
    """relu(E[a] A + E[b] A) B E^T, each pair's two embeddings looked up and projected."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        assert isinstance(model.network, Embedded)
        parameters = model.network.init(model.task, model.seeds[:1])
        table = parameters["E"][0] if "E" in parameters else circle(model.task.inputs)
        self.table = nn.Parameter(torch.from_numpy(table).float(), requires_grad="E" in parameters)
        self.a = nn.Parameter(torch.from_numpy(parameters["A"][0]).float())
        self.b = nn.Parameter(torch.from_numpy(parameters["B"][0]).float())

    def forward(self, pairs: Tensor) -> Tensor:
        """(row, 2) numbers to (row, number)."""
        looked_up = self.table[pairs]
        hidden = torch.relu((looked_up @ self.a).sum(dim=1))
        return hidden @ self.b @ self.table.T


class NotebookEmbedded(PlainEmbedded):
    """The published notebook's way: one-hot rows times the wide embedding, in float64."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.double()

    def forward(self, pairs: Tensor) -> Tensor:
        """Two one-hot matrices, (2, row, number), to (row, number)."""
        first, second = pairs @ self.table
        hidden = torch.relu(first @ self.a + second @ self.a)
        return hidden @ self.b @ self.table.T


class PlainLoop:
    """Trains one model of a configured kind, a step a call.

    Args:
        notebook: compute as the published notebook does, where that applies.
    """

    def __init__(self, model: Model, *, notebook: bool = False) -> None:
        rows = model.task.data(model.seeds[:1]).train
        inputs, self._labels = torch.from_numpy(rows.inputs[0]), torch.from_numpy(rows.labels[0])
        self._l1, self._classes = model.optimiser.l1, model.task.outputs
        if isinstance(model.network, Perceptron):
            self._module, self._inputs = PlainPerceptron(model), inputs
            self._labels = self._labels.float()
        else:
            pairs = _pairs(inputs)
            one_hot = nn.functional.one_hot(pairs.T, model.task.inputs).double()
            self._module = NotebookEmbedded(model) if notebook else PlainEmbedded(model)
            self._inputs = one_hot if notebook else pairs
        self._adam = torch.optim.AdamW(
            [p for p in self._module.parameters() if p.requires_grad],
            lr=model.optimiser.learning_rate,
            betas=model.optimiser.betas,
            weight_decay=model.optimiser.weight_decay,
            fused=True,
        )

    def step(self) -> None:
        """One step of gradient descent on all rows."""
        answers = self._module(self._inputs)
        if self._classes == 1:
            loss = nn.functional.binary_cross_entropy_with_logits(answers[:, 0], self._labels)
        else:
            loss = nn.functional.cross_entropy(answers, self._labels) / self._classes
        if self._l1 > 0:
            loss = loss + self._l1 * sum(p.abs().sum() for p in self._module.parameters())
        self._adam.zero_grad()
        loss.backward()
        self._adam.step()


def _pairs(counts: Tensor) -> Tensor:
    """The two numbers that each row counts, (row, 2)."""
    numbers = torch.arange(counts.shape[1]).expand(counts.shape)
    repeated = numbers[counts > 0].repeat_interleave(counts[counts > 0].long())
    return repeated.view(-1, 2)
