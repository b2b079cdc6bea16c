"""Lines with fewer points that look the same: for charts that travel inside a page."""

from __future__ import annotations

import itertools

import numpy as np
from jaxtyping import Bool, Float

TOLERANCE = 0.3
"""How far, in units of the chart, a dropped point may lie from the line that is left."""


def thin_line(
    x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"], column: float = 1.5
) -> tuple[Float[np.ndarray, " kept"], Float[np.ndarray, " kept"]]:
    """Drops the points of a line that nobody would see.

    Args:
        x: rising positions, in units of the chart.
        y: heights, finite.
        column: width within which a line only needs its ends and its extremes.

    Returns:
        Positions and heights of what is kept: the first and the last point, and the highest and
        the lowest of every stretch that rises and falls within a column, are always among it.
    """
    kept = np.flatnonzero(_ends_and_extremes(x, y, column))
    kept = kept[_corners(x[kept], y[kept])]
    return x[kept], y[kept]


def _ends_and_extremes(x: np.ndarray, y: np.ndarray, column: float) -> Bool[np.ndarray, " point"]:
    """Marks the first, last, highest and lowest point of every column."""
    keep = np.zeros(len(x), dtype=bool)
    number = np.floor((x - x[0]) / column)
    starts = np.flatnonzero(np.diff(number, prepend=-1.0))
    for start, stop in zip(starts, [*starts[1:], len(x)], strict=True):
        inside = y[start:stop]
        keep[[start, stop - 1, start + inside.argmin(), start + inside.argmax()]] = True
    return keep


def _corners(x: np.ndarray, y: np.ndarray) -> Bool[np.ndarray, " point"]:
    """Marks the points without which the line would move by more than TOLERANCE.

    Ramer, Douglas and Peucker's method with heights for distances, so that no extreme shrinks
    sideways; the highest and the lowest point of all are kept whatever they add.
    """
    keep = np.zeros(len(x), dtype=bool)
    pinned = sorted({0, int(y.argmin()), int(y.argmax()), len(x) - 1})
    keep[pinned] = True
    waiting = list(itertools.pairwise(pinned))
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        inside = slice(first + 1, last)
        straight = np.interp(x[inside], x[[first, last]], y[[first, last]])
        distance = np.abs(y[inside] - straight)
        furthest = int(distance.argmax())
        if distance[furthest] > TOLERANCE:
            middle = first + 1 + furthest
            keep[middle] = True
            waiting += [(first, middle), (middle, last)]
    return keep
