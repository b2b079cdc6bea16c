"""Numbers on a circle as markup: a point each, some named, and an angle as an example."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gen.charts.parts import coordinate, label, rule

_SIDE, _FONT = 380.0, 14.0
_MIDDLE = _SIDE / 2
_RADIUS = 148.0
_NAMED = 14
_ROUND = (1, 2, 5, 10, 20, 25, 50)


def draw_embedding(points: int) -> str:
    """The points counterclockwise from the right, as `<svg>` for a page that styles charts."""
    drawn = "".join(_parts(points))
    return (
        f'<svg viewBox="0 0 {_SIDE:g} {_SIDE:g}" font-size="{_FONT:g}" '
        f'aria-hidden="true">{drawn}</svg>'
    )


def _parts(points: int) -> Iterator[str]:
    middle, radius = coordinate(_MIDDLE), coordinate(_RADIUS)
    yield f'<circle class="ring" cx="{middle}" cy="{middle}" r="{radius}"/>'
    every = next(step for step in _ROUND if points <= step * _NAMED)
    dot = min(4.0, 0.3 * 2 * math.pi * _RADIUS / points)
    yield from _hand(points, every)
    for number in range(points):
        named = number % every == 0 and points - number > every / 2
        x, y = _place(points, number, _RADIUS)
        size = coordinate(dot * (1.25 if named else 1.0))
        kind = "number named" if named else "number"
        yield f'<circle class="{kind}" cx="{coordinate(x)}" cy="{coordinate(y)}" r="{size}"/>'
        if named:
            x, y = _place(points, number, _RADIUS + 1.5 * _FONT)
            yield label(str(number), x, y + 0.36 * _FONT, "quiet", "middle")


def _hand(points: int, number: int) -> Iterator[str]:
    """The angle of the first named number after zero."""
    for end in (0, number):
        yield rule("axis", _MIDDLE, _MIDDLE, *_place(points, end, _RADIUS))
    turn = 2 * math.pi * number / points
    reach = 0.42 * _RADIUS
    x, y = _place(points, number, reach)
    yield (
        f'<path class="angle" d="M{coordinate(_MIDDLE + reach)} {coordinate(_MIDDLE)}'
        f'A{coordinate(reach)} {coordinate(reach)} 0 0 0 {coordinate(x)} {coordinate(y)}"/>'
    )
    at = reach + 1.1 * _FONT
    x, y = _MIDDLE + at * math.cos(turn / 2), _MIDDLE - at * math.sin(turn / 2)
    yield label(
        f"{number} \u00b7 2\u03c0/{points}", x - 0.4 * _FONT, y + 0.36 * _FONT, "quiet halo"
    )


def _place(points: int, number: int, radius: float) -> tuple[float, float]:
    turn = 2 * math.pi * number / points
    return _MIDDLE + radius * math.cos(turn), _MIDDLE - radius * math.sin(turn)
