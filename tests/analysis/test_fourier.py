"""Waves are found where they were put, and what holds of all matrices holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gen.analysis.circles import angles, phase_error, spacing_error, wave_phase_errors
from gen.analysis.fourier import (
    components,
    frequencies,
    peak_power_shares,
    phases,
    powers,
    silent_neurons,
)

matrices = arrays(
    np.float64,
    st.tuples(st.integers(3, 40), st.integers(1, 6)),
    elements=st.floats(-5, 5, allow_subnormal=False),
)


@pytest.mark.parametrize("inputs", [13, 24, 67])
@pytest.mark.parametrize("k", [1, 3, 6])
def test_a_pure_cosine_is_one_frequency_with_its_phase_and_all_the_power(
    inputs: int, k: int
) -> None:
    wave = 2.5 * np.cos(2 * np.pi * k * np.arange(inputs) / inputs - 0.7)
    weights = np.stack([wave, -wave], axis=1)
    assert frequencies(weights).tolist() == [k, k]
    assert peak_power_shares(weights) == pytest.approx(1.0)
    assert phases(weights)[0] == pytest.approx(0.7)
    assert np.abs(components(weights))[k - 1] == pytest.approx(2.5)


@given(matrices)
def test_powers_add_up_to_the_variance(weights: np.ndarray) -> None:
    """Parseval's theorem, the constant part left out."""
    np.testing.assert_allclose(powers(weights).sum(axis=0), weights.var(axis=0), atol=1e-9)


@given(matrices, st.integers(0, 40))
def test_shifting_the_inputs_changes_phases_and_no_power(weights: np.ndarray, by: int) -> None:
    shifted = np.roll(weights, by, axis=0)
    np.testing.assert_allclose(powers(shifted), powers(weights), atol=1e-9)
    k = np.arange(1, len(weights) // 2 + 1)[:, None]
    turned = components(weights) * np.exp(-2j * np.pi * k * by / len(weights))
    np.testing.assert_allclose(components(shifted), turned, atol=1e-9)


@given(matrices)
def test_relabelling_neurons_relabels_their_frequencies(weights: np.ndarray) -> None:
    order = np.random.default_rng(len(weights)).permutation(weights.shape[1])
    np.testing.assert_array_equal(frequencies(weights[:, order]), frequencies(weights)[order])


@given(matrices)
def test_shares_lie_between_zero_and_one(weights: np.ndarray) -> None:
    shares = peak_power_shares(weights)
    assert (shares >= 0).all() and (shares <= 1 + 1e-12).all()


def test_constant_weights_have_no_share() -> None:
    assert peak_power_shares(np.full((7, 2), 3.0)).tolist() == [0.0, 0.0]


def test_snapshots_lead_and_are_looked_at_one_by_one() -> None:
    weights = np.random.default_rng(0).normal(size=(4, 11, 3))
    np.testing.assert_array_equal(frequencies(weights)[2], frequencies(weights[2]))


@given(st.integers(2, 12), st.floats(0, 360))
def test_even_neurons_have_no_spacing_error_and_doubled_angles_no_doubling_error(
    neurons: int, turn: float
) -> None:
    angle = np.radians(np.arange(neurons) * 360 / neurons + turn)
    points = np.stack([np.cos(angle), np.sin(angle)])
    out = np.stack([np.cos(2 * angle), np.sin(2 * angle)])
    assert spacing_error(angles(points)) == pytest.approx(0, abs=1e-6)
    assert phase_error(angles(points), angles(points), angles(out), 1) == pytest.approx(0, abs=1e-6)


def test_a_missing_neuron_shows_in_the_spacing() -> None:
    assert spacing_error(np.array([0.0, 72.0, 144.0, 216.0, 290.0])) == pytest.approx(2.0)
    assert spacing_error(np.array([0.0, 10.0, 20.0])) == pytest.approx(220.0)


@given(matrices)
def test_a_neuron_is_the_sum_of_its_points_on_all_circles(weights: np.ndarray) -> None:
    inputs = len(weights)
    rebuilt = np.repeat(weights.mean(axis=0)[None], inputs, axis=0)
    for k in range(1, inputs // 2 + 1):
        turn = 2 * np.pi * k * np.arange(inputs) / inputs
        wave = components(weights)[k - 1]
        cosine, sine = np.real(wave), -np.imag(wave)
        rebuilt += np.outer(np.cos(turn), cosine) + np.outer(np.sin(turn), sine)
    np.testing.assert_allclose(rebuilt, weights, atol=1e-9)


@given(
    st.integers(5, 60),
    st.integers(1, 29),
    st.floats(0, 6.28),
    st.floats(0, 6.28),
    st.floats(-170, 170),
    st.sampled_from([1, -1]),
)
def test_phase_errors_are_the_rotation_of_the_output_phase(
    modulus: int, k: int, first: float, second: float, off: float, sign: int
) -> None:
    k = 1 + k % ((modulus - 1) // 2)
    turn = 2 * np.pi * k * np.arange(modulus) / modulus
    into, also = (2 * np.cos(turn - phase)[:, None] for phase in (first, second))
    out = 3 * np.cos(turn - first - sign * second - np.radians(off))[None]
    assert wave_phase_errors(into, also, out, sign) == pytest.approx(abs(off), abs=1e-6)


def test_neurons_that_training_has_given_up_are_silent() -> None:
    random = np.random.default_rng(0)
    weights = random.normal(size=(31, 4))
    weights[:, 2] *= 0.01
    assert silent_neurons(weights).tolist() == [False, False, True, False]
    assert not silent_neurons(np.zeros((7, 3))).any()
