"""The kernel machine: its fit, its average gradient outer product, and what it learns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.analysis.kernel_facts import kernel_facts
from gen.config.reader import load
from gen.errors import ConfigError
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun, model_runs
from gen.networks.batch import Batch
from gen.networks.kernel_machine import KernelMachine
from gen.networks.network import Network
from gen.optimisers.sgd import SGD
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from gen.training.loop import Ensemble, Trained, Training, train
from tests.support import naive_stripes, small_site


def _train(task: Task, steps: int, seeds: tuple[int, ...], ridge: float = 0.0) -> Trained:
    training = Training(steps=steps, log_every=1, snapshot_every=1, loss="mean-squared-error")
    optimisers = (SGD(learning_rate=1.0),) * len(seeds)
    return train(Ensemble(task, KernelMachine(ridge=ridge), training, seeds, optimisers))


def _naive_predictor(
    features: torch.Tensor, rows: torch.Tensor, targets: torch.Tensor, ridge: float
) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return f(x), with the kernel written out pair by pair."""

    def kernel(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return (one @ features @ other) ** 2

    matrix = torch.stack([torch.stack([kernel(one, other) for other in rows]) for one in rows])
    alpha = torch.linalg.inv(matrix + ridge * torch.eye(len(rows), dtype=matrix.dtype)) @ targets
    return lambda x: torch.stack([kernel(row, x) for row in rows]) @ alpha


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([0.5, 1.0, 0.75]), st.sampled_from([0.01, 0.5]), st.integers(0, 1000))
def test_two_steps_equal_a_predictor_and_its_gradients_by_autograd(
    power: float, ridge: float, seed: int
) -> None:
    task = Modular(modulus=4, train_share=0.6, ordered=True)
    network = KernelMachine(power=power, ridge=ridge)
    data = task.data((seed,)).train
    rows = torch.from_numpy(data.inputs[0]).double()
    labels = torch.from_numpy(data.labels)
    targets = torch.nn.functional.one_hot(labels[0], 4).double()
    state = {n: torch.from_numpy(a) for n, a in network.init_ensemble(task, (seed,)).items()}
    for step in range(2):
        features = state["M"][0]
        if step:
            f = _naive_predictor(features, rows, targets, ridge)
            jacobians = [torch.autograd.functional.jacobian(f, row) for row in rows]
            total = sum((j.T @ j for j in jacobians), torch.zeros_like(features)) / len(rows)
            values, vectors = torch.linalg.eigh(total)
            features = vectors @ torch.diag(values.clamp(min=0) ** power) @ vectors.T
            features = features / features.diagonal().max()
        state = network.fit(task, state, Batch(rows[None].float(), labels))
        torch.testing.assert_close(state["M"][0], features, rtol=1e-6, atol=1e-6)
        f = _naive_predictor(features, rows, targets, ridge)
        tested = torch.from_numpy(task.data((seed,)).test.inputs[0]).double()
        found = network.logits(task, {n: t[0] for n, t in state.items()}, tested)
        expected = torch.stack([f(row) for row in tested])
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)


@pytest.fixture(scope="module")
def grokked() -> tuple[Ensemble, Trained]:
    task = Modular(modulus=17, train_share=0.8, ordered=True)
    training = Training(steps=12, log_every=1, snapshot_every=1, loss="mean-squared-error")
    ensemble = Ensemble(task, KernelMachine(), training, (0, 1), (SGD(learning_rate=1.0),) * 2)
    return ensemble, train(ensemble)


def test_it_knows_the_training_rows_from_the_first_step_and_the_others_long_after(
    grokked: tuple[Ensemble, Trained],
) -> None:
    _, trained = grokked
    assert (trained.metrics["train_accuracy"][:, 1:] == 1).all()
    assert (trained.metrics["train_loss"][:, 1:] < 1e-12).all()
    assert (trained.metrics["test_accuracy"][:, 1:5] < 1 / 17).all()
    assert (trained.metrics["test_accuracy"][:, -1] > 0.8).all()
    assert (trained.failed_at == -1).all()


def test_its_features_become_stripes_and_facts_say_when(
    grokked: tuple[Ensemble, Trained],
) -> None:
    ensemble, trained = grokked
    for model, run in enumerate(model_runs("kernel", ensemble, trained)):
        learned = trained.parameters["M"][model]
        assert np.array_equal(run.views["M_ab"][-1], learned[:17, 17:])
        assert run.axes == {"M_ab": ("a", "b")}
        assert (run.views["M_ab"][:2] == 0).all()
        facts: dict[str, Any] = kernel_facts(run)
        assert facts["stripes_share"] == pytest.approx(naive_stripes.share(run), rel=1e-6)
        assert facts["stripes_share"] > 0.9
        assert facts["striped_at"] == naive_stripes.striped_at(run)
        assert facts["test_accuracy_when_striped"] == 0
        assert naive_stripes.accuracy_when_striped(run) == 0
        assert facts["above_chance_at"] == naive_stripes.above_chance_at(run)
        assert facts["above_chance_at"] > facts["striped_at"] + 2
        pair = naive_stripes.largest_pair_when_striped(run)
        assert facts["largest_pair_when_striped"] == pair
        assert facts["final_largest_pair"] == naive_stripes.largest_pair(run, -1) > 5 * (pair or 1)


def test_features_without_stripes_are_never_striped() -> None:
    task = Modular(modulus=11, train_share=0.6, ordered=True)
    training = Training(steps=3, log_every=1, snapshot_every=1, loss="mean-squared-error")
    ensemble = Ensemble(task, KernelMachine(), training, (0,), (SGD(learning_rate=1.0),))
    (run,) = model_runs("kernel", ensemble, train(ensemble))
    noise = np.random.default_rng(0).normal(size=run.views["M_ab"].shape)
    noisy = replace(run, views={**run.views, "M_ab": noise})
    facts: dict[str, Any] = kernel_facts(noisy)
    assert facts["stripes_share"] == pytest.approx(naive_stripes.share(noisy), rel=1e-6)
    assert facts["stripes_share"] < 0.3
    assert facts["striped_at"] is naive_stripes.striped_at(noisy) is None
    assert facts["test_accuracy_when_striped"] is facts["largest_pair_when_striped"] is None
    assert facts["above_chance_at"] is naive_stripes.above_chance_at(noisy) is None


def test_differences_give_stripes_along_the_other_diagonal() -> None:
    task = Modular(modulus=17, train_share=0.8, operation="subtract")
    ensemble = Ensemble(
        task,
        KernelMachine(),
        Training(steps=10, log_every=1, snapshot_every=1, loss="mean-squared-error"),
        (0,),
        (SGD(learning_rate=1.0),),
    )
    (run,) = model_runs("kernel", ensemble, train(ensemble))
    final = run.views["M_ab"][-1].astype(np.float64)
    assert naive_stripes.stripes(final[:, ::-1]) > 0.8 > naive_stripes.stripes(final)
    expected = naive_stripes.stripes(final[:, ::-1])
    assert kernel_facts(run)["stripes_share"] == pytest.approx(expected, rel=1e-6)


def test_models_of_an_ensemble_learn_as_they_would_alone() -> None:
    task = Modular(modulus=7, train_share=0.6, ordered=True)
    both, alone = _train(task, 3, (4, 5)), _train(task, 3, (5,))
    assert np.array_equal(both.parameters["M"][1], alone.parameters["M"][0])
    assert np.array_equal(both.parameters["alpha"][1], alone.parameters["alpha"][0])


def test_it_learns_two_classes_too_and_repeated_rows() -> None:
    task = SparseParity(bits=4, signal_bits=2, train_rows=60, test_rows=50)
    trained = _train(task, 3, (0,))
    assert list(trained.views) == ["M"]
    assert np.array_equal(trained.views["M"][0, 0], np.eye(5))
    assert trained.metrics["train_accuracy"][0, 1:].tolist() == [1, 1, 1]
    assert trained.metrics["test_accuracy"][0, -1] == 1


@pytest.mark.parametrize(
    "task",
    [
        Modular(modulus=5, train_share=0.6, ordered=True),
        Modular(modulus=5, train_share=0.6),
        SparseParity(bits=4, signal_bits=2, train_rows=6, test_rows=5),
    ],
)
def test_the_shapes_of_views_are_those_of_the_views(task: Task) -> None:
    network = KernelMachine()
    network.check_functions(task)
    assert network.view_shapes(task) == Network.view_shapes(network, task)
    assert list(network.view_shapes(task)) == list(Network.view_shapes(network, task))


def test_a_ridge_leaves_a_residual() -> None:
    task = Modular(modulus=7, train_share=0.6, ordered=True)
    exact, smoothed = _train(task, 1, (0,)), _train(task, 1, (0,), ridge=10.0)
    assert exact.metrics["train_loss"][0, 1] < 1e-12 < smoothed.metrics["train_loss"][0, 1]


def _model(folder: Path, changed: dict[str, str]) -> Model:
    text = """[site]
title = "Kernels"
description = "A kernel machine."
languages = ["en"]
pages = ["index"]
[models.sum]
seeds = 2
task = { kind = "modular", modulus = 7, train_share = 0.6, ordered = true }
network = { kind = "kernel-machine" }
optimiser = { kind = "sgd", learning_rate = 1.0 }
training = { steps = 2, log_every = 1, snapshot_every = 1, loss = "mean-squared-error" }
[figures.features]
kind = "layers"
model = "sum"
"""
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    small_site.write(folder, text, "+++\ntitle = 'Kernels'\n+++\n")
    return load(folder / "site" / "gen.toml").models["sum"]


def test_the_config_needs_a_step_that_arrives_at_the_fit(tmp_path: Path) -> None:
    assert isinstance(_model(tmp_path, {}).network, KernelMachine)
    for old, new, message in (
        ("learning_rate = 1.0", "learning_rate = 0.5", "goes the whole way"),
        ('kind = "sgd", ', "", "goes the whole way"),
        ("rate = 1.0", "rate = 1.0, momentum = 0.9", "goes the whole way"),
        (', loss = "mean-squared-error"', "", "cannot minimise"),
        ("steps = 2,", "steps = 2, batch_size = 5,", "all training rows"),
    ):
        with pytest.raises(ConfigError, match=message):
            _model(tmp_path, {old: new})


def test_runs_hold_the_parameters_that_answer(grokked: tuple[Ensemble, Trained]) -> None:
    ensemble, trained = grokked
    run: ModelRun = next(iter(model_runs("kernel", ensemble, trained)))
    rows = ensemble.task.data((0,)).test
    parameters = {name: torch.from_numpy(array) for name, array in run.parameters.items()}
    z = ensemble.network.logits(ensemble.task, parameters, torch.from_numpy(rows.inputs[0]))
    right = (z.argmax(dim=1).numpy() == rows.labels[0]).mean()
    assert right == pytest.approx(run.metrics["test_accuracy"][-1])
