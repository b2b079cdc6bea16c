"""Charts as SVG: inline ones styled by the page, and standalone files.

An inline chart has two shapes, wide and narrow; a container query shows the one that fits, at
about the same font size. Classes and custom properties (`--train`, `--test`, `--ink`, `--muted`,
`--rule`, `--ground`) style it, so it follows the light and the dark theme. A page's style sheet
has to contain `STYLE`. A standalone chart has literal colours instead.
"""

from __future__ import annotations

from gen.charts.chart import Chart, Stack
from gen.charts.inline_styles import FONT, inline_styles
from gen.charts.markup import escaped
from gen.charts.parts import NARROW, WIDE, Shape
from gen.charts.stack import parts
from gen.theme import LINES

_LAYOUT = """\
.chart text { font-family: var(--figures, system-ui, "Segoe UI", Roboto, "Noto Sans",
  "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif);
  font-variant-numeric: tabular-nums; fill: var(--ink); }
.chart .quiet { fill: var(--muted); }
.chart path, .chart line { fill: none; vector-effect: non-scaling-stroke; }
.chart .grid { stroke: var(--rule); stroke-width: 1; }
.chart .axis, .chart .mark { stroke: var(--muted); stroke-width: 1; }
.chart .mark { stroke-opacity: 0.6; }
.chart .level { stroke: var(--muted); stroke-width: 1.25; stroke-dasharray: 1 3; }
.chart .line { stroke-width: 2; stroke-linejoin: round; }
.chart .thin { stroke-width: 1; stroke-opacity: 0.5; stroke-linejoin: round; }
.chart .dot { stroke-width: 2; vector-effect: non-scaling-stroke; }
.chart .dot.train { fill: var(--ground); stroke: var(--train); }
.chart .dot.test { fill: var(--test); stroke: var(--test); }
.chart .name { font-weight: 600; }
.chart .halo { paint-order: stroke; stroke: var(--ground); stroke-width: 4;
  stroke-linejoin: round; }
"""


def _series_rules() -> str:
    """Return CSS rules for the line and the label of each series."""
    rules: list[str] = []
    for key, line in LINES.items():
        dashes = " ".join(f"{length:g}" for length in line.dashes)
        dashed = f" stroke-dasharray: {dashes};" if dashes else ""
        rules.append(f".chart .line.{key} {{ stroke: var(--{line.colour});{dashed} }}\n")
        if key.startswith("line-"):
            rules.append(f".chart .thin.{key} {{ stroke: var(--{line.colour}); }}\n")
            rules.append(f".chart .event.{key} {{ fill: var(--{line.colour}); }}\n")
        rules.append(f".chart text.{key} {{ fill: var(--{line.colour}); }}\n")
    return "".join(rules)


_SHAPES = """\
.chart { container-type: inline-size; }
.chart svg { display: block; width: 100%; height: auto; overflow: visible; }
.chart .narrow { display: none; }
@container (max-width: 540px) {
  .chart .wide { display: none; }
  .chart .narrow { display: block; }
}
"""

STYLE = _LAYOUT + _series_rules() + _SHAPES
"""CSS rules for inline charts."""

_MARGIN = 16


def to_svg(chart: Chart | Stack, name: str, alt: str) -> str:
    """Return a chart as HTML for a page whose style sheet contains `STYLE`.

    Args:
        name: the figure's id, prefix of all ids in the markup.
        alt: description for screen readers.
    """
    return _inline(chart, name, alt, parts(chart, WIDE))


def standalone_svg(chart: Chart | Stack, alt: str) -> str:
    """Return a chart as a standalone SVG file with literal colours."""
    return _standalone(chart, alt, parts(chart, WIDE))


def inline_and_standalone(chart: Chart | Stack, name: str, alt: str) -> tuple[str, str]:
    """Return both `to_svg` and `standalone_svg`, with the wide shape laid out once."""
    wide = parts(chart, WIDE)
    return _inline(chart, name, alt, wide), _standalone(chart, alt, wide)


_Parts = tuple[list[str], int]
"""SVG elements of a chart in one shape, and their height."""


def _inline(chart: Chart | Stack, name: str, alt: str, wide: _Parts) -> str:
    drawings: list[str] = []
    for shape, (drawn, height) in ((WIDE, wide), (NARROW, parts(chart, NARROW))):
        classes, box = f'class="{shape.name}"', (0, shape.width, height)
        drawings.append(_svg(chart, shape, f"{name}-{shape.name}", alt, classes, drawn, box))
    return f'<div class="chart">{"".join(drawings)}</div>'


def _standalone(chart: Chart | Stack, alt: str, wide: _Parts) -> str:
    drawn, height = wide
    width, height = WIDE.width + 2 * _MARGIN, height + 2 * _MARGIN
    size = f'width="{width}" height="{height}" font-family="{FONT}"'
    corner = f'x="{-_MARGIN}" y="{-_MARGIN}" width="{width}" height="{height}"'
    ground = f'<rect class="ground" {corner}/>'
    markup = _svg(chart, WIDE, "chart", alt, size, [ground, *drawn], (-_MARGIN, width, height))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{inline_styles(markup)}\n'


def _svg(
    chart: Chart | Stack,
    shape: Shape,
    name: str,
    alt: str,
    attributes: str,
    drawn: list[str],
    box: tuple[int, int, int],
) -> str:
    """Return the `<svg>` element of a chart; `box` is its left and top edge, width and height."""
    edge, width, height = box
    name = escaped(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {attributes} '
        f'viewBox="{edge} {edge} {width} {height}" role="img" '
        f'lang="{escaped(chart.language)}" font-size="{shape.font:g}" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escaped(chart.title)}</title>'
        f'<desc id="{name}-desc">{escaped(alt)}</desc>'
        f"{''.join(drawn)}</svg>"
    )
