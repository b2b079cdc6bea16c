"""The charts beside a sweep map: one for each model of a cell, in the order of the cell's dots."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

from gen.analysis.sweep_outcomes import OUTCOMES, SweepRun
from gen.i18n import Words
from gen.widgets.sweep_curves import Curves, draw_frame, draw_small_chart, power_of_ten

MOST_COLUMNS = 4
"""More charts side by side would be too narrow to read in the column beside a map."""


@dataclass(frozen=True)
class NetworkChart:
    """The chart of one model.

    Attributes:
        outcome: one of `OUTCOMES`.
    """

    seed: int
    outcome: str
    svg: str


@dataclass(frozen=True)
class CellCharts:
    """The charts of a cell's models, with the ends of their common axes.

    Attributes:
        columns: charts side by side.
        low, high: ends of the loss axis, as HTML.
        begin, end: ends of the axis of steps.
        frame: SVG of the large chart of one model, whose lines a script draws.
    """

    networks: list[NetworkChart]
    columns: int
    low: str
    high: str
    begin: int
    end: int
    frame: str


def draw_cell_charts(curves: Curves, cell: int, run: SweepRun, words: Words) -> CellCharts:
    """Draw the charts of one cell."""
    outcomes = run.outcomes()[cell].tolist()
    begin, end = curves.ends
    return CellCharts(
        networks=[
            NetworkChart(seed, OUTCOMES[outcome], draw_small_chart(curves, cell, place))
            for place, (seed, outcome) in enumerate(zip(run.seeds, outcomes, strict=True))
        ],
        columns=_columns(len(run.seeds)),
        low=power_of_ten(curves.low, words),
        high=power_of_ten(curves.high, words),
        begin=begin,
        end=end,
        frame=draw_frame(curves, words),
    )


def _columns(charts: int) -> int:
    """Return how many charts stand side by side: up to three in one line, more as their dots."""
    return charts if charts <= 3 else min(MOST_COLUMNS, ceil(sqrt(charts)))
