"""What the double waves of a pizza say, against the formula of an accompanying pizza."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.analysis.accompanying import accompanying_facts, accompanying_shares, formula
from gen.analysis.pairs import PairWeights

NUMBERS, NEURONS = 31, 12
ANGLES = 2 * np.pi * np.arange(NUMBERS) / NUMBERS
LISTENS = 2 * np.pi * np.arange(NEURONS)[:, None] / NEURONS


def pizza(k: int, double: float, turn: float = 0.0) -> PairWeights:
    """Return a pizza of frequency k: neurons listen all around, and speak at twice their angle.

    Args:
        double: amplitude of the double waves; below zero they speak against the right answer at
            opposite numbers.
        turn: by how much the double waves are turned, in radians.
    """
    main = np.cos(k * ANGLES - LISTENS)
    helper = -double * np.cos(2 * k * ANGLES - 2 * LISTENS - turn)
    first = (main + helper).T
    return PairWeights(first, first, np.cos(k * ANGLES - 2 * LISTENS), 1, "relu")


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 15), st.floats(0.01, 0.5))
def test_double_waves_of_a_pizza_are_an_accompanying_pizza(k: int, double: float) -> None:
    assert accompanying_shares(pizza(k, double), (k,)) == pytest.approx([1], abs=0.02)


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 15), st.floats(0.01, 0.5))
def test_double_waves_that_speak_against_the_answer_are_none(k: int, double: float) -> None:
    assert accompanying_shares(pizza(k, -double), (k,)) == [0]


def test_a_pizza_without_double_waves_has_no_company() -> None:
    assert accompanying_shares(pizza(4, 0.0), (4,)) == [0]


@pytest.mark.parametrize("turn", [0.5, 1.0])
def test_turned_double_waves_are_less_of_one(turn: float) -> None:
    found = accompanying_shares(pizza(4, 0.1, turn), (4,))
    assert found == pytest.approx([np.cos(turn) ** 2], abs=0.02)


def test_a_pizza_falls_silent_without_its_double_waves() -> None:
    facts = accompanying_facts(pizza(4, 0.1), (4,))
    assert facts["accompanying_shares"] == [facts["smallest_accompanying_share"]]
    assert facts["largest_opposite_strength_without_doubles"] == pytest.approx(0.05, abs=0.01)


def test_nothing_is_said_of_networks_without_a_frequency() -> None:
    assert accompanying_facts(pizza(4, 0.1), ()) == {
        "accompanying_shares": [],
        "smallest_accompanying_share": None,
        "largest_opposite_strength_without_doubles": None,
    }


def test_the_formula_is_the_sum_of_the_points_on_the_second_circle() -> None:
    x = np.array([0.3, 1.1, 4.0, 5.2])
    points = np.stack([np.cos(2 * x), np.sin(2 * x)], axis=1)
    answers = np.stack([np.cos(x), np.sin(x)], axis=1)
    np.testing.assert_allclose(formula(x), -(points[:, None] + points) @ answers.T / 2, atol=1e-12)
