"""Line simplification: fewer points that look the same, for charts inside a page."""

from __future__ import annotations

import itertools

import numpy as np
from jaxtyping import Bool, Float

TOLERANCE = 0.3
"""Largest distance of a dropped point from the simplified line, in SVG units."""


def thin_line(
    x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"], column: float = 1.5
) -> tuple[Float[np.ndarray, " kept"], Float[np.ndarray, " kept"]]:
    """Drop the points of a line that are invisible; keep the first, last, highest and lowest.

    Args:
        x: ascending positions, in SVG units.
        y: heights, finite.
        column: width within which a line only needs its ends and its extremes.
    """
    kept = np.flatnonzero(_ends_and_extremes(x, y, column))
    kept = kept[_corners(x[kept], y[kept])]
    return x[kept], y[kept]


def _ends_and_extremes(x: np.ndarray, y: np.ndarray, column: float) -> Bool[np.ndarray, " point"]:
    """Return a mask of the first, last, highest and lowest point of every column."""
    keep = np.zeros(len(x), dtype=bool)
    number = np.floor((x - x[0]) / column)
    starts = np.flatnonzero(np.diff(number, prepend=-1.0))
    for start, stop in zip(starts, [*starts[1:], len(x)], strict=True):
        inside = y[start:stop]
        keep[[start, stop - 1, start + inside.argmin(), start + inside.argmax()]] = True
    return keep


def _corners(x: np.ndarray, y: np.ndarray) -> Bool[np.ndarray, " point"]:
    """Return a mask of the points without which the line would move by more than TOLERANCE.

    Ramer-Douglas-Peucker algorithm with vertical distances; it always keeps the highest and the
    lowest point.
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
