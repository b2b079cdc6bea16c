"""Charts above each other: one axis of steps, one left edge, the same marks through all."""

from __future__ import annotations

from collections.abc import Iterator

from gen.charts.chart import Chart, Stack
from gen.charts.parts import Drawing, Seat, Shape, room_for_numbers

_FIRST, _LOW, _CROWDED = 0.41, 0.33, 0.58
"""Heights between the axes, in units of a single chart's height."""

_FEW = 2
"""A chart of more lines than this needs more room."""

_BETWEEN = 1.3
"""Gap between two charts, in units of the type."""


def parts(chart: Chart | Stack, shape: Shape) -> tuple[list[str], int]:
    """The markup of a chart or a stack, and how high it is."""
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
    left = max(room_for_numbers(chart, shape) for chart in stack.charts)
    marked = tuple(mark.x for mark in stack.charts[0].marks)
    for number, chart in enumerate(stack.charts):
        part = _CROWDED if len(chart.series) > _FEW else _LOW if number else _FIRST
        yield Drawing(
            chart,
            shape,
            Seat(
                plot=round(part * shape.height),
                left=left,
                footed=number == len(stack.charts) - 1,
                crossed=marked if number else (),
            ),
        )
