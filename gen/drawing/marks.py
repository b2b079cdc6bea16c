"""What the background of a film is made of: texts, lines, boxes and colour bars.

Lengths are CSS pixels from the top left corner. Colours are names of the theme, `pale:` and a name,
or `#rrggbb`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from gen.drawing.fonts import Style
from gen.theme import NUMBER_SIZE, SYMBOL_SIZE

Across = Literal["left", "center", "right"]
Upright = Literal["baseline", "top", "center", "bottom"]


_SUBSCRIPT_SIZE = 0.68
_SUBSCRIPT_DROP = 0.22


@dataclass(frozen=True)
class TextMark:
    """A text, aligned as given at (x, y); if `turned`, it reads upwards.

    Attributes:
        length: how long the film's font makes it; another font may need more room than there is.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str
    style: Style
    across: Across
    upright: Upright
    turned: bool
    length: float


@dataclass(frozen=True)
class TextRun:
    """A part of a line of text.

    Attributes:
        drop: distance of its baseline below that of the line, in CSS pixels.
        gap: distance from the part before, in CSS pixels.
    """

    text: str
    size: float = NUMBER_SIZE
    colour: str = "muted"
    style: Style = "Regular"
    drop: float = 0.0
    gap: float = 0.0


@dataclass(frozen=True)
class RunsMark:
    """A line of text whose parts differ in size, colour or style, aligned at (x, y).

    Attributes:
        lengths: of the parts, as of a text.
    """

    x: float
    y: float
    runs: tuple[TextRun, ...]
    across: Across
    lengths: tuple[float, ...]


@dataclass(frozen=True)
class LineMark:
    """A polyline; dash lengths are in CSS pixels."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    colour: str
    width: float
    dashes: tuple[float, ...]


@dataclass(frozen=True)
class BoxMark:
    """A filled rectangle."""

    left: float
    top: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class ColourBarMark:
    """The diverging colour map from the lowest to the highest level."""

    left: int
    top: int
    width: int
    height: int


Mark: TypeAlias = TextMark | RunsMark | LineMark | BoxMark | ColourBarMark


def symbol_runs(symbol: str, size: float = SYMBOL_SIZE, colour: str = "ink") -> list[TextRun]:
    """Return the parts of a mathematical symbol such as `n` or `W_in`."""
    base, _, subscript = symbol.partition("_")
    runs = [TextRun(base, size, colour, "It")]
    if subscript:
        low = size * _SUBSCRIPT_DROP
        runs.append(TextRun(subscript, size * _SUBSCRIPT_SIZE, colour, drop=low))
    return runs
