"""Neurons as points of the plane: where on the circle they look, and where they answer."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from gen.analysis.fourier import components, frequencies

PHASE_TOLERANCE = 15
"""Degrees by which an angle may miss twice another (or a difference) and still count as it."""


def angles(points: Float[np.ndarray, "*batch 2 neuron"]) -> Float[np.ndarray, "*batch neuron"]:
    """Angle of each neuron's (cos, sin) pair, in degrees, 0 to 360."""
    return np.degrees(np.arctan2(points[..., 1, :], points[..., 0, :])) % 360


def spacing_error(angle: Float[np.ndarray, " neuron"]) -> float:
    """How far the widest or narrowest gap between neighbours is from an even share, in degrees."""
    ordered = np.sort(angle)
    gaps = np.diff(np.append(ordered, ordered[0] + 360))
    return float(np.abs(gaps - 360 / len(angle)).max())


def phase_error(
    first: Float[np.ndarray, " neuron"],
    second: Float[np.ndarray, " neuron"],
    out: Float[np.ndarray, " neuron"],
    sign: int,
) -> Float[np.ndarray, " neuron"]:
    """How far each neuron's answer is from the sum or difference of two angles, in degrees.

    Args:
        first: where it looks for a; `second`: where it looks for b.
        out: where it answers.
        sign: 1 for sums, -1 for differences.

    Returns:
        0 to 180. Where a and b are read alike, a sum is answered at twice the angle.
    """
    return np.abs((out - first - sign * second + 180) % 360 - 180)


def wave_phase_errors(
    first: Float[np.ndarray, "number neuron"],
    second: Float[np.ndarray, "number neuron"],
    out: Float[np.ndarray, "neuron number"],
    sign: int,
) -> Float[np.ndarray, " neuron"]:
    """How far each neuron's phase going out is from the one that is right, in degrees.

    All are phases of the wave that is strongest in `first`: a neuron that hears
    cos(w a - phi) and cos(w b - psi), w = 2 pi k / p, has to speak as cos(w c - phi - psi) for
    c = a + b, and as cos(w c - phi + psi) for c = a - b (Gromov 2023, arXiv 2301.02679,
    equation 8, where psi = phi).
    """
    strongest = frequencies(first)[None] - 1

    def phase(weights: Float[np.ndarray, "number neuron"]) -> Float[np.ndarray, " neuron"]:
        return -np.degrees(np.angle(np.take_along_axis(components(weights), strongest, axis=0)[0]))

    return phase_error(phase(first), phase(second), phase(out.T), sign)
