"""A figure's own numbers, with which the page computes as it does with views of a run.

Figures whose numbers do not follow from one view send them along with the scene. Where several
layers show the same numbers, or a smooth curve through them, the scene holds the numbers once:

    shares = given(values, tolerance=0.004)               # (frame, number)
    curve = Lines(panel.project(x, smooth(shares, 6)).as_one_line(), colours)
    dots = Points(panel.project(numbers, shares), colours, radius=2)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from gen.analysis.interference import interpolate
from gen.drawing.derived import Derived


@dataclass(frozen=True, eq=False)
class Given(Derived):
    """Values that follow from numbers of the scene; `view` is empty.

    Attributes:
        source: the numbers before any operation; results of operations share it.
        tolerance: by how much they may be off without a visible difference.
    """

    source: Float[np.ndarray, "all ..."]
    tolerance: float

    def _at_frames(self, frames: Any) -> Derived:
        if frames != slice(None):
            raise TypeError("frames are chosen before numbers are given to the scene")
        return self


def given(values: Float[np.ndarray, "frame ..."], tolerance: float) -> Given:
    """Return numbers with which the page computes."""
    axes = (None,) * (values.ndim - 1)
    return Given(values, "", np.arange(len(values)), (), axes, values, tolerance)


def smooth(values: Derived, parts: int) -> Derived:
    """Interpolate along the last axis, whose values lie on a circle, as `interpolate` does."""
    return replace(
        values,
        values=interpolate(values.values, parts),
        operations=(*values.operations, ["smooth", parts]),
        axes=(*values.axes[:-1], None),
    )
