"""Plain PyTorch training loop: a module, a loss, `backward()` and a fused AdamW.

It trains one model at a time, float32, full batch, to the same parameters as the trainer
(`tests/project/test_bench.py`).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gen.experiments.model import Model
from gen.networks.embedded import Embedded, circle
from gen.networks.fitted import FittedNetwork
from gen.networks.hidden_layer import HiddenLayer
from gen.networks.perceptron import Perceptron
from gen.optimisers.adamw import AdamW

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {"relu": torch.relu, "square": torch.square}


def left_out(model: Model) -> str:
    """Return why a model has no plain loop; empty if it has one."""
    network = model.network
    if isinstance(network, FittedNetwork):
        return "its steps are fits, without a gradient"
    if not isinstance(model.optimiser, AdamW):
        return f"its optimiser is {model.optimiser.facts['optimiser']}"
    if model.training.loss != "cross-entropy":
        return f"its loss is {model.training.loss}"
    if not isinstance(network, HiddenLayer):
        return ""
    if network.activation not in ACTIVATIONS:
        return f"its activation is {network.activation}"
    if isinstance(network, Perceptron):
        return ""
    if not isinstance(network, Embedded):
        return f"its network is of another kind, {type(network).__name__}"
    plain = Embedded(embedding=network.embedding, width=network.width, hidden=network.hidden)
    parts = ("unembedding", "projections", "into", "out")
    others = [part for part in parts if getattr(network, part) != getattr(plain, part)]
    return f"it has another {' and '.join(others)}" if others else ""


def _activation(model: Model) -> Callable[[Tensor], Tensor]:
    assert isinstance(model.network, HiddenLayer)
    return ACTIVATIONS[model.network.activation]


class PlainPerceptron(nn.Module):
    """f(X W_in) W_out."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        parameters = model.network.init_ensemble(model.task, model.seeds[:1])
        self.W_in = nn.Parameter(torch.from_numpy(parameters["W_in"][0]).float())
        self.W_out = nn.Parameter(torch.from_numpy(parameters["W_out"][0]).float())
        self._activation = _activation(model)

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (row, input) to (row, output)."""
        return self._activation(inputs @ self.W_in) @ self.W_out


class PlainEmbedded(nn.Module):
    """f(E[a] A_1 + E[b] A_2) B E^T, each pair's two embeddings looked up and projected.

    A_1 and A_2 are one matrix unless the order of the two numbers matters.
    """

    def __init__(self, model: Model) -> None:
        super().__init__()
        parameters = model.network.init_ensemble(model.task, model.seeds[:1])
        table = parameters["E"][0] if "E" in parameters else circle(model.task.outputs)
        self.E = nn.Parameter(torch.from_numpy(table).float(), requires_grad="E" in parameters)
        self.A = nn.Parameter(torch.from_numpy(parameters["A"][0]).float())
        self.B = nn.Parameter(torch.from_numpy(parameters["B"][0]).float())
        self._activation = _activation(model)

    def forward(self, pairs: Tensor) -> Tensor:
        """Map (row, 2) numbers to (row, number)."""
        first, second = self.E[pairs].unbind(dim=1)
        return self._answers(first, second)

    def _answers(self, first: Tensor, second: Tensor) -> Tensor:
        pieces = self.A.split(self.E.shape[1])
        hidden = self._activation(first @ pieces[0] + second @ pieces[-1])
        return hidden @ self.B @ self.E.T


class PlainNetwork(nn.Module):
    """Any network, by the logits of one model."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self._model = model
        for name, array in model.network.init(model.task, model.seeds[0]).items():
            self.register_parameter(name, nn.Parameter(torch.from_numpy(array).float()))

    def forward(self, inputs: Tensor) -> Tensor:
        """Map (row, input) to (row, output)."""
        parameters = dict(self.named_parameters())
        return self._model.network.logits(self._model.task, parameters, inputs)


class NotebookEmbedded(PlainEmbedded):
    """The computation of the published notebook: one-hot rows times the embedding, float64."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self.double()

    def forward(self, pairs: Tensor) -> Tensor:
        """Map two one-hot matrices, (2, row, number), to (row, number)."""
        first, second = pairs @ self.E
        return self._answers(first, second)


class PlainLoop:
    """Trains one configured model, one step a call.

    Args:
        notebook: compute like the published notebook; only for `Embedded`.
    """

    def __init__(self, model: Model, *, notebook: bool = False) -> None:
        rows = model.task.data(model.seeds[:1]).train
        inputs, self._labels = torch.from_numpy(rows.inputs[0]), torch.from_numpy(rows.labels[0])
        optimiser = model.optimiser
        assert isinstance(optimiser, AdamW)
        self._l1, self._classes = optimiser.l1, model.task.outputs
        if isinstance(model.network, Perceptron):
            self._module, self._inputs = PlainPerceptron(model), inputs
            self._labels = self._labels.float()
        elif not isinstance(model.network, Embedded):
            self._module, self._inputs = PlainNetwork(model), inputs
        else:
            pairs = _pairs(inputs) % model.task.outputs
            one_hot = nn.functional.one_hot(pairs.T, model.task.outputs).double()
            self._module = NotebookEmbedded(model) if notebook else PlainEmbedded(model)
            self._inputs = one_hot if notebook else pairs
        self._adam = torch.optim.AdamW(
            [p for p in self._module.parameters() if p.requires_grad],
            lr=optimiser.learning_rate,
            betas=optimiser.betas,
            weight_decay=optimiser.weight_decay,
            fused=True,
        )

    @property
    def learned(self) -> dict[str, Tensor]:
        """Return the parameters by their names in this package."""
        named = self._module.named_parameters()
        return {name: tensor.detach() for name, tensor in named if tensor.requires_grad}

    def step(self) -> None:
        """Take one optimiser step on all rows."""
        answers = self._module(self._inputs)
        if self._classes == 1:
            loss = nn.functional.binary_cross_entropy_with_logits(answers[:, 0], self._labels)
        else:
            loss = nn.functional.cross_entropy(answers, self._labels) / self._classes
        if self._l1 > 0:
            learned = [p for p in self._module.parameters() if p.requires_grad]
            loss = loss + self._l1 * sum(p.abs().sum() for p in learned)
        self._adam.zero_grad()
        loss.backward()
        self._adam.step()


def _pairs(counts: Tensor) -> Tensor:
    """Return the two numbers of each row, (row, 2)."""
    numbers = torch.arange(counts.shape[1]).expand(counts.shape)
    repeated = numbers[counts > 0].repeat_interleave(counts[counts > 0].long())
    return repeated.view(-1, 2)
