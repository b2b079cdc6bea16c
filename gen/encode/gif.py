"""GIF encoder: one palette, fewer frames than the MP4, and of each only the changed pixels."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8, UInt32
from PIL import GifImagePlugin, Image

from gen.drawing.colours import rgb
from gen.drawing.film import Film
from gen.drawing.surface import packed

_UNCHANGED = 255
"""Palette index of transparent pixels, which keep their colour of the previous frame."""

_KEEP = 1
_UNKNOWN = -1
_FRAMES_PER_SECOND = 6
"""Frames of a GIF at most: it is for slides and lists, where bytes count more than every frame."""

_MOST_STEPS = 3
"""Palette entries between a line's colour and the background; more are not visible."""
_WITHOUT_ALPHA = 0x00FFFFFF


def write_gif(film: Film, path: Path) -> None:
    """Write an endless GIF of every n-th frame of a film and the last: at most 6 a second.

    It keeps the colours of cells (`film.exact_colours`) exactly. Antialiased edges of lines and
    glyphs get a few intermediate colours.
    """
    stride = _stride(film)
    delays = _delays(film, film.every(stride)).tolist()
    palette = _palette(film)
    index = _ColourIndex(palette)
    height, width = film.background.shape[:2]
    with path.open("wb") as file:
        file.write(_header(width, height, palette))
        colours = np.full((height, width), ~np.uint32(_WITHOUT_ALPHA), dtype=np.uint32)
        shown = np.full((height, width), _UNCHANGED, dtype=np.uint8)
        for pixels, delay in zip(film.pixels(stride), delays, strict=True):
            frame = pixels.view("<u4")[..., 0] & _WITHOUT_ALPHA
            new = frame != colours
            entries = shown.copy()
            entries[new] = index.lookup(frame[new])
            for part in _changed_part(entries, shown, delay):
                file.write(part)
            colours, shown = frame, entries
        file.write(b";")


def _stride(film: Film) -> int:
    """Return how many frames of the film are one of the GIF: a sixth of a second or more."""
    ticks = int(film.ticks[1:-1].min(initial=int(film.pacing.fps)))
    return max(1, math.ceil(film.pacing.fps / _FRAMES_PER_SECOND / ticks))


def _delays(film: Film, places: Int[np.ndarray, " shown"]) -> Int[np.ndarray, " shown"]:
    """Return frame delays in 1/100 s; rounding errors do not accumulate."""
    ticks = np.add.reduceat(film.ticks, places)
    ends = np.cumsum(ticks) * 100 / film.pacing.fps
    return np.diff(np.rint(ends).astype(np.int64), prepend=0)


def _palette(film: Film) -> UInt8[np.ndarray, "256 3"]:
    """Return the exact colours, then steps from the background to each line colour."""
    background = np.array(film.exact_colours[0], dtype=np.float64)
    lines = np.array([rgb(colour) for colour in film.line_colours], dtype=np.float64)
    exact = np.unique(np.concatenate([film.exact_colours, lines.astype(np.uint8)]), axis=0)
    steps = min(_MOST_STEPS, (_UNCHANGED - len(exact)) // len(lines))
    share = np.arange(1, steps + 1)[:, None, None] / (steps + 1)
    ramps = (background + (lines - background) * share).reshape(-1, 3).round().astype(np.uint8)
    palette = np.zeros((_UNCHANGED + 1, 3), dtype=np.uint8)
    entries = np.concatenate([exact, ramps])[:_UNCHANGED]
    palette[: len(entries)] = entries
    return palette


def _header(width: int, height: int, palette: UInt8[np.ndarray, "256 3"]) -> bytes:
    global_palette_of_256 = 0b11110111
    screen = struct.pack("<HHBBB", width, height, global_palette_of_256, 0, 0)
    endless_loop = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return b"GIF89a" + screen + palette.tobytes() + endless_loop


class _ColourIndex:
    """Cached lookup of the nearest palette entry of a colour."""

    def __init__(self, palette: UInt8[np.ndarray, "256 3"]) -> None:
        self._palette = palette[:_UNCHANGED].astype(np.int32)
        self._known = np.full(1 << 24, _UNKNOWN, dtype=np.int16)
        exact = packed(palette[:_UNCHANGED]) & _WITHOUT_ALPHA
        self._known[exact[::-1]] = np.arange(_UNCHANGED)[::-1]

    def lookup(self, colours: UInt32[np.ndarray, " pixel"]) -> Int[np.ndarray, " pixel"]:
        indices = self._known[colours]
        new = np.unique(colours[indices == _UNKNOWN])
        if len(new):
            self._add(new)
            indices = self._known[colours]
        return indices

    def _add(self, new: UInt32[np.ndarray, " colour"]) -> None:
        for batch in np.array_split(new, -(-len(new) // 4096)):
            channels = batch[:, None] >> np.array([0, 8, 16], dtype=np.uint32) & 0xFF
            difference = channels[:, None].astype(np.int32) - self._palette
            self._known[batch] = (difference**2).sum(axis=2).argmin(axis=1)


def _changed_part(
    frame: UInt8[np.ndarray, "height width"],
    previous: UInt8[np.ndarray, "height width"],
    delay: int,
) -> list[bytes]:
    """Return the GIF blocks of a frame: the bounding box of the changed pixels.

    Args:
        frame: palette entries, as `previous`. A colour may change and its entry stay, at the edges
            of lines.
    """
    changed = frame != previous
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    top, bottom = (rows[0], rows[-1] + 1) if len(rows) else (0, 1)
    left, right = (columns[0], columns[-1] + 1) if len(columns) else (0, 1)
    changed = changed[top:bottom, left:right]
    indices = np.where(changed, frame[top:bottom, left:right], np.uint8(_UNCHANGED))
    return GifImagePlugin.getdata(
        Image.fromarray(indices, "P"),
        (int(left), int(top)),
        duration=delay * 10,
        disposal=_KEEP,
        transparency=_UNCHANGED,
    )
