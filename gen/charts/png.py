"""Charts as PNG: their SVG drawn by resvg, for slides and papers that take no SVG."""

from __future__ import annotations

from gen.drawing.fonts import font_file
from gen.errors import SetupError

SCALE = 2
"""Device pixels in a CSS pixel, as in films."""


def to_png(svg: str) -> bytes:
    """Draws an SVG with literal colours at twice its size.

    Texts are set in the typeface of films; letters that it lacks, such as Chinese ones, are taken
    from the fonts of the system.

    Raises:
        EnvironmentFault: resvg is not installed.
    """
    try:
        from resvg_py import svg_to_bytes
    except ModuleNotFoundError:
        raise SetupError("resvg is not installed", hint="run pip install resvg-py") from None
    fonts = [str(font_file("Regular")), str(font_file("Semibold"))]
    return svg_to_bytes(svg_string=svg, zoom=SCALE, font_files=fonts)
