"""Layer of the marks of a sweep film: one per model, whose shape is the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, UInt32
from matplotlib.path import Path

from gen.analysis.sweep_outcomes import OUTCOMES, UNTRAINED
from gen.drawing.canvas import light
from gen.drawing.layers import Layer, path_data
from gen.drawing.number_format import format_number
from gen.drawing.parts import Numbers, Parts
from gen.drawing.surface import Surface
from gen.theme import NUMBER_SIZE

_LEGEND_SIZE, _LINE = 18.0, 34.0
_DROP = 0.35
"""From the middle of a text of the legend to its baseline, in font sizes."""

_CIRCLE = Path.unit_circle()


class OutcomeMarks(Layer):
    """One mark per model, and a legend with the number of models per outcome."""

    def __init__(
        self,
        outcomes: Int[np.ndarray, "frame model"],
        middles: Float[np.ndarray, "model 2"],
        *,
        cells: Sequence[str],
        seeds: Sequence[int],
        size: float,
        legend: tuple[float, float],
        scale: int,
    ) -> None:
        """Draw one sprite per outcome, in both sizes.

        Args:
            cells, seeds: what every cell is, and the seeds of its models, which follow each other.
            middles: centres of the marks in CSS pixels.
            size: of a mark in CSS pixels.
            legend: centre of the first mark of the legend in CSS pixels.
            scale: device pixels per CSS pixel.
        """
        self._outcomes, self._middles, self._size = outcomes, middles, size
        self._cells, self._seeds = list(cells), list(seeds)
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

    def parts(self) -> Parts:
        models = tuple(range(self._outcomes.shape[1]))
        return {
            "type": "marks",
            "kinds": [{"key": key, "shapes": _shape_parts(key)} for key in OUTCOMES],
            "places": [[round(x, 2), round(y, 2)] for x, y in self._middles.tolist()],
            "radius": self._size / 2,
            "cells": self._cells,
            "seeds": self._seeds,
            # The page rounds them to whole numbers.
            "values": Numbers(self._outcomes.astype(np.float64), 0.25, (("model", models),)),
            "legend": {
                "places": [[outcome, x, y] for outcome, x, y in self._legend],
                "radius": _LEGEND_SIZE / 2,
                "across": _LEGEND_SIZE,
                "down": NUMBER_SIZE * _DROP,
                "size": NUMBER_SIZE,
            },
        }

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
            left, base = (x + _LEGEND_SIZE) * self._scale, (y + NUMBER_SIZE * _DROP) * self._scale
            text = format_number(int(counts[outcome]))
            surface.text(left, base, text, "Semibold", NUMBER_SIZE, light("ink"))


@dataclass(frozen=True)
class _Shape:
    """A part of a mark.

    Attributes:
        path: for a mark of radius 1, y upwards.
        colour: of the theme.
        width: of its stroke, in radii; None: it is filled.
    """

    path: Path
    colour: str
    width: float | None = None


def _shapes(key: str) -> list[_Shape]:
    """Return what the mark of an outcome is made of, the lowest first."""
    match key:
        case "groks":
            return [_Shape(_disc(0.95), key), _Shape(_disc(0.92), "ink", 0.12)]
        case "together":
            return [_Shape(_polygon([(0, 1), (1, 0), (0, -1), (-1, 0)]), key)]
        case "memorises":
            return [_Shape(_disc(0.75), key, 0.26)]
        case "never":
            arms = ([(-0.65, -0.65 * slope), (0.65, 0.65 * slope)] for slope in (1, -1))
            return [_Shape(Path(arm), key, 0.32) for arm in arms]
        case "failed":
            return [_Shape(_polygon([(-0.95, -0.8), (0.95, -0.8), (0, 0.9)]), key)]
        case _:
            return [_Shape(_disc(0.25), key)]


def _disc(radius: float) -> Path:
    return Path(np.asarray(_CIRCLE.vertices) * radius, _CIRCLE.codes)


def _polygon(corners: Sequence[tuple[float, float]]) -> Path:
    return Path([*corners, corners[0]])


def _shape_parts(key: str) -> list[Parts]:
    return [
        {"path": path_data(shape.path), "colour": shape.colour, "width": shape.width}
        for shape in _shapes(key)
    ]


def _sprite(key: str, size: float, scale: int) -> UInt32[np.ndarray, "side side"]:
    """Return the pixels of a mark on the background of films."""
    side = int(np.ceil(size * scale)) + 2
    surface = Surface(side, side, scale)
    for shape in _shapes(key):
        placed = Path(
            np.asarray(shape.path.vertices) * (size * scale / 2) + side / 2, shape.path.codes
        )
        if shape.width is None:
            surface.fill(placed, light(shape.colour))
        else:
            surface.stroke(placed, light(shape.colour), shape.width * size / 2)
    return surface.packed.copy()
