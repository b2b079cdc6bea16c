"""Neurons as points of the plane: where on the circle they look, and where they answer."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from gen.analysis.fourier import components, frequencies

DOUBLED = 15
"""Degrees by which an angle may miss twice another and still be called its double."""


def angles(points: Float[np.ndarray, "*batch 2 neuron"]) -> Float[np.ndarray, "*batch neuron"]:
    """Angle of each neuron's (cos, sin) pair, in degrees, 0 to 360."""
    return np.degrees(np.arctan2(points[..., 1, :], points[..., 0, :])) % 360


def spacing_error(angle: Float[np.ndarray, " neuron"]) -> float:
    """How far the widest or narrowest gap between neighbours is from an even share, in degrees."""
    ordered = np.sort(angle)
    gaps = np.diff(np.append(ordered, ordered[0] + 360))
    return float(np.abs(gaps - 360 / len(angle)).max())


def doubling_error(
    angle_in: Float[np.ndarray, " neuron"], angle_out: Float[np.ndarray, " neuron"]
) -> Float[np.ndarray, " neuron"]:
    """How far each neuron's answer is from twice the angle it looks at, in degrees, 0 to 180."""
    return np.abs((angle_out - 2 * angle_in + 180) % 360 - 180)


def doubling_of_waves(
    into: Float[np.ndarray, "number neuron"], out: Float[np.ndarray, "neuron number"]
) -> Float[np.ndarray, " neuron"]:
    """How far each neuron's phase going out is from twice its phase going in, in degrees.

    Both are phases of the wave that is strongest going in: a neuron that hears
    cos(2 pi k a / p - phase) has to speak as cos(2 pi k c / p - 2 phase) (Gromov 2023,
    arXiv 2301.02679, equation 8).
    """
    strongest = frequencies(into)[None] - 1
    heard = np.take_along_axis(components(into), strongest, axis=0)[0]
    spoken = np.take_along_axis(components(out.T), strongest, axis=0)[0]
    return doubling_error(-np.degrees(np.angle(heard)), -np.degrees(np.angle(spoken)))
