"""The formula of the logits: known waves are read back, and the parts of the variance add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.analysis.all_pairs import AllPairs, accuracy, of_weights, without_spectrum
from gen.analysis.clock_or_pizza import distance_irrelevance
from gen.analysis.logit_formula import LogitWaves, read_waves, without_formula
from gen.analysis.pairs import PairWeights

Term = tuple[int, float, float]


def table(logits: np.ndarray) -> AllPairs:
    """Return a network of given logits, by a, b and c."""
    return AllPairs(len(logits), lambda a: logits[a])


def clock(n: int, terms: list[Term], constants: np.ndarray | None = None) -> np.ndarray:
    """Return logits that are a sum of waves of a + b - c, and of any function of (a, b)."""
    a, b, c = np.meshgrid(*[np.arange(n)] * 3, indexing="ij")
    turn = 2 * np.pi * (a + b - c) / n
    waves = [height * np.cos(k * turn - np.radians(phase)) for k, height, phase in terms]
    total = np.sum(waves, axis=0)
    return total if constants is None else total + constants[:, :, None]


@st.composite
def formulas(draw: st.DrawFn) -> tuple[int, list[Term]]:
    n = draw(st.integers(7, 24))
    keys = draw(st.lists(st.integers(1, (n - 1) // 2), min_size=1, max_size=3, unique=True))
    heights = [draw(st.floats(2, 9)) for _ in keys]
    phases = [draw(st.floats(-40, 40)) for _ in keys]
    return n, list(zip(sorted(keys), heights, phases, strict=True))


@given(formulas(), st.integers(0, 99))
def test_known_waves_are_read_back_exactly(formula: tuple[int, list[Term]], seed: int) -> None:
    n, terms = formula
    constants = np.random.default_rng(seed).normal(size=(n, n)) * 30
    waves = read_waves(table(clock(n, terms, constants)))
    found = list(zip(waves.keys, waves.amplitudes, waves.phases, strict=True))
    assert np.array(found) == pytest.approx(np.array(terms))
    assert waves.shares == pytest.approx(
        {"explained": 1, "distance": 0, "uneven": 0, "other": 0}, abs=1e-9
    )


def test_the_alternating_wave_of_an_even_number_is_read() -> None:
    waves = read_waves(table(clock(12, [(3, 4.0, 0.0), (6, 2.5, 0.0)])))
    assert waves.keys == (3, 6)
    assert waves.amplitudes == pytest.approx([4.0, 2.5])
    assert waves.variance == pytest.approx(4.0**2 / 2 + 2.5**2)


@given(st.integers(0, 999), st.integers(5, 14))
def test_the_parts_of_the_variance_add_up_and_noise_is_no_rule(seed: int, n: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(n, n, n))
    waves = read_waves(table(logits))
    shares = waves.shares
    centred = logits - logits.mean(axis=2, keepdims=True)
    assert waves.variance == pytest.approx(float(np.square(centred).mean()))
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= 0
    assert not waves.is_rule


def test_equal_logits_are_no_rule() -> None:
    waves = read_waves(table(np.ones((7, 7, 7))))
    assert waves.keys == () and not waves.is_rule


def test_an_amplitude_that_follows_the_distance_is_told_apart_from_other_changes() -> None:
    n = 11
    a, b = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
    logits = clock(n, [(2, 5.0, 0.0)])
    of_distance = 1 + 0.4 * np.cos(2 * np.pi * (a - b) / n)
    of_sum = 1 + 0.4 * np.cos(2 * np.pi * (a + b) / n)
    by_distance = read_waves(table(logits * of_distance[:, :, None])).shares
    by_sum = read_waves(table(logits * of_sum[:, :, None])).shares
    part = 0.08 / 1.08
    assert by_distance == pytest.approx(
        {"explained": 1 - part, "distance": part, "uneven": 0, "other": 0}, abs=1e-9
    )
    assert by_sum == pytest.approx(
        {"explained": 1 - part, "distance": 0, "uneven": part, "other": 0}, abs=1e-9
    )


def test_a_formula_that_is_highest_beside_the_right_answer_is_no_rule() -> None:
    n = 12
    waves = read_waves(table(clock(n, [(1, 5.0, 360 / n)])))
    assert waves.shares["explained"] == pytest.approx(1)
    assert waves.accuracy == 0 and not waves.is_rule


def relu_pizza(n: int, k: int, neurons: int) -> PairWeights:
    """Return neurons of one frequency whose output has twice their phase."""
    phase = 2 * np.pi * np.arange(neurons) / neurons
    turn = 2 * np.pi * k * np.arange(n)[:, None] / n
    into = np.cos(turn - phase)
    return PairWeights(into, into, np.cos(turn - 2 * phase).T, 1, "relu")


@pytest.mark.parametrize("k", [1, 4])
def test_many_relu_neurons_are_a_pizza_with_the_share_that_follows_from_its_shape(k: int) -> None:
    # The amplitude is proportional to |cos(w (a - b) / 2)|: squared mean over mean square, 8/pi^2.
    waves = read_waves(of_weights(relu_pizza(67, k, 60)))
    assert waves.keys == (k,)
    assert waves.shares["explained"] == pytest.approx(8 / np.pi**2, abs=2e-3)
    assert waves.shares["distance"] == pytest.approx(1 - 8 / np.pi**2, abs=2e-3)
    assert distance_irrelevance(of_weights(relu_pizza(67, k, 60))) < 0.01


def test_a_difference_is_read_as_the_sum_of_a_and_minus_b() -> None:
    n, k, phase = 13, 3, 2 * np.pi * np.arange(9) / 9
    turn = 2 * np.pi * k * np.arange(n)[:, None] / n
    weights = PairWeights(
        np.cos(turn - phase), np.cos(turn + phase), np.cos(turn - 2 * phase).T, -1, "relu"
    )
    pairs = of_weights(weights)
    assert read_waves(pairs).keys == (k,) and accuracy(pairs) == 1


def test_without_its_waves_a_network_knows_nothing_and_without_others_all() -> None:
    pairs = of_weights(relu_pizza(67, 5, 40))
    waves: LogitWaves = read_waves(pairs)
    assert accuracy(pairs, waves.resolution) == 1
    assert accuracy(without_spectrum(pairs, (5,)), waves.resolution) < 0.05
    assert accuracy(without_spectrum(pairs, (3, 10)), waves.resolution) == 1
    exact = table(clock(9, [(2, 3.0, 0.0)]))
    assert accuracy(without_formula(exact, read_waves(exact)), 1e-9) == 0
