"""Stacked charts with a shared step axis, left edge and marks."""

from __future__ import annotations

from collections.abc import Iterator

from gen.charts.chart import Chart, Stack
from gen.charts.parts import Drawing, Shape, StackPosition, y_labels_width

_FIRST, _LOW, _CROWDED = 0.41, 0.33, 0.58
"""Heights of plot areas, as shares of a single chart's height."""

_FEW = 2
"""A chart with more lines than this is drawn taller."""

_BETWEEN = 1.3
"""Gap between two charts, in font sizes."""


def parts(chart: Chart | Stack, shape: Shape) -> tuple[list[str], int]:
    """Return the SVG elements of a chart or a stack, and its height."""
    if isinstance(chart, Chart):
        return list(Drawing(chart, shape).parts()), shape.height
    drawings = list(_drawings(chart, shape))
    markup: list[str] = []
    top, gap = 0, round(_BETWEEN * shape.font)
    for drawing in drawings:
        markup += [f'<g transform="translate(0 {top})">', *drawing.parts(), "</g>"]
        top += round(drawing.height) + gap
    return markup, top - gap


def _drawings(stack: Stack, shape: Shape) -> Iterator[Drawing]:
    left = max(y_labels_width(chart, shape) for chart in stack.charts)
    marked = tuple(mark.x for mark in stack.charts[0].marks)
    for number, chart in enumerate(stack.charts):
        part = _CROWDED if len(chart.series) > _FEW else _LOW if number else _FIRST
        yield Drawing(
            chart,
            shape,
            StackPosition(
                plot_height=round(part * shape.height),
                left=left,
                has_x_axis=number == len(stack.charts) - 1,
                crossed=marked if number else (),
            ),
        )
