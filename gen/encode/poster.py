"""Posters: the last frame of a film as PNG, and as a small picture for lists of figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

SMALL_WIDTH = 672
"""CSS pixels: a list shows pictures at about half of that, on sharp screens."""

_QUALITY = 75
_COLOURS = 256


def write_small(frame: UInt8[np.ndarray, "height width 3"], path: Path) -> None:
    """Write a frame as a WebP of `SMALL_WIDTH`, a tenth of the poster's bytes."""
    picture = Image.fromarray(frame)
    width = min(SMALL_WIDTH, picture.width)
    size = (width, round(picture.height * width / picture.width))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    small.save(path, "WEBP", quality=_QUALITY, method=6)


def write_poster(frame: UInt8[np.ndarray, "height width 3"], path: Path) -> None:
    """Write a frame as an optimised PNG of 256 colours without metadata.

    That is a third of the bytes. Colours of areas stay; of edges, where lines and letters mix with
    what is below them, similar ones become one.
    """
    picture = Image.fromarray(frame).quantize(
        _COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    picture.save(path, "PNG", optimize=True)
