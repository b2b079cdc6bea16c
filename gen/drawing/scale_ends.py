"""Colour bar whose ends say, frame by frame, whether values lie beyond its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool

from gen.drawing.canvas import LABEL_DROP, Canvas, light
from gen.drawing.colours import Diverging
from gen.drawing.derived import Values
from gen.drawing.layers import Layer
from gen.drawing.marks import Across
from gen.drawing.number_format import format_number
from gen.drawing.parts import Numbers, Parts
from gen.drawing.surface import Surface
from gen.theme import NUMBER_SIZE

_BEYOND = ("\u2264\u202f", "\u2265\u202f")


@dataclass(frozen=True)
class Coloured:
    """A matrix and its colours."""

    values: Values
    colours: Diverging

    @property
    def reach(self) -> float:
        """The size from which a value is beyond the limit: half a level more, which shows."""
        return self.colours.limit * (1 + 1 / self.colours.levels)


class ScaleEnds(Layer):
    """Labels at both ends of a colour bar: the limit, after ≤ or ≥ while values lie beyond it."""

    def __init__(
        self,
        matrices: Sequence[Coloured],
        labels: tuple[str, str],
        *,
        left: float,
        right: float,
        baseline: float,
    ) -> None:
        """Create the layer.

        Args:
            matrices: all that have the colours of the bar.
            labels: of minus the limit, and of the limit.
            left, right: ends of the bar in CSS pixels, like the baseline.
        """
        self._matrices, self._baseline = matrices, baseline
        places: tuple[tuple[float, Across], ...] = ((left, "left"), (right, "right"))
        self._ends = [
            (x, across, (label, sign + label))
            for (x, across), label, sign in zip(places, labels, _BEYOND, strict=True)
        ]
        self._beyond = np.stack([self._any(-1), self._any(1)], axis=1)
        self.line_colours = (light("muted"),)

    def _any(self, sign: int) -> Bool[np.ndarray, " frame"]:
        """Return for each frame whether a value lies beyond the limit of this sign."""
        found = (
            (sign * np.asarray(one.values) > one.reach).any(axis=(1, 2)) for one in self._matrices
        )
        return np.logical_or.reduce(list(found))

    def parts(self) -> Parts:
        metrics = Surface(1, 1, 1)
        return {
            "type": "ends",
            # The same tolerance as that of the cells, so that the numbers travel once.
            "matrices": [
                Numbers(one.values, one.colours.limit / one.colours.levels)
                for one in self._matrices
            ],
            "reach": [float(one.reach) for one in self._matrices],
            "ends": [
                {
                    "x": x,
                    "across": across,
                    "texts": list(texts),
                    "widths": [
                        round(metrics.text_width(text, "Regular", NUMBER_SIZE), 1) for text in texts
                    ],
                }
                for x, across, texts in self._ends
            ],
            "baseline": self._baseline,
            "size": NUMBER_SIZE,
        }

    def paint(self, surface: Surface, frame: int) -> None:
        for (x, across, texts), beyond in zip(self._ends, self._beyond[frame], strict=True):
            text = texts[int(beyond)]
            width = surface.text_width(text, "Regular", NUMBER_SIZE)
            left = x * surface.scale - (width if across == "right" else 0)
            base = self._baseline * surface.scale
            surface.text(left, base, text, "Regular", NUMBER_SIZE, light("muted"))


def colour_scale(
    canvas: Canvas,
    matrices: Sequence[Coloured],
    *,
    left: int,
    top: int,
    width: int,
    height: int,
    labels: tuple[str, str] | None = None,
) -> ScaleEnds:
    """Draw a colour bar, and return the layer of the labels at its ends.

    Args:
        matrices: all that have its colours.
        labels: of both ends; None: minus the limit, and the limit.
    """
    colours = matrices[0].colours
    canvas.colour_bar(colours, left=left, top=top, width=width, height=height)
    return ScaleEnds(
        matrices,
        labels or (format_number(-colours.limit), format_number(colours.limit)),
        left=left,
        right=left + width,
        baseline=top + height + LABEL_DROP,
    )
