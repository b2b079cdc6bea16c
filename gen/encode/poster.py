"""Posters: the last frame of a film as PNG, and as a small picture for lists of figures."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as imageio
import numpy as np
from jaxtyping import UInt8
from PIL import Image

SMALL_WIDTH = 672
"""CSS pixels: a list shows pictures at about half of that, on sharp screens."""

_QUALITY = 75


def write_small(frame: UInt8[np.ndarray, "height width 3"], path: Path) -> None:
    """Write a frame as a WebP of `SMALL_WIDTH`, a tenth of the poster's bytes."""
    picture = Image.fromarray(frame)
    width = min(SMALL_WIDTH, picture.width)
    size = (width, round(picture.height * width / picture.width))
    small = picture.resize(size, Image.Resampling.LANCZOS)
    small.save(path, "WEBP", quality=_QUALITY, method=6)


def write_poster(frame: UInt8[np.ndarray, "height width 3"], path: Path) -> None:
    """Write a frame as an optimised PNG without metadata."""
    imageio.imwrite(path, frame, plugin="pillow", extension=".png", optimize=True)
