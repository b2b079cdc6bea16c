"""Angles of neurons: their spacing, and whether output angles match input angles."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from gen.analysis.fourier import components, frequencies

PHASE_TOLERANCE = 15
"""Largest error, in degrees, of an output angle or a gap of neighbours that counts as right."""


def angles(points: Float[np.ndarray, "*batch 2 neuron"]) -> Float[np.ndarray, "*batch neuron"]:
    """Return the angle of each neuron's (cos, sin) pair, in degrees, 0 to 360."""
    return np.degrees(np.arctan2(points[..., 1, :], points[..., 0, :])) % 360


def spacing_error(angle: Float[np.ndarray, " neuron"]) -> float:
    """Return the largest difference between a gap of neighbours and 360 / n, in degrees."""
    ordered = np.sort(angle)
    gaps = np.diff(np.append(ordered, ordered[0] + 360))
    return float(np.abs(gaps - 360 / len(angle)).max())


def phase_error(
    first: Float[np.ndarray, " neuron"],
    second: Float[np.ndarray, " neuron"],
    out: Float[np.ndarray, " neuron"],
    sign: int,
) -> Float[np.ndarray, " neuron"]:
    """Return the difference between each output angle and the sum of two input angles.

    All in degrees, the result 0 to 180; `sign` is 1 for sums, -1 for differences.
    """
    return np.abs((out - first - sign * second + 180) % 360 - 180)


def wave_phase_errors(
    first: Float[np.ndarray, "number neuron"],
    second: Float[np.ndarray, "number neuron"],
    out: Float[np.ndarray, "neuron number"],
    sign: int,
) -> Float[np.ndarray, " neuron"]:
    """Return the error of each neuron's output phase, in degrees, 0 to 180.

    All phases are those of the strongest wave k in `first`. With input weights cos(w a - phi) and
    cos(w b - psi), w = 2 pi k / p, the exact output weights are cos(w c - phi - psi) for
    c = a + b, and cos(w c - phi + psi) for c = a - b (Gromov 2023, arXiv 2301.02679, equation 8,
    where psi = phi).
    """
    strongest = frequencies(first)[None] - 1

    def phase(weights: Float[np.ndarray, "number neuron"]) -> Float[np.ndarray, " neuron"]:
        return -np.degrees(np.angle(np.take_along_axis(components(weights), strongest, axis=0)[0]))

    return phase_error(phase(first), phase(second), phase(out.T), sign)
