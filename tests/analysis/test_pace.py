"""What the facts about sudden and gradual change, and about the height of waves, mean."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.analysis.fourier import frequencies, powers
from gen.analysis.progress_facts import (
    half_rise_index,
    largest_change,
    largest_fall,
    wave_progress_facts,
)
from gen.analysis.wave_facts import first_wave_facts, height_facts
from tests.analysis.test_progress import clock_run
from tests.support.line_runs import circle_run, parity_run

SERIES = st.lists(st.floats(0.01, 10), min_size=2, max_size=12)


@given(SERIES, st.integers(1, 40))
def test_the_largest_change_is_the_maximum_over_pairs_of_steps_in_a_window(
    series: list[float], window: int
) -> None:
    steps = np.cumsum(np.arange(1, len(series) + 1))
    values = np.array(series)
    pairs = [
        (i, j)
        for i, j in product(range(len(series)), repeat=2)
        if steps[i] <= steps[j] <= steps[i] + window
    ]
    factor, start = largest_fall(steps, values, window)
    assert factor == pytest.approx(max(values[i] / values[j] for i, j in pairs))
    assert any(
        steps[i] == start and values[i] / values[j] == pytest.approx(factor) for i, j in pairs
    )
    whole = values.max() - values.min()
    moves = max(abs(values[i] - values[j]) for i, j in pairs)
    found = largest_change(steps, values, window)
    assert found is None if whole == 0 else found == pytest.approx(moves / whole)


def test_non_finite_measures_have_no_pace() -> None:
    steps, broken = np.array([0, 1, 2]), np.array([1.0, np.nan, 2.0])
    assert largest_change(steps, broken, 1) is None
    assert largest_fall(steps, broken, 1) == (None, None)
    assert largest_fall(steps, np.array([1.0, 0.0, 2.0]), 1) == (None, None)


def test_half_of_a_rise_is_counted_from_the_lowest_value_before_the_largest() -> None:
    assert half_rise_index(np.array([5.0, 1.0, 2.0, 4.0, 7.0, 0.0])) == 3
    assert half_rise_index(np.array([3.0, 2.0, 1.0])) == 0


def test_the_first_wave_is_the_group_that_is_pure_before_the_others_and_stays_so() -> None:
    run = clock_run()
    found = first_wave_facts(run)
    w_in = run.views["W_in"]
    strongest = frequencies(w_in[-1])
    since = {}
    for k in set(strongest.tolist()):
        shares = [
            min(
                powers(matrix)[k - 1, neuron] / powers(matrix)[:, neuron].sum()
                for neuron in np.flatnonzero(strongest == k)
            )
            for matrix in w_in
        ]
        place = len(shares)
        while place and shares[place - 1] >= 0.8:
            place -= 1
        since[k] = int(run.snapshot_steps[place])
    step, wave = min((step, k) for k, step in since.items())
    assert found == {
        "first_wave": wave,
        "first_wave_neurons": int((strongest == wave).sum()),
        # Rows of a heat map are sorted by frequency.
        "first_wave_rows": list(range((strongest < wave).sum(), (strongest <= wave).sum())),
        "first_wave_at": step,
    }


def test_without_a_formed_wave_at_the_end_there_is_no_first_wave() -> None:
    run = clock_run()
    noise = np.random.default_rng(0).normal(size=run.views["W_in"].shape)
    run = replace(run, views={**run.views, "W_in": noise})
    assert first_wave_facts(run) == dict.fromkeys(
        ("first_wave", "first_wave_neurons", "first_wave_rows", "first_wave_at")
    )
    assert first_wave_facts(parity_run()) == {}
    assert first_wave_facts(circle_run()) == {}


def test_the_height_of_a_wave_is_half_the_range_of_its_logits() -> None:
    run = clock_run()
    w_in, w_out = run.views["W_in"][-1], run.views["W_out"][-1]
    strongest = frequencies(w_in)
    medians = []
    for k in sorted(set(strongest.tolist())):
        heights = []
        for a in range(67):
            for b in range(a, 67):
                said = np.zeros(67)
                for neuron in np.flatnonzero(strongest == k):
                    said += max(w_in[a, neuron] + w_in[b, neuron], 0) * w_out[neuron]
                heights.append((said.max() - said.min()) / 2)
        medians.append(np.median(heights))
    found = height_facts(run)
    assert found["smallest_wave_height"] == pytest.approx(min(medians))
    assert found["largest_wave_height"] == pytest.approx(max(medians))
    assert found["next_door_drop"] == pytest.approx(1 - np.cos(2 * np.pi / 67))
    assert height_facts(parity_run()) == {}


def test_a_network_on_a_given_circle_has_one_wave() -> None:
    found = height_facts(circle_run())
    assert found["smallest_wave_height"] == found["largest_wave_height"]


def test_excluded_loss_is_reported_at_half_of_its_rise() -> None:
    facts = wave_progress_facts(clock_run())
    middle, largest = facts["excluded_loss_when_half_risen"], facts["largest_excluded_loss"]
    assert isinstance(middle, float)
    assert isinstance(largest, float)
    assert middle <= largest
    assert facts["fastest_window"] == clock_run().snapshot_steps[-1] // 25
