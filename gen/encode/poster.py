"""The last frame of a film as a picture."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from gen.drawing.film import Film


def write_poster(film: Film, path: Path, colours: int | None = None) -> None:
    """Writes the last frame as an optimised PNG that carries nothing but its pixels.

    Args:
        colours: as many as it may have, 256 at most; None keeps all.
    """
    picture = Image.fromarray(film.frame(-1))
    if colours is not None:
        picture = picture.quantize(colours, dither=Image.Dither.NONE)
    picture.save(path, "PNG", optimize=True)
