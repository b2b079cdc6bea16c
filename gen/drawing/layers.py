"""Moving layers of films: cells, lines, points, labels, step counter and timeline.

A layer contains the data of all frames and paints a frame onto a `Surface`. Permanent parts, such
as a growing line, are painted onto the background that all later frames start from. Points are in
device pixels, y upwards, as `Panel.project` returns them; sizes and widths are in CSS pixels;
colours are theme names or `#rrggbb`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.path import Path

from gen.drawing.canvas import Canvas, light
from gen.drawing.colours import Diverging
from gen.drawing.derived import Derived
from gen.drawing.fonts import Style
from gen.drawing.parts import Numbers, Parts, Places, Reading, read_places
from gen.drawing.surface import Surface, packed
from gen.theme import NUMBER_SIZE

HAIRLINE_FROM = 12
"""Smallest cell, in CSS pixels, with hairlines between cells."""

_LINES_PER_PATH = 64
_THIN_SPACE = "\u202f"

_CIRCLE = Path.unit_circle()


class Layer(ABC):
    """A moving part of a film.

    Attributes:
        exact_colours: (colour, 3) colours of areas without antialiasing.
        line_colours: colours of antialiased lines and glyphs.
    """

    exact_colours: UInt8[np.ndarray, "colour 3"] = np.empty((0, 3), dtype=np.uint8)
    line_colours: tuple[str, ...] = ()

    def paint_background(self, background: Surface, previous: int, frame: int) -> None:
        """Paint what all frames from `frame` on share onto the background.

        Args:
            previous: frame of the previous call, -1 at the first one.
        """

    @abstractmethod
    def paint(self, surface: Surface, frame: int) -> None:
        """Paint a frame."""

    def parts(self) -> Parts | None:
        """Return what the page needs to paint the layer itself, with its `type`.

        None: it can only be filmed, and with it the whole figure.
        """
        return None


class Cells(Layer):
    """A matrix as squares of whole pixels, pixels by value.

    Cells of at least `HAIRLINE_FROM` are separated by hairlines. Smaller ones touch; aligning
    them to half a `BLOCK` keeps the video sharp and small.
    """

    def __init__(
        self,
        canvas: Canvas,
        values: Float[np.ndarray, "frame row column"] | Derived,
        colours: Diverging,
        *,
        left: int,
        top: int,
        cell: int,
    ) -> None:
        """Draw the grid, or a frame around the cells, on the canvas.

        Args:
            values: in the unit of the colours' limit.
            left, top: edges of the first column and the first row, including their hairlines.
            cell: distance between neighbouring cells.
        """
        self.exact_colours = colours.colours
        self._values, self._map = values, colours
        self._levels = colours.level_of(np.asarray(values))
        self._colours = packed(self.exact_colours)
        self._scale = canvas.scale
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
        """Return rows and columns of the cells' middle device pixels."""
        rows, columns = self._levels.shape[1:]
        middle = (self._gap + self._cell) // 2
        return (
            self._top + middle + np.arange(rows) * self._cell,
            self._left + middle + np.arange(columns) * self._cell,
        )

    def levels(self, frame: int) -> UInt8[np.ndarray, "row column"]:
        """Return the place of each cell's colour in `exact_colours`."""
        return self._levels[frame]

    def colours(self, frame: int) -> UInt8[np.ndarray, "row column 3"]:
        """Return the colour of each cell."""
        return self.exact_colours[self.levels(frame)]

    def parts(self) -> Parts:
        half_a_level = self._map.limit / self._map.levels
        return {
            "type": "cells",
            "values": Numbers(self._values, half_a_level),
            "left": self._left // self._scale,
            "top": self._top // self._scale,
            "cell": self._cell // self._scale,
            "gap": self._gap // self._scale,
            "limit": self._map.limit,
            "levels": self._map.levels,
        }

    def paint(self, surface: Surface, frame: int) -> None:
        pixels = self._colours[self._levels[frame]]
        rows, columns = pixels.shape
        bottom, right = self._top + rows * self._cell, self._left + columns * self._cell
        area = surface.packed[self._top : bottom, self._left : right]
        down, across = area.strides
        squares = np.lib.stride_tricks.as_strided(
            area,
            (rows, self._cell, columns, self._cell),
            (down * self._cell, down, across * self._cell, across),
        )
        squares[:, self._gap :, :, self._gap :] = pixels[:, None, :, None]


class Lines(Layer):
    """Polylines that change from frame to frame."""

    def __init__(
        self,
        points: Float[np.ndarray, "frame line point 2"] | Derived,
        colours: Sequence[str],
        *,
        width: float = 1.5,
        closed: bool = False,
        reading: Reading | None = None,
    ) -> None:
        """Create the layer; later lines cover earlier ones.

        Args:
            colours: one for each line, or one for all.
            closed: whether to connect the last point to the first.
            reading: a value for each line.
        """
        self._source, self._colours, self._closed = points, list(colours), closed
        self._reading = reading
        points = np.asarray(points)
        self._points = np.concatenate([points, points[:, :, :1]], axis=2) if closed else points
        self._groups = _by_colour(colours, points.shape[1])
        self._width = width
        self.line_colours = tuple(colour for colour, _ in self._groups)

    def parts(self) -> Parts:
        return {
            "type": "lines",
            **read_places(self._source, self._reading),
            "colours": self._colours,
            "width": self._width,
            "closed": self._closed,
        }

    def paint(self, surface: Surface, frame: int) -> None:
        for colour, lines in self._groups:
            _stroke_all(surface, self._points[frame, lines], colour, self._width)


class Pen(Layer):
    """Growing polylines: frame f shows their points 0 to f.

    Permanent lines are painted onto the background, so a frame draws only one segment of each
    line. Other lines are drawn completely in every frame, above the permanent ones.
    """

    def __init__(
        self,
        points: Float[np.ndarray, "frame line 2"] | Derived,
        colours: Sequence[str],
        *,
        width: float = 1.5,
        permanent: bool = True,
    ) -> None:
        """Create the layer; later lines cover earlier ones.

        Args:
            points: the point that every line has reached in a frame.
            colours: one for each line, or one for all.
            permanent: whether to paint onto the background, below all other layers.
        """
        self._source, self._colours = points, list(colours)
        self._points = np.asarray(points).swapaxes(0, 1)
        self._groups = _by_colour(colours, len(self._points))
        self._width = width
        self._permanent = permanent
        self.line_colours = tuple(colour for colour, _ in self._groups)

    def parts(self) -> Parts:
        return {
            "type": "pen",
            "points": Places(self._source),
            "colours": self._colours,
            "width": self._width,
            "permanent": self._permanent,
        }

    def paint_background(self, background: Surface, previous: int, frame: int) -> None:
        if self._permanent:
            self._draw(background, max(0, previous), frame)

    def paint(self, surface: Surface, frame: int) -> None:
        if not self._permanent:
            self._draw(surface, 0, frame)

    def _draw(self, surface: Surface, first: int, last: int) -> None:
        if last > first:
            for colour, lines in self._groups:
                segment = self._points[lines, first : last + 1]
                _stroke_all(surface, segment, colour, self._width)


class Points(Layer):
    """Moving markers with subpixel positions."""

    def __init__(
        self,
        points: Float[np.ndarray, "frame point 2"] | Derived,
        colours: Sequence[str],
        *,
        radius: float = 4.0,
        rim: float = 0.0,
        marker: Path = _CIRCLE,
        reading: Reading | None = None,
    ) -> None:
        """Create the layer; later points cover earlier ones of another colour.

        Args:
            colours: one for each point, or one for all.
            radius: size of the marker.
            rim: width of an outline in the background colour.
            marker: shape of radius 1.
            reading: a value for each point.
        """
        self._source, self._colours, self._reading = points, list(colours), reading
        self._points = np.asarray(points)
        self._groups = _by_colour(colours, points.shape[1])
        self._radius, self._rim, self._marker = radius, rim, marker
        self.line_colours = tuple(colour for colour, _ in self._groups)

    def parts(self) -> Parts:
        return {
            "type": "points",
            **read_places(self._source, self._reading),
            "colours": self._colours,
            "radius": self._radius,
            "rim": self._rim,
            "marker": None if self._marker is _CIRCLE else path_data(self._marker),
        }

    def paint(self, surface: Surface, frame: int) -> None:
        for colour, members in self._groups:
            at = self._points[frame, members]
            if self._rim:
                surface.fill(self._markers(surface, at, self._radius + self._rim), light("ground"))
            surface.fill(self._markers(surface, at, self._radius), colour)

    def _markers(self, surface: Surface, at: np.ndarray, radius: float) -> Path:
        shape = np.asarray(self._marker.vertices) * radius * surface.scale
        vertices = (at[:, None, :] + shape[None]).reshape(-1, 2)
        codes = self._marker.codes
        return Path(vertices, None if codes is None else np.tile(codes, len(at)))


class Labels(Layer):
    """Short texts centred on moving points."""

    def __init__(
        self,
        points: Float[np.ndarray, "frame label 2"] | Derived,
        texts: Sequence[str],
        *,
        size: float = NUMBER_SIZE,
        colour: str = "ink",
        style: Style = "Regular",
    ) -> None:
        self._source, self._named = points, colour
        self._points, self._texts = np.asarray(points), texts
        self._size, self._colour = size, light(colour)
        self._style: Style = style
        self.line_colours = (self._colour,)

    def parts(self) -> Parts:
        return {
            "type": "labels",
            "points": Places(self._source),
            "texts": list(self._texts),
            "size": self._size,
            "colour": self._named,
            "style": self._style,
        }

    def paint(self, surface: Surface, frame: int) -> None:
        drop = self._size * 0.33 * surface.scale
        for text, (x, y) in zip(self._texts, self._points[frame], strict=True):
            left = x - surface.text_width(text, self._style, self._size) / 2
            base = surface.pixels.shape[0] - y + drop
            surface.text(left, base, text, self._style, self._size, self._colour)


def _by_colour(colours: Sequence[str], count: int) -> list[tuple[str, slice]]:
    """Group neighbours of the same colour, which are drawn together.

    Raises:
        ValueError: the number of colours is neither 1 nor `count`.
    """
    every = [light(colour) for colour in colours] * (count if len(colours) == 1 else 1)
    if len(every) != count:
        raise ValueError(f"got {len(every)} colours for {count} lines or points")
    groups: list[tuple[str, slice]] = []
    start = 0
    for colour, members in groupby(every):
        stop = start + len(list(members))
        groups.append((colour, slice(start, stop)))
        start = stop
    return groups


def path_data(marker: Path) -> str:
    """Return a marker as the `d` attribute of an SVG path, y downwards."""
    letters = {Path.MOVETO: "M", Path.LINETO: "L", Path.CURVE4: "C", Path.CLOSEPOLY: "Z"}
    parts: list[str] = []
    for vertices, code in marker.iter_segments(curves=True, simplify=False):
        corners = np.asarray(vertices).reshape(-1, 2) * [1, -1]
        places = " ".join(f"{number:.4g}" for number in corners.ravel())
        parts.append(letters[code] + ("" if code == Path.CLOSEPOLY else places))
    return "".join(parts)


def _stroke_all(
    surface: Surface, lines: Float[np.ndarray, "line point 2"], colour: str, width: float
) -> None:
    codes = np.full(lines.shape[1], Path.LINETO, dtype=np.uint8)
    codes[0] = Path.MOVETO
    for first in range(0, len(lines), _LINES_PER_PATH):
        batch = lines[first : first + _LINES_PER_PATH]
        path = Path(batch.reshape(-1, 2), np.tile(codes, len(batch)))
        surface.stroke(path, colour, width)
