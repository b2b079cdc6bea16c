"""Label placement: direct labels beside lines, and flags at vertical marks."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from operator import itemgetter

import numpy as np
from jaxtyping import Float

GAP = 4.0
"""Distance between a line and its label."""

CLEAR = 40.0
"""At this distance from other lines a label is unambiguous."""

_MIN_CLEAR = 14.0
"""Smallest distance of a label to another line."""

_STEP = 3.0
"""Distance between candidate positions."""


@dataclass(frozen=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Return whether the boxes overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Return whether the box lies within `other`."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


class Curve:
    """A line in SVG units, resampled along its length.

    Args:
        x: ascending positions.
        y: finite heights.
    """

    def __init__(self, x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"]) -> None:
        length = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
        along = np.arange(0.0, length[-1] + 1.0, 1.0) if len(x) else length[:0]
        self._x = np.interp(along, length, x) if len(x) else x
        self._y = np.interp(along, length, y) if len(x) else y

    def y_range(self, left: float, right: float) -> tuple[float, float] | None:
        """Return the smallest and largest y between two x; None if there is none."""
        first = np.searchsorted(self._x, left, "left")
        return _range(self._y[first : np.searchsorted(self._x, right, "right")])

    def x_range(self, top: float, bottom: float) -> tuple[float, float] | None:
        """Return the smallest and largest x between two y; None if there is none."""
        return _range(self._x[(self._y >= top) & (self._y <= bottom)])

    def distance(self, box: Box) -> float:
        """Return the distance to a box; 0 if the line crosses it."""
        if len(self._x) == 0:
            return CLEAR
        aside = np.maximum(0, np.maximum(box.left - self._x, self._x - box.right))
        above = np.maximum(0, np.maximum(box.top - self._y, self._y - box.bottom))
        return math.sqrt(float((aside * aside + above * above).min()))


def _range(values: np.ndarray) -> tuple[float, float] | None:
    return (float(values.min()), float(values.max())) if len(values) else None


@dataclass(frozen=True)
class Flag:
    """Side and row of a text at a vertical line."""

    x: float
    right: bool
    row: int


def flags(wanted: Sequence[tuple[float, float]], left: float, right: float) -> list[Flag]:
    """Choose sides for the texts of vertical lines in row 0, or else a row for each text.

    Args:
        wanted: x and width of each text, from left to right.
        left, right: ends of the available space.
    """
    for sides in product((True, False), repeat=len(wanted)):
        spans = [_span(x, width, side) for (x, width), side in zip(wanted, sides, strict=True)]
        apart = all(a[1] <= b[0] for a, b in pairwise(spans))
        if apart and all(left <= a and b <= right for a, b in spans):
            return [Flag(x, side, 0) for (x, _), side in zip(wanted, sides, strict=True)]
    return [
        Flag(x, _span(x, width, True)[1] <= right, row) for row, (x, width) in enumerate(wanted)
    ]


def _span(x: float, width: float, right: bool) -> tuple[float, float]:
    return (x, x + width + GAP) if right else (x - width - GAP, x)


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text in a common sans serif, in the unit of `size`."""
    ems = (
        1.0
        if unicodedata.east_asian_width(character) in "WF"
        else 0.3
        if character in " .,:;'il|\u00a0"
        else 0.6
        for character in text
    )
    return sum(ems) * size


def label_box(
    own: Curve,
    others: Sequence[Curve],
    obstacles: Sequence[Box],
    crossed: Sequence[Box],
    area: Box,
    size: tuple[float, float],
    *,
    late: bool = False,
) -> Box | None:
    """Return the best box for a label beside its line; None if no position is free.

    Args:
        others: lines that the label must keep away from.
        obstacles: boxes that the label may not cover.
        crossed: boxes that the label should not cover.
        area: box that the label must lie within.
        size: of the label.
        late: whether to prefer positions at the right.
    """
    places: list[tuple[float, int, Box]] = []
    for number, (variation, box) in enumerate(_candidates(own, area, size)):
        if box.inside(area) and not any(map(box.overlaps, obstacles)):
            cost = 2 * variation + CLEAR * sum(map(box.overlaps, crossed))
            cost += 0.05 * (area.right - box.right) if late else 0.0
            places.append((round(cost, 9), number, box))
    best: tuple[float, int, Box] | None = None
    for cost, number, box in sorted(places, key=itemgetter(0, 1)):
        if best is not None and cost > best[0]:
            break  # distances take the most time, and only add to the cost
        if own.distance(box) < GAP - 1.5:
            continue
        least = _MIN_CLEAR if best is None else max(_MIN_CLEAR, CLEAR - (best[0] - cost) - 1e-8)
        clear = _clear_distance(box, others, least)
        if clear is None:
            continue
        found = round(cost + max(0.0, CLEAR - clear), 9), number, box
        if best is None or found[:2] < best[:2]:
            best = found
    return None if best is None else best[2]


def _clear_distance(box: Box, others: Sequence[Curve], least: float) -> float | None:
    """Return the distance from a box to the nearest line; None if it is less than `least`."""
    clear = CLEAR
    for other in others:
        clear = min(clear, other.distance(box))
        if clear < least:
            return None
    return clear


def _candidates(own: Curve, area: Box, size: tuple[float, float]) -> Iterator[tuple[float, Box]]:
    """Yield boxes next to a line, with the line's variation along the box."""
    width, height = size
    for left in np.arange(area.right - width, area.left - 0.01, -_STEP).tolist():
        reach = own.y_range(left - 2, left + width + 2)
        if reach is not None:
            for top in (reach[0] - GAP - height, reach[1] + GAP):
                yield reach[1] - reach[0], Box(left, top, left + width, top + height)
    for top in np.arange(area.top, area.bottom - height + 0.01, _STEP).tolist():
        reach = own.x_range(top - 2, top + height + 2)
        if reach is not None:
            for left in (reach[1] + 2 * GAP, reach[0] - 2 * GAP - width):
                yield reach[1] - reach[0], Box(left, top, left + width, top + height)
