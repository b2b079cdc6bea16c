"""The typeface of films, installed with this package so that films look alike everywhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from matplotlib.font_manager import FontProperties

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
    return FontProperties(fname=font_file(style), size=size)


@cache
def font_file(style: Style) -> Path:
    """The file of Source Sans in one style.

    Raises:
        EnvironmentFault: the typeface is not installed.
    """
    mend = "run pip install font-source-sans-pro"
    try:
        path = Path(str(files("font_source_sans_pro"))) / "files" / f"SourceSansPro-{style}.ttf"
    except ModuleNotFoundError:
        what = "the typeface of films is not installed"
        raise EnvironmentFault(what, where="font-source-sans-pro", mend=mend) from None
    if not path.is_file():
        raise EnvironmentFault("there is no such font file", where=str(path), mend=mend)
    return path
