"""When a film shows which step, and where something happens: what a page's timeline goes by."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gen.analysis.sweep import SweepRun
from gen.figures.curves import marks

if TYPE_CHECKING:
    from gen.runs import ModelRun
    from gen.store import Entry
    from gen.words import Words


def film_timing(entry: Entry, run: ModelRun | SweepRun, words: Words) -> str:
    """Frames a second, and of every frame its step and how many ticks it stands, as JSON."""
    info = entry.info
    timing = {"fps": info["fps"], "steps": info["steps"], "ticks": info["ticks"]}
    return _json({**timing, "marks": _marks(run, words)})


def chart_timing(run: ModelRun, words: Words) -> str:
    """Where the model memorises and generalises, as JSON."""
    return _json({"marks": _marks(run, words)})


def _marks(run: ModelRun | SweepRun, words: Words) -> list[dict[str, Any]]:
    if isinstance(run, SweepRun):
        return []
    return [
        {"key": mark.key, "at": round(mark.x), "name": mark.label}
        for mark in marks(run, "accuracy", words)
    ]


def _json(value: object) -> str:
    """As it may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
