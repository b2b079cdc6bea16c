"""Widget "embedding": numbers as points on a circle, with an example angle."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gen.charts.markup import coordinate, picture, svg_circle, svg_line, svg_text
from gen.drawing.number_format import INDEX_STRIDES

_SIDE, _FONT = 380.0, 14.0
_MIDDLE = _SIDE / 2
_RADIUS = 148.0
_MOST_LABELS = 14


def draw_embedding(points: int) -> str:
    """Return SVG with the points counterclockwise from the right."""
    return picture(_parts(points), _SIDE, _SIDE, _FONT)


def _parts(points: int) -> Iterator[str]:
    yield svg_circle("ring", _MIDDLE, _MIDDLE, _RADIUS)
    every = next(stride for stride in INDEX_STRIDES if points <= stride * _MOST_LABELS)
    dot = min(4.0, 0.3 * 2 * math.pi * _RADIUS / points)
    yield from _angle(points, every)
    for number in range(points):
        named = number % every == 0 and points - number > every / 2
        x, y = _position(points, number, _RADIUS)
        kind, size = ("number named", 1.25 * dot) if named else ("number", dot)
        yield svg_circle(kind, x, y, size)
        if named:
            x, y = _position(points, number, _RADIUS + 1.5 * _FONT)
            yield svg_text(str(number), x, y + 0.36 * _FONT, "quiet", "middle")


def _angle(points: int, number: int) -> Iterator[str]:
    """Draw the angle of the first labelled number after zero."""
    for end in (0, number):
        yield svg_line("axis", _MIDDLE, _MIDDLE, *_position(points, end, _RADIUS))
    turn = 2 * math.pi * number / points
    reach = 0.42 * _RADIUS
    x, y = _position(points, number, reach)
    yield (
        f'<path class="angle" d="M{coordinate(_MIDDLE + reach)} {coordinate(_MIDDLE)}'
        f'A{coordinate(reach)} {coordinate(reach)} 0 0 0 {coordinate(x)} {coordinate(y)}"/>'
    )
    at = reach + 1.1 * _FONT
    x, y = _MIDDLE + at * math.cos(turn / 2), _MIDDLE - at * math.sin(turn / 2)
    yield svg_text(
        f"{number} \u00b7 2\u03c0/{points}", x - 0.4 * _FONT, y + 0.36 * _FONT, "quiet halo"
    )


def _position(points: int, number: int, radius: float) -> tuple[float, float]:
    turn = 2 * math.pi * number / points
    return _MIDDLE + radius * math.cos(turn), _MIDDLE - radius * math.sin(turn)
