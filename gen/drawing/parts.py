"""What layers are made of, for the page: places, numbers, and what a reader reads off them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float

from gen.drawing.derived import Axis, Meaning, Values


@dataclass(frozen=True)
class Places:
    """Where something is painted.

    Attributes:
        points: (frame, ..., 2), or (frame, ...) of y alone.
        unit: `device`: device pixels, y upwards; `y`: y alone, in these; `css`: CSS pixels from
            the top left corner.
        axes: what the axes but that of the frames are for, if the points do not say it themselves.
    """

    points: Values
    unit: Literal["device", "y", "css"] = "device"
    axes: tuple[Axis, ...] | None = None


@dataclass(frozen=True)
class Numbers:
    """Values that are coloured, or that choose a shape.

    Attributes:
        values: (frame, ...).
        tolerance: by how much a value may be off without a visible difference.
        axes: what the axes but that of the frames are for, if the values do not say it themselves.
    """

    values: Values
    tolerance: float
    axes: tuple[Axis, ...] | None = None


@dataclass(frozen=True)
class Reading:
    """What a reader reads off a layer whose places do not follow from a view.

    Attributes:
        name: what the values are of, such as `k = 5`.
        values: (frame, entry): of every point, or of every line as one.
        meaning: what the entries are for, and their numbers.
    """

    name: str
    values: Float[np.ndarray, "frame entry"]
    meaning: Meaning

    def parts(self) -> Parts:
        """Return the name and the values, in 8 bits with a scale for each frame."""
        return {"name": self.name, "values": Numbers(self.values, np.inf, (self.meaning,))}

    def axes(self, points: Values) -> tuple[Axis, ...]:
        """Return what the axes of the points that show the values are for."""
        return (self.meaning, *(None for _ in points.shape[2:]))


Parts: TypeAlias = dict[str, Any]
"""What a layer is made of: JSON values, `Places`, `Numbers`, and lists and parts of these."""


def read_places(points: Values, reading: Reading | None) -> Parts:
    """Return the places of a layer and, where these do not say it, the values that they show."""
    if reading is None:
        return {"points": Places(points)}
    return {"points": Places(points, axes=reading.axes(points)), "reading": reading.parts()}
