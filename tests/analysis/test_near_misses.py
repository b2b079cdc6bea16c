"""Near misses: distances on the circle of a wave, and shares of power."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gen.analysis.wave_facts import answer_distances, near_miss_facts, wave_shares
from gen.experiments.runs import ModelRun
from gen.networks.embedded import Embedded
from gen.tasks.modular import Modular
from tests.support.line_runs import parity_run, waves_run

NUMBERS, NEURONS, FREQUENCY = 67, 12, 10
PHASES = 2 * np.pi * np.arange(NEURONS) / NEURONS
ANGLES = 2 * np.pi * FREQUENCY * np.arange(NUMBERS) / NUMBERS


def adder(off: float = 0.0) -> ModelRun:
    """Neurons that square and add on one circle, answering a number of places too far on it."""
    into = np.cos(ANGLES[:, None] - PHASES)
    out = np.cos(ANGLES - 2 * PHASES[:, None] - 2 * np.pi * off / NUMBERS)
    return replace(
        waves_run(),
        task=Modular(modulus=NUMBERS, train_share=0.4),
        network=Embedded(embedding="learned", width=4, hidden=NEURONS, activation="square"),
        snapshot_steps=np.array([0, 100]),
        views={"W_in": np.stack([into, into]), "W_out": np.stack([out, out])},
    )


@pytest.mark.parametrize("off", [0, 1, -1, 3])
def test_answer_distances_count_places_on_the_circle(off: int) -> None:
    assert set(answer_distances(adder(off), FREQUENCY).tolist()) == {abs(off)}


def test_answers_one_place_off_are_all_near_misses() -> None:
    facts = near_miss_facts(adder(1))
    assert facts["main_wave"] == FREQUENCY
    assert facts["main_wave_share"] == pytest.approx(1)
    assert facts["wrong_next_door"] == 1
    assert near_miss_facts(adder(3))["wrong_next_door"] == 0
    assert near_miss_facts(adder())["wrong_next_door"] is None


def test_the_shares_of_all_waves_add_up_to_one() -> None:
    weights = np.random.default_rng(1).normal(size=(2, 11, 4))
    shares = sum(wave_shares(weights, k) for k in range(1, 6))
    np.testing.assert_allclose(shares, 1)


def test_only_networks_that_add_have_near_misses() -> None:
    assert near_miss_facts(parity_run()) == {}
