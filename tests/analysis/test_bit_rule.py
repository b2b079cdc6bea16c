"""Rules of bits: networks built by hand are read back, and the bounds on logits hold."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.analysis.bit_rule import BitWeights, logit_bounds, odd_patterns, read_rule


def parity_network(bits: int, used: tuple[int, ...], noise: float = 0.0) -> BitWeights:
    """Return relu neurons whose sum is a zigzag over the number of ones among some bits.

    The logit is -1 for an even and +1 for an odd number.
    """
    count = len(used)
    into = np.zeros((bits, count + 1))
    into[list(used)] = 1
    others = [bit for bit in range(bits) if bit not in used]
    into[others] = noise * np.random.default_rng(0).uniform(-1, 1, size=(len(others), count + 1))
    bias = np.append(-np.arange(count), 1.0)
    out = np.append(4.0 * (-1.0) ** np.arange(count), 0.0)
    out[0] = 2.0
    # A neuron that is always 1 + (ones) lowers the start to -1, and its slope is taken back.
    out[-1], out[0] = -1.0, 2.0 + 1.0
    return BitWeights(into, bias, out, "relu")


def all_rows(bits: int) -> np.ndarray:
    return np.array(list(itertools.product((0, 1), repeat=bits)))


def logits_of(weights: BitWeights, rows: np.ndarray) -> np.ndarray:
    u = rows @ weights.into + weights.bias
    hidden = np.square(u) if weights.activation == "square" else np.maximum(u, 0)
    return hidden @ weights.out


@pytest.mark.parametrize("used", [(0, 1, 2), (4,), (1, 3, 6, 7), tuple(range(8))])
def test_a_parity_network_built_by_hand_is_read_and_proved(used: tuple[int, ...]) -> None:
    weights = parity_network(8, used)
    rows = all_rows(8)
    assert (weights.answers(rows) == (rows[:, list(used)].sum(axis=1) % 2 == 1)).all()
    rule = read_rule(weights.answers, 8)
    assert (rule.used, rule.parity) == (used, "odd")
    assert rule.constant_patterns == 2 ** len(used)
    assert rule.largest_other == (None if len(used) == 8 else 0)
    bounds = logit_bounds(weights, used)
    expected = np.where(odd_patterns(len(used)), 1.0, -1.0)
    assert bounds == pytest.approx(np.stack([expected, expected], axis=1))


def test_the_opposite_answers_are_read_as_even() -> None:
    weights = parity_network(6, (0, 5))
    rule = read_rule(lambda rows: ~weights.answers(rows), 6)
    assert (rule.used, rule.parity) == ((0, 5), "even")


@given(st.integers(0, 9999), st.sampled_from(["relu", "square"]))
def test_no_logit_of_a_pattern_is_outside_of_its_bounds(seed: int, activation: str) -> None:
    random = np.random.default_rng(seed)
    bits, neurons = 7, 4
    weights = BitWeights(
        random.normal(size=(bits, neurons)) * random.choice([0.01, 1.0], size=(bits, 1)),
        random.normal(size=neurons),
        random.normal(size=neurons),
        activation,  # type: ignore[arg-type]
    )
    used = tuple(sorted(random.choice(bits, size=3, replace=False).tolist()))
    rows = all_rows(bits)
    pattern = rows[:, list(used)] @ 2 ** np.arange(3)
    found, bounds = logits_of(weights, rows), logit_bounds(weights, used)
    assert (found >= bounds[pattern, 0] - 1e-9).all()
    assert (found <= bounds[pattern, 1] + 1e-9).all()


def test_bounds_are_exact_if_no_other_bit_has_a_weight_and_tell_a_weak_one() -> None:
    exact, weak, strong = (parity_network(12, (2, 3, 4), noise) for noise in (0, 0.002, 0.5))
    used, odd = (2, 3, 4), odd_patterns(3)
    for weights, proved in ((exact, 8), (weak, 8), (strong, 0)):
        bounds = logit_bounds(weights, used)
        assert np.where(odd, bounds[:, 0] > 0, bounds[:, 1] < 0).sum() == proved


@pytest.mark.parametrize("seed", range(4))
def test_a_network_of_noise_has_no_rule(seed: int) -> None:
    random = np.random.default_rng(seed)
    weights = BitWeights(
        random.normal(size=(20, 30)), random.normal(size=30), random.normal(size=30), "relu"
    )
    assert read_rule(weights.answers, 20).parity is None


def test_a_rule_that_is_no_parity_is_refused() -> None:
    majority = read_rule(lambda rows: rows[:, :3].sum(axis=1) >= 2, 9)
    assert majority.used == (0, 1, 2) and majority.constant_patterns == 8
    assert majority.parity is None
    nothing = read_rule(lambda rows: np.zeros(len(rows), dtype=bool), 9)
    assert (nothing.used, nothing.parity) == ((), None)


def test_more_bits_than_a_rule_may_have_are_named_without_patterns() -> None:
    rule = read_rule(lambda rows: rows[:, :13].sum(axis=1) % 2 == 1, 15)
    assert len(rule.used) == 13 and rule.parity is None and not len(rule.answers)
