"""What moves in a film: each layer paints one thing into the pixels of a frame.

A layer holds what it needs for all frames and is handed a `Surface` for each. What a layer
leaves for good (a line that a pen has drawn) it settles into the ground, from which every
later frame starts. Points are in device pixels, y upwards, as `Panel.project` gives them;
sizes and widths are in CSS pixels; colours are names of the theme or `#rrggbb`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.path import Path

from gen.drawing.canvas import Canvas, light
from gen.drawing.colours import Diverging, rgb
from gen.drawing.fonts import Style
from gen.drawing.number_format import format_number
from gen.drawing.surface import Surface, packed
from gen.theme import COUNTER_SIZE, NUMBER_SIZE

HAIRLINE_FROM = 12

_LINES_AT_ONCE = 64
_THIN_SPACE = "\u202f"

_CIRCLE = Path.unit_circle()


class Layer(ABC):
    """One thing that moves.

    Attributes:
        exact_colours: (colour, 3) colours that stand exactly in its frames.
        line_colours: colours that it mixes with what lies below, at the edges of lines and glyphs.
    """

    exact_colours: UInt8[np.ndarray, "colour 3"] = np.empty((0, 3), dtype=np.uint8)
    line_colours: tuple[str, ...] = ()

    def paint_background(self, background: Surface, previous: int, frame: int) -> None:
        """Leaves in the ground what all frames from `frame` on share.

        Args:
            previous: the frame that was settled last, -1 if none was.
        """

    @abstractmethod
    def paint(self, sheet: Surface, frame: int) -> None:
        """Paints this frame."""


class Cells(Layer):
    """A matrix as squares of whole pixels, coloured by value.

    Cells of `HAIRLINE_FROM` and more are parted by hairlines. Smaller ones touch, and a film
    of many of them is sharp and small if their corners lie on the video's blocks: multiples
    of half a `BLOCK` in CSS pixels.
    """

    def __init__(
        self,
        canvas: Canvas,
        values: Float[np.ndarray, "frame row column"],
        colours: Diverging,
        *,
        left: int,
        top: int,
        cell: int,
    ) -> None:
        """Draws the grid, or a frame around the cells, on the canvas.

        Args:
            canvas: the film's background.
            values: in the unit of the colours' limit.
            colours: from values to colours.
            left: of the first column's hairline, or of its cells.
            top: of the first row.
            cell: from the left edge of a cell to that of the next, its hairline included.
        """
        self.exact_colours = colours.colours
        self._levels = colours.level_of(values)
        self._colours = packed(self.exact_colours)
        self._left, self._top = left * canvas.scale, top * canvas.scale
        self._cell = cell * canvas.scale
        width, height = values.shape[2] * cell, values.shape[1] * cell
        if cell >= HAIRLINE_FROM:
            self._gap = canvas.scale
            canvas.box(left, top, width + 1, height + 1, "hairline")
        else:
            self._gap = 0
            canvas.box(left - 1, top - 1, width + 2, height + 2, "hairline")

    def centres(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the device pixels in the middle of the cells."""
        rows, columns = self._levels.shape[1:]
        middle = (self._gap + self._cell) // 2
        return (
            self._top + middle + np.arange(rows) * self._cell,
            self._left + middle + np.arange(columns) * self._cell,
        )

    def colours(self, frame: int) -> UInt8[np.ndarray, "row column 3"]:
        """The colour of each cell."""
        return self.exact_colours[self._levels[frame]]

    def paint(self, sheet: Surface, frame: int) -> None:
        coloured = self._colours[self._levels[frame]]
        rows, columns = coloured.shape
        bottom, right = self._top + rows * self._cell, self._left + columns * self._cell
        area = sheet.packed[self._top : bottom, self._left : right]
        down, across = area.strides
        squares = np.lib.stride_tricks.as_strided(
            area,
            (rows, self._cell, columns, self._cell),
            (down * self._cell, down, across * self._cell, across),
        )
        squares[:, self._gap :, :, self._gap :] = coloured[:, None, :, None]


class Lines(Layer):
    """Polylines that change from frame to frame."""

    def __init__(
        self,
        points: Float[np.ndarray, "frame line point 2"],
        colours: Sequence[str],
        *,
        width: float = 1.5,
        closed: bool = False,
    ) -> None:
        """Later lines lie over earlier ones.

        Args:
            colours: one a line, or one for all.
            closed: whether the last point is joined to the first.
        """
        self._points = np.concatenate([points, points[:, :, :1]], axis=2) if closed else points
        self._groups = _by_colour(colours, points.shape[1])
        self._width = width
        self.line_colours = tuple(colour for colour, _ in self._groups)

    def paint(self, sheet: Surface, frame: int) -> None:
        for colour, lines in self._groups:
            _stroke_all(sheet, self._points[frame, lines], colour, self._width)


class Pen(Layer):
    """Polylines that grow: frame f shows their points 0 to f.

    What is drawn stays in the ground, so that a frame costs one segment of each line. Lines
    that must stay over the settled ones belong in a `Pen` with `permanent=False`, which draws
    all of each line in every frame.
    """

    def __init__(
        self,
        points: Float[np.ndarray, "line frame 2"],
        colours: Sequence[str],
        *,
        width: float = 1.5,
        permanent: bool = True,
    ) -> None:
        """Later lines lie over earlier ones.

        Args:
            colours: one a line, or one for all.
            settled: whether the lines lie below everything that is not settled.
        """
        self._points = points
        self._groups = _by_colour(colours, len(points))
        self._width = width
        self._permanent = permanent
        self.line_colours = tuple(colour for colour, _ in self._groups)

    def paint_background(self, background: Surface, previous: int, frame: int) -> None:
        if self._permanent:
            self._draw(background, max(0, previous), frame)

    def paint(self, sheet: Surface, frame: int) -> None:
        if not self._permanent:
            self._draw(sheet, 0, frame)

    def _draw(self, surface: Surface, first: int, last: int) -> None:
        if last > first:
            for colour, lines in self._groups:
                segment = self._points[lines, first : last + 1]
                _stroke_all(surface, segment, colour, self._width)


class Points(Layer):
    """Markers that move, placed between pixels."""

    def __init__(
        self,
        points: Float[np.ndarray, "frame point 2"],
        colours: Sequence[str],
        *,
        radius: float = 4.0,
        rim: float = 0.0,
        marker: Path = _CIRCLE,
    ) -> None:
        """Later points lie over earlier ones of another colour.

        Args:
            colours: one a point, or one for all.
            radius: of the marker, `marker` being of radius 1.
            rim: width of a line in the ground's colour around each, which parts it from others.
        """
        self._points = points
        self._groups = _by_colour(colours, points.shape[1])
        self._radius, self._rim, self._marker = radius, rim, marker
        self.line_colours = tuple(colour for colour, _ in self._groups)

    def paint(self, sheet: Surface, frame: int) -> None:
        for colour, members in self._groups:
            at = self._points[frame, members]
            if self._rim:
                sheet.fill(self._markers(sheet, at, self._radius + self._rim), light("ground"))
            sheet.fill(self._markers(sheet, at, self._radius), colour)

    def _markers(self, sheet: Surface, at: np.ndarray, radius: float) -> Path:
        shape = np.asarray(self._marker.vertices) * radius * sheet.scale
        vertices = (at[:, None, :] + shape[None]).reshape(-1, 2)
        codes = self._marker.codes
        return Path(vertices, None if codes is None else np.tile(codes, len(at)))


class Labels(Layer):
    """Short texts that move with points; each is centred on its own."""

    def __init__(
        self,
        points: Float[np.ndarray, "frame label 2"],
        texts: Sequence[str],
        *,
        size: float = NUMBER_SIZE,
        colour: str = "ink",
        style: Style = "Regular",
    ) -> None:
        self._points, self._texts = points, texts
        self._size, self._colour = size, light(colour)
        self._style: Style = style
        self.line_colours = (self._colour,)

    def paint(self, sheet: Surface, frame: int) -> None:
        drop = self._size * 0.33 * sheet.scale
        for text, (x, y) in zip(self._texts, self._points[frame], strict=True):
            left = x - sheet.text_width(text, self._style, self._size) / 2
            base = sheet.pixels.shape[0] - y + drop
            sheet.text(left, base, text, self._style, self._size, self._colour)


class StepCounter(Layer):
    """`step 1 200`: every digit is as wide as any other, so that nothing jumps."""

    def __init__(
        self, canvas: Canvas, steps: Sequence[int], *, left: float, baseline: float
    ) -> None:
        """Writes the word on the canvas, and each digit once for all frames."""
        self._texts = [format_number(int(step)) for step in steps]
        canvas.text(left, baseline, "step", size=COUNTER_SIZE)
        word = canvas.text_width("step\u00a0", COUNTER_SIZE)
        self._left = round((left + word) * canvas.scale)
        self._top = round((baseline - COUNTER_SIZE) * canvas.scale)
        self._glyphs = {
            glyph: self._glyph(canvas, glyph) for glyph in sorted(set("".join(self._texts)))
        }
        self.line_colours = (light("ink"),)

    def paint(self, sheet: Surface, frame: int) -> None:
        left = self._left
        for glyph in self._texts[frame]:
            pixels = self._glyphs[glyph]
            height, width = pixels.shape
            sheet.packed[self._top : self._top + height, left : left + width] = pixels
            left += width

    @staticmethod
    def _glyph(canvas: Canvas, glyph: str) -> np.ndarray:
        wide = 0.2 * COUNTER_SIZE if glyph == _THIN_SPACE else None
        width = canvas.text_width("0", COUNTER_SIZE, "Semibold") if wide is None else wide
        surface = Surface(
            round(width * canvas.scale),
            round(COUNTER_SIZE * 1.3 * canvas.scale),
            canvas.scale,
        )
        if wide is None:
            base = COUNTER_SIZE * canvas.scale
            surface.text(0, base, glyph, "Semibold", COUNTER_SIZE, light("ink"))
        return surface.packed.copy()


class Timeline(Layer):
    """A slim line that fills up as the steps go by, true to the steps and not to the frames."""

    def __init__(
        self,
        canvas: Canvas,
        steps: Sequence[int],
        *,
        left: int,
        top: int,
        width: int,
        height: int = 3,
    ) -> None:
        """Draws the empty line on the canvas."""
        canvas.box(left, top, width, height, "rule")
        scale = canvas.scale
        span = max(1, steps[-1] - steps[0])
        self._filled = [round((step - steps[0]) / span * width * scale) for step in steps]
        self._left, self._rows = (
            left * scale,
            slice(top * scale, (top + height) * scale),
        )
        self.exact_colours = np.array([rgb(light("ink"))], dtype=np.uint8)
        self._ink = packed(self.exact_colours[0])

    def paint(self, sheet: Surface, frame: int) -> None:
        sheet.packed[self._rows, self._left : self._left + self._filled[frame]] = self._ink


def _by_colour(colours: Sequence[str], count: int) -> list[tuple[str, slice]]:
    """Neighbours of one colour, which are drawn together."""
    every = [light(colour) for colour in colours] * (count if len(colours) == 1 else 1)
    if len(every) != count:
        raise ValueError(f"{len(every)} colours for {count} lines or points")
    groups: list[tuple[str, slice]] = []
    start = 0
    for colour, members in groupby(every):
        stop = start + len(list(members))
        groups.append((colour, slice(start, stop)))
        start = stop
    return groups


def _stroke_all(
    surface: Surface,
    lines: Float[np.ndarray, "line point 2"],
    colour: str,
    width: float,
) -> None:
    codes = np.full(lines.shape[1], Path.LINETO, dtype=np.uint8)
    codes[0] = Path.MOVETO
    for first in range(0, len(lines), _LINES_AT_ONCE):
        some = lines[first : first + _LINES_AT_ONCE]
        path = Path(some.reshape(-1, 2), np.tile(codes, len(some)))
        surface.stroke(path, colour, width)
