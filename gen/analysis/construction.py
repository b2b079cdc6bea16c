"""A network that adds modulo p by construction: n neurons, no training, weights by a formula.

Number a has its place on the unit circle at the angle 2 pi a / p, which is its row of the
embedding E. Neuron k hears in the direction phi_k = 2 pi k / n and speaks in the direction
2 phi_k. What it hears of a and b is 2 cos(pi (a - b) / p) cos(x - phi_k), where x is the angle
pi (a + b) / p halfway between them; what it speaks adds up, over all neurons, to a vector that
points near 2x, the angle of a + b. The logit of c is the product of that vector with c's row
of E, so that the answer is the number whose place is nearest in angle.

With u^2 for the activation the vector points exactly at 2x if n = 3 or n >= 5 (after Gromov
2023, arXiv 2301.02679, whose quadratic network needs no training either). With relu it strays by
a ripple, made of those harmonics of relu(cos u) that n directions cannot tell from the second
one. Without any bend nothing is left of it. That trained networks add by way of angles is due
to Nanda et al. 2023 (arXiv 2301.05217) and Zhong et al. 2023 (arXiv 2306.17844); five neurons
laid out like this are in Google PAIR's explorable on grokking (2023).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int, Shaped

ConstructionActivation = Literal["relu", "square", "linear"]
"""What a neuron makes of what it hears; `linear` leaves it as it is."""

NEURONS = (3, 10)
"""Fewest and most neurons that figures offer."""

MODULI = (12, 500)
"""Smallest and largest modulus that figures offer."""

WRONG, UNDECIDED, RIGHT = 0, 1, 2
"""Verdicts: another answer is highest; the right one shares the top; it is highest alone."""

_SLACK = 1e-9
"""Rounding that a tie may hide in: a share of the longest vector, or of a step of angle."""


@dataclass(frozen=True)
class Construction:
    """The constructed network.

    Attributes:
        neurons: n.
        modulus: p.
        activation: of the neurons.
    """

    neurons: int
    modulus: int
    activation: ConstructionActivation

    @property
    def embedding(self) -> Float[np.ndarray, "number 2"]:
        """E: a place on the unit circle for each number."""
        return _places(2 * np.pi * np.arange(self.modulus) / self.modulus)

    @property
    def input_directions(self) -> Float[np.ndarray, "2 neuron"]:
        """A: a column for each neuron, the direction in which it hears."""
        return _places(self._angles).T

    @property
    def output_directions(self) -> Float[np.ndarray, "neuron 2"]:
        """B: a row for each neuron, the direction in which it speaks."""
        return _places(2 * self._angles)

    @property
    def _angles(self) -> Float[np.ndarray, " neuron"]:
        return 2 * np.pi * np.arange(self.neurons) / self.neurons

    def pre_activations(
        self, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
    ) -> Float[np.ndarray, "*pair neuron"]:
        """What each neuron hears of two numbers."""
        places = self.embedding
        return (places[a] + places[b]) @ self.input_directions

    def activations(
        self, pre_activations: Float[np.ndarray, "*pair neuron"]
    ) -> Float[np.ndarray, "*pair neuron"]:
        """What each neuron makes of what it hears."""
        match self.activation:
            case "relu":
                return np.maximum(pre_activations, 0)
            case "square":
                return pre_activations**2
            case "linear":
                return pre_activations

    def output(
        self, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
    ) -> Float[np.ndarray, "*pair 2"]:
        """The vector that all neurons together speak."""
        return self.activations(self.pre_activations(a, b)) @ self.output_directions

    def logits(
        self, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
    ) -> Float[np.ndarray, "*pair number"]:
        """What the network says for every answer; a row of p numbers for every pair."""
        return self.output(a, b) @ self.embedding.T

    def outputs_by_direction(self) -> Float[np.ndarray, "direction 2"]:
        """The vectors spoken for each of the 2p directions that two numbers can be heard from.

        Direction j is the angle pi j / p, heard at strength 1. All pairs are covered: their sum
        lies in one of these directions, and `midpoint_direction` gives it.
        """
        turns = np.pi * np.arange(2 * self.modulus) / self.modulus
        return self.activations(_places(turns) @ self.input_directions) @ self.output_directions

    def angle_errors(self) -> Float[np.ndarray, " direction"]:
        """How far each of those vectors turns from the exact answer, in steps between numbers.

        Direction j should be answered by the number j mod p. More than half a step is a wrong
        answer; where nothing is spoken there is no angle, and it is NaN.
        """
        spoken = self.outputs_by_direction()
        angle = np.arctan2(spoken[:, 1], spoken[:, 0])
        wanted = 2 * np.pi * np.arange(2 * self.modulus) / self.modulus
        off = np.angle(np.exp(1j * (angle - wanted))) * self.modulus / (2 * np.pi)
        silent = np.hypot(*spoken.T) < _SLACK * self.neurons
        return np.where(silent, np.nan, off)

    def verdicts(self) -> Int[np.ndarray, " pair"]:
        """`WRONG`, `UNDECIDED` or `RIGHT` for every pair, in the order of `unordered_pairs`."""
        off = np.abs(np.nan_to_num(self.angle_errors(), nan=0.5))
        by_direction = np.where(off < 0.5 * (1 - _SLACK), RIGHT, WRONG)
        by_direction[np.abs(off - 0.5) <= 0.5 * _SLACK] = UNDECIDED
        a, b = unordered_pairs(self.modulus)
        opposite = 2 * (b - a) == self.modulus
        return np.where(opposite, UNDECIDED, by_direction[midpoint_direction(a, b, self.modulus)])


def unordered_pairs(modulus: int) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """All pairs a <= b: p (p + 1) / 2 of them."""
    a, b = np.triu_indices(modulus)
    return a, b


def midpoint_direction(
    a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"], modulus: int
) -> Int[np.ndarray, "*pair"]:
    """From which of 2p directions two numbers are heard; opposite numbers are heard from none.

    Their midpoint is at the angle pi (a + b) / p, or opposite where that is the nearer one.
    """
    far = 2 * np.abs(a - b) > modulus
    return (a + b + far * modulus) % (2 * modulus)


def square_logits(
    a: Shaped[np.ndarray, "*pair"],
    b: Shaped[np.ndarray, "*pair"],
    c: Shaped[np.ndarray, "*pair"],
    modulus: int,
) -> Float[np.ndarray, "*pair"]:
    """The logits of the squaring network for one neuron: cos^2((a-b) w/2) cos((a+b-c) w).

    With w = 2 pi / p, and n neurons (n = 3 or n >= 5) say n times as much.
    """
    step = 2 * np.pi / modulus
    return np.cos((a - b) * step / 2) ** 2 * np.cos((a + b - c) * step)


def _places(angles: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape 2"]:
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


_NEAREST, _APART = 1.2, 0.27


NEGLIGIBLE = 1e-9
"""A vector that is no longer, for one neuron, is rounding."""


def neuron_positions(run: Construction, *, speaking: bool) -> Float[np.ndarray, "neuron 2"]:
    """Where neurons are named around the circle of radius 1: neurons of one direction in a row."""
    directions = run.output_directions if speaking else run.input_directions.T
    alike = np.isclose(directions @ directions.T, 1.0)
    before = np.tril(alike, -1).sum(axis=1)
    return directions * (_NEAREST + _APART * before)[:, None]


def vector_chain(
    run: Construction, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
) -> Float[np.ndarray, "*pair point 2"]:
    """What neurons speak, put end to end from the middle on: n + 1 points, the last the answer.

    The loudest chain of all pairs just reaches the circle of radius 1.
    """
    turns = np.pi * np.arange(2 * run.modulus) / run.modulus
    loudest = 2 * np.stack([np.cos(turns), np.sin(turns)], axis=1) @ run.input_directions
    size = np.hypot(*np.moveaxis(_ends(run, run.activations(loudest)), -1, 0)).max()
    return _ends(run, run.activations(run.pre_activations(a, b))) / size


def _ends(
    run: Construction, activations: Float[np.ndarray, "*pair neuron"]
) -> Float[np.ndarray, "*pair point 2"]:
    spoken = np.cumsum(activations[..., None] * run.output_directions, axis=-2)
    return np.concatenate([np.zeros_like(spoken[..., :1, :]), spoken], axis=-2)


def predictions(
    run: Construction, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
) -> Int[np.ndarray, "*pair"]:
    """The number whose logit is highest; -1 where two or more are level."""
    spoken = run.output(a, b)
    loud = np.hypot(*np.moveaxis(spoken, -1, 0)) > NEGLIGIBLE * run.neurons
    place = np.arctan2(spoken[..., 1], spoken[..., 0]) * run.modulus / (2 * np.pi)
    level = np.abs(np.abs(place - np.round(place)) - 0.5) < NEGLIGIBLE
    return np.where(loud & ~level, np.round(place).astype(int) % run.modulus, -1)
