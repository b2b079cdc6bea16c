"""Layers of the header of a film: the step counter and the timeline."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gen.drawing.canvas import Canvas, light
from gen.drawing.colours import rgb
from gen.drawing.layers import Layer
from gen.drawing.number_format import format_number
from gen.drawing.parts import Parts
from gen.drawing.surface import Surface, packed
from gen.theme import COUNTER_SIZE

_THIN_SPACE = "\u202f"


class StepCounter(Layer):
    """Counter such as `step 1 200`, with digits of equal width."""

    def __init__(
        self, canvas: Canvas, steps: Sequence[int], *, left: float, baseline: float
    ) -> None:
        """Draw the word on the canvas and render each digit once."""
        self._place = {"left": left, "baseline": baseline}
        self._texts = [format_number(int(step)) for step in steps]
        canvas.text(left, baseline, "step", size=COUNTER_SIZE, translated=True)
        word = canvas.text_width("step\u00a0", COUNTER_SIZE)
        self._left = round((left + word) * canvas.scale)
        self._top = round((baseline - COUNTER_SIZE) * canvas.scale)
        self._glyphs = {
            glyph: self._glyph(canvas, glyph) for glyph in sorted(set("".join(self._texts)))
        }
        self.line_colours = (light("ink"),)

    def parts(self) -> Parts:
        return {"type": "counter", **self._place}

    def paint(self, surface: Surface, frame: int) -> None:
        left = self._left
        for glyph in self._texts[frame]:
            pixels = self._glyphs[glyph]
            height, width = pixels.shape
            surface.packed[self._top : self._top + height, left : left + width] = pixels
            left += width

    @staticmethod
    def _glyph(canvas: Canvas, glyph: str) -> np.ndarray:
        space = glyph == _THIN_SPACE
        digit_width = canvas.text_width("0", COUNTER_SIZE, "Semibold")
        width = 0.2 * COUNTER_SIZE if space else digit_width
        surface = Surface(
            round(width * canvas.scale), round(COUNTER_SIZE * 1.3 * canvas.scale), canvas.scale
        )
        if not space:
            base = COUNTER_SIZE * canvas.scale
            surface.text(0, base, glyph, "Semibold", COUNTER_SIZE, light("ink"))
        return surface.packed.copy()


class Timeline(Layer):
    """Progress bar, proportional to training steps."""

    def __init__(
        self,
        canvas: Canvas,
        steps: Sequence[int],
        *,
        left: int,
        top: int,
        width: int,
        height: int = 3,
    ) -> None:
        """Draw the empty bar on the canvas."""
        canvas.box(left, top, width, height, "rule")
        self._place = {"left": left, "top": top, "width": width, "height": height}
        scale = canvas.scale
        span = max(1, steps[-1] - steps[0])
        self._filled = [round((step - steps[0]) / span * width * scale) for step in steps]
        self._left, self._rows = left * scale, slice(top * scale, (top + height) * scale)
        self.exact_colours = np.array([rgb(light("ink"))], dtype=np.uint8)
        self._ink = packed(self.exact_colours[0])

    def parts(self) -> Parts:
        return {"type": "progress", **self._place}

    def paint(self, surface: Surface, frame: int) -> None:
        surface.packed[self._rows, self._left : self._left + self._filled[frame]] = self._ink
