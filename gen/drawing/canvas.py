"""Canvas of a film's static background: axes, labels and colour bars.

    canvas = Canvas(672, 480, scale)
    panel = canvas.panel(left=56, top=96, width=560, height=320, x=(0, 5000), y=(-3, 3))
    panel.x_axis([0, 2500, 5000], symbol="n")
    film = Film.of(canvas, steps, [Lines(panel.project(steps, weights), ...)], pacing)

Lengths are CSS pixels from the top left corner; a canvas of scale 2 has twice the device pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from jaxtyping import Float, Real, UInt8
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from gen.drawing.colours import Diverging, rgb
from gen.drawing.derived import Derived
from gen.drawing.fonts import Style, font
from gen.drawing.frame_size import BLOCK
from gen.drawing.marks import (
    Across,
    BoxMark,
    ColourBarMark,
    LineMark,
    Mark,
    RunsMark,
    TextMark,
    TextRun,
    Upright,
    symbol_runs,
)
from gen.drawing.matplotlib_settings import drawing_style
from gen.drawing.number_format import format_number
from gen.drawing.surface import CSS_DPI, Surface
from gen.theme import NUMBER_SIZE, PAGE_COLOURS, SYMBOL_SIZE, current

_PALE, _PALE_SHARE = "pale:", 0.5
_TICK = 4
_TICK_GAP = 7
LABEL_DROP = _TICK_GAP + NUMBER_SIZE * 0.72
"""Distance from the bottom of a panel to the baseline of its tick labels."""


def light(colour: str) -> str:
    """Return the hex code of a colour for films; `#rrggbb` is returned as it is.

    Args:
        colour: a name of the theme, or one that `pale` has returned.

    Raises:
        ValueError: the colour belongs to pages alone, and is not part of the keys of films.
    """
    if colour.startswith(_PALE):
        ends = zip(rgb(light(colour.removeprefix(_PALE))), rgb(light("ground")), strict=True)
        mixed = (round(channel + (ground - channel) * _PALE_SHARE) for channel, ground in ends)
        return "#" + "".join(f"{channel:02x}" for channel in mixed)
    if colour in PAGE_COLOURS:
        raise ValueError(f'"{colour}" is a colour of pages; films cannot use it')
    colours = current().colours
    return colours[colour].light if colour in colours else colour


def pale(colour: str) -> str:
    """Return the name of a colour of the theme, or `#rrggbb`, mixed with the ground."""
    return f"{_PALE}{colour}"


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return at most `most` evenly spaced round numbers from `low` to `high`."""
    ticks = MaxNLocator(nbins=max(1, most - 1), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    slack = (high - low) * 1e-9
    return [float(tick) for tick in ticks if low - slack <= tick <= high + slack]


class Canvas:
    """Static background of a film, drawn by matplotlib.

    Args:
        width, height: CSS pixels, multiples of `BLOCK`.
        scale: device pixels per CSS pixel.

    Attributes:
        marks: what has been drawn, the lowest first.

    Raises:
        ValueError: a side is not a multiple of `BLOCK`.
    """

    def __init__(self, width: int, height: int, scale: int) -> None:
        if width % BLOCK or height % BLOCK:
            raise ValueError(f"width {width} and height {height} must be multiples of {BLOCK}")
        self.width, self.height, self.scale = width, height, scale
        self.marks: list[Mark] = []
        self._figure = Figure(
            figsize=(width / CSS_DPI, height / CSS_DPI),
            dpi=CSS_DPI * scale,
            facecolor=light("ground"),
        )
        self._agg = FigureCanvasAgg(self._figure)
        self._from_css = Affine2D().scale(scale, -scale).translate(0, height * scale)
        self._text_metrics = Surface(1, 1, scale)
        self._colour_bars: list[tuple[slice, slice, UInt8[np.ndarray, "rows columns 3"]]] = []

    def panel(
        self,
        *,
        left: float,
        top: float,
        width: float,
        height: float,
        x: tuple[float, float],
        y: tuple[float, float],
    ) -> Panel:
        """Return a region with data coordinates; see `Panel`."""
        return Panel(self, left, top, width, height, x, y)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = NUMBER_SIZE,
        colour: str = "muted",
        style: Style = "Regular",
        across: Across = "left",
        upright: Upright = "baseline",
        turned: bool = False,
        translated: bool = False,
    ) -> None:
        """Draw a text, aligned as given at (x, y); if `turned`, it reads upwards.

        Args:
            translated: whether the page has a text of its own for it, so that it is no mark.
        """
        length = self.text_width(text, size, style)
        mark = TextMark(x, y, text, size, colour, style, across, upright, turned, length)
        if text and not translated:
            self.marks.append(mark)
        self._write(mark)

    def runs(
        self, x: float, y: float, runs: Sequence[TextRun], *, across: Across = "left"
    ) -> float:
        """Draw a line of text in parts on the baseline y, and return its width."""
        lengths = [self.text_width(run.text, run.size, run.style) for run in runs]
        self.marks.append(RunsMark(x, y, tuple(runs), across, tuple(lengths)))
        width = sum(lengths) + sum(run.gap for run in runs)
        x -= {"left": 0, "center": width / 2, "right": width}[across]
        for run, length in zip(runs, lengths, strict=True):
            x += run.gap
            text = (x, y + run.drop, run.text, run.size, run.colour, run.style)
            self._write(TextMark(*text, "left", "baseline", False, length))
            x += length
        return width

    def _write(self, mark: TextMark) -> None:
        properties = font(mark.style, mark.size, mark.text)
        with drawing_style():
            place, colour = (mark.x, mark.y), light(mark.colour)
            drawn = Text(*place, mark.text, color=colour, fontproperties=properties)
            drawn.set(ha=mark.across, va=mark.upright, rotation=90 if mark.turned else 0)
            self._add(drawn)

    def symbol(
        self,
        x: float,
        y: float,
        symbol: str,
        *,
        size: float = SYMBOL_SIZE,
        colour: str = "ink",
        across: Across = "left",
    ) -> float:
        """Draw a mathematical symbol such as `n` or `W_in` on the baseline y; return its width."""
        return self.runs(x, y, symbol_runs(symbol, size, colour), across=across)

    def axis_symbol(self, x: float, y: float, symbol: str, across: Across = "center") -> None:
        """Draw a symbol in the size and colour of tick labels."""
        self.symbol(x, y, symbol, size=NUMBER_SIZE, colour="muted", across=across)

    def text_width(self, text: str, size: float = NUMBER_SIZE, style: Style = "Regular") -> float:
        """Return the width of a text in CSS pixels."""
        return self._text_metrics.text_width(text, style, size) / self.scale

    def line(
        self,
        x: Sequence[float],
        y: Sequence[float],
        *,
        colour: str = "rule",
        width: float = 1.0,
        dashes: tuple[float, ...] = (),
    ) -> None:
        """Draw a polyline; dash lengths are in CSS pixels."""
        ends = tuple(map(float, x)), tuple(map(float, y))
        self.marks.append(LineMark(*ends, colour, width, dashes))
        style = (0, tuple(dash / width for dash in dashes)) if dashes else "-"
        drawn = Line2D(x, y, linewidth=width, linestyle=style, color=light(colour))
        drawn.set_solid_capstyle("butt")
        self._add(drawn)

    def box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle; whole coordinates give sharp edges."""
        self.marks.append(BoxMark(left, top, width, height, colour))
        drawn = Rectangle((left, top), width, height, facecolor=light(colour), linewidth=0)
        drawn.set_antialiased(False)
        self._add(drawn)

    def colour_bar(
        self, colours: Diverging, *, left: int, top: int, width: int, height: int
    ) -> None:
        """Draw a colour bar with ticks at its ends and at zero; `ScaleEnds` labels its ends."""
        self.marks.append(ColourBarMark(left, top, width, height))
        scale = self.scale
        level = np.arange(width * scale) * colours.levels // (width * scale)
        bar = np.broadcast_to(colours.colours[level], (height * scale, width * scale, 3))
        rows = slice(top * scale, (top + height) * scale)
        self._colour_bars.append((rows, slice(left * scale, (left + width) * scale), bar))
        for x in (left, left + width / 2, left + width):
            self.line([x, x], [top + height, top + height + _TICK])
        self.text(left + width / 2, top + height + LABEL_DROP, "0", across="center")

    def background(self) -> UInt8[np.ndarray, "height width 3"]:
        """Render the canvas."""
        with drawing_style():
            self._agg.draw()
        pixels = np.array(self._agg.buffer_rgba())[..., :3].copy()
        for rows, columns, colours in self._colour_bars:
            pixels[rows, columns] = colours
        return pixels

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._from_css)
        artist.set_clip_on(False)
        self._figure.add_artist(artist)


@dataclass(frozen=True)
class Panel:
    """Region of a canvas with data coordinates, like matplotlib's Axes.

    Attributes:
        x: data values at the left and the right edge.
        y: data values at the bottom and the top edge.
    """

    canvas: Canvas
    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, x: Real[np.ndarray, "*shape"] | float) -> Float[np.ndarray, "*shape"]:
        """Convert data to CSS pixels from the left edge of the canvas."""
        low, high = self.x
        x = np.asarray(x, dtype=np.float64)
        return np.asarray(self.left + (x - low) / (high - low) * self.width)

    def down(self, y: Real[np.ndarray, "*shape"] | float) -> Float[np.ndarray, "*shape"]:
        """Convert data to CSS pixels from the top edge of the canvas."""
        low, high = self.y
        y = np.asarray(y, dtype=np.float64)
        return np.asarray(self.top + (high - y) / (high - low) * self.height)

    @overload
    def project(self, x: Real[np.ndarray, "..."], y: Derived) -> Derived: ...

    @overload
    def project(
        self, x: Real[np.ndarray, "..."], y: Real[np.ndarray, "..."]
    ) -> Float[np.ndarray, "..."]: ...

    def project(
        self, x: Real[np.ndarray, "*#shape"], y: Real[np.ndarray, "*#shape"] | Derived
    ) -> Float[np.ndarray, "*shape 2"] | Derived:
        """Convert data to device pixels, y upwards, as layers of lines and points take them.

        Args:
            x: one value for each of `y`; for derived values, for each entry of their last axis.
        """
        if isinstance(y, Derived):
            return y.affine(*self._upwards).against(self.across(x) * self.canvas.scale)
        across, down = np.broadcast_arrays(self.across(x), self.canvas.height - self.down(y))
        return np.stack([across, down], axis=-1) * self.canvas.scale

    def uprights(self, x: Real[np.ndarray, " frame"]) -> Float[np.ndarray, "frame 1 2 2"]:
        """Return a line over the height of the panel for each frame, in device pixels."""
        ends = np.repeat(x[:, None].astype(np.float64), 2, axis=1)
        return self.project(ends, np.broadcast_to(self.y, ends.shape))[:, None]

    def place(self, points: Derived) -> Derived:
        """Convert points, whose last axis is (x, y) in data, to device pixels, y upwards."""
        low, high = self.x
        across = self.width / (high - low) * self.canvas.scale
        factor, offset = self._upwards
        start = self.left * self.canvas.scale - low * across
        return points.affine([across, factor], [start, offset])

    def over_frames(self, x: Real[np.ndarray, " frame"], y: Derived) -> Derived:
        """Convert values to device pixels, y upwards, where x depends on the frame alone."""
        return y.affine(*self._upwards).over_frames(self.across(x) * self.canvas.scale)

    @property
    def _upwards(self) -> tuple[float, float]:
        """Factor and offset that convert y to device pixels from the bottom of the canvas."""
        low, high = self.y
        scale = self.canvas.scale
        factor = self.height / (high - low) * scale
        return factor, (self.canvas.height - self.top - self.height) * scale - low * factor

    def x_axis(
        self,
        ticks: Sequence[float],
        labels: Sequence[str] | None = None,
        *,
        symbol: str = "",
        colours: Sequence[str] | None = None,
        ruled: bool = True,
    ) -> None:
        """Draw ticks and labels below the panel, with the symbol at their left.

        Args:
            labels: texts of the ticks; None: their values.
            colours: colours of ticks and labels; None: muted.
            ruled: whether to draw the axis line.
        """
        canvas, bottom = self.canvas, self.top + self.height
        base = bottom + LABEL_DROP
        texts = labels or [format_number(tick) for tick in ticks]
        if ruled:
            canvas.line([self.left, self.left + self.width], [bottom, bottom])
        for tick, text, colour in zip(ticks, texts, colours or ["muted"] * len(texts), strict=True):
            x = float(self.across(tick))
            mark = "rule" if colour == "muted" else colour
            canvas.line([x, x], [bottom, bottom + _TICK], colour=mark)
            canvas.text(x, base, text, across="center", colour=colour)
        if symbol:
            canvas.axis_symbol(self.left - _TICK_GAP, base, symbol, "right")

    def number_axis(self, ticks: Sequence[float], symbol: str) -> None:
        """Draw an axis of whole numbers; a long symbol replaces the labels between its ends."""
        if len(symbol) == 1:
            self.x_axis(ticks, symbol=symbol, ruled=False)
            return
        self.x_axis([ticks[0], ticks[-1]], ruled=False)
        base = self.top + self.height + LABEL_DROP
        self.canvas.axis_symbol(self.left + self.width / 2, base, symbol)

    def y_axis(
        self,
        ticks: Sequence[float],
        labels: Sequence[str] | None = None,
        *,
        symbol: str = "",
        ruled: bool = True,
    ) -> None:
        """Draw labels left of the panel, with the symbol above them.

        Args:
            labels: texts of the ticks; None: their values.
            ruled: whether to draw a grid line at each tick.
        """
        canvas = self.canvas
        for tick, label in zip(ticks, labels or [format_number(t) for t in ticks], strict=True):
            y = float(self.down(tick))
            if ruled:
                canvas.line([self.left, self.left + self.width], [y, y])
            canvas.text(self.left - _TICK_GAP, y, label, across="right", upright="center")
        if symbol:
            canvas.axis_symbol(self.left - _TICK_GAP, self.top - 12, symbol, "right")
