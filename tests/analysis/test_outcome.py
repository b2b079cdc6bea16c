"""When a model counts as having learned, and which model is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gen.analysis.outcome import choose_run, stays_above_from
from gen.experiments.runs import ModelRun
from gen.networks.perceptron import Perceptron
from gen.tasks.sparse_parity import SparseParity

STEPS = np.array([0, 10, 20, 30, 40])


def _run(seed: int, test_accuracy: list[float], failed_at: int | None = None) -> ModelRun:
    flat = np.ones(5)
    return ModelRun(
        name="parity",
        seed=seed,
        task=SparseParity(bits=4, signal_bits=2, train_rows=8, test_rows=8),
        network=Perceptron(hidden=2),
        logged_steps=STEPS,
        metrics={
            "train_loss": flat,
            "test_loss": flat,
            "train_accuracy": flat,
            "test_accuracy": np.array(test_accuracy, dtype=np.float64),
        },
        snapshot_steps=STEPS,
        views={"W_in": np.zeros((5, 5, 2)), "W_out": np.zeros((5, 2, 1))},
        failed_at=failed_at,
    )


def test_settled_is_the_step_after_the_last_fall() -> None:
    assert stays_above_from(STEPS, np.array([0.5, 1.0, 0.98, 0.99, 1.0])) == 30
    assert stays_above_from(STEPS, np.array([1.0, 1.0, 1.0, 1.0, 1.0])) == 0


def test_what_ends_below_the_threshold_or_unsound_has_not_settled() -> None:
    assert stays_above_from(STEPS, np.array([1.0, 1.0, 1.0, 1.0, 0.9])) is None
    assert stays_above_from(STEPS, np.array([1.0, 1.0, 1.0, 1.0, np.nan])) is None


def test_the_first_seed_that_generalises_is_shown() -> None:
    never, does, also = _run(0, [0.5] * 5), _run(1, [0, 0, 0, 1, 1]), _run(2, [1.0] * 5)
    assert choose_run([never, does, also], None) is does


def test_a_failed_seed_is_passed_over() -> None:
    failed, sound = _run(0, [1.0] * 5, failed_at=20), _run(1, [0.5] * 5)
    assert choose_run([failed, sound], None) is sound
    assert choose_run([failed], None) is None
    assert choose_run([failed, sound], 0) is None


def test_a_configured_seed_is_shown_even_where_another_generalises() -> None:
    first, second = _run(0, [1.0] * 5), _run(1, [0.5] * 5)
    assert choose_run([first, second], 1) is second
    assert choose_run([replace(first, seed=7)], 7) is not None
