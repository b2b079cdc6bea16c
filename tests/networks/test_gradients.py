"""Closed-form gradients equal autograd in float64 for random shapes."""

from __future__ import annotations

from typing import Literal

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.networks.batch import Activation, Batch
from gen.networks.closed_form import LogisticGradient, gradient, logits
from gen.networks.embedded import Embedded
from gen.networks.hidden_layer import HiddenLayer
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task

Operation = Literal["add", "subtract"]
Tie = Literal["tied", "own"]
Product = Literal["factored", "collapsed"]

seeds = st.lists(st.integers(0, 2**32), min_size=1, max_size=4, unique=True).map(tuple)
hidden = st.integers(1, 9)
activations = st.sampled_from(["relu", "square"])
parity = st.builds(
    SparseParity,
    bits=st.integers(3, 12),
    signal_bits=st.integers(1, 3),
    train_rows=st.integers(1, 40),
    test_rows=st.just(1),
)
modular = st.builds(Modular, modulus=st.integers(3, 24), train_share=st.floats(0.2, 0.8))


def _batch(task: Task, seeds: tuple[int, ...]) -> Batch:
    rows = task.data(seeds).train
    return Batch(torch.from_numpy(rows.inputs).double(), torch.from_numpy(rows.labels))


def _mean_loss(answers: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the sum over models of the mean loss of each model."""
    if answers.shape[2] == 1:
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            answers[:, :, 0], labels.double(), reduction="none"
        )
        return loss.mean(dim=1).sum()
    loss = torch.nn.functional.cross_entropy(
        answers.flatten(0, 1), labels.flatten(), reduction="none"
    )
    return loss.view(labels.shape).mean(dim=1).sum() / answers.shape[2]


def _assert_closed_form_is_autograd(
    network: HiddenLayer, task: Task, seeds: tuple[int, ...]
) -> None:
    batch = _batch(task, seeds)
    parameters = {
        name: torch.from_numpy(a) for name, a in network.init_ensemble(task, seeds).items()
    }
    gradients = {name: torch.full_like(a, np.nan) for name, a in parameters.items()}
    differentiate = network.closed_form(task, parameters, gradients, batch, "cross-entropy")
    assert differentiate is not None
    differentiate()

    leaves = {name: a.clone().requires_grad_() for name, a in parameters.items()}
    w_in, w_out = network.matrices(task, leaves)
    answers = logits(batch.inputs, w_in, w_out, network.activation)
    loss = _mean_loss(answers, batch.labels)
    expected = torch.autograd.grad(loss, list(leaves.values()))
    for name, slope in zip(leaves, expected, strict=True):
        torch.testing.assert_close(gradients[name], slope, rtol=1e-5, atol=1e-12)


@given(seeds, hidden, parity, activations)
@settings(max_examples=40, deadline=None)
def test_perceptron_with_one_output_has_the_gradient_of_autograd(
    seeds: tuple[int, ...], hidden: int, task: SparseParity, activation: Activation
) -> None:
    _assert_closed_form_is_autograd(Perceptron(hidden=hidden, activation=activation), task, seeds)


@given(seeds, hidden, modular, activations)
@settings(max_examples=40, deadline=None)
def test_perceptron_with_many_outputs_has_the_gradient_of_autograd(
    seeds: tuple[int, ...], hidden: int, task: Modular, activation: Activation
) -> None:
    _assert_closed_form_is_autograd(Perceptron(hidden=hidden, activation=activation), task, seeds)


@given(seeds, hidden, modular, activations, st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_learned_embedding_has_the_gradient_of_autograd(
    seeds: tuple[int, ...], hidden: int, task: Modular, activation: Activation, width: int
) -> None:
    network = Embedded(embedding="learned", width=width, hidden=hidden, activation=activation)
    _assert_closed_form_is_autograd(network, task, seeds)


@given(seeds, hidden, modular, activations)
@settings(max_examples=40, deadline=None)
def test_fixed_circle_has_the_gradient_of_autograd(
    seeds: tuple[int, ...], hidden: int, task: Modular, activation: Activation
) -> None:
    _assert_closed_form_is_autograd(
        Embedded(embedding="circle", hidden=hidden, activation=activation), task, seeds
    )


@given(
    seeds,
    hidden,
    st.sampled_from(["add", "subtract"]),
    st.sampled_from(["tied", "own"]),
    st.sampled_from(["factored", "collapsed"]),
    st.sampled_from(["factored", "collapsed"]),
)
@settings(max_examples=60, deadline=None)
def test_every_architecture_has_the_gradient_of_autograd(
    seeds: tuple[int, ...],
    hidden: int,
    operation: Operation,
    unembedding: Tie,
    into: Product,
    out: Product,
) -> None:
    task = Modular(operation=operation, modulus=7, train_share=0.4)
    network = Embedded(
        embedding="learned", width=4, hidden=hidden, unembedding=unembedding, into=into, out=out
    )
    _assert_closed_form_is_autograd(network, task, seeds)


@given(seeds, hidden, activations, st.sampled_from(["tied", "own"]))
@settings(max_examples=30, deadline=None)
def test_tied_projections_have_the_gradient_of_autograd(
    seeds: tuple[int, ...], hidden: int, activation: Activation, unembedding: Tie
) -> None:
    network = Embedded(
        embedding="learned",
        width=5,
        hidden=hidden,
        activation=activation,
        unembedding=unembedding,
        projections="tied",
    )
    _assert_closed_form_is_autograd(network, Modular(modulus=9, train_share=0.5), seeds)


def test_every_call_uses_the_current_parameters() -> None:
    task, network = Modular(modulus=7, train_share=0.5), Embedded(embedding="circle", hidden=3)
    batch = _batch(task, (0,))
    parameters = {
        name: torch.from_numpy(a) for name, a in network.init_ensemble(task, (0,)).items()
    }
    gradients = {name: torch.zeros_like(a) for name, a in parameters.items()}
    differentiate = network.closed_form(task, parameters, gradients, batch, "cross-entropy")
    assert differentiate is not None
    differentiate()
    before = {name: slope.clone() for name, slope in gradients.items()}
    parameters["A"].mul_(-1.5)
    differentiate()
    assert not torch.allclose(before["A"], gradients["A"])
    parameters["A"].div_(-1.5)
    differentiate()
    torch.testing.assert_close(before, gradients)


@settings(max_examples=60, deadline=None)
@given(
    models=st.integers(1, 3),
    bits=st.integers(0, 70),
    constants=st.integers(0, 2),
    rows=st.integers(1, 60),
    neurons=st.integers(1, 70),
    seed=st.integers(0, 2**32),
)
def test_tables_of_sums_give_the_gradient_of_the_matrix_products(
    models: int, bits: int, constants: int, rows: int, neurons: int, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    width = max(1, bits + constants)
    inputs = torch.randint(0, 2, (models, rows, width), generator=generator).float()
    inputs[:, :, bits:] = 1
    labels = torch.randint(0, 2, (models, rows), generator=generator)
    w_in = torch.randn(models, width, neurons, generator=generator)
    w_out = torch.randn(models, neurons, 1, generator=generator)
    batch = Batch(inputs, labels)
    exact = [torch.empty_like(tensor, dtype=torch.float64) for tensor in (w_in, w_out)]
    LogisticGradient(Batch(inputs.double(), labels), neurons, "relu")(
        w_in.double(), w_out.double(), *exact
    )
    fast = [torch.full_like(tensor, np.nan) for tensor in (w_in, w_out)]
    compute = gradient(batch, neurons, 1, "relu")
    assert type(compute).__name__ == "BitGradient"
    compute(w_in, w_out, *fast)
    for found, expected in zip(fast, exact, strict=True):
        torch.testing.assert_close(found.double(), expected, rtol=1e-3, atol=2e-5)


def test_inputs_other_than_bits_use_the_matrix_product() -> None:
    inputs = torch.tensor([[[0.0, 0.5], [1.0, 1.0]]])
    compute = gradient(Batch(inputs, torch.tensor([[0, 1]])), 3, 1, "relu")
    assert isinstance(compute, LogisticGradient)
