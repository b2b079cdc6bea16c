"""Films as GIF: one palette for all frames, and of each frame only the pixels that changed."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8, UInt32
from PIL import GifImagePlugin, Image

from gen.drawing.colours import rgb
from gen.drawing.film import Film
from gen.drawing.surface import packed

_UNCHANGED = 255
"""The last palette entry shows what was there before."""

_KEEP = 1
_UNKNOWN = -1
_MOST_STEPS = 7
"""More steps from an ink to the ground are not seen at once the size, and cost bytes."""
_WITHOUT_ALPHA = 0x00FFFFFF


def write_gif(film: Film, path: Path) -> None:
    """Writes a film that repeats for ever; a frame of it is a frame of the film.

    The colours of cells, `film.exact_colours`, stand in it exactly. Lines and glyphs fade at their
    edges through a few steps.
    """
    palette = _palette(film)
    colours = _Indices(palette)
    height, width = film.background.shape[:2]
    with path.open("wb") as file:
        file.write(_header(width, height, palette))
        former = np.zeros((height, width), dtype=np.uint32)
        for pixels, delay in zip(film.pixels(), _delays(film).tolist(), strict=True):
            frame = pixels.view("<u4")[..., 0] & _WITHOUT_ALPHA
            for part in _changes(frame, former, colours, delay):
                file.write(part)
            former = frame
        file.write(b";")


def _delays(film: Film) -> Int[np.ndarray, " frame"]:
    """Hundredths of a second; rounding does not add up over the film."""
    ends = np.cumsum(film.ticks) * 100 / film.pacing.fps
    return np.diff(np.rint(ends).astype(np.int64), prepend=0)


def _palette(film: Film) -> UInt8[np.ndarray, "256 3"]:
    """The exact colours first, then for each ink its steps from the ground."""
    ground = np.array(film.exact_colours[0], dtype=np.float64)
    inks = np.array([rgb(ink) for ink in film.line_colours], dtype=np.float64)
    exact = np.unique(np.concatenate([film.exact_colours, inks.astype(np.uint8)]), axis=0)
    steps = min(_MOST_STEPS, (_UNCHANGED - len(exact)) // len(inks))
    share = np.arange(1, steps + 1)[:, None, None] / (steps + 1)
    ramps = (ground + (inks - ground) * share).reshape(-1, 3).round().astype(np.uint8)
    palette = np.zeros((_UNCHANGED + 1, 3), dtype=np.uint8)
    entries = np.concatenate([exact, ramps])[:_UNCHANGED]
    palette[: len(entries)] = entries
    return palette


def _header(width: int, height: int, palette: UInt8[np.ndarray, "256 3"]) -> bytes:
    eight_bits_and_a_palette = 0b11110111
    screen = struct.pack("<HHBBB", width, height, eight_bits_and_a_palette, 0, 0)
    for_ever = b"!\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
    return b"GIF89a" + screen + palette.tobytes() + for_ever


class _Indices:
    """Palette entries of colours; each colour is looked for once, then remembered."""

    def __init__(self, palette: UInt8[np.ndarray, "256 3"]) -> None:
        self._palette = palette[:_UNCHANGED].astype(np.int32)
        self._known = np.full(1 << 24, _UNKNOWN, dtype=np.int16)
        exact = packed(palette[:_UNCHANGED]) & _WITHOUT_ALPHA
        self._known[exact[::-1]] = np.arange(_UNCHANGED)[::-1]

    def of(self, colours: UInt32[np.ndarray, " pixel"]) -> Int[np.ndarray, " pixel"]:
        indices = self._known[colours]
        new = np.unique(colours[indices == _UNKNOWN])
        if len(new):
            self._learn(new)
            indices = self._known[colours]
        return indices

    def _learn(self, new: UInt32[np.ndarray, " colour"]) -> None:
        for some in np.array_split(new, -(-len(new) // 4096)):
            channels = some[:, None] >> np.array([0, 8, 16], dtype=np.uint32) & 0xFF
            apart = channels[:, None].astype(np.int32) - self._palette
            self._known[some] = (apart**2).sum(axis=2).argmin(axis=1)


def _changes(
    frame: UInt32[np.ndarray, "height width"],
    former: UInt32[np.ndarray, "height width"],
    colours: _Indices,
    delay: int,
) -> list[bytes]:
    """A frame's block of the file: the rectangle that holds what changed."""
    changed = frame != former
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    top, bottom = (rows[0], rows[-1] + 1) if len(rows) else (0, 1)
    left, right = (columns[0], columns[-1] + 1) if len(columns) else (0, 1)
    changed = changed[top:bottom, left:right]
    indices = np.full(changed.shape, _UNCHANGED, dtype=np.uint8)
    indices[changed] = colours.of(frame[top:bottom, left:right][changed])
    return GifImagePlugin.getdata(
        Image.fromarray(indices, "P"),
        (int(left), int(top)),
        duration=delay * 10,
        disposal=_KEEP,
        transparency=_UNCHANGED,
    )
