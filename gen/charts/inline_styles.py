"""Inline styles for standalone SVG charts: classes become literal colours and fonts.

Editors, converters and slides do not support custom properties, and many no style sheets. The
chart looks as on a light page.
"""

from __future__ import annotations

import re

from gen.theme import LINES, current

FONT = (
    "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', "
    "'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"
)
_TEXT = re.compile(r'<text class="([^"]*)"([^>]*)>([^<]*)</text>')
_SHAPE = re.compile(r'<(path|line|circle|rect) class="([^"]*)"')
_LINE_WIDTH = "2"


def inline_styles(markup: str) -> str:
    """Replace the classes that `gen.charts.parts` writes by presentation attributes."""
    styled = _SHAPE.sub(_styled_shape, _TEXT.sub(_styled_text, markup))
    return styled.replace('<g class="plot"', "<g")


def colour(name: str) -> str:
    """Return the hex code of a colour of the current theme on a light ground."""
    return current().colours[name].light


def _styled_text(found: re.Match[str]) -> str:
    """Style a text. One with a halo becomes two, as few programs support `paint-order`."""
    classes, position, content = found[1].split(), found[2], found[3]
    key = next((each for each in classes if each in LINES), None)
    fill = LINES[key].colour if key else "muted" if "quiet" in classes else "ink"
    weight = ' font-weight="600"' if "name" in classes else ""
    drawn = f'<text fill="{colour(fill)}"{weight}{position}>{content}</text>'
    if "halo" not in classes:
        return drawn
    halo = {
        "fill": colour("ground"),
        "stroke": colour("ground"),
        "stroke-width": "4",
        "stroke-linejoin": "round",
    }
    return f"<text{_attributes(halo)}{weight}{position}>{content}</text>{drawn}"


def _styled_shape(found: re.Match[str]) -> str:
    tag, (kind, *keys) = found[1], found[2].split()
    return f"<{tag}{_attributes(_shape_style(kind, keys[0] if keys else ''))}"


def _shape_style(kind: str, key: str) -> dict[str, str]:
    """Return the style of a shape, equal to the CSS rules in `gen.charts.svg`."""
    muted = {"fill": "none", "stroke": colour("muted")}
    match kind:
        case "ground":
            return {"fill": colour("ground")}
        case "grid":
            return {"fill": "none", "stroke": colour("rule"), "stroke-width": "1"}
        case "axis":
            return {**muted, "stroke-width": "1"}
        case "mark":
            return {**muted, "stroke-width": "1", "stroke-opacity": "0.6"}
        case "level":
            return {**muted, "stroke-width": "1.25", "stroke-dasharray": "1 3"}
        case "dot":
            fill = "ground" if key == "train" else LINES[key].colour
            line = colour(LINES[key].colour)
            return {"fill": colour(fill), "stroke": line, "stroke-width": _LINE_WIDTH}
        case "thin":
            return {
                "fill": "none",
                "stroke": colour(LINES[key].colour),
                "stroke-width": "1",
                "stroke-opacity": "0.5",
                "stroke-linejoin": "round",
            }
        case "event":
            return {"fill": colour(LINES[key].colour)}
        case "line":
            dashes = " ".join(f"{length:g}" for length in LINES[key].dashes)
            return {
                "fill": "none",
                "stroke": colour(LINES[key].colour),
                "stroke-width": _LINE_WIDTH,
                "stroke-linejoin": "round",
                **({"stroke-dasharray": dashes} if dashes else {}),
            }
        case _:
            raise ValueError(f"unknown chart class {kind!r}")


def _attributes(values: dict[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in values.items())
