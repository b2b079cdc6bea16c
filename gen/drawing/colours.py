"""Weights as colours: white at zero, blue below, red above."""

from __future__ import annotations

from functools import cache

import numpy as np
from jaxtyping import Float, UInt8

from gen.figures.theme import NEGATIVE_STOPS, POSITIVE_STOPS

LEVELS = 127
"""Odd, so that one level is zero; few, so that a GIF's palette holds them all exactly."""

_ZERO = LEVELS // 2


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255, of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def diverging() -> UInt8[np.ndarray, "level 3"]:
    """The colour of each level, the most negative first; the middle one is white."""
    stops = [*NEGATIVE_STOPS[:0:-1], *POSITIVE_STOPS]
    place = np.linspace(0, len(stops) - 1, LEVELS)
    channels = np.array([rgb(stop) for stop in stops], dtype=np.float64)
    mixed = [np.interp(place, np.arange(len(stops)), channel) for channel in channels.T]
    colours = np.stack(mixed, axis=1).round().astype(np.uint8)
    colours.setflags(write=False)
    return colours


def levels(values: Float[np.ndarray, "*shape"], limit: float) -> UInt8[np.ndarray, "*shape"]:
    """The level of each value: zero in the middle, `limit` and what lies beyond it last."""
    return (np.clip(values / limit, -1, 1) * _ZERO + _ZERO).round().astype(np.uint8)
