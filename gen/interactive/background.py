"""The background of a scene as SVG: texts stay texts, and colours follow the page."""

from __future__ import annotations

from html import escape

from gen.charts.markup import coordinate, escaped
from gen.drawing.marks import BoxMark, ColourBarMark, LineMark, Mark, RunsMark, TextMark
from gen.theme import COLOURS, NEGATIVE_STOPS

_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_RAISED = {"baseline": 0.0, "top": 0.75, "center": 0.34, "bottom": -0.25}
"""Distance from y to the baseline, in font sizes."""

_TURNED = {"left": "top", "center": "center", "right": "bottom"}
"""How a text that reads upwards lies across: the same, but for the way that it is turned."""

_TURNED_ANCHORS = {"baseline": "start", "top": "end", "center": "middle", "bottom": "start"}
"""Where a text that reads upwards has its y."""

_STYLES = {"Regular": "", "Semibold": " semibold", "It": " italic"}

_ORDER = {BoxMark: 0, LineMark: 1, TextMark: 2, RunsMark: 2, ColourBarMark: 3}
"""Kinds of marks, the lowest first: matplotlib draws all of one kind before the next."""


def background_svg(marks: tuple[Mark, ...], size: tuple[int, int], name: str) -> str:
    """Return the background of a film as an `<svg>` that screen readers skip.

    Args:
        marks: what it is made of; of a kind, the lowest first.
        size: width and height in CSS pixels.
        name: of the scene, for the ids inside.
    """
    width, height = size
    ordered = sorted(marks, key=lambda mark: _ORDER[type(mark)])
    drawn = "".join(_element(mark, f"{name}-colours") for mark in ordered)
    return (
        f'<svg class="scene-ground" viewBox="0 0 {width} {height}" aria-hidden="true" '
        f'focusable="false">{drawn}</svg>'
    )


def _element(mark: Mark, gradient: str) -> str:
    match mark:
        case TextMark():
            return _text(mark)
        case RunsMark():
            return _runs(mark)
        case LineMark():
            places = " ".join(
                f"{coordinate(x)},{coordinate(y)}" for x, y in zip(mark.x, mark.y, strict=True)
            )
            dashes = " ".join(f"{dash:g}" for dash in mark.dashes)
            dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
            return (
                f'<polyline {_colour("s", mark.colour)} fill="none" '
                f'stroke-width="{mark.width:g}"{dashed} points="{places}"/>'
            )
        case BoxMark():
            return f"<rect {_colour('f', mark.colour)} {_box(mark)}/>"
        case ColourBarMark():
            return f'{_gradient(gradient)}<rect fill="url(#{escape(gradient)})" {_box(mark)}/>'


def _text(mark: TextMark) -> str:
    anchor, drop, turn = _ANCHORS[mark.across], _RAISED[mark.upright], ""
    x, y = coordinate(mark.x), coordinate(mark.y)
    if mark.turned:
        anchor, drop = _TURNED_ANCHORS[mark.upright], _RAISED[_TURNED[mark.across]]
        turn = f' transform="rotate(-90 {x} {y})"'
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text {_colour("t", mark.colour, _STYLES[mark.style])} font-size="{mark.size:g}" '
        f'x="{x}" y="{coordinate(mark.y + drop * mark.size)}"{anchored}'
        f"{_fitted(mark.length)}{turn}>"
        f"{escaped(mark.text)}</text>"
    )


def _runs(mark: RunsMark) -> str:
    """Return a line of text whose parts follow each other in whatever typeface the page has."""
    parts: list[str] = []
    low = 0.0
    for run, length in zip(mark.runs, mark.lengths, strict=True):
        # Shifts are relative to the part before.
        shifts = (("dx", run.gap), ("dy", run.drop - low))
        moved = "".join(f' {name}="{coordinate(by)}"' for name, by in shifts if by)
        low = run.drop
        parts.append(
            f"<tspan {_colour('t', run.colour, _STYLES[run.style])} "
            f'font-size="{coordinate(run.size)}"{moved}{_fitted(length)}>{escaped(run.text)}</tspan>'
        )
    anchor = _ANCHORS[mark.across]
    anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
    place = f'x="{coordinate(mark.x)}" y="{coordinate(mark.y)}"'
    return f"<text {place}{anchored}>{''.join(parts)}</text>"


def _fitted(length: float) -> str:
    """Return attributes that make a text as wide as in the film, where others stand close by.

    The typefaces of readers are up to a fifth wider.
    """
    return f' textLength="{coordinate(length)}" lengthAdjust="spacingAndGlyphs"'


def _box(mark: BoxMark | ColourBarMark) -> str:
    sides = (("x", mark.left), ("y", mark.top), ("width", mark.width), ("height", mark.height))
    return " ".join(f'{name}="{coordinate(value)}"' for name, value in sides)


def _colour(kind: str, colour: str, style: str = "") -> str:
    """Return the class of a colour of the theme, or the colour itself.

    Args:
        kind: `t` for texts, `s` for strokes, `f` for filled shapes.
    """
    name = colour.removeprefix("pale:")
    if name in COLOURS:
        pale = " pale" if name != colour else ""
        return f'class="{kind}-{name}{pale}{style}"'
    styled = f'class="{style.strip()}" ' if style else ""
    return f'{styled}{"stroke" if kind == "s" else "fill"}="{escape(name)}"'


def _gradient(name: str) -> str:
    """Return the diverging colour map from left to right."""
    last = len(NEGATIVE_STOPS) - 1
    stops = [
        *(f"negative-{stop}" for stop in range(last, 0, -1)),
        *(f"positive-{stop}" for stop in range(last + 1)),
    ]
    drawn = "".join(
        f'<stop offset="{place / (len(stops) - 1):.3g}" stop-color="var(--{stop})"/>'
        for place, stop in enumerate(stops)
    )
    return f'<linearGradient id="{escape(name)}">{drawn}</linearGradient>'
