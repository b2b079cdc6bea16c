"""Known settings in place of the user's matplotlibrc, so that a film looks alike everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl

_SETTINGS: dict[Any, Any] = {
    "agg.path.chunksize": 0,
    "lines.antialiased": True,
    "patch.antialiased": True,
    "path.effects": [],
    "path.simplify": False,
    "path.sketch": None,
    "path.snap": True,
    "text.antialiased": True,
    "text.hinting": "none",
    "text.parse_math": False,
    "text.usetex": False,
}


@contextmanager
def drawing_style() -> Iterator[None]:
    """Settings for everything that is drawn inside.

    Every text of every frame asks for them, and matplotlib's own `rc_context` keeps a copy of
    all its three hundred settings, which takes longer than to write the text.
    """
    former = {name: mpl.rcParams[name] for name in _SETTINGS}
    mpl.rcParams.update(_SETTINGS)
    try:
        yield
    finally:
        mpl.rcParams.update(former)
