"""Posters: the last frame of a film as PNG, and as a small picture for lists of figures."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as imageio
from PIL import Image

from gen.drawing.film import Film

SMALL_WIDTH = 672
"""CSS pixels: a list shows pictures at about half of that, on sharp screens."""

_QUALITY = 75


def write_small(film: Film, path: Path) -> None:
    """Write the last frame as a WebP of `SMALL_WIDTH`, a tenth of the poster's bytes."""
    frame = Image.fromarray(film.frame(-1))
    width = min(SMALL_WIDTH, frame.width)
    size = (width, round(frame.height * width / frame.width))
    small = frame.resize(size, Image.Resampling.LANCZOS)
    small.save(path, "WEBP", quality=_QUALITY, method=6)


def write_poster(film: Film, path: Path) -> None:
    """Write the last frame as an optimised PNG without metadata."""
    imageio.imwrite(path, film.frame(-1), plugin="pillow", extension=".png", optimize=True)
