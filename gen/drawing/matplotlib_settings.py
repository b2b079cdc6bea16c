"""Fixed matplotlib settings, independent of the user's matplotlibrc."""

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
    """Apply the settings inside the block.

    matplotlib's `rc_context` copies all 300 settings, which takes longer than drawing a text.
    """
    present = {name: mpl.rcParams[name] for name in _SETTINGS}
    previous = {name: value for name, value in present.items() if value != _SETTINGS[name]}
    mpl.rcParams.update({name: _SETTINGS[name] for name in previous})
    try:
        yield
    finally:
        mpl.rcParams.update(previous)
