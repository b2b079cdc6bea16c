"""Posters: the last frame of a film as PNG."""

from __future__ import annotations

from pathlib import Path

import imageio.v3 as imageio
from PIL import Image

from gen.drawing.film import Film


def write_poster(film: Film, path: Path, colours: int | None = None) -> None:
    """Write the last frame as an optimised PNG without metadata.

    Args:
        colours: size of its palette, at most 256; None keeps all colours.
    """
    frame = film.frame(-1)
    if colours is None:
        imageio.imwrite(path, frame, plugin="pillow", extension=".png", optimize=True)
    else:
        # imageio writes no palettes.
        palette = Image.fromarray(frame).quantize(colours, dither=Image.Dither.NONE)
        palette.save(path, "PNG", optimize=True)
