"""Every fact of a constructed network, worked out again from the logits of all pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

LEAST, MOST = 12, 500
COUNTS = range(3, 11)
SAME = 1e-9
"""Logits that differ by no more, for one neuron, differ by rounding alone."""


@dataclass(frozen=True)
class Answer:
    """What a network says of one pair.

    Attributes:
        number: whose logit is highest; None where two or more are level.
        wrong: whether the logit of the sum is lower than another.
        off: degrees from the spoken direction to the place of the sum; None in silence.
    """

    number: int | None
    wrong: bool
    off: float | None


def spoken(neurons: int, modulus: int, bend: str, a: int, b: int) -> tuple[float, float]:
    """Neuron k hears both places in the direction 2 pi k / n, and speaks at twice that angle."""
    x = y = 0.0
    for k in range(neurons):
        phi = 2 * math.pi * k / neurons
        heard = sum(math.cos(2 * math.pi * one / modulus - phi) for one in (a, b))
        made = {"relu": max(heard, 0.0), "square": heard * heard, "linear": heard}[bend]
        x, y = x + made * math.cos(2 * phi), y + made * math.sin(2 * phi)
    return x, y


def answer(neurons: int, modulus: int, bend: str, a: int, b: int) -> Answer:
    """The number whose place is nearest in angle, by the logits of all numbers."""
    x, y = spoken(neurons, modulus, bend, a, b)
    turn = 2 * np.pi * np.arange(modulus) / modulus
    logits = x * np.cos(turn) + y * np.sin(turn)
    right = (a + b) % modulus
    close = SAME * neurons
    top = np.flatnonzero(logits > logits.max() - close)
    off = None
    if math.hypot(x, y) > close:
        off = (math.degrees(math.atan2(y, x)) - 360 * right / modulus + 180) % 360 - 180
    return Answer(int(top[0]) if len(top) == 1 else None, right not in top, off)


@cache
def answers(neurons: int, modulus: int, bend: str) -> list[Answer]:
    """Of all pairs a <= b."""
    pairs = ((a, b) for a in range(modulus) for b in range(a, modulus))
    return [answer(neurons, modulus, bend, a, b) for a, b in pairs]


def facts(neurons: int, modulus: int, bend: str) -> dict[str, Any]:
    """Every fact that is published of one network."""
    every = answers(neurons, modulus, bend)
    strays = [abs(one.off) for one in every if one.off is not None]
    undecided = sum(one.number is None and not one.wrong for one in every)
    wrong = sum(one.wrong for one in every)
    right = len(every) - undecided - wrong
    return {
        "neurons": neurons,
        "modulus": modulus,
        "activation": bend,
        "pairs": len(every),
        "right": right,
        "wrong": wrong,
        "undecided": undecided,
        "right_share": right / len(every),
        "opposite": sum(2 * (b - a) == modulus for b in range(modulus) for a in range(b)),
        "step": 360 / modulus,
        "half_step": 360 / modulus / 2,
        "largest_stray": max(strays, default=None),
        "range": _range(modulus, bend),
    }


def _range(modulus: int, bend: str) -> float | None:
    """How loud equal numbers are heard, as a multiple of those that are nearly opposite."""
    if bend == "linear":
        return None
    loud = [2 * abs(math.cos(math.pi * d / modulus)) for d in range(modulus) if 2 * d != modulus]
    return (max(loud) / min(loud)) ** (2 if bend == "square" else 1)


def error_facts(neurons: int, modulus: int) -> dict[str, Any]:
    """Every fact of the figure that compares both activations."""
    found: dict[str, Any] = {
        "neurons": neurons,
        "modulus": modulus,
        "smallest_modulus": LEAST,
        "largest_modulus": MOST,
    }
    for bend in ("relu", "square"):
        own = facts(neurons, modulus, bend)
        found |= {f"{bend}_{name}": value for name, value in own.items() if name not in found}
        found |= {f"{bend}_up_to_{count}": largest_right(count, bend) for count in COUNTS}
    return found


@cache
def largest_right(neurons: int, bend: str) -> int | None:
    """The modulus up to which, from the smallest on, every direction leads to its number."""
    largest = None
    for modulus in range(LEAST, MOST + 1):
        halfway = np.pi * np.arange(2 * modulus) / modulus
        spoken = np.zeros(2 * modulus, dtype=complex)
        for k in range(neurons):
            phi = 2 * np.pi * k / neurons
            heard = np.cos(halfway - phi)
            made = np.maximum(heard, 0) if bend == "relu" else heard**2
            spoken += made * np.exp(2j * phi)
        if np.abs(spoken).min() < SAME * neurons:
            break
        steps = np.angle(spoken * np.exp(-2j * halfway)) * modulus / (2 * np.pi)
        if np.abs(steps).max() >= 0.5 - SAME:
            break
        largest = modulus
    return largest
