"""The last frame of a film as a picture."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from gen.drawing.film import Film


def write_poster(film: Film, path: Path) -> None:
    """Writes the last frame as an optimised PNG that carries nothing but its pixels."""
    Image.fromarray(film.frame(-1)).save(path, "PNG", optimize=True)
