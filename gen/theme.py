"""Colours, line styles and font sizes of films, charts and CSS.

A colour has one meaning everywhere, and is never the only distinction: train and test also differ
in line style, outcomes in marker. Colours that appear in one picture can be distinguished under
deuteranopia, protanopia and tritanopia.
"""

from __future__ import annotations

from dataclasses import dataclass


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
"""Every colour, by its meaning."""

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
}
"""The lines of charts, by meaning; no two lines of one plot have the same style."""

NEGATIVE_STOPS = ("#ffffff", "#c3d9f0", "#7fb0dd", "#3a7cbd", "#17508f", "#0a2b57")
POSITIVE_STOPS = ("#ffffff", "#f8cfc4", "#ee9480", "#d6533f", "#a8242a", "#5f0d1a")
"""The diverging colour map of weights, from zero outwards: white at 0, blue below, red above."""

FREQUENCY_COLOURS = tuple(f"frequency-{place}" for place in range(1, 7))
"""Colours of groups of neurons that share a frequency, in order of frequency."""

FILM_WIDTH = 672
"""Minimum width of a film in CSS pixels; a phone shows it at 390."""

NUMBER_SIZE, SYMBOL_SIZE, COUNTER_SIZE = 18, 24, 26
"""Font sizes of films in CSS pixels: numbers of axes, names of matrices, the step counter."""
