"""Facts of constructed networks: right and wrong sums, angle errors, range of outputs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.construction import (
    MODULI,
    NEGLIGIBLE,
    NEURONS,
    ConstructedNetwork,
    ConstructionActivation,
)

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.i18n import Words


def construction_facts(network: ConstructedNetwork) -> Facts:
    """Return the facts of one constructed network.

    Returns:
        `right`, `wrong` and `undecided`: counts of the `pairs` a <= b. `opposite`: pairs of
        opposite numbers, whose pre-activations are all zero; they count as undecided.
        `largest_stray`: largest angle from the exact answer to the output, in degrees; None if
        every output is zero. `range`: see `output_range`.
    """
    wrong, undecided, right = network.verdict_counts()
    errors = network.angle_errors()
    errors = errors[~np.isnan(errors)]
    modulus, pairs = network.modulus, wrong + undecided + right
    return {
        "neurons": network.neurons,
        "modulus": modulus,
        "activation": network.activation,
        "pairs": pairs,
        "right": right,
        "wrong": wrong,
        "undecided": undecided,
        "right_share": right / pairs,
        "opposite": modulus // 2 if modulus % 2 == 0 else 0,
        "step": 360 / modulus,
        "half_step": 180 / modulus,
        "largest_stray": float(np.abs(errors).max()) * 360 / modulus if len(errors) else None,
        "range": output_range(network),
    }


def output_range(network: ConstructedNetwork) -> float | None:
    """Return how much longer the output of equal numbers is than that of nearly opposite ones.

    The length of E_a + E_b is 2 cos(pi d / p) for numbers d apart; relu keeps the ratio of two
    lengths and u^2 squares it. None without an activation.
    """
    if network.activation == "linear":
        return None
    farthest = (network.modulus - 1) // 2
    smallest = float(np.cos(np.pi * farthest / network.modulus))
    return smallest ** (-2 if network.activation == "square" else -1)


def largest_correct_moduli() -> Facts:
    """Return the facts `relu_up_to_5` and so on, for relu and u^2 and each number of neurons.

    Each is the modulus up to which, from the smallest offered one on, no output is more than
    half a step off; None if the smallest modulus fails.
    """
    names: tuple[ConstructionActivation, ...] = ("relu", "square")
    counts = range(NEURONS[0], NEURONS[1] + 1)
    return {
        f"{name}_up_to_{n}": _largest_correct_modulus(n, name) for name in names for n in counts
    }


@cache
def _largest_correct_modulus(neurons: int, activation: ConstructionActivation) -> int | None:
    largest = None
    for modulus in range(MODULI[0], MODULI[1] + 1):
        errors = np.abs(ConstructedNetwork(neurons, modulus, activation).angle_errors())
        if not (errors < 0.5 * (1 - NEGLIGIBLE)).all():
            break
        largest = modulus
    return largest


def describe_verdicts(network: ConstructedNetwork, words: Words) -> str:
    """Return a sentence: how many of all pairs are right, and how many are undecided."""
    wrong, undecided, right = network.verdict_counts()
    pairs = wrong + undecided + right
    return words("construction.counted", right=right, pairs=pairs, undecided=undecided)
