"""The typeface of films, installed with this package so that films look alike everywhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font

from gen.errors import EnvironmentFault

Style = Literal["Regular", "It", "Semibold", "SemiboldIt"]


@cache
def font(style: Style, size: float) -> FontProperties:
    """Source Sans in one style.

    Args:
        size: CSS pixels.

    Raises:
        EnvironmentFault: the typeface is not installed.
    """
    return FontProperties(fname=_file(style), size=size)


def missing(text: str) -> str | None:
    """The first character of a text that the typeface cannot draw; None where it draws all."""
    known = [_characters(style) for style in ("Regular", "It", "Semibold")]
    return next((one for one in text if not all(ord(one) in style for style in known)), None)


@cache
def _characters(style: Style) -> frozenset[int]:
    return frozenset(FT2Font(str(_file(style))).get_charmap())


@cache
def _file(style: Style) -> Path:
    mend = "run pip install font-source-sans-pro"
    try:
        path = Path(str(files("font_source_sans_pro"))) / "files" / f"SourceSansPro-{style}.ttf"
    except ModuleNotFoundError:
        what = "the typeface of films is not installed"
        raise EnvironmentFault(what, where="font-source-sans-pro", mend=mend) from None
    if not path.is_file():
        raise EnvironmentFault("there is no such font file", where=str(path), mend=mend)
    return path
