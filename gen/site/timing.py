"""JSON for the timelines of pages: which step a film shows when, and where loss events are.

A figure without a training has places in the place of steps, with a text for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

import numpy as np

from gen.charts.chart import Chart, Series, Stack
from gen.charts.curves import marks
from gen.experiments.runs import Run
from gen.figures.formula_figure import FormulaFigure
from gen.i18n import Words
from gen.store.store import Entry
from gen.text import script_json

_CURVE_POINTS = 80
"""Points of a curve in the timeline's bar."""


def film_timing(entry: Entry | None, run: Run | None, words: Words) -> str:
    """Return frame rate, steps and durations of a film, and events and curves of `run`, as JSON.

    Args:
        entry: the stored film; None if the figure is painted by the page alone.
    """
    timing = {} if entry is None else {key: entry.info[key] for key in ("fps", "steps", "ticks")}
    return script_json({**timing, "marks": _marks(run, words), "curve": _small_curve(run)})


def place_words(figure: FormulaFigure, places: Iterable[int], words: Words) -> dict[str, Any]:
    """Return what runs through the places of a figure, and the text of each place."""
    texts = {place: figure.place_text(place, words) for place in places}
    return {"name": figure.place_name(words), "texts": texts}


def _small_curve(run: Run | None) -> dict[str, list[list[float]]]:
    """Return train and test accuracy as few points from 0 to 1, as far as a run has them."""
    if run is None:
        return {}
    found: dict[str, list[list[float]]] = {}
    for key in ("train", "test"):
        if f"{key}_accuracy" not in run.metrics:
            continue
        steps, values = run.logged(f"{key}_accuracy")
        shown = np.unique(np.linspace(0, len(steps) - 1, _CURVE_POINTS).round().astype(np.int64))
        parts = (steps[shown] - steps[0]) / max(1, int(steps[-1] - steps[0]))
        pairs = np.stack([parts, values[shown]], axis=1)
        found[key] = pairs[np.isfinite(pairs).all(axis=1)].round(3).tolist()
    return found


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
