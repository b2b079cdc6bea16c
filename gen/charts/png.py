"""Charts as PNG: their SVG rasterised by resvg."""

from __future__ import annotations

from gen.drawing.fonts import font_file
from gen.errors import SetupError

SCALE = 2
"""Device pixels per CSS pixel, as in films."""


def to_png(svg: str) -> bytes:
    """Rasterise an SVG with literal colours at twice its size.

    Texts use the font of films; characters that it lacks, such as Chinese ones, come from fonts
    of the system.

    Raises:
        SetupError: resvg is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ModuleNotFoundError:
        raise SetupError("resvg is not installed", hint="run pip install resvg-py") from None
    fonts = [str(font_file("Regular")), str(font_file("Semibold"))]
    return svg_to_bytes(svg_string=svg, zoom=SCALE, font_files=fonts)
