"""Fonts of films: Source Sans, or DejaVu Sans for texts with other characters.

Both are installed with Python packages, so films do not depend on fonts of the system.
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

_FALLBACK_FILES: dict[Style, str] = {
    "Regular": "DejaVuSans.ttf",
    "It": "DejaVuSans-Oblique.ttf",
    "Semibold": "DejaVuSans-Bold.ttf",
    "SemiboldIt": "DejaVuSans-BoldOblique.ttf",
}
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def font(style: Style, size: float, text: str = "") -> FontProperties:
    """Return the font for a text.

    Args:
        size: CSS pixels.

    Raises:
        SetupError: Source Sans is not installed.
    """
    file = font_file(style)
    return _properties(file if _supports(file, text) else _fallback(style), size)


def unsupported_character(text: str) -> str | None:
    """Return the first character that neither font supports; None if there is none."""
    styles: tuple[Style, ...] = ("Regular", "It", "Semibold")
    fallbacks = [_fallback(style) for style in styles]
    if all(_supports(font_file(style), text) for style in styles):
        return None
    return next(
        (
            character
            for character in text
            if bidirectional(character) in _RIGHT_TO_LEFT
            or not all(_supports(file, character) for file in fallbacks)
        ),
        None,
    )


def _supports(file: Path, text: str) -> bool:
    known = _characters(file)
    return text.isascii() or all(each.isspace() or ord(each) in known for each in text)


@cache
def _characters(file: Path) -> frozenset[int]:
    return frozenset(FT2Font(str(file)).get_charmap())


@cache
def _properties(file: Path, size: float) -> FontProperties:
    return FontProperties(fname=file, size=size)


def _fallback(style: Style) -> Path:
    return Path(get_data_path()) / "fonts" / "ttf" / _FALLBACK_FILES[style]


@cache
def font_file(style: Style) -> Path:
    """Return the path of Source Sans in one style.

    Raises:
        SetupError: Source Sans is not installed.
    """
    hint = "run pip install font-source-sans-pro"
    try:
        path = Path(str(files("font_source_sans_pro"))) / "files" / f"SourceSansPro-{style}.ttf"
    except ModuleNotFoundError:
        what = "the font Source Sans is not installed"
        raise SetupError(what, where="font-source-sans-pro", hint=hint) from None
    if not path.is_file():
        raise SetupError("the font file does not exist", where=str(path), hint=hint)
    return path
