"""Short texts that change from frame to frame, such as a measured number beside its curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from gen.drawing.canvas import Across, light
from gen.drawing.fonts import Style
from gen.drawing.layers import Layer
from gen.drawing.surface import Surface
from gen.theme import NUMBER_SIZE

_PART_LEFT: dict[Across, float] = {"left": 0.0, "center": 0.5, "right": 1.0}


class ChangingText(Layer):
    """One text a frame, whose place may move."""

    def __init__(
        self,
        points: Float[np.ndarray, "frame 2"],
        texts: Sequence[str],
        *,
        across: Across = "left",
        colour: str = "ink",
        style: Style = "Regular",
        size: float = NUMBER_SIZE,
    ) -> None:
        """Places are CSS pixels from the top left corner.

        Args:
            points: where on the base line each text stands.
            texts: one a frame.
            across: which part of the text stands there.
        """
        self._points, self._texts = points, texts
        self._part = _PART_LEFT[across]
        self._colour, self._size = light(colour), size
        self._style: Style = style
        self.line_colours = (self._colour,)

    def paint(self, sheet: Surface, frame: int) -> None:
        text, (x, base) = self._texts[frame], self._points[frame] * sheet.scale
        left = x - self._part * sheet.text_width(text, self._style, self._size)
        sheet.text(left, base, text, self._style, self._size, self._colour)
