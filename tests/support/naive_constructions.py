"""Naive facts of constructed networks, from the logits of all pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

LEAST, MOST = 12, 500
COUNTS = range(3, 11)
SAME = 1e-9
"""Largest rounding difference of two equal logits, for one neuron."""


@dataclass(frozen=True)
class Answer:
    """The answer of a network to one pair.

    Attributes:
        number: the number with the largest logit; None if several are equal.
        wrong: whether another logit is larger than that of the sum.
        off: degrees from the output direction to that of the sum; None if the output is zero.
    """

    number: int | None
    wrong: bool
    off: float | None


def output_vector(neurons: int, modulus: int, kind: str, a: int, b: int) -> tuple[float, float]:
    """Return the output vector; neuron k reads at the angle 2 pi k / n and writes at twice it."""
    x = y = 0.0
    for k in range(neurons):
        phi = 2 * math.pi * k / neurons
        pre_activation = sum(math.cos(2 * math.pi * one / modulus - phi) for one in (a, b))
        activation = {
            "relu": max(pre_activation, 0.0),
            "square": pre_activation * pre_activation,
            "linear": pre_activation,
        }[kind]
        x, y = x + activation * math.cos(2 * phi), y + activation * math.sin(2 * phi)
    return x, y


def answer(neurons: int, modulus: int, kind: str, a: int, b: int) -> Answer:
    """Return the answer to a pair, from the logits of all numbers."""
    x, y = output_vector(neurons, modulus, kind, a, b)
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
def answers(neurons: int, modulus: int, kind: str) -> list[Answer]:
    """Return the answers to all pairs a <= b."""
    pairs = ((a, b) for a in range(modulus) for b in range(a, modulus))
    return [answer(neurons, modulus, kind, a, b) for a, b in pairs]


def facts(neurons: int, modulus: int, kind: str) -> dict[str, Any]:
    """Return every published fact of one network."""
    every = answers(neurons, modulus, kind)
    strays = [abs(one.off) for one in every if one.off is not None]
    undecided = sum(one.number is None and not one.wrong for one in every)
    wrong = sum(one.wrong for one in every)
    right = len(every) - undecided - wrong
    return {
        "neurons": neurons,
        "modulus": modulus,
        "activation": kind,
        "pairs": len(every),
        "right": right,
        "wrong": wrong,
        "undecided": undecided,
        "right_share": right / len(every),
        "opposite": sum(2 * (b - a) == modulus for b in range(modulus) for a in range(b)),
        "step": 360 / modulus,
        "half_step": 360 / modulus / 2,
        "largest_stray": max(strays, default=None),
        "range": _range(modulus, kind),
    }


def _range(modulus: int, kind: str) -> float | None:
    """Return the activation of equal numbers divided by that of nearly opposite ones."""
    if kind == "linear":
        return None
    loud = [2 * abs(math.cos(math.pi * d / modulus)) for d in range(modulus) if 2 * d != modulus]
    return (max(loud) / min(loud)) ** (2 if kind == "square" else 1)


def error_facts(neurons: int, modulus: int) -> dict[str, Any]:
    """Return every fact of the figure that compares both activations."""
    found: dict[str, Any] = {
        "neurons": neurons,
        "modulus": modulus,
        "smallest_modulus": LEAST,
        "largest_modulus": MOST,
    }
    for kind in ("relu", "square"):
        own = facts(neurons, modulus, kind)
        found |= {f"{kind}_{name}": value for name, value in own.items() if name not in found}
        found |= {f"{kind}_up_to_{count}": largest_right(count, kind) for count in COUNTS}
    return found


@cache
def largest_right(neurons: int, kind: str) -> int | None:
    """Return the modulus up to which every direction gives its number."""
    largest = None
    for modulus in range(LEAST, MOST + 1):
        halfway = np.pi * np.arange(2 * modulus) / modulus
        output = np.zeros(2 * modulus, dtype=complex)
        for k in range(neurons):
            phi = 2 * np.pi * k / neurons
            pre_activation = np.cos(halfway - phi)
            activation = np.maximum(pre_activation, 0) if kind == "relu" else pre_activation**2
            output += activation * np.exp(2j * phi)
        if np.abs(output).min() < SAME * neurons:
            break
        steps = np.angle(output * np.exp(-2j * halfway)) * modulus / (2 * np.pi)
        if np.abs(steps).max() >= 0.5 - SAME:
            break
        largest = modulus
    return largest
