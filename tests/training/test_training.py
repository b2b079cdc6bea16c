"""The training loop: ensembles, logs, snapshots, and diverged models."""

from __future__ import annotations

import numpy as np
import pytest

from gen.networks.embedded import Embedded
from gen.networks.network import Network
from gen.networks.perceptron import Perceptron
from gen.optimisers.adamw import AdamW
from gen.optimisers.optimiser import Optimiser
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from gen.training.loop import METRICS, Ensemble, Training, steps_every, train

CASES: list[tuple[Task, Network, Optimiser]] = [
    (
        SparseParity(bits=12, signal_bits=2, train_rows=80, test_rows=60),
        Perceptron(hidden=8),
        AdamW(learning_rate=3e-3, betas=(0.9, 0.98), l1=1e-4),
    ),
    (
        Modular(modulus=13, train_share=0.4),
        Embedded(embedding="learned", width=20, hidden=8),
        AdamW(learning_rate=1e-3, betas=(0.9, 0.98), weight_decay=1.0),
    ),
    (
        Modular(modulus=13, train_share=0.5),
        Embedded(embedding="circle", hidden=5),
        AdamW(learning_rate=1e-2, betas=(0.9, 0.98), weight_decay=1e-3),
    ),
]
SHORT = Training(steps=120, log_every=40, snapshot_every=50)


def _ensemble(case: tuple[Task, Network, Optimiser], seeds: tuple[int, ...]) -> Ensemble:
    task, network, optimiser = case
    return Ensemble(task, network, SHORT, seeds, (optimiser,) * len(seeds))


@pytest.mark.parametrize("case", CASES)
def test_a_model_trains_the_same_alone_and_in_an_ensemble(
    case: tuple[Task, Network, Optimiser],
) -> None:
    alone, among = train(_ensemble(case, (5,))), train(_ensemble(case, (2, 5, 9)))
    for name in METRICS:
        np.testing.assert_allclose(alone.metrics[name][0], among.metrics[name][1], rtol=1e-3)
    for name, view in alone.views.items():
        np.testing.assert_allclose(view[0], among.views[name][1], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("case", CASES)
def test_the_same_ensemble_trains_to_the_same_bytes(case: tuple[Task, Network, Optimiser]) -> None:
    first, second = train(_ensemble(case, (0, 1))), train(_ensemble(case, (0, 1)))
    for name, array in first.parameters.items():
        assert array.tobytes() == second.parameters[name].tobytes()


def test_logs_and_snapshots_are_taken_at_their_steps_and_at_the_last_step() -> None:
    reported: list[int] = []
    trained = train(_ensemble(CASES[0], (0, 1)), on_step=reported.append)
    assert trained.logged_steps.tolist() == reported == [0, 40, 80, 120]
    assert trained.snapshot_steps.tolist() == [0, 50, 100, 120]
    assert trained.views["W_in"].shape == (2, 4, 13, 8)
    assert trained.metrics["test_loss"].shape == (2, 4)
    assert (trained.views["W_in"][:, -1] == trained.parameters["W_in"]).all()


def test_steps_every_begins_at_zero_and_ends_at_the_last_step() -> None:
    assert steps_every(3, 10).tolist() == [0, 3, 6, 9, 10]
    assert steps_every(20, 10).tolist() == [0, 10]


def test_a_diverged_model_is_marked_with_its_step_and_the_others_continue() -> None:
    task, network, sane = CASES[0]
    wild = AdamW(learning_rate=10.0, weight_decay=1000.0)
    ensemble = Ensemble(task, network, SHORT, (0, 1, 2), (sane, wild, sane))
    with np.errstate(all="ignore"):
        trained = train(ensemble)
    undisturbed = train(Ensemble(task, network, SHORT, (0, 2), (sane, sane)))
    assert trained.failed_at.tolist() == [-1, 40, -1]
    assert np.isfinite(trained.metrics["test_loss"][[0, 2]]).all()
    np.testing.assert_allclose(
        trained.parameters["W_in"][[0, 2]], undisturbed.parameters["W_in"], rtol=1e-3, atol=1e-5
    )
