"""The constructed network: the proof on its page holds for all offered settings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.analysis.construction import (
    MODULI,
    NEURONS,
    RIGHT,
    UNDECIDED,
    WRONG,
    ConstructedNetwork,
    ConstructionActivation,
    midpoint_direction,
    predictions,
    unordered_pairs,
    vector_chain,
)
from gen.analysis.construction_facts import construction_facts, largest_correct_moduli, output_range

COUNTS = range(NEURONS[0], NEURONS[1] + 1)
SIZES = range(MODULI[0], MODULI[1] + 1)
EXACT = [n for n in COUNTS if n != 4]
BENDS = st.sampled_from(["relu", "square", "linear"])


def opposite(modulus: int) -> int:
    return modulus // 2 if modulus % 2 == 0 else 0


@pytest.mark.parametrize("neurons", EXACT)
def test_square_activations_have_no_angle_error_at_any_modulus(neurons: int) -> None:
    for modulus in SIZES:
        assert np.abs(ConstructedNetwork(neurons, modulus, "square").angle_errors()).max() < 1e-9


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(EXACT), st.integers(*MODULI))
def test_square_activations_get_every_pair_right_but_opposite_ones(
    neurons: int, modulus: int
) -> None:
    counts = np.bincount(ConstructedNetwork(neurons, modulus, "square").verdicts(), minlength=3)
    of_all = modulus * (modulus + 1) // 2
    assert counts[WRONG] == 0
    assert counts[UNDECIDED] == opposite(modulus)
    assert counts[RIGHT] == of_all - opposite(modulus)


@settings(deadline=None)
@given(st.sampled_from(EXACT), st.integers(12, 60), st.data())
def test_the_logits_of_square_activations_follow_the_formula(
    neurons: int, modulus: int, data: st.DataObject
) -> None:
    a, b = (np.array(data.draw(st.integers(0, modulus - 1))) for _ in "ab")
    c = np.arange(modulus)
    logits = ConstructedNetwork(neurons, modulus, "square").logits(a, b)
    w = 2 * np.pi / modulus
    formula = neurons * np.cos((a - b) * w / 2) ** 2 * np.cos((a + b - c) * w)
    np.testing.assert_allclose(logits, formula, atol=1e-9)


@given(st.integers(12, 60), st.data())
def test_four_square_neurons_give_a_number_and_its_negative_the_same_logit(
    modulus: int, data: st.DataObject
) -> None:
    a, b = (np.array(data.draw(st.integers(0, modulus - 1))) for _ in "ab")
    logits = ConstructedNetwork(4, modulus, "square").logits(a, b)
    step, c = 2 * np.pi / modulus, np.arange(modulus)
    expected = 8 * np.cos((a - b) * step / 2) ** 2 * np.cos((a + b) * step) * np.cos(c * step)
    np.testing.assert_allclose(logits, expected, atol=1e-9)
    np.testing.assert_allclose(logits, logits[-c % modulus], atol=1e-9)


@given(st.integers(4, 10), st.integers(12, 60), st.data())
def test_without_an_activation_all_logits_are_zero(
    neurons: int, modulus: int, data: st.DataObject
) -> None:
    a, b = (np.array(data.draw(st.integers(0, modulus - 1))) for _ in "ab")
    assert np.abs(ConstructedNetwork(neurons, modulus, "linear").logits(a, b)).max() < 1e-9


def test_three_neurons_without_an_activation_output_the_wrong_angle() -> None:
    network = ConstructedNetwork(3, 67, "linear")
    a, b = np.array(20), np.array(5)
    angle = np.arctan2(*network.output(a, b)[::-1])
    assert angle == pytest.approx(-np.pi * 25 / 67)


@settings(deadline=None, max_examples=60)
@given(st.integers(*NEURONS), st.integers(12, 45), BENDS)
def test_verdicts_agree_with_the_logits_of_every_pair(
    neurons: int, modulus: int, activation: ConstructionActivation
) -> None:
    network = ConstructedNetwork(neurons, modulus, activation)
    a, b = unordered_pairs(modulus)
    logits = network.logits(a, b)
    right = np.take_along_axis(logits, ((a + b) % modulus)[:, None], axis=1)[:, 0]
    best = logits.max(axis=1)
    level = (logits > best[:, None] - 1e-9).sum(axis=1)
    top = right > best - 1e-9
    expected = np.where(top & (level == 1), RIGHT, np.where(top, UNDECIDED, WRONG))
    assert np.array_equal(network.verdicts(), expected)


@settings(deadline=None)
@given(st.integers(*NEURONS), st.integers(12, 60), BENDS, st.data())
def test_the_output_of_a_pair_is_that_of_its_midpoint_direction_scaled(
    neurons: int, modulus: int, activation: ConstructionActivation, data: st.DataObject
) -> None:
    a, b = (np.array(data.draw(st.integers(0, modulus - 1))) for _ in "ab")
    network = ConstructedNetwork(neurons, modulus, activation)
    loud = 2 * abs(np.cos(np.pi * (a - b) / modulus))
    spoken = network.outputs_by_direction()[midpoint_direction(a, b, modulus)]
    scale = loud**2 if activation == "square" else loud
    np.testing.assert_allclose(network.output(a, b), scale * spoken, atol=1e-9)


def harmonic(order: int) -> float:
    """Strength of cos(order u) in relu(cos u), as the page has it."""
    if order < 2:
        return (1 / np.pi, 0.5)[order]
    return 0.0 if order % 2 else 2 / np.pi * (-1) ** (order // 2 + 1) / (order**2 - 1)


@pytest.mark.parametrize("neurons", COUNTS)
def test_the_error_of_relu_consists_of_the_harmonics_in_the_proof(neurons: int) -> None:
    network = ConstructedNetwork(neurons, 67, "relu")
    x = np.pi * np.arange(134) / 67
    spoken = network.outputs_by_direction() @ [1, 1j]
    orders = range(4000)
    kept = sum(
        harmonic(j) * (((j - 2) % neurons == 0) * np.exp(1j * j * x))
        + harmonic(j) * (((j + 2) % neurons == 0) * np.exp(-1j * j * x))
        for j in orders
    )
    np.testing.assert_allclose(spoken, neurons / 2 * kept, atol=1e-3 * neurons)


def test_the_harmonics_of_the_error_have_the_strengths_on_the_page() -> None:
    def first(neurons: int) -> list[int]:
        kept = [j for j in range(40) if harmonic(j) and j != 2]
        return [j for j in kept if not (j - 2) % neurons or not (j + 2) % neurons]

    assert [first(n)[0] for n in (5, 6, 7, 9, 10)] == [8, 4, 12, 16, 8]
    assert first(5) == first(10) and first(5)[:2] == [8, 12]
    assert first(3)[0] == 1 and harmonic(1) > harmonic(2)
    assert harmonic(8) / harmonic(2) == pytest.approx(-1 / 21)
    assert harmonic(4) / harmonic(2) == pytest.approx(-1 / 5)


def test_ten_neurons_with_relu_have_the_errors_of_five() -> None:
    for modulus in (12, 67, 119, 500):
        five, ten = (ConstructedNetwork(n, modulus, "relu").angle_errors() for n in (5, 10))
        np.testing.assert_allclose(five, ten, atol=1e-9)


def test_relu_is_right_up_to_the_published_moduli() -> None:
    found = largest_correct_moduli()
    assert [found[f"relu_up_to_{n}"] for n in COUNTS] == [*(None, None, 118, 21, 343, 56, 500, 118)]
    assert [found[f"square_up_to_{n}"] for n in COUNTS] == [500, None, *[500] * 6]
    for n, largest in ((5, 118), (6, 21), (7, 343), (8, 56)):
        assert (ConstructedNetwork(n, largest, "relu").verdicts() != WRONG).all()
        assert (ConstructedNetwork(n, largest + 1, "relu").verdicts() == WRONG).any()


def test_facts_count_right_and_undecided_pairs() -> None:
    facts = construction_facts(ConstructedNetwork(5, 40, "relu"))
    assert (facts["pairs"], facts["right"], facts["undecided"]) == (820, 800, 20)
    assert facts["opposite"] == 20 and facts["wrong"] == 0
    silent = construction_facts(ConstructedNetwork(5, 67, "linear"))
    assert silent["undecided"] == silent["pairs"] == 67 * 68 // 2
    assert silent["largest_stray"] is None and silent["range"] is None


@pytest.mark.parametrize("activation", ["relu", "square"])
@pytest.mark.parametrize("modulus", [13, 40, 67])
def test_the_output_range_is_the_ratio_of_output_lengths(
    activation: ConstructionActivation, modulus: int
) -> None:
    network = ConstructedNetwork(7, modulus, activation)
    a, b = unordered_pairs(modulus)
    heard = 2 * (b - a) != modulus
    size = np.hypot(*network.output(a, b)[heard].T)
    ratio = output_range(network)
    assert ratio is not None
    assert size.max() / size.min() == pytest.approx(ratio, rel=0.12)


@settings(deadline=None)
@given(st.integers(*NEURONS), st.integers(12, 60), BENDS, st.data())
def test_a_vector_chain_ends_in_the_direction_of_the_output_within_the_unit_circle(
    neurons: int, modulus: int, activation: ConstructionActivation, data: st.DataObject
) -> None:
    a, b = (np.array(data.draw(st.integers(0, modulus - 1))) for _ in "ab")
    network = ConstructedNetwork(neurons, modulus, activation)
    points, answer = vector_chain(network, a, b), network.output(a, b)
    assert points.shape == (neurons + 1, 2)
    assert np.hypot(*points.T).max() <= 1 + 1e-9
    cross = points[-1][0] * answer[1] - points[-1][1] * answer[0]
    assert abs(cross) < 1e-9 and points[-1] @ answer >= -1e-9
    logits = network.logits(a, b)
    level = (logits > logits.max() - 1e-9).sum()
    assert predictions(network, a, b) == (-1 if level > 1 else logits.argmax())
