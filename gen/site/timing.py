"""When a film shows which step, and where something happens: what a page's timeline goes by."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from gen.analysis.sweep_outcomes import SweepRun
from gen.charts.chart import Chart, Series, Stack
from gen.charts.curves import marks
from gen.text import script_json

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.store.store import Entry


def film_timing(entry: Entry, run: ModelRun | SweepRun, words: Words) -> str:
    """Frames a second, and of every frame its step and how many ticks it stands, as JSON."""
    info = entry.info
    timing = {"fps": info["fps"], "steps": info["steps"], "ticks": info["ticks"]}
    return script_json({**timing, "marks": _marks(run, words)})


def chart_timing(chart: Chart | Stack, run: ModelRun, words: Words) -> str:
    """Where the model memorises and generalises, and what every line says at its steps, as JSON.

    The drawing holds rounded places of some points only; a read-out needs the values themselves.
    """
    plots = chart.charts if isinstance(chart, Stack) else (chart,)
    curves = [[_curve(series) for series in plot.series] for plot in plots]
    return script_json({"marks": _marks(run, words), "curves": curves})


def _curve(series: Series) -> dict[str, Any]:
    """Steps and values of a line; a value that is not finite is null."""
    values = [float(f"{value:.7g}") if isfinite(value) else None for value in series.y]
    return {"key": series.key, "steps": [round(step) for step in series.x], "values": values}


def _marks(run: ModelRun | SweepRun, words: Words) -> list[dict[str, Any]]:
    if isinstance(run, SweepRun):
        return []
    return [
        {"key": mark.key, "at": round(mark.x), "name": mark.label}
        for mark in marks(run, "accuracy", words)
    ]
