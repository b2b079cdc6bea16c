"""Chart layout and SVG parts: axes, lines, marks, legend and direct labels."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from gen.charts.chart import Chart, Mark, Series, Trace
from gen.charts.labels import Box, Curve, Flag, flags, label_box, text_width
from gen.charts.markup import coordinate, escaped, polyline, svg_circle, svg_line, svg_text
from gen.charts.thinning import thin_line

_SAMPLE = 22.0
"""Length of the line before a name in the legend."""


@dataclass(frozen=True)
class Shape:
    """Size of a chart and of its font, in SVG units."""

    name: str
    width: int
    height: int
    font: float


WIDE = Shape("wide", 720, 330, 14.0)
NARROW = Shape("narrow", 380, 290, 13.0)


@dataclass(frozen=True)
class StackPosition:
    """Layout that a chart takes over from the stack it belongs to.

    Attributes:
        plot_height: height of the plot area; None: what the shape leaves.
        left: smallest width of the y axis labels.
        has_x_axis: whether the step labels are drawn below it.
        crossed: steps at which mark lines of the top chart cross this one.
    """

    plot_height: float | None = None
    left: float = 0.0
    has_x_axis: bool = True
    crossed: tuple[float, ...] = ()


def y_labels_width(chart: Chart, shape: Shape) -> float:
    """Return the width of the y axis labels with their gap to the axis."""
    widest = max((text_width(tick.label, shape.font) for tick in chart.y.ticks), default=0.0)
    return widest + 0.7 * shape.font


class Drawing:
    """One chart, laid out in one shape.

    Attributes:
        area: the plot area, in SVG units.
        height: total height, in SVG units.
    """

    def __init__(self, chart: Chart, shape: Shape, position: StackPosition | None = None) -> None:
        self.chart, self.shape = chart, shape
        self._position = position or StackPosition()
        font, left = shape.font, max(self._position.left, y_labels_width(chart, shape))
        last = text_width(chart.x.ticks[-1].label, font) / 2 if chart.x.ticks else 0.0
        self.area = Box(left, 0.0, shape.width - max(last, 8.0), 0.0)
        wanted = [(self._x(mark.x), self._flag_width(mark)) for mark in chart.marks]
        self._flags = flags(wanted, 0.0, shape.width)
        self._legend_rows: list[list[Series]] = []
        self._lay_out()
        self._label_boxes = self._find_label_boxes()
        if self._label_boxes is None:
            self._legend_rows = self._wrap_legend()
            self._lay_out()

    def _lay_out(self) -> None:
        """Set the plot area to what flags, legend rows and step labels leave."""
        font = self.shape.font
        rows = max((flag.row + 1 for flag in self._flags), default=0)
        self._flags_top = font * (1.9 + 1.5 * max(0, len(self._legend_rows) - 1))
        top = self._flags_top + font * max(0.7, 2.7 * rows)
        foot, plot = font * (2.9 if self._position.has_x_axis else 0.0), self._position.plot_height
        bottom = self.shape.height - foot if plot is None else top + plot
        self.area = Box(self.area.left, top, self.area.right, bottom)
        self.height = bottom + foot

    def parts(self) -> Iterator[str]:
        """Yield the SVG elements, from back to front."""
        yield self._plot()
        yield from self._y_axis()
        yield from self._x_axis()
        for step in self._position.crossed:
            yield svg_line("mark", self._x(step), self.area.top, self._x(step), self.area.bottom)
        yield from map(self._mark, self.chart.marks, self._flags)
        yield from self._level()
        for trace in reversed(self.chart.traces):
            yield self._thin_line(trace)
        for series in reversed(self.chart.series):
            yield self._line(series)
        yield from self._events()
        for mark in self.chart.marks:
            yield svg_circle(f"dot {mark.key}", self._x(mark.x), self._y(mark.y), 4)
        yield from self._labels()
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
        """Open the plot group; its data attributes give the scales to the timeline."""
        area, x, y = self.area, self.chart.x, self.chart.y
        if not self.chart.over_steps:
            return '<g class="plot">'
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
        yield svg_text(self.chart.y.label, 0, font, "quiet")
        for tick in self.chart.y.ticks:
            y = self._y(tick.value)
            yield svg_line("grid", area.left, y, area.right, y)
            yield svg_text(tick.label, area.left - 0.5 * font, y + 0.36 * font, "quiet", "end")

    def _x_axis(self) -> Iterator[str]:
        area, font = self.area, self.shape.font
        yield svg_line("axis", area.left, area.bottom, area.right, area.bottom)
        if not self._position.has_x_axis:
            return
        for tick in self.chart.x.ticks:
            x = self._x(tick.value)
            yield svg_line("axis", x, area.bottom, x, area.bottom + 5)
            yield svg_text(tick.label, x, area.bottom + 1.4 * font, "quiet", "middle")
        yield svg_text(self.chart.x.label, area.right, area.bottom + 2.7 * font, "quiet", "end")

    def _flag_width(self, mark: Mark) -> float:
        font = self.shape.font
        return max(text_width(mark.label, 1.06 * font), text_width(mark.step, font)) + 0.4 * font

    def _mark(self, mark: Mark, flag: Flag) -> str:
        font = self.shape.font
        top = self._flags_top + 2.7 * font * flag.row
        x = flag.x + (0.4 if flag.right else -0.4) * font
        anchor = "start" if flag.right else "end"
        return (
            svg_line("mark", flag.x, top - 0.2 * font, flag.x, self.area.bottom)
            + svg_text(mark.label, x, top + 0.7 * font, f"name {mark.key}", anchor)
            + svg_text(mark.step, x, top + 1.95 * font, "quiet", anchor)
        )

    def _level(self) -> Iterator[str]:
        if self.chart.level is not None:
            y = self._y(self.chart.level.y)
            yield svg_line("level", self.area.left, y, self.area.right, y)

    def _line(self, series: Series) -> str:
        key, name = series.key, escaped(series.full_label or series.label)
        drawn = self._drawn(series)
        return f'<path class="line {key}" data-series="{key}" data-name="{name}" d="{drawn}"/>'

    def _thin_line(self, trace: Trace) -> str:
        return f'<path class="thin {trace.key}" d="{self._drawn(trace)}"/>'

    def _events(self) -> Iterator[str]:
        """Yield the dots of thin lines, and of lines with a dot at each point."""
        for trace in self.chart.traces:
            if trace.event is not None:
                height = float(trace.y[np.searchsorted(trace.x, trace.event)])
                place = self._x(trace.event), self._y(height)
                yield svg_circle(f"event {trace.key}", *place, 4)
        for series in reversed(self.chart.series):
            if series.dotted:
                for x, y in self._points(series):
                    yield svg_circle(f"event {series.key}", x, y, 3.5)

    def _points(self, series: Series) -> list[tuple[float, float]]:
        """Return the places of the finite values of a line."""
        finite = np.isfinite(series.y)
        places = self._across(series.x[finite]), self._up(series.y[finite])
        return list(zip(*(each.tolist() for each in places), strict=True))

    def _drawn(self, line: Series | Trace) -> str:
        """Return the `d` attribute of a line, which is broken at non-finite values."""
        finite = np.isfinite(line.y)
        x, y = self._across(line.x), self._up(np.where(finite, line.y, self.chart.y.low))
        breaks = np.flatnonzero(np.diff(finite.astype(np.int8), prepend=0, append=0))
        pieces = zip(breaks[::2], breaks[1::2], strict=True)
        return "".join(polyline(*thin_line(x[start:stop], y[start:stop])) for start, stop in pieces)

    def _curve(self, series: Series | Trace) -> Curve:
        finite = np.isfinite(series.y)
        return Curve(self._across(series.x[finite]), self._up(series.y[finite]))

    def _obstacles(self) -> tuple[list[Box], list[Box]]:
        """Return boxes that no label may cover, and boxes that it should avoid."""
        across = [*(flag.x for flag in self._flags), *map(self._x, self._position.crossed)]
        lines = [Box(x - 3, 0, x + 3, self.area.bottom) for x in across]
        dots = [(self._x(mark.x), self._y(mark.y)) for mark in self.chart.marks]
        for series in self.chart.series:
            if series.dotted:
                dots += self._points(series)
        return [Box(x - 6, y - 6, x + 6, y + 6) for x, y in dots], lines

    def _find_label_boxes(self) -> list[Box] | None:
        """Return a box for each line's direct label; None if a line has no free place."""
        font = self.shape.font
        curves = {series.key: self._curve(series) for series in self.chart.series}
        taken, lines = self._obstacles()
        found: list[Box] = []
        for series in self.chart.series:
            others = [curve for key, curve in curves.items() if key != series.key]
            others += [self._curve(one) for one in self.chart.traces if one.key != series.key]
            size = text_width(series.label, 1.06 * font), font
            box = label_box(curves[series.key], others, [*taken, *found], lines, self.area, size)
            if box is None:
                return None
            found.append(box)
        return found

    def _labels(self) -> Iterator[str]:
        """Draw direct labels, or a legend if a line has no free place.

        A single line has neither: the axis names it.
        """
        font = self.shape.font
        taken, lines = self._obstacles()
        if self._label_boxes is None:
            yield from self._legend()
        elif len(self.chart.series) > 1:
            taken += self._label_boxes
            for series, box in zip(self.chart.series, self._label_boxes, strict=True):
                middle, base = (box.left + box.right) / 2, box.bottom - 0.2 * font
                yield svg_text(series.label, middle, base, f"name halo {series.key}", "middle")
        curves = [self._curve(series) for series in self.chart.series]
        yield from self._level_label(curves, taken, lines)

    def _level_label(
        self, curves: list[Curve], taken: list[Box], lines: list[Box]
    ) -> Iterator[str]:
        level, font, area = self.chart.level, self.shape.font, self.area
        if level is None:
            return
        y = self._y(level.y)
        own = Curve(np.array([area.left, area.right]), np.array([y, y]))
        size = text_width(level.label, font), font
        box = label_box(own, curves, taken, lines, area, size, late=True)
        if box is not None:
            yield svg_text(level.label, box.right, box.bottom - 0.2 * font, "quiet halo", "end")

    def _legend_entry_width(self, series: Series) -> float:
        font = self.shape.font
        return _SAMPLE + 1.4 * font + text_width(series.label, 1.06 * font)

    def _wrap_legend(self) -> list[list[Series]]:
        """Return the legend's rows: beside the axis label if it fits there, else below it."""
        font, series = self.shape.font, list(self.chart.series)
        available = self.shape.width - text_width(self.chart.y.label, font)
        if sum(map(self._legend_entry_width, series)) <= available:
            return [series]
        rows: list[list[Series]] = [[], []]
        for one in series:
            if sum(map(self._legend_entry_width, [*rows[-1], one])) > self.shape.width + font:
                rows.append([])
            rows[-1].append(one)
        return rows

    def _legend(self) -> Iterator[str]:
        font = self.shape.font
        for number, row in enumerate(self._legend_rows):
            width = sum(map(self._legend_entry_width, row)) - font
            x, y = (0.0 if number else self.shape.width - width), font * (1 + 1.5 * number)
            for series in row:
                middle = y - 0.35 * font
                yield svg_line(f"line {series.key}", x, middle, x + _SAMPLE, middle)
                yield svg_text(series.label, x + _SAMPLE + 0.4 * font, y, f"name {series.key}")
                x += self._legend_entry_width(series)
