"""Layer of bars that change their length."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from matplotlib.path import Path

from gen.drawing.canvas import light
from gen.drawing.derived import Derived
from gen.drawing.layers import Layer
from gen.drawing.parts import Parts, Places
from gen.drawing.surface import Surface


class Bars(Layer):
    """Filled rectangles of one colour."""

    def __init__(
        self,
        bases: Float[np.ndarray, "bar 2"],
        ends: Float[np.ndarray, "frame bar"] | Derived,
        colour: str,
        *,
        width: float,
        beside_lines: bool = False,
    ) -> None:
        """Create bars that extend up or down from their base.

        Args:
            bases: middle of each bar's base, in device pixels, y upwards.
            ends: y of each bar's other end, in device pixels, upwards.
            width: CSS pixels.
            beside_lines: whether lines of the background are beside the bars; matplotlib moves
                such lines to the middle of pixels, half a pixel on average, and so do the bars.
        """
        self._shift = 0.5 if beside_lines else 0.0
        self._bases, self._ends, self._width = bases, np.asarray(ends), width
        self._source, self._named = ends, colour
        self.line_colours = (light(colour),)

    def parts(self) -> Parts:
        return {
            "type": "bars",
            "bases": Places(self._bases[None]),
            "ends": Places(self._source, unit="y"),
            "colour": self._named,
            "width": self._width,
        }

    def paint(self, surface: Surface, frame: int) -> None:
        half = self._width * surface.scale / 2
        bases = self._bases + np.array([self._shift, 0.0])
        for (x, base), end in zip(bases, self._ends[frame], strict=True):
            if abs(end - base) > 1e-6:
                corners = [(x - half, base), (x - half, end), (x + half, end), (x + half, base)]
                surface.fill(Path([*corners, corners[0]]), self.line_colours[0])
