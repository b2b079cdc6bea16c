"""Pixel buffer with matplotlib's Agg renderer for paths and texts."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from jaxtyping import UInt8, UInt32
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from gen.drawing.fonts import Style, font
from gen.drawing.matplotlib_settings import drawing_style

CSS_DPI = 72
"""Resolution at which a matplotlib point is one CSS pixel."""

_NO_TRANSFORM = IdentityTransform()


class Surface:
    """A pixel buffer with antialiased drawing.

    Paths are in device pixels, y upwards; widths and sizes are in CSS pixels.

    Attributes:
        pixels: (height, width, 4) writable RGBA buffer, always opaque.
        packed: (height, width) view of it as one integer per pixel.
    """

    pixels: UInt8[np.ndarray, "height width 4"]
    packed: UInt32[np.ndarray, "height width"]

    def __init__(self, width: int, height: int, scale: int) -> None:
        self.scale = scale
        self._renderer = RendererAgg(width, height, CSS_DPI * scale)
        self.pixels = np.asarray(self._renderer.buffer_rgba())
        self.packed = self.pixels.view(np.uint32)[..., 0]
        self.pixels[:] = 255

    def stroke(self, path: Path, colour: str, width: float) -> None:
        """Stroke a path with round caps and joins."""
        context = self._context(colour)
        context.set_linewidth(width)
        context.set_capstyle("round")
        context.set_joinstyle("round")
        self._renderer.draw_path(context, path, _NO_TRANSFORM)

    def fill(self, path: Path, colour: str) -> None:
        """Fill a path."""
        context = self._context(colour)
        context.set_linewidth(0)
        self._renderer.draw_path(context, path, _NO_TRANSFORM, context.get_rgb())

    def text(self, x: float, y: float, text: str, style: Style, size: float, colour: str) -> None:
        """Draw a text at a baseline point in device pixels from the top left corner."""
        with drawing_style():
            self._renderer.draw_text(self._context(colour), x, y, text, font(style, size, text), 0)

    def text_width(self, text: str, style: Style, size: float) -> float:
        """Return the width of a text in device pixels."""
        return _text_width(text, style, size, self.scale)

    def _context(self, colour: str) -> GraphicsContextBase:
        context = GraphicsContextBase()
        context.set_foreground(colour)
        context.set_snap(False)
        return context


@lru_cache(maxsize=10_000)
def _text_width(text: str, style: Style, size: float, scale: int) -> float:
    """Measure a text; scenes and films of all seeds have the same labels."""
    with drawing_style():
        renderer = RendererAgg(1, 1, CSS_DPI * scale)
        return renderer.get_text_width_height_descent(text, font(style, size, text), False)[0]


def packed(colours: UInt8[np.ndarray, "*shape 3"]) -> UInt32[np.ndarray, "*shape"]:
    """Convert RGB colours to opaque pixels of `Surface.packed`."""
    opaque = np.full((*colours.shape[:-1], 4), 255, dtype=np.uint8)
    opaque[..., :3] = colours
    return opaque.view(np.uint32)[..., 0]
