"""A chart as SVG: live text, coloured by the page, and readable from a phone to a wall.

An inline chart comes in two shapes, of which the style sheet shows the one that fits where the
chart stands; in both the type has about the same size on screen. Everything is styled by class
through custom properties (`--train`, `--test`, `--ink`, `--muted`, `--rule`, `--ground`), so
light and dark need no second file. A page's style sheet has to hold `STYLE`. A chart that is a
file of its own has literal colours instead.
"""

from __future__ import annotations

from gen.charts.chart import Chart, Stack
from gen.charts.inline_styles import FONT, literal
from gen.charts.parts import NARROW, WIDE, Shape, text
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
.chart .dot { stroke-width: 2; vector-effect: non-scaling-stroke; }
.chart .dot.train { fill: var(--ground); stroke: var(--train); }
.chart .dot.test { fill: var(--test); stroke: var(--test); }
.chart .name { font-weight: 600; }
.chart .halo { paint-order: stroke; stroke: var(--ground); stroke-width: 4;
  stroke-linejoin: round; }
"""


def _meanings() -> str:
    """How the line and the name of each series look."""
    rules: list[str] = []
    for key, line in LINES.items():
        dashes = " ".join(f"{length:g}" for length in line.dashes)
        dashed = f" stroke-dasharray: {dashes};" if dashes else ""
        rules.append(f".chart .line.{key} {{ stroke: var(--{line.colour});{dashed} }}\n")
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

_LOOK = _LAYOUT + _meanings()

STYLE = _LOOK + _SHAPES
"""What a page's style sheet has to hold for its inline charts."""

_MARGIN = 16


def to_svg(chart: Chart | Stack, name: str, alt: str) -> str:
    """The chart as markup for a page that holds `STYLE`.

    Args:
        chart: what is plotted.
        name: the figure's id; ids within the markup begin with it.
        alt: what the chart shows, for readers who do not see it.
    """
    drawings: list[str] = []
    for shape in (WIDE, NARROW):
        drawn, height = parts(chart, shape)
        classes, box = f'class="{shape.name}"', (0, shape.width, height)
        drawings.append(_svg(chart, shape, f"{name}-{shape.name}", alt, classes, drawn, box))
    return f'<div class="chart">{"".join(drawings)}</div>'


def standalone_svg(chart: Chart | Stack, alt: str) -> str:
    """The chart as a file of its own, which any program can draw: its colours are literal."""
    drawn, height = parts(chart, WIDE)
    width, height = WIDE.width + 2 * _MARGIN, height + 2 * _MARGIN
    size = f'width="{width}" height="{height}" font-family="{FONT}"'
    corner = f'x="{-_MARGIN}" y="{-_MARGIN}" width="{width}" height="{height}"'
    ground = f'<rect class="ground" {corner}/>'
    markup = _svg(chart, WIDE, "chart", alt, size, [ground, *drawn], (-_MARGIN, width, height))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{literal(markup)}\n'


def _svg(
    chart: Chart | Stack,
    shape: Shape,
    name: str,
    alt: str,
    attributes: str,
    drawn: list[str],
    box: tuple[int, int, int],
) -> str:
    """The markup of a whole drawing.

    Args:
        attributes: of the `svg` element, besides those that every chart has.
        box: its left and upper edge, its width and its height.
    """
    edge, width, height = box
    name = text(name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {attributes} '
        f'viewBox="{edge} {edge} {width} {height}" role="img" '
        f'lang="{text(chart.language)}" font-size="{shape.font:g}" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{text(chart.title)}</title>'
        f'<desc id="{name}-desc">{text(alt)}</desc>'
        f"{''.join(drawn)}</svg>"
    )
