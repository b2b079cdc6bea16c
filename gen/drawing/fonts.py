"""The typefaces of films, installed with this package so that films look alike everywhere.

Films are written in Source Sans. A text with a character that it lacks is written in DejaVu Sans,
which comes with matplotlib; what that cannot write either has no place in a film.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal
from unicodedata import bidirectional

from matplotlib import get_data_path
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from gen.errors import SetupError

Style = Literal["Regular", "It", "Semibold", "SemiboldIt"]

_OTHER: dict[Style, str] = {
    "Regular": "DejaVuSans.ttf",
    "It": "DejaVuSans-Oblique.ttf",
    "Semibold": "DejaVuSans-Bold.ttf",
    "SemiboldIt": "DejaVuSans-BoldOblique.ttf",
}
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def font(style: Style, size: float, text: str = "") -> FontProperties:
    """The typeface of a text, in one style.

    Args:
        size: CSS pixels.

    Raises:
        EnvironmentFault: the typeface is not installed.
    """
    file = font_file(style)
    return _properties(file if _draws(file, text) else _other(style), size)


def unsupported_character(text: str) -> str | None:
    """The first character of a text that films cannot write; None where they write all."""
    styles: tuple[Style, ...] = ("Regular", "It", "Semibold")
    others = [_other(style) for style in styles]
    if all(_draws(font_file(style), text) for style in styles):
        return None
    return next(
        (
            one
            for one in text
            if bidirectional(one) in _RIGHT_TO_LEFT or not all(_draws(file, one) for file in others)
        ),
        None,
    )


def _draws(file: Path, text: str) -> bool:
    known = _characters(file)
    return text.isascii() or all(one.isspace() or ord(one) in known for one in text)


@cache
def _characters(file: Path) -> frozenset[int]:
    return frozenset(FT2Font(str(file)).get_charmap())


@cache
def _properties(file: Path, size: float) -> FontProperties:
    return FontProperties(fname=file, size=size)


def _other(style: Style) -> Path:
    return Path(get_data_path()) / "fonts" / "ttf" / _OTHER[style]


@cache
def font_file(style: Style) -> Path:
    """The file of Source Sans in one style.

    Raises:
        EnvironmentFault: the typeface is not installed.
    """
    hint = "run pip install font-source-sans-pro"
    try:
        path = Path(str(files("font_source_sans_pro"))) / "files" / f"SourceSansPro-{style}.ttf"
    except ModuleNotFoundError:
        what = "the typeface of films is not installed"
        raise SetupError(what, where="font-source-sans-pro", hint=hint) from None
    if not path.is_file():
        raise SetupError("there is no such font file", where=str(path), hint=hint)
    return path
