"""Write the colours of `gen.theme` as a stylesheet, so that pages and figures agree."""

from __future__ import annotations

from gen.charts.svg import STYLE
from gen.theme import COLOURS, FILM_WIDTH, NEGATIVE_STOPS, POSITIVE_STOPS


def theme() -> str:
    """Return the stylesheet of every page: colours, and the rules of inline charts."""
    return f"{css_variables()}\n{STYLE}"


def css_variables() -> str:
    """Return custom properties on `:root`: every colour, light and dark, and the film width."""
    fixed = {
        "positive-fill": POSITIVE_STOPS[3],
        "negative-fill": NEGATIVE_STOPS[3],
        "film": f"{FILM_WIDTH}px",
    }
    light = {name: colour.light for name, colour in COLOURS.items()} | fixed
    dark = {name: colour.dark for name, colour in COLOURS.items()}
    return (
        f":root {{\n  color-scheme: light dark;\n{_declarations(light, '  ')}}}\n\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n"
        f"  :root {{\n{_declarations(dark, '    ')}  }}\n}}\n"
    )


def _declarations(values: dict[str, str], indent: str) -> str:
    return "".join(f"{indent}--{name}: {value};\n" for name, value in values.items())
