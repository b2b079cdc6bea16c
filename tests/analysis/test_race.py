"""Which wave wins in a neuron, from when on it leads, and its rank among all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.analysis.race import (
    _pairs_in_order,
    lead_facts,
    measures_at_start,
    race_facts,
    ranks,
    winners,
)
from tests.support.line_runs import circle_run, parity_run

NUMBERS = 11


def waves_of(amplitudes: list[dict[int, float]]) -> np.ndarray:
    """Return weights (snapshot, number, one neuron) with waves of these amplitudes."""
    a = np.arange(NUMBERS)
    return np.stack(
        [
            sum(size * np.cos(2 * np.pi * k * a / NUMBERS - k) for k, size in one.items())
            for one in amplitudes
        ]
    )[:, :, None]


def test_the_winner_is_the_last_largest_wave_and_leads_from_its_last_overtaking() -> None:
    weights = waves_of([{2: 3, 4: 1}, {2: 1, 4: 3}, {2: 3, 4: 2}, {2: 1, 4: 2}, {2: 1, 4: 5}])
    found = winners(weights, np.array([0, 10, 20, 30, 40]))
    assert found.waves.tolist() == [4]
    assert found.leads_at.tolist() == [30]


def test_a_wave_that_always_leads_does_so_from_the_first_snapshot() -> None:
    found = winners(waves_of([{3: 2, 1: 1}, {3: 2, 1: 1}]), np.array([5, 10]))
    assert found.leads_at.tolist() == [5]


def test_the_alternating_wave_of_an_even_modulus_counts_by_its_mean_square() -> None:
    a = np.arange(8)
    weights = np.cos(np.pi * a) + 1.2 * np.cos(2 * np.pi * a / 8)
    found = winners(np.stack([weights, weights])[:, :, None], np.array([5, 10]))
    assert found.waves.tolist() == [4]
    assert found.leads_at.tolist() == [5]


def test_silent_neurons_do_not_race() -> None:
    weights = np.concatenate([waves_of([{3: 2}]), waves_of([{1: 1e-3}])], axis=2)
    assert winners(weights, np.array([0])).neurons.tolist() == [0]


@given(st.permutations(range(1, 6)))
def test_the_rank_of_a_wave_counts_the_larger_ones(order: list[int]) -> None:
    measure = np.array([[-order.index(k)] for k in range(1, 6)], dtype=np.float64)
    found = [int(ranks(measure, np.array([k]))[0]) for k in order]
    assert found == [1, 2, 3, 4, 5]


@given(st.floats(0, 6.2), st.integers(1, 5))
def test_a_neuron_that_adds_is_aligned(phase: float, k: int) -> None:
    turn = 2 * np.pi * k * np.arange(NUMBERS) / NUMBERS
    into, out = np.cos(turn - phase)[:, None], np.cos(turn - 2 * phase)[None]
    found = measures_at_start(into, out)
    assert found["alignment"][k - 1, 0] == pytest.approx(1)
    assert found["amplitude"][k - 1, 0] == pytest.approx(1)
    opposite = measures_at_start(into, -3 * out)
    assert opposite["alignment"][k - 1, 0] == pytest.approx(-1)
    assert opposite["product"][k - 1, 0] == pytest.approx(3)


def test_networks_without_a_weight_for_each_number_do_not_race() -> None:
    for run in (parity_run(snapshots=3), circle_run(snapshots=3)):
        assert lead_facts(run) == {}
        assert race_facts([run]) == {}
    assert race_facts([]) == {}


@given(st.lists(st.integers(1, 5), min_size=1))
def test_pairs_in_order_are_counted_one_by_one(places: list[int]) -> None:
    behind = [place < other for place in places for other in range(1, 6) if other != place]
    assert _pairs_in_order(np.array(places), 5) == pytest.approx(sum(behind) / len(behind))
