"""Colours, line styles and font sizes of films, charts and CSS.

A colour has one meaning everywhere, and is never the only distinction: train and test also differ
in line style, outcomes in marker. Colours that appear in one picture can be distinguished under
deuteranopia, protanopia and tritanopia.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Colour:
    """A colour in hex digits: `light` on a light background and `dark` on a dark one."""

    light: str
    dark: str


COLOURS: dict[str, Colour] = {
    "ground": Colour("#ffffff", "#14161a"),
    "card": Colour("#ffffff", "#1b1e24"),
    "ink": Colour("#1c1f24", "#e8e6e1"),
    "muted": Colour("#5d646e", "#a4abb6"),
    "rule": Colour("#d9dce1", "#353a43"),
    "hairline": Colour("#e7e9ed", "#2a2e36"),
    "accent": Colour("#0b6e6e", "#5cc8c2"),
    "train": Colour("#6750a4", "#b9a5f2"),
    "test": Colour("#bd5208", "#ffa45c"),
    "restricted": Colour("#1d5fa8", "#82b4f0"),
    "excluded": Colour("#a32a78", "#ef8cc8"),
    "signal": Colour("#1a7f4b", "#57c98d"),
    "distractor": Colour("#8d939c", "#868d98"),
    "bias": Colour("#c53d8e", "#f28cc6"),
    "groks": Colour("#e8a90c", "#f3c449"),
    "together": Colour("#2166ac", "#7db5ee"),
    "memorises": Colour("#5d646e", "#a4abb6"),
    "never": Colour("#a3a9b2", "#6f7683"),
    "failed": Colour("#b3261e", "#f2857d"),
    "untrained": Colour("#d9dce1", "#353a43"),
    "frequency-1": Colour("#0072b2", "#b5e4ff"),
    "frequency-2": Colour("#b85c00", "#ee6a3c"),
    "frequency-3": Colour("#0b4f3c", "#3ff0a8"),
    "frequency-4": Colour("#d01c7c", "#d070a8"),
    "frequency-5": Colour("#4f3b00", "#e6d53a"),
    "frequency-6": Colour("#6420d8", "#a070ff"),
}
"""Every colour of the tool's own theme, by its meaning."""

PAGE_COLOURS = ("card", "accent")
"""Colours of pages alone: no film shows them, so a site that changes them keeps its films."""

TEXT_COLOURS = (
    *("ink", "muted", "accent", "train", "test", "restricted", "excluded", "signal", "bias"),
    *("failed", *(f"frequency-{place}" for place in range(1, 7))),
)
"""The colours of text: their contrast to the background and to a card is at least 4.5."""

LINE_COLOURS = (*TEXT_COLOURS, "distractor")
"""The colours of lines and dots of data: their contrast is at least 3."""


def text_colour(colour: str) -> str:
    """Return the text colour of the label of a line: the same colour, or a darker grey."""
    return colour if colour in TEXT_COLOURS else "muted"


@dataclass(frozen=True)
class Line:
    """The style of a line of a chart.

    Attributes:
        colour: one of `COLOURS`.
        dashes: lengths of strokes and gaps in CSS pixels; none for a solid line.
    """

    colour: str
    dashes: tuple[float, ...] = ()


LINES: dict[str, Line] = {
    "train": Line("train", (6, 3)),
    "test": Line("test"),
    "restricted": Line("restricted", (10, 3, 2, 3)),
    "excluded": Line("excluded", (2, 3)),
    "norm": Line("ink"),
    "signal": Line("signal"),
    "gini": Line("muted", (8, 4)),
    **{
        f"line-{place + 1}": Line(f"frequency-{place % 6 + 1}", (8, 4) if place >= 6 else ())
        for place in range(12)
    },
}
"""The lines of charts, by meaning; no two lines of one plot have the same style. `line-1` to
`line-12` are lines without a meaning of their own, such as the views of any network."""

NEGATIVE_STOPS = ("#ffffff", "#c3d9f0", "#7fb0dd", "#3a7cbd", "#17508f", "#0a2b57")
POSITIVE_STOPS = ("#ffffff", "#f8cfc4", "#ee9480", "#d6533f", "#a8242a", "#5f0d1a")
"""The diverging colour map of weights, from zero outwards: white at 0, blue below, red above."""

DARK_ZERO = COLOURS["card"].dark
DARK_NEGATIVE_STOPS = (DARK_ZERO, "#1d3d66", "#2a63a6", "#4792dd", "#79bcf7", "#b4dcff")
DARK_POSITIVE_STOPS = (DARK_ZERO, "#6b221c", "#a83a2c", "#e0614a", "#fb9a7e", "#ffcdb5")
"""The same map on dark pages: 0 is the ground of cards, and what is further from 0 is lighter."""


@dataclass(frozen=True)
class Theme:
    """The colours of a site; by default those of the tool.

    Attributes:
        colours: every name of `COLOURS`.
        negative, positive: the diverging colour map, as `NEGATIVE_STOPS` and `POSITIVE_STOPS`.
        dark_negative, dark_positive: the same map on dark pages; no film shows it.
    """

    colours: Mapping[str, Colour] = field(default_factory=lambda: dict(COLOURS))
    negative: tuple[str, ...] = NEGATIVE_STOPS
    positive: tuple[str, ...] = POSITIVE_STOPS
    dark_negative: tuple[str, ...] = DARK_NEGATIVE_STOPS
    dark_positive: tuple[str, ...] = DARK_POSITIVE_STOPS

    @property
    def changed_map(self) -> bool:
        """Whether the diverging colour map is not that of the tool."""
        return (self.negative, self.positive) != (NEGATIVE_STOPS, POSITIVE_STOPS)

    @property
    def in_films(self) -> dict[str, Any]:
        """What differs from the tool's theme and can be seen in a film, as JSON values."""
        light = {
            name: colour.light
            for name, colour in self.colours.items()
            if name not in PAGE_COLOURS and colour.light != COLOURS[name].light
        }
        stops = {"negative": list(self.negative), "positive": list(self.positive)}
        return {**light, **(stops if self.changed_map else {})}

    @property
    def as_json(self) -> dict[str, Any]:
        """All colours as JSON values: light and dark of each name."""
        pairs = {name: [colour.light, colour.dark] for name, colour in self.colours.items()}
        negative = [list(self.negative), list(self.dark_negative)]
        return {
            **pairs,
            "negative": negative,
            "positive": [list(self.positive), list(self.dark_positive)],
        }


_theme: ContextVar[Theme | None] = ContextVar("theme", default=None)
_BUILT_IN = Theme()


def current() -> Theme:
    """Return the theme that films, charts and style sheets are drawn with in this thread."""
    return _theme.get() or _BUILT_IN


@contextmanager
def using(theme: Theme) -> Iterator[None]:
    """Draw with a theme, in this thread, until the `with` block ends."""
    token = _theme.set(theme)
    try:
        yield
    finally:
        _theme.reset(token)


FREQUENCY_COLOURS = tuple(f"frequency-{place}" for place in range(1, 7))
"""Colours of groups of neurons that share a frequency, in order of frequency."""

FILM_WIDTH = 672
"""Minimum width of a film in CSS pixels; a phone shows it at 390."""

NUMBER_SIZE, SYMBOL_SIZE, COUNTER_SIZE = 18, 24, 26
"""Font sizes of films in CSS pixels: numbers of axes, names of matrices, the step counter."""
