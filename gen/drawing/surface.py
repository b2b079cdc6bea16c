"""Pixels, and matplotlib's rasteriser at work on them."""

from __future__ import annotations

import numpy as np
from jaxtyping import UInt8, UInt32
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from gen.drawing.fonts import Style, font
from gen.drawing.matplotlib_settings import drawing_style

CSS_DPI = 72
"""At this resolution one of matplotlib's points is one CSS pixel."""

_NO_TRANSFORM = IdentityTransform()


class Surface:
    """A sheet of pixels that can be written as an array and drawn on with anti-aliased paths.

    Paths are in device pixels, y upwards; widths and sizes are in CSS pixels.

    Attributes:
        pixels: (height, width, 4) RGBA, always opaque; writing to it changes the sheet.
        packed: the same memory, one number a pixel.
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
        """Draws along a path with round ends and joins."""
        context = self._context(colour)
        context.set_linewidth(width)
        context.set_capstyle("round")
        context.set_joinstyle("round")
        self._renderer.draw_path(context, path, _NO_TRANSFORM)

    def fill(self, path: Path, colour: str) -> None:
        """Fills the inside of a path."""
        context = self._context(colour)
        context.set_linewidth(0)
        self._renderer.draw_path(context, path, _NO_TRANSFORM, context.get_rgb())

    def text(self, x: float, y: float, text: str, style: Style, size: float, colour: str) -> None:
        """Writes from a point on the base line, in device pixels from the top left corner."""
        with drawing_style():
            self._renderer.draw_text(self._context(colour), x, y, text, font(style, size, text), 0)

    def text_width(self, text: str, style: Style, size: float) -> float:
        """Width of a text in device pixels."""
        with drawing_style():
            return self._renderer.get_text_width_height_descent(
                text, font(style, size, text), False
            )[0]

    def _context(self, colour: str) -> GraphicsContextBase:
        context = GraphicsContextBase()
        context.set_foreground(colour)
        context.set_snap(False)
        return context


def packed(colours: UInt8[np.ndarray, "*shape 3"]) -> UInt32[np.ndarray, "*shape"]:
    """RGB colours as opaque pixels of `Surface.packed`."""
    opaque = np.full((*colours.shape[:-1], 4), 255, dtype=np.uint8)
    opaque[..., :3] = colours
    return opaque.view(np.uint32)[..., 0]
