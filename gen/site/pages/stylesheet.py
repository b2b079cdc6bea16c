"""Write the colours of the current theme as a stylesheet, so that pages and figures agree."""

from __future__ import annotations

from gen.charts.svg import STYLE
from gen.theme import FILM_WIDTH, current


def theme_stylesheet() -> str:
    """Return the stylesheet of every page: colours, and the rules of inline charts."""
    return f"{css_variables()}\n{STYLE}"


def css_variables() -> str:
    """Return custom properties on `:root`: every colour, light and dark, and the film width.

    `--negative-0` to `--negative-5` and `--positive-…` are the colour map of live figures.
    Films are drawn once, on a light ground: `--film-…` are the colours around them.
    """
    theme = current()
    fixed = {
        "positive-fill": theme.positive[3],
        "negative-fill": theme.negative[3],
        **{f"film-{name}": theme.colours[name].light for name in ("ground", "ink", "rule")},
        "film": f"{FILM_WIDTH}px",
    }
    light = {name: colour.light for name, colour in theme.colours.items()}
    light |= _stops("negative", theme.negative) | _stops("positive", theme.positive) | fixed
    dark = {name: colour.dark for name, colour in theme.colours.items()}
    dark |= _stops("negative", theme.dark_negative) | _stops("positive", theme.dark_positive)
    return (
        f":root {{\n  color-scheme: light dark;\n{_declarations(light, '  ')}}}\n\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n"
        f"  :root {{\n{_declarations(dark, '    ')}  }}\n}}\n"
    )


def _stops(side: str, stops: tuple[str, ...]) -> dict[str, str]:
    return {f"{side}-{place}": stop for place, stop in enumerate(stops)}


def _declarations(values: dict[str, str], indent: str) -> str:
    return "".join(f"{indent}--{name}: {value};\n" for name, value in values.items())
