"""The parts of a chart's drawing: axes, lines, marks and names, each as SVG markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np
from jaxtyping import Float

from gen.charts.chart import Chart, Mark, Series
from gen.charts.labels import Box, Curve, Flag, beside, flags, text_width
from gen.charts.thinning import thin_line

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SAMPLE = 22.0


@dataclass(frozen=True)
class Shape:
    """Size of a drawing and of its type, in its own units."""

    name: str
    width: int
    height: int
    font: float


WIDE = Shape("wide", 720, 330, 14.0)
NARROW = Shape("narrow", 380, 290, 13.0)


def text(content: str) -> str:
    """Any text as it may stand in markup, between tags and in quotes."""
    return escape(_NOT_XML.sub("", content), quote=True)


@dataclass(frozen=True)
class Seat:
    """What a chart has to know of those above and below it.

    Attributes:
        plot: height between its axes; None for all that its shape leaves.
        left: room for the numbers of the y axis, if it needs no more.
        footed: whether steps are named below it.
        crossed: steps of lines that come from above.
    """

    plot: float | None = None
    left: float = 0.0
    footed: bool = True
    crossed: tuple[float, ...] = ()


def room_for_numbers(chart: Chart, shape: Shape) -> float:
    """How wide the numbers of the y axis are, with the gap to the axis."""
    widest = max((text_width(tick.label, shape.font) for tick in chart.y.ticks), default=0.0)
    return widest + 0.7 * shape.font


class Drawing:
    """One chart in one shape.

    Attributes:
        area: where the lines are, in units of the drawing.
        height: of the whole, in the same units.
    """

    def __init__(self, chart: Chart, shape: Shape, seat: Seat | None = None) -> None:
        self.chart, self.shape, self._seat = chart, shape, seat or Seat()
        font, left = shape.font, max(self._seat.left, room_for_numbers(chart, shape))
        last = text_width(chart.x.ticks[-1].label, font) / 2 if chart.x.ticks else 0.0
        self.area = Box(left, 0.0, shape.width - max(last, 8.0), 0.0)
        wanted = [(self._x(mark.x), self._flag_width(mark)) for mark in chart.marks]
        self._flags = flags(wanted, 0.0, shape.width)
        self._keys: list[list[Series]] = []
        self._lay_out()
        self._places = self._beside()
        if self._places is None:
            self._keys = self._key_rows()
            self._lay_out()

    def _lay_out(self) -> None:
        """Gives the lines what is left by flags, by the rows of the legend, and by the steps."""
        font = self.shape.font
        rows = max((flag.row + 1 for flag in self._flags), default=0)
        self._flagged = font * (1.9 + 1.5 * max(0, len(self._keys) - 1))
        top = self._flagged + font * max(0.7, 2.7 * rows)
        foot, plot = font * (2.9 if self._seat.footed else 0.0), self._seat.plot
        bottom = self.shape.height - foot if plot is None else top + plot
        self.area = Box(self.area.left, top, self.area.right, bottom)
        self.height = bottom + foot

    def parts(self) -> Iterator[str]:
        """The markup, from the back to the front."""
        yield self._plot()
        yield from self._y_axis()
        yield from self._x_axis()
        for step in self._seat.crossed:
            yield rule("mark", self._x(step), self.area.top, self._x(step), self.area.bottom)
        yield from map(self._mark, self.chart.marks, self._flags)
        yield from self._level()
        for series in reversed(self.chart.series):
            yield self._line(series)
        yield from map(self._dot, self.chart.marks)
        yield from self._names()
        yield "</g>"

    def _x(self, value: float) -> float:
        return float(self._across(np.array([value], dtype=np.float64))[0])

    def _y(self, value: float) -> float:
        return float(self._up(np.array([value], dtype=np.float64))[0])

    def _across(self, values: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        return self.area.left + self.chart.x.place(values) * (self.area.right - self.area.left)

    def _up(self, values: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        return self.area.bottom - self.chart.y.place(values) * (self.area.bottom - self.area.top)

    def _plot(self) -> str:
        """Opens the group and tells a script how steps and values lie in it."""
        area, x, y = self.area, self.chart.x, self.chart.y
        scale = "log" if y.logarithmic else "share" if y.shares else "linear"
        facts = {
            "left": coordinate(area.left),
            "right": coordinate(area.right),
            "top": coordinate(area.top),
            "bottom": coordinate(area.bottom),
            "first-step": f"{x.low:.12g}",
            "last-step": f"{x.high:.12g}",
            "low": f"{y.low:.6g}",
            "high": f"{y.high:.6g}",
            "scale": scale,
        }
        attributes = "".join(f' data-{key}="{value}"' for key, value in facts.items())
        return f'<g class="plot"{attributes}>'

    def _y_axis(self) -> Iterator[str]:
        area, font = self.area, self.shape.font
        yield label(self.chart.y.label, 0, font, "quiet")
        for tick in self.chart.y.ticks:
            y = self._y(tick.value)
            yield rule("grid", area.left, y, area.right, y)
            yield label(tick.label, area.left - 0.5 * font, y + 0.36 * font, "quiet", "end")

    def _x_axis(self) -> Iterator[str]:
        area, font = self.area, self.shape.font
        yield rule("axis", area.left, area.bottom, area.right, area.bottom)
        if not self._seat.footed:
            return
        for tick in self.chart.x.ticks:
            x = self._x(tick.value)
            yield rule("axis", x, area.bottom, x, area.bottom + 5)
            yield label(tick.label, x, area.bottom + 1.4 * font, "quiet", "middle")
        yield label(self.chart.x.label, area.right, area.bottom + 2.7 * font, "quiet", "end")

    def _flag_width(self, mark: Mark) -> float:
        font = self.shape.font
        return max(text_width(mark.label, 1.06 * font), text_width(mark.step, font)) + 0.4 * font

    def _mark(self, mark: Mark, flag: Flag) -> str:
        font = self.shape.font
        top = self._flagged + 2.7 * font * flag.row
        x = flag.x + (0.4 if flag.right else -0.4) * font
        anchor = "start" if flag.right else "end"
        return (
            rule("mark", flag.x, top - 0.2 * font, flag.x, self.area.bottom)
            + label(mark.label, x, top + 0.7 * font, f"name {mark.key}", anchor)
            + label(mark.step, x, top + 1.95 * font, "quiet", anchor)
        )

    def _level(self) -> Iterator[str]:
        if self.chart.level is not None:
            y = self._y(self.chart.level.y)
            yield rule("level", self.area.left, y, self.area.right, y)

    def _line(self, series: Series) -> str:
        finite = np.isfinite(series.y)
        x, y = self._across(series.x), self._up(np.where(finite, series.y, self.chart.y.low))
        breaks = np.flatnonzero(np.diff(finite.astype(np.int8), prepend=0, append=0))
        pieces = zip(breaks[::2], breaks[1::2], strict=True)
        drawn = "".join(path(*thin_line(x[start:stop], y[start:stop])) for start, stop in pieces)
        name = f'data-series="{series.key}" data-name="{text(series.full_label or series.label)}"'
        return f'<path class="line {series.key}" {name} d="{drawn}"/>'

    def _dot(self, mark: Mark) -> str:
        x, y = coordinate(self._x(mark.x)), coordinate(self._y(mark.y))
        return f'<circle class="dot {mark.key}" cx="{x}" cy="{y}" r="4"/>'

    def _dot_box(self, mark: Mark) -> Box:
        x, y = self._x(mark.x), self._y(mark.y)
        return Box(x - 6, y - 6, x + 6, y + 6)

    def _curve(self, series: Series) -> Curve:
        finite = np.isfinite(series.y)
        return Curve(self._across(series.x[finite]), self._up(series.y[finite]))

    def _obstacles(self) -> tuple[list[Box], list[Box]]:
        """What no name may cover, and what it had better not cover."""
        across = [*(flag.x for flag in self._flags), *map(self._x, self._seat.crossed)]
        lines = [Box(x - 3, 0, x + 3, self.area.bottom) for x in across]
        return [self._dot_box(mark) for mark in self.chart.marks], lines

    def _beside(self) -> list[Box] | None:
        """A place for each line's name beside the line; None where one finds none."""
        font = self.shape.font
        curves = {series.key: self._curve(series) for series in self.chart.series}
        taken, lines = self._obstacles()
        found: list[Box] = []
        for series in self.chart.series:
            others = [curve for key, curve in curves.items() if key != series.key]
            size = text_width(series.label, 1.06 * font), font
            box = beside(curves[series.key], others, [*taken, *found], lines, self.area, size)
            if box is None:
                return None
            found.append(box)
        return found

    def _names(self) -> Iterator[str]:
        """Each line's name beside the line, or all above the chart where one finds no place.

        A line that is alone is named by the axis.
        """
        font = self.shape.font
        taken, lines = self._obstacles()
        if self._places is None:
            yield from self._legend()
        elif len(self.chart.series) > 1:
            taken += self._places
            for series, box in zip(self.chart.series, self._places, strict=True):
                middle, base = (box.left + box.right) / 2, box.bottom - 0.2 * font
                yield label(series.label, middle, base, f"name halo {series.key}", "middle")
        curves = [self._curve(series) for series in self.chart.series]
        yield from self._level_name(curves, taken, lines)

    def _level_name(self, curves: list[Curve], taken: list[Box], lines: list[Box]) -> Iterator[str]:
        level, font, area = self.chart.level, self.shape.font, self.area
        if level is None:
            return
        y = self._y(level.y)
        own = Curve(np.array([area.left, area.right]), np.array([y, y]))
        size = text_width(level.label, font), font
        box = beside(own, curves, taken, lines, area, size, late=True)
        if box is not None:
            yield label(level.label, box.right, box.bottom - 0.2 * font, "quiet halo", "end")

    def _key_width(self, series: Series) -> float:
        font = self.shape.font
        return _SAMPLE + 1.4 * font + text_width(series.label, 1.06 * font)

    def _key_rows(self) -> list[list[Series]]:
        """The legend in rows: beside the axis's name if it fits there, else below it."""
        font, series = self.shape.font, list(self.chart.series)
        beside_name = self.shape.width - text_width(self.chart.y.label, font)
        if sum(map(self._key_width, series)) <= beside_name:
            return [series]
        rows: list[list[Series]] = [[], []]
        for one in series:
            if sum(map(self._key_width, [*rows[-1], one])) > self.shape.width + font:
                rows.append([])
            rows[-1].append(one)
        return rows

    def _legend(self) -> Iterator[str]:
        font = self.shape.font
        for number, row in enumerate(self._keys):
            width = sum(map(self._key_width, row)) - font
            x, y = (0.0 if number else self.shape.width - width), font * (1 + 1.5 * number)
            for series in row:
                middle = y - 0.35 * font
                yield rule(f"line {series.key}", x, middle, x + _SAMPLE, middle)
                yield label(series.label, x + _SAMPLE + 0.4 * font, y, f"name {series.key}")
                x += self._key_width(series)


def coordinate(value: float) -> str:
    """A coordinate with one decimal at most, as short as can be."""
    plain = f"{value:.1f}".removesuffix(".0")
    return "0" if plain == "-0" else plain.replace("0.", ".", 1) if abs(value) < 1 else plain


def path(x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"]) -> str:
    """A polyline in relative moves of tenths."""
    tenths = (np.stack([x, y], axis=1) * 10).round().astype(int)
    first, moves = tenths[0], np.diff(tenths, axis=0)
    start = f"M{coordinate(first[0] / 10)} {coordinate(first[1] / 10)}"
    numbers = [coordinate(number / 10) for number in moves.ravel()]
    joined = "".join(
        number if place == 0 or number.startswith("-") else f" {number}"
        for place, number in enumerate(numbers)
    )
    return f"{start}l{joined}" if numbers else f"{start}h.1"


def rule(classes: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """A straight line."""
    ends = (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2))
    places = " ".join(f'{name}="{coordinate(value)}"' for name, value in ends)
    return f'<line class="{classes}" {places}/>'


def label(content: str, x: float, y: float, classes: str, anchor: str = "start") -> str:
    """A text that begins, ends or has its middle at a point of its base line."""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    place = f'x="{coordinate(x)}" y="{coordinate(y)}"{at}'
    return f'<text class="{classes}" {place}>{text(content)}</text>'
