"""Neurons as points of the plane: where on the circle they look, and where they answer."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

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
