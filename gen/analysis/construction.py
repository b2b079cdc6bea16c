"""A network that adds modulo p by construction: n neurons, weights by a formula, no training.

    output(a, b) = activation((E_a + E_b) A) B        a vector of the plane
    logits(a, b) = output(a, b) E^T                   one logit for each number c

E_a, the embedding of a, is the point of the unit circle at the angle 2 pi a / p. Column k of A
is the unit vector at phi_k = 2 pi k / n, and row k of B the unit vector at 2 phi_k. The
pre-activation of neuron k is 2 cos(pi (a - b) / p) cos(x - phi_k), where x = pi (a + b) / p is
the midpoint of the two angles. The output points near 2x, the angle of a + b, and the highest
logit is that of the number whose angle is nearest to it.

With the activation u^2 the output points exactly at 2x if n = 3 or n >= 5 (after Gromov 2023,
arXiv 2301.02679, whose quadratic network needs no training either). With relu its angle has an
error, made of those harmonics of relu(cos u) that n directions cannot tell from the second one.
Without an activation the output is zero for n >= 4. Trained networks add by angles too (Nanda
et al. 2023, arXiv 2301.05217; Zhong et al. 2023, arXiv 2306.17844). Google PAIR's explorable on
grokking (2023) shows five neurons with these directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations

ConstructionActivation = Literal["relu", "square", "linear"]
"""The activation; `linear` means none."""

NEURONS = (3, 10)
"""Fewest and most neurons that figures offer."""

MODULI = (12, 500)
"""Smallest and largest modulus that figures offer."""

WRONG, UNDECIDED, RIGHT = 0, 1, 2
"""Verdicts: another logit is highest; the right one ties with another; it is highest alone."""

NEGLIGIBLE = 1e-9
"""Rounding error: of an output, in lengths per neuron; of an angle, in steps of 2 pi / p."""

_LABEL_RADIUS, _LABEL_SPACING = 1.2, 0.27


@dataclass(frozen=True)
class ConstructedNetwork:
    """The constructed network of n neurons and the modulus p."""

    neurons: int
    modulus: int
    activation: ConstructionActivation

    @property
    def embedding(self) -> Float[np.ndarray, "number 2"]:
        """E: a point of the unit circle for each number."""
        return _unit_vectors(2 * self.midpoint_angles[: self.modulus])

    @property
    def input_directions(self) -> Float[np.ndarray, "2 neuron"]:
        """A: a unit vector for each neuron, at the angle 2 pi k / n."""
        return _unit_vectors(self._neuron_angles).T

    @property
    def output_directions(self) -> Float[np.ndarray, "neuron 2"]:
        """B: a unit vector for each neuron, at twice its angle in A."""
        return _unit_vectors(2 * self._neuron_angles)

    @property
    def _neuron_angles(self) -> Float[np.ndarray, " neuron"]:
        return 2 * np.pi * np.arange(self.neurons) / self.neurons

    @property
    def midpoint_angles(self) -> Float[np.ndarray, " direction"]:
        """The 2p angles pi j / p that the midpoint of two numbers can have, in radians."""
        return np.pi * np.arange(2 * self.modulus) / self.modulus

    def pre_activations(
        self, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
    ) -> Float[np.ndarray, "*pair neuron"]:
        """Return (E_a + E_b) A."""
        embedding = self.embedding
        return (embedding[a] + embedding[b]) @ self.input_directions

    def activations(
        self, pre_activations: Float[np.ndarray, "*pair neuron"]
    ) -> Float[np.ndarray, "*pair neuron"]:
        """Apply the network's activation."""
        return activations(pre_activations, self.activation)

    def output(
        self, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
    ) -> Float[np.ndarray, "*pair 2"]:
        """Return the output vector, the sum over all neurons."""
        return self.activations(self.pre_activations(a, b)) @ self.output_directions

    def logits(
        self, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
    ) -> Float[np.ndarray, "*pair number"]:
        """Return the logit of every number c."""
        return self.output(a, b) @ self.embedding.T

    def outputs_by_direction(self) -> Float[np.ndarray, "direction 2"]:
        """Return the output for each of the 2p midpoint angles pi j / p, at input length 1.

        This covers all pairs: E_a + E_b has one of these angles (see `midpoint_direction`), and
        its length only scales the output.
        """
        inputs = _unit_vectors(self.midpoint_angles) @ self.input_directions
        return self.activations(inputs) @ self.output_directions

    def angle_errors(self) -> Float[np.ndarray, " direction"]:
        """Return the angle from the exact answer to the output, in steps of 2 pi / p.

        The exact answer of direction j is the number j mod p. An error of more than half a step
        gives a wrong answer; NaN where the output is zero.
        """
        output = self.outputs_by_direction()
        angle = np.arctan2(output[:, 1], output[:, 0])
        error = np.angle(np.exp(1j * (angle - 2 * self.midpoint_angles)))
        zero = np.hypot(*output.T) < NEGLIGIBLE * self.neurons
        return np.where(zero, np.nan, error * self.modulus / (2 * np.pi))

    def verdicts(self) -> Int[np.ndarray, " pair"]:
        """Return `WRONG`, `UNDECIDED` or `RIGHT` for each of the `unordered_pairs`."""
        error = np.abs(np.nan_to_num(self.angle_errors(), nan=0.5))
        by_direction = np.where(error < 0.5 * (1 - NEGLIGIBLE), RIGHT, WRONG)
        by_direction[np.abs(error - 0.5) <= 0.5 * NEGLIGIBLE] = UNDECIDED
        a, b = unordered_pairs(self.modulus)
        opposite = 2 * (b - a) == self.modulus
        return np.where(opposite, UNDECIDED, by_direction[midpoint_direction(a, b, self.modulus)])

    def verdict_counts(self) -> tuple[int, int, int]:
        """Return how many unordered pairs are wrong, undecided and right."""
        wrong, undecided, right = np.bincount(self.verdicts(), minlength=3).tolist()
        return wrong, undecided, right


def unordered_pairs(modulus: int) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]:
    """Return all pairs a <= b: p (p + 1) / 2 of them."""
    a, b = np.triu_indices(modulus)
    return a, b


def midpoint_direction(
    a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"], modulus: int
) -> Int[np.ndarray, "*pair"]:
    """Return the j for which E_a + E_b has the angle pi j / p, 0 to 2p - 1.

    The angle is pi (a + b) / p, plus pi if the numbers are more than half a circle apart. For
    opposite numbers E_a + E_b is zero and j means nothing.
    """
    far = 2 * np.abs(a - b) > modulus
    return np.asarray((a + b + far * modulus) % (2 * modulus))


def _unit_vectors(angles: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape 2"]:
    return np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def neuron_positions(
    network: ConstructedNetwork, *, outputs: bool
) -> Float[np.ndarray, "neuron 2"]:
    """Return where figures label the neurons, by their output (B) or input directions (A).

    The places are outside the unit circle, one behind the other for equal directions.
    """
    directions = network.output_directions if outputs else network.input_directions.T
    same = np.isclose(directions @ directions.T, 1.0)
    rank = np.tril(same, -1).sum(axis=1)
    return directions * (_LABEL_RADIUS + _LABEL_SPACING * rank)[:, None]


def vector_chain(
    network: ConstructedNetwork, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
) -> Float[np.ndarray, "*pair point 2"]:
    """Return the partial sums of the neurons' output vectors: n + 1 points from (0, 0).

    The last point is the output. The unit is the largest distance from (0, 0) that any pair
    reaches, so all points lie in the unit circle.
    """
    strongest = 2 * _unit_vectors(network.midpoint_angles) @ network.input_directions
    sums = _partial_sums(network, network.activations(strongest))
    unit = np.hypot(*np.moveaxis(sums, -1, 0)).max()
    return _partial_sums(network, network.activations(network.pre_activations(a, b))) / unit


def _partial_sums(
    network: ConstructedNetwork, activations: Float[np.ndarray, "*pair neuron"]
) -> Float[np.ndarray, "*pair point 2"]:
    sums = np.cumsum(activations[..., None] * network.output_directions, axis=-2)
    return np.concatenate([np.zeros_like(sums[..., :1, :]), sums], axis=-2)


def predictions(
    network: ConstructedNetwork, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
) -> Int[np.ndarray, "*pair"]:
    """Return the number with the highest logit; -1 where several tie."""
    output = network.output(a, b)
    nonzero = np.hypot(*np.moveaxis(output, -1, 0)) > NEGLIGIBLE * network.neurons
    position = np.arctan2(output[..., 1], output[..., 0]) * network.modulus / (2 * np.pi)
    nearest = np.round(position)
    tie = np.abs(np.abs(position - nearest) - 0.5) < NEGLIGIBLE
    return np.where(nonzero & ~tie, nearest.astype(int) % network.modulus, -1)
