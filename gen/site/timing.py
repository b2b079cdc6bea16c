"""JSON for the timelines of pages: which step a film shows when, and where loss events are."""

from __future__ import annotations

from math import isfinite
from typing import Any

from gen.charts.chart import Chart, Series, Stack
from gen.charts.curves import marks
from gen.experiments.runs import Run
from gen.i18n import Words
from gen.store.store import Entry
from gen.text import script_json


def film_timing(entry: Entry, run: Run | None, words: Words) -> str:
    """Return frame rate, steps and durations of a film, and the loss events of `run`, as JSON."""
    timing = {key: entry.info[key] for key in ("fps", "steps", "ticks")}
    return script_json({**timing, "marks": _marks(run, words)})


def chart_timing(chart: Chart | Stack, run: Run | None, words: Words) -> str:
    """Return the loss events of `run`, and the values of every line, as JSON.

    The SVG has rounded coordinates of a part of the points; the page prints exact values.
    """
    plots = chart.charts if isinstance(chart, Stack) else (chart,)
    curves = [[_curve(series) for series in plot.series] for plot in plots]
    return script_json({"marks": _marks(run, words), "curves": curves})


def _curve(series: Series) -> dict[str, Any]:
    """Return steps and values of a line; null for values that are not finite."""
    values = [float(f"{value:.7g}") if isfinite(value) else None for value in series.y]
    return {"key": series.key, "steps": [round(step) for step in series.x], "values": values}


def _marks(run: Run | None, words: Words) -> list[dict[str, Any]]:
    found = () if run is None else marks(run, "accuracy", words)
    return [{"key": mark.key, "at": round(mark.x), "name": mark.label} for mark in found]
