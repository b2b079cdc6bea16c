"""Bars that change their length from frame to frame."""

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
        feet: Float[np.ndarray, "bar 2"],
        tops: Float[np.ndarray, "frame bar"],
        colour: str,
        *,
        width: float,
    ) -> None:
        """Bars stand, or hang, on their feet.

        Args:
            feet: middle of each bar's foot, in device pixels, y upwards.
            tops: where each ends, in device pixels, upwards.
            width: CSS pixels.
        """
        self._feet, self._tops = feet, tops
        self._width = width
        self.line_colours = (light(colour),)

    def paint(self, sheet: Surface, frame: int) -> None:
        half = self._width * sheet.scale / 2
        for (x, foot), top in zip(self._feet, self._tops[frame], strict=True):
            if abs(top - foot) > 1e-6:
                corners = [(x - half, foot), (x - half, top), (x + half, top), (x + half, foot)]
                sheet.fill(Path([*corners, corners[0]]), self.line_colours[0])
