"""Diverging colour map; in the tool's theme white at zero, blue below, red above."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from jaxtyping import Float, UInt8

from gen.theme import current

FINE, COARSE = 127, 63
"""Numbers of colours: odd, so that the middle one is zero; few enough for a GIF's palette.
`COARSE` makes GIFs of many cells smaller."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue, 0 to 255, of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@dataclass(frozen=True)
class Diverging:
    """Colour map from `-limit` to `limit`; values outside are clipped.

    Attributes:
        levels: number of colours, odd.
    """

    limit: float
    levels: int = FINE

    @property
    def colours(self) -> UInt8[np.ndarray, "level 3"]:
        """The colour of each level in the current theme; the middle one is that of zero."""
        theme = current()
        return _colours(self.levels, theme.negative, theme.positive)

    def level_of(self, values: Float[np.ndarray, "*shape"]) -> UInt8[np.ndarray, "*shape"]:
        """Return the level of each value; zero has the middle one."""
        zero = self.levels // 2
        return (np.clip(values / self.limit, -1, 1) * zero + zero).round().astype(np.uint8)


@cache
def _colours(
    levels: int, negative: tuple[str, ...], positive: tuple[str, ...]
) -> UInt8[np.ndarray, "level 3"]:
    stops = [*negative[:0:-1], *positive]
    position = np.linspace(0, len(stops) - 1, levels)
    channels = np.array([rgb(stop) for stop in stops], dtype=np.float64)
    mixed = [np.interp(position, np.arange(len(stops)), channel) for channel in channels.T]
    colours = np.stack(mixed, axis=1).round().astype(np.uint8)
    colours.setflags(write=False)
    return colours
