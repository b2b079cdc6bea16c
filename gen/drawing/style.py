"""Known settings in place of the user's matplotlibrc, so that a film looks alike everywhere."""

from __future__ import annotations

from contextlib import AbstractContextManager
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


def drawing_style() -> AbstractContextManager[None]:
    """Settings for everything that is drawn inside."""
    return mpl.rc_context(_SETTINGS)
