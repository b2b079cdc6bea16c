"""Layer of a text that changes, such as the current value beside its curve."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from gen.drawing.canvas import light
from gen.drawing.fonts import Style
from gen.drawing.layers import Layer
from gen.drawing.marks import Across
from gen.drawing.parts import Parts, Places
from gen.drawing.surface import Surface
from gen.theme import NUMBER_SIZE

_SHARE_LEFT: dict[Across, float] = {"left": 0.0, "center": 0.5, "right": 1.0}


class ChangingText(Layer):
    """One text for each frame, at a position that may move."""

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
        """Create the layer.

        Args:
            points: positions on the baseline, in CSS pixels from the top left corner.
            texts: one for each frame.
            across: horizontal alignment at the position.
        """
        self._points, self._texts = points, texts
        self._across, self._named = across, colour
        self._share_left = _SHARE_LEFT[across]
        self._colour, self._size = light(colour), size
        self._style: Style = style
        self.line_colours = (self._colour,)

    def parts(self) -> Parts:
        texts = list(dict.fromkeys(self._texts))
        metrics = Surface(1, 1, 1)
        widths = [metrics.text_width(text, self._style, self._size) for text in texts]
        return {
            "type": "text",
            "points": Places(self._points, unit="css"),
            "texts": texts,
            "widths": [round(width, 1) for width in widths],
            "at": [texts.index(text) for text in self._texts],
            "across": self._across,
            "colour": self._named,
            "style": self._style,
            "size": self._size,
        }

    def paint(self, surface: Surface, frame: int) -> None:
        text, (x, base) = self._texts[frame], self._points[frame] * surface.scale
        left = x - self._share_left * surface.text_width(text, self._style, self._size)
        surface.text(left, base, text, self._style, self._size, self._colour)
