"""Finds where a line's name fits beside the line, so that a chart needs no legend."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from jaxtyping import Float

GAP = 4.0
"""Between a line and its name."""

CLEAR = 40.0
"""From this distance on, no reader takes the name for that of another line."""

LEAST_CLEAR = 14.0
"""Nearer than this, it would be."""

_STEP = 3.0


@dataclass(frozen=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Whether it lies within `other`."""
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


class Curve:
    """A line on paper.

    Args:
        x: rising positions.
        y: finite heights.
    """

    def __init__(self, x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"]) -> None:
        length = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
        along = np.arange(0.0, length[-1] + 1.0, 1.0) if len(x) else length[:0]
        self._x = np.interp(along, length, x) if len(x) else x
        self._y = np.interp(along, length, y) if len(x) else y

    def down(self, left: float, right: float) -> tuple[float, float] | None:
        """Its highest and lowest place between two positions; None where it does not go."""
        return _ends(self._y[(self._x >= left) & (self._x <= right)])

    def across(self, top: float, bottom: float) -> tuple[float, float] | None:
        """Its first and last place between two heights; None where it does not go."""
        return _ends(self._x[(self._y >= top) & (self._y <= bottom)])

    def distance(self, box: Box) -> float:
        """How far it stays from a rectangle; 0 where it crosses."""
        if len(self._x) == 0:
            return CLEAR
        aside = np.maximum(0, np.maximum(box.left - self._x, self._x - box.right))
        above = np.maximum(0, np.maximum(box.top - self._y, self._y - box.bottom))
        return float(np.hypot(aside, above).min())


def _ends(values: np.ndarray) -> tuple[float, float] | None:
    return (float(values.min()), float(values.max())) if len(values) else None


@dataclass(frozen=True)
class Flag:
    """Where a text goes that hangs on a vertical line: to its right or to its left."""

    x: float
    right: bool
    row: int


def flags(wanted: Sequence[tuple[float, float]], left: float, right: float) -> list[Flag]:
    """Sides and rows for the texts of vertical lines, so that none covers another.

    Args:
        wanted: place and width of each text, from left to right.
        left: where the space begins.
        right: where it ends.

    Returns:
        Flags in row 0 as long as they fit; row 1 and further ones hold what does not.
    """
    for sides in product((True, False), repeat=len(wanted)):
        spans = [_span(x, width, side) for (x, width), side in zip(wanted, sides, strict=True)]
        apart = all(a[1] <= b[0] for a, b in pairwise(spans))
        if apart and all(left <= a and b <= right for a, b in spans):
            pairs = zip(wanted, sides, strict=True)
            return [Flag(x, side, 0) for (x, _), side in pairs]
    return [
        Flag(x, _span(x, width, True)[1] <= right, row) for row, (x, width) in enumerate(wanted)
    ]


def _span(x: float, width: float, right: bool) -> tuple[float, float]:
    return (x, x + width + GAP) if right else (x - width - GAP, x)


def text_width(text: str, size: float) -> float:
    """About how wide a text is in a common sans serif, in the unit of `size`."""
    ems = (
        1.0
        if unicodedata.east_asian_width(character) in "WF"
        else 0.3
        if character in " .,:;'il|\u00a0"
        else 0.6
        for character in text
    )
    return sum(ems) * size


def beside(
    own: Curve,
    others: Sequence[Curve],
    obstacles: Sequence[Box],
    crossed: Sequence[Box],
    area: Box,
    size: tuple[float, float],
    *,
    late: bool = False,
) -> Box | None:
    """The best place for a name beside its line.

    Args:
        own: the line that is named.
        others: lines it must not be taken for.
        obstacles: what the name may not cover.
        crossed: what it had better not cover.
        area: what it must stay within.
        size: width and height of the name.
        late: whether it should stand as far right as possible.

    Returns:
        None where no place is free.
    """
    best: tuple[float, Box] | None = None
    for slack, box in _places(own, area, size):
        if not box.inside(area) or any(map(box.meets, obstacles)):
            continue
        clear = min((other.distance(box) for other in others), default=CLEAR)
        if own.distance(box) < GAP - 1.5 or clear < LEAST_CLEAR:
            continue
        cost = 2 * slack + max(0.0, CLEAR - clear)
        cost += CLEAR * sum(map(box.meets, crossed))
        cost += 0.05 * (area.right - box.right) if late else 0.0
        if best is None or cost < best[0] - 1e-9:
            best = cost, box
    return None if best is None else best[1]


def _places(own: Curve, area: Box, size: tuple[float, float]) -> Iterator[tuple[float, Box]]:
    """Places that touch a line, with how much farther the line is at the place's other end."""
    width, height = size
    for left in np.arange(area.right - width, area.left - 0.01, -_STEP).tolist():
        reach = own.down(left - 2, left + width + 2)
        if reach is not None:
            for top in (reach[0] - GAP - height, reach[1] + GAP):
                yield reach[1] - reach[0], Box(left, top, left + width, top + height)
    for top in np.arange(area.top, area.bottom - height + 0.01, _STEP).tolist():
        reach = own.across(top - 2, top + height + 2)
        if reach is not None:
            for left in (reach[1] + 2 * GAP, reach[0] - 2 * GAP - width):
                yield reach[1] - reach[0], Box(left, top, left + width, top + height)
