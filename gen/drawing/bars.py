"""Layer of bars that change their length."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.path import Path

from gen.drawing.canvas import light
from gen.drawing.layers import Layer
from gen.drawing.surface import Surface


class Bars(Layer):
    """Filled rectangles of one colour."""

    def __init__(
        self,
        bases: Float[np.ndarray, "bar 2"],
        ends: Float[np.ndarray, "frame bar"],
        colour: str,
        *,
        width: float,
    ) -> None:
        """Create bars that extend up or down from their base.

        Args:
            bases: middle of each bar's base, in device pixels, y upwards.
            ends: y of each bar's other end, in device pixels, upwards.
            width: CSS pixels.
        """
        self._bases, self._ends, self._width = bases, ends, width
        self.line_colours = (light(colour),)

    def paint(self, surface: Surface, frame: int) -> None:
        half = self._width * surface.scale / 2
        for (x, base), end in zip(self._bases, self._ends[frame], strict=True):
            if abs(end - base) > 1e-6:
                corners = [(x - half, base), (x - half, end), (x + half, end), (x + half, base)]
                surface.fill(Path([*corners, corners[0]]), self.line_colours[0])
