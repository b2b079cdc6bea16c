"""Layer of the marks of a sweep film: one per model, whose shape is the outcome."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int, UInt32
from matplotlib.path import Path

from gen.analysis.sweep_outcomes import OUTCOMES, UNTRAINED
from gen.drawing.canvas import light
from gen.drawing.layers import Layer
from gen.drawing.number_format import format_number
from gen.drawing.surface import Surface
from gen.theme import NUMBER_SIZE

_LEGEND_SIZE, _LINE = 18.0, 34.0
_CIRCLE = Path.unit_circle()


class OutcomeMarks(Layer):
    """One mark per model, and a legend with the number of models per outcome."""

    def __init__(
        self,
        outcomes: Int[np.ndarray, "frame model"],
        middles: Float[np.ndarray, "model 2"],
        *,
        size: float,
        legend: tuple[float, float],
        scale: int,
    ) -> None:
        """Draw one sprite per outcome, in both sizes.

        Args:
            middles: centres of the marks in CSS pixels.
            size: of a mark in CSS pixels.
            legend: centre of the first mark of the legend in CSS pixels.
            scale: device pixels per CSS pixel.
        """
        self._outcomes = outcomes
        self._scale = scale
        self._small = [_sprite(key, size, scale) for key in OUTCOMES]
        self._large = [_sprite(key, _LEGEND_SIZE, scale) for key in OUTCOMES]
        side = self._small[0].shape[0]
        self._corners = np.rint(middles * scale - side / 2).astype(int)
        present = [n for n in range(len(OUTCOMES)) if n < UNTRAINED - 1 or (outcomes == n).any()]
        self._legend = [
            (outcome, legend[0], legend[1] + place * _LINE) for place, outcome in enumerate(present)
        ]
        self.line_colours = tuple(light(key) for key in OUTCOMES)

    def paint_background(self, background: Surface, previous: int, frame: int) -> None:
        now = self._outcomes[frame]
        changed = (
            np.flatnonzero(now != self._outcomes[previous]) if previous >= 0 else range(len(now))
        )
        side = self._small[0].shape[0]
        for model in changed:
            left, top = self._corners[model]
            background.packed[top : top + side, left : left + side] = self._small[now[model]]
        if previous < 0:
            side = self._large[0].shape[0]
            for outcome, x, y in self._legend:
                left, top = (round(at * self._scale - side / 2) for at in (x, y))
                background.packed[top : top + side, left : left + side] = self._large[outcome]

    def paint(self, surface: Surface, frame: int) -> None:
        counts = np.bincount(self._outcomes[frame], minlength=len(OUTCOMES))
        for outcome, x, y in self._legend:
            left, base = (x + _LEGEND_SIZE) * self._scale, (y + NUMBER_SIZE * 0.35) * self._scale
            text = format_number(int(counts[outcome]))
            surface.text(left, base, text, "Semibold", NUMBER_SIZE, light("ink"))


def _sprite(key: str, size: float, scale: int) -> UInt32[np.ndarray, "side side"]:
    """Return the pixels of a mark on the background of films."""
    side = int(np.ceil(size * scale)) + 2
    surface = Surface(side, side, scale)
    middle, reach = side / 2, size * scale / 2
    colour = light(key)

    def placed(vertices: list[tuple[float, float]], *, closed: bool = True) -> Path:
        points = np.array(vertices) * reach + middle
        return Path(np.vstack([points, points[:1]]) if closed else points)

    def disc(radius: float) -> Path:
        return Path(np.asarray(_CIRCLE.vertices) * radius * reach + middle, _CIRCLE.codes)

    match key:
        case "groks":
            surface.fill(disc(0.95), colour)
            surface.stroke(disc(0.92), light("ink"), size * 0.06)
        case "together":
            surface.fill(placed([(0, 1), (1, 0), (0, -1), (-1, 0)]), colour)
        case "memorises":
            surface.stroke(disc(0.75), colour, size * 0.13)
        case "never":
            for slope in (1, -1):
                arm = placed([(-0.65, -0.65 * slope), (0.65, 0.65 * slope)], closed=False)
                surface.stroke(arm, colour, size * 0.16)
        case "failed":
            surface.fill(placed([(-0.95, -0.8), (0.95, -0.8), (0, 0.9)]), colour)
        case _:
            surface.fill(disc(0.25), colour)
    return surface.packed.copy()
