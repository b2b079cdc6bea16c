"""Frames as video stores them: brightness for each pixel, colour for each square of four.

Most of a film stands still, so that converting only the rows that changed takes a fraction of the
time of a converter that is given every frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import no_type_check

import numpy as np
from jaxtyping import Bool, Int, UInt8, UInt32
from numba import njit

_BITS = 16
_RED, _BLUE = 0.2126, 0.0722
"""Weights of the brightness in ITU-R BT.709; green has the rest."""

_LIGHT_RANGE, _COLOUR_RANGE = 219 / 255, 224 / 255
_BLACK, _GREY = 16, 128


def _whole(weights: list[float]) -> Int[np.ndarray, "3"]:
    """Return weights as whole numbers in units of 2^-_BITS."""
    return np.rint(np.array(weights) * (1 << _BITS)).astype(np.int32)


_GREEN = 1 - _RED - _BLUE
_TO_LIGHT = _whole([_LIGHT_RANGE * weight for weight in (_RED, _GREEN, _BLUE)])
_TO_U = _whole([_COLOUR_RANGE / (2 - 2 * _BLUE) * w for w in (-_RED, -_GREEN, 1 - _BLUE)])
_TO_V = _whole([_COLOUR_RANGE / (2 - 2 * _RED) * w for w in (1 - _RED, -_GREEN, -_BLUE)])

_compiled = njit(cache=True, error_model="numpy")


def yuv_frames(
    frames: Iterable[UInt8[np.ndarray, "height width 4"]],
) -> Iterator[UInt8[np.ndarray, " byte"]]:
    """Yield RGBA frames of even sides as YUV 4:2:0 of limited range (ITU-R BT.709).

    Each is the plane Y, then U and V of half the sides, in one buffer that the next frame
    overwrites. U and V are those of the mean of four pixels.
    """
    former: UInt32[np.ndarray, "height width"] | None = None
    buffer = np.empty(0, dtype=np.uint8)
    for pixels in frames:
        packed = pixels.view(np.uint32)[..., 0]
        height, width = packed.shape
        if former is None:
            former, buffer = ~packed, np.empty(height * width * 3 // 2, dtype=np.uint8)
        light = buffer[: height * width].reshape(height, width)
        colour = buffer[height * width :].reshape(2, height // 2, width // 2)
        changed = _changed(packed, former)
        _convert(packed, changed, light, colour, _TO_LIGHT, _TO_U, _TO_V)
        yield buffer


@_compiled
@no_type_check
def _changed(
    packed: UInt32[np.ndarray, "height width"], former: UInt32[np.ndarray, "height width"]
) -> Bool[np.ndarray, " pair"]:
    """Return which pairs of rows differ from the former frame, and copy these to it."""
    height, width = packed.shape
    changed = np.zeros(height // 2, dtype=np.bool_)
    for row in range(height):
        differs = np.uint32(0)
        for column in range(width):
            differs |= packed[row, column] ^ former[row, column]
        if differs:
            changed[row // 2] = True
            former[row] = packed[row]
    return changed


@_compiled
@no_type_check
def _convert(
    packed: UInt32[np.ndarray, "height width"],
    changed: Bool[np.ndarray, " pair"],
    light: UInt8[np.ndarray, "height width"],
    colour: UInt8[np.ndarray, "2 half_height half_width"],
    to_light: Int[np.ndarray, "3"],
    to_u: Int[np.ndarray, "3"],
    to_v: Int[np.ndarray, "3"],
) -> None:
    """Write the three planes of all changed rows."""
    width = packed.shape[1]
    half = np.int32(1 << (_BITS - 1))
    black, grey = np.int32(_BLACK << _BITS) + half, np.int32((4 * _GREY) << _BITS) + 4 * half
    for pair in range(len(changed)):
        if not changed[pair]:
            continue
        for row in range(2 * pair, 2 * pair + 2):
            for column in range(width):
                pixel = packed[row, column]
                red, green = np.int32(pixel & 255), np.int32(pixel >> 8 & 255)
                blue = np.int32(pixel >> 16 & 255)
                total = to_light[0] * red + to_light[1] * green + to_light[2] * blue
                light[row, column] = np.int32(total + black) >> _BITS
        above, below = packed[2 * pair], packed[2 * pair + 1]
        for column in range(width // 2):
            red = green = blue = np.int32(0)
            for row in (above, below):
                for place in (2 * column, 2 * column + 1):
                    pixel = row[place]
                    red += np.int32(pixel & 255)
                    green += np.int32(pixel >> 8 & 255)
                    blue += np.int32(pixel >> 16 & 255)
            u = to_u[0] * red + to_u[1] * green + to_u[2] * blue
            v = to_v[0] * red + to_v[1] * green + to_v[2] * blue
            colour[0, pair, column] = np.int32(u + grey) >> (_BITS + 2)
            colour[1, pair, column] = np.int32(v + grey) >> (_BITS + 2)
