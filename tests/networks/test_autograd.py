"""Networks of three functions: gradients by autograd, ensembles by vmap, modules of torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from gen.networks.batch import Batch
from gen.networks.embedded import Embedded
from gen.networks.hidden_layer import HiddenLayer
from gen.networks.losses import LossName, ensemble_loss, score
from gen.networks.module_network import ModuleNetwork
from gen.networks.network import Network
from gen.networks.perceptron import Perceptron
from gen.networks.transformer import Transformer
from gen.networks.view import View
from gen.optimisers.adamw import AdamW
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from gen.training.gradients import AutogradGradient, minibatches
from gen.training.loop import Ensemble, Trained, Training, train

SUMS = Modular(modulus=7, train_share=0.6)
PAIRS = Modular(modulus=7, ordered=True, train_share=0.6)
BITS = SparseParity(bits=6, signal_bits=2, train_rows=20, test_rows=9)
ADAM = AdamW(learning_rate=1e-2, weight_decay=0.1)
LOSSES: tuple[LossName, ...] = ("cross-entropy", "mean-squared-error", "stablemax")

seeds = st.lists(st.integers(0, 2**32), min_size=1, max_size=4, unique=True).map(tuple)


class TwoLayers(ModuleNetwork):
    """Two hidden layers, as anybody would write them."""

    kind: Literal["two-layers"] = "two-layers"
    hidden: int = 5

    def module(self, task: Task) -> nn.Module:
        return nn.Sequential(
            nn.Linear(task.inputs, self.hidden),
            nn.ReLU(),
            nn.Linear(self.hidden, 4),
            nn.ReLU(),
            nn.Linear(4, task.outputs, bias=False),
        )


class Written(Network):
    """The same network as `TwoLayers` without biases, as three functions."""

    kind: Literal["written"] = "written"

    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        generator = np.random.default_rng(seed)
        shapes = {"W1": (task.inputs, 5), "W2": (5, 4), "W3": (4, task.outputs)}
        return {name: generator.normal(size=shape) for name, shape in shapes.items()}

    def logits(
        self, task: Task, parameters: Mapping[str, torch.Tensor], inputs: torch.Tensor
    ) -> torch.Tensor:
        hidden = torch.relu(inputs @ parameters["W1"])
        return torch.relu(hidden @ parameters["W2"]) @ parameters["W3"]

    def views(self, task: Task, parameters: Mapping[str, torch.Tensor]) -> dict[str, View]:
        return {"W1": View(parameters["W1"], "input", "neuron"), "W2": View(parameters["W2"])}


def _parameters(network: Network, task: Task, of: tuple[int, ...]) -> dict[str, torch.Tensor]:
    drawn = network.init_ensemble(task, of)
    return {name: torch.from_numpy(array).double() for name, array in drawn.items()}


def _batch(task: Task, of: tuple[int, ...]) -> Batch:
    rows = task.data(of).train
    return Batch(torch.from_numpy(rows.inputs).double(), torch.from_numpy(rows.labels))


def _gradients(
    network: Network, task: Task, parameters: dict[str, torch.Tensor], batch: Batch, loss: LossName
) -> dict[str, torch.Tensor]:
    gradients = {name: torch.full_like(a, np.nan) for name, a in parameters.items()}
    AutogradGradient(network, task, parameters, gradients, loss)(batch)
    return gradients


@given(
    seeds,
    st.sampled_from(
        [
            (Perceptron(hidden=4), BITS),
            (Perceptron(hidden=4, activation="square"), SUMS),
            (Embedded(embedding="learned", width=3, hidden=4), SUMS),
            (Embedded(embedding="learned", width=3, hidden=4), PAIRS),
            (Embedded(embedding="circle", hidden=4), SUMS),
            (Embedded(embedding="learned", width=3, hidden=4, projections="tied"), SUMS),
        ]
    ),
)
@settings(max_examples=40, deadline=None)
def test_closed_forms_equal_autograd_of_the_logits_of_one_model(
    of: tuple[int, ...], case: tuple[HiddenLayer, Task]
) -> None:
    network, task = case
    batch, parameters = _batch(task, of), _parameters(network, task, of)
    closed = {name: torch.full_like(a, np.nan) for name, a in parameters.items()}
    differentiate = network.closed_form(task, parameters, closed, batch, "cross-entropy")
    assert differentiate is not None
    differentiate()
    general = {name: torch.full_like(a, np.nan) for name, a in parameters.items()}
    leaves = {name: tensor.clone().requires_grad_() for name, tensor in parameters.items()}
    z = Network.ensemble_logits(network, task, leaves, batch.inputs)
    loss = ensemble_loss("cross-entropy", z, batch.labels).sum()
    found = torch.autograd.grad(loss, list(leaves.values()))
    general = dict(zip(leaves, found, strict=True))
    torch.testing.assert_close(closed, general, rtol=1e-5, atol=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("network", "task"),
    [
        (Written(), SUMS),
        (TwoLayers(), SUMS),
        (TwoLayers(), BITS),
        (Transformer(width=6, heads=2, hidden=5), PAIRS),
        (Perceptron(hidden=4), BITS),
    ],
    ids=str,
)
def test_gradients_are_the_slope_of_each_models_own_loss(
    network: Network, task: Task, loss: LossName
) -> None:
    of = (3, 4)
    batch, parameters = _batch(task, of), _parameters(network, task, of)
    gradients = _gradients(network, task, parameters, batch, loss)
    generator = torch.Generator().manual_seed(0)
    for model in range(2):
        direction = {
            name: torch.randn(a[model].shape, generator=generator, dtype=torch.float64)
            for name, a in parameters.items()
        }

        def value(
            size: float, model: int = model, direction: dict[str, torch.Tensor] = direction
        ) -> torch.Tensor:
            one = {name: a[model] + size * direction[name] for name, a in parameters.items()}
            z = network.logits(task, one, batch.inputs[model])
            return score(loss, z, batch.labels[model])[0]

        slope = (value(1e-6) - value(-1e-6)) / 2e-6
        expected = sum((gradients[name][model] * direction[name]).sum() for name in parameters)
        torch.testing.assert_close(slope, expected, rtol=1e-4, atol=1e-7)


@given(
    st.sampled_from(LOSSES),
    st.integers(1, 4),
    st.integers(0, 99),
    st.floats(0.1, 3.0),
)
@settings(max_examples=60, deadline=None)
def test_the_loss_that_is_made_small_is_the_loss_that_is_logged(
    loss: LossName, outputs: int, seed: int, size: float
) -> None:
    generator = torch.Generator().manual_seed(seed)
    z = size * torch.randn(2, 6, outputs, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, max(2, outputs), (2, 6), generator=generator)
    made = ensemble_loss(loss, z, labels)
    logged = torch.stack([score(loss, z[model].clone(), labels[model])[0] for model in range(2)])
    torch.testing.assert_close(made, logged, rtol=1e-6, atol=1e-9)


def test_stablemax_is_the_formula_of_its_paper() -> None:
    z = torch.tensor([[2.0, -1.0, 0.0]], dtype=torch.float64)
    expected = -np.log(3 / (3 + 1 / 2 + 1)) / 3
    assert float(score("stablemax", z, torch.tensor([0]))[0]) == pytest.approx(expected)


def _train(network: Network, task: Task, of: tuple[int, ...], **settings: object) -> Trained:
    training = Training.model_validate(
        {"steps": 30, "log_every": 10, "snapshot_every": 30} | settings
    )
    return train(Ensemble(task, network, training, of, (ADAM,) * len(of)))


@pytest.mark.parametrize("extra", [{}, {"batch_size": 4}, {"loss": "stablemax"}], ids=str)
@pytest.mark.parametrize(
    ("network", "task"),
    [(TwoLayers(), BITS), (Transformer(width=6, heads=2, hidden=5), PAIRS), (Written(), SUMS)],
    ids=str,
)
def test_a_model_learns_alone_what_it_learns_among_others(
    network: Network, task: Task, extra: dict[str, object]
) -> None:
    together, alone = (
        _train(network, task, (1, 5, 2), **extra),
        _train(network, task, (5,), **extra),
    )
    for name, values in alone.parameters.items():
        np.testing.assert_allclose(together.parameters[name][1], values[0], rtol=1e-4, atol=1e-5)
    assert (np.diff(together.metrics["train_loss"], axis=1)[:, :1] < 0).all()


def test_views_of_an_ensemble_are_the_views_of_its_models() -> None:
    network = Transformer(width=6, heads=2, hidden=5, pictured_neurons=(3,))
    parameters = _parameters(network, PAIRS, (0, 1))
    whole = network.ensemble_views(PAIRS, parameters)
    shapes = network.view_shapes(PAIRS)
    assert Network.view_shapes(network, PAIRS) == shapes
    for model in range(2):
        one = network.views(PAIRS, {name: a[model] for name, a in parameters.items()})
        assert list(one) == list(whole) == list(shapes)
        for name, view in one.items():
            torch.testing.assert_close(whole[name][model], view.values)
            assert (view.rows, view.columns) == shapes[name].axes
    torch.testing.assert_close(whole["attention"].sum(dim=2), torch.ones(2, 2).double())


def test_a_network_says_the_same_about_its_views_as_it_would_by_computing_them() -> None:
    for network in (
        Perceptron(hidden=4),
        Embedded(embedding="learned", width=3, hidden=4),
        Embedded(embedding="circle", hidden=4),
    ):
        assert Network.view_shapes(network, SUMS) == network.view_shapes(SUMS)
        assert Network.learned_numbers(network, SUMS) == network.learned_numbers(SUMS)
    network = Transformer(width=6, heads=2, hidden=5)
    assert Network.learned_numbers(network, PAIRS) == network.learned_numbers(PAIRS)


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (nn.BatchNorm1d(7), "running statistics"),
        (nn.Dropout(0.1), "random at every step"),
        (nn.Linear(7, 6), r"\(2, 6\)"),
        (nn.ReLU(inplace=True), "changes its input in place"),
    ],
    ids=str,
)
def test_a_module_that_cannot_be_trained_exactly_is_refused(part: nn.Module, problem: str) -> None:
    class Wrong(ModuleNetwork):
        kind: Literal["wrong"] = "wrong"

        def module(self, task: Task) -> nn.Module:
            return nn.Sequential(part)

    with pytest.raises(ValueError, match=problem):
        Wrong().check(SUMS)


def test_the_parameters_of_a_module_depend_on_the_seed_alone() -> None:
    before = torch.random.get_rng_state()
    first, again, other = (TwoLayers().init(SUMS, seed) for seed in (4, 4, 5))
    np.testing.assert_equal(first, again)
    assert not np.array_equal(first["0.weight"], other["0.weight"])
    assert torch.equal(before, torch.random.get_rng_state())


@given(seeds, st.integers(1, 9), st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_an_epoch_of_batches_has_no_row_twice(of: tuple[int, ...], rows: int, size: int) -> None:
    size = min(size, rows)
    steps = rows // size
    drawn = minibatches(of, rows, size)
    for _ in range(2):
        epoch = np.concatenate([next(drawn) for _ in range(steps)], axis=1)
        assert all(len(set(row.tolist())) == steps * size for row in epoch)
    alone = minibatches(of[-1:], rows, size)
    for expected, found in zip(range(3), minibatches(of, rows, size), strict=False):
        assert (next(alone)[0] == found[-1]).all(), expected


def test_snapshots_are_taken_where_the_config_says() -> None:
    each = {"steps": 1000, "log_every": 1000}
    listed = Training.model_validate(each | {"snapshots_at": [10, 1, 500]})
    assert listed.snapshot_steps.tolist() == [0, 1, 10, 500, 1000]
    spaced = Training.model_validate(each | {"snapshots_log": 4})
    assert spaced.snapshot_steps.tolist() == [0, 1, 10, 100, 1000]
    for wrong, problem in (
        ({}, "snapshot_every is missing"),
        ({"snapshot_every": 5, "snapshots_log": 5}, "exclude each other"),
        ({"snapshots_at": [2000]}, "after the last one"),
    ):
        with pytest.raises(ValueError, match=problem):
            Training.model_validate(each | wrong)


class Flat(Written):
    """Logits without the axis of outputs."""

    kind: Literal["flat"] = "flat"  # type: ignore[assignment]

    def logits(
        self, task: Task, parameters: Mapping[str, torch.Tensor], inputs: torch.Tensor
    ) -> torch.Tensor:
        return super().logits(task, parameters, inputs).sum(dim=1)


class Tall(Written):
    """A view of one axis."""

    kind: Literal["tall"] = "tall"  # type: ignore[assignment]

    def views(self, task: Task, parameters: Mapping[str, torch.Tensor]) -> dict[str, View]:
        return {"sum": View(parameters["W1"].sum(dim=0))}


def test_functions_of_the_wrong_shape_are_refused_before_training() -> None:
    Written().check_functions(SUMS)
    with pytest.raises(ValueError, match=r"\(3,\) for 3 rows, and the task needs \(3, 7\)"):
        Flat().check_functions(SUMS)
    with pytest.raises(ValueError, match="the view sum is not a View of a tensor with two axes"):
        Tall().view_shapes(SUMS)


def test_a_module_has_its_constant_buffers_where_its_rows_are() -> None:
    class Masked(nn.Module):
        mask: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("mask", torch.tensor([1.0, 0.0] * 3 + [1.0]))
            self.last = nn.Linear(7, 7)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.last(x * self.mask)

    class WithMask(ModuleNetwork):
        kind: Literal["with-mask"] = "with-mask"

        def module(self, task: Task) -> nn.Module:
            return Masked()

    WithMask().check(SUMS)
    assert set(WithMask().init(SUMS, 0)) == {"last.weight", "last.bias"}
