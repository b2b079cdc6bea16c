"""SVG markup: escaped text, coordinates, and elements for lines, circles, labels and dots."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

import numpy as np
from jaxtyping import Float

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(content: str) -> str:
    """Escape a text for use between tags and in quoted attributes; drop what XML cannot hold."""
    return escape(_NOT_XML.sub("", content), quote=True)


def coordinate(value: float) -> str:
    """Format a coordinate with at most one decimal, as short as possible."""
    plain = f"{value:.1f}".removesuffix(".0")
    return "0" if plain == "-0" else plain.replace("0.", ".", 1) if abs(value) < 1 else plain


def polyline(x: Float[np.ndarray, " point"], y: Float[np.ndarray, " point"]) -> str:
    """Return the `d` attribute of a polyline, in relative moves of tenths."""
    tenths = (np.stack([x, y], axis=1) * 10).round().astype(int)
    first, moves = tenths[0], np.diff(tenths, axis=0)
    start = f"M{coordinate(first[0] / 10)} {coordinate(first[1] / 10)}"
    numbers = [coordinate(number / 10) for number in moves.ravel()]
    joined = "".join(
        number if index == 0 or number.startswith("-") else f" {number}"
        for index, number in enumerate(numbers)
    )
    return f"{start}l{joined}" if numbers else f"{start}h.1"


def dots(points: Iterable[tuple[float, float]]) -> str:
    """Return the `d` attribute of many dots: strokes of length zero with round caps."""
    return "".join(f"M{coordinate(x)} {coordinate(y)}h0" for x, y in points)


def svg_line(classes: str, x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a straight line."""
    ends = (("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2))
    places = " ".join(f'{name}="{coordinate(value)}"' for name, value in ends)
    return f'<line class="{classes}" {places}/>'


def svg_circle(classes: str, x: float, y: float, radius: float) -> str:
    """Return a circle around (x, y)."""
    places = f'cx="{coordinate(x)}" cy="{coordinate(y)}" r="{coordinate(radius)}"'
    return f'<circle class="{classes}" {places}/>'


def svg_text(content: str, x: float, y: float, classes: str, anchor: str = "start") -> str:
    """Return a text whose baseline starts, ends or has its middle at (x, y)."""
    at = "" if anchor == "start" else f' text-anchor="{anchor}"'
    place = f'x="{coordinate(x)}" y="{coordinate(y)}"{at}'
    return f'<text class="{classes}" {place}>{escaped(content)}</text>'


def picture(
    content: Iterable[str],
    width: float,
    height: float,
    font: float,
    *,
    name: str = "",
    data: Iterable[tuple[str, str]] = (),
) -> str:
    """Return an `<svg>` that screen readers skip.

    Args:
        content: its elements, from back to front.
        font: size of its texts, in its own units.
        name: its class.
        data: names and values of its `data-` attributes.
    """
    attributes = "".join(f' data-{key}="{value}"' for key, value in data)
    shape = f'class="{name}" ' if name else ""
    box = f"0 0 {coordinate(width)} {coordinate(height)}"
    return (
        f'<svg {shape}viewBox="{box}" font-size="{font:g}" aria-hidden="true"{attributes}>'
        f"{''.join(content)}</svg>"
    )
