"""Widget "sweep-map": outcomes of all models as marks in a grid, and the losses of one cell."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from unicodedata import east_asian_width

import numpy as np
from jaxtyping import Int

from gen.analysis.formula import Formula
from gen.analysis.sweep_outcomes import OUTCOMES, SweepRun
from gen.charts.labels import text_width
from gen.charts.markup import escaped
from gen.experiments.sweep import Axis
from gen.i18n import Words
from gen.widgets.setting_words import axis_name, cell_labels, value_name
from gen.widgets.sweep_charts import CellCharts, draw_cell_charts
from gen.widgets.sweep_curves import Curves
from gen.widgets.sweep_data import map_data

CELL, GAP = 30.0, 3.0
_LEFT, _TOP, _RIGHT = 50.0, 4.0, 4.0
_FONT = 11.0
"""Font size of row and column labels."""

MARKS = {
    "groks": '<circle r="3.4"/>',
    "together": '<path d="M0-4.1 4.1 0 0 4.1-4.1 0Z"/>',
    "memorises": '<circle r="2.9"/>',
    "never": '<path d="M-2.6-2.6 2.6 2.6M2.6-2.6-2.6 2.6"/>',
    "failed": '<path d="M0-3.6 3.6 3.2H-3.6Z"/>',
    "untrained": '<circle r="1"/>',
}
"""SVG mark of each outcome around (0, 0); outcomes differ in shape and colour."""


@dataclass(frozen=True)
class SweepPanel:
    """The cells of one combination of the first axes' values.

    Attributes:
        formula: MathML of its networks' products, if the map compares formulas.
    """

    title: str
    formula: str
    svg: str


@dataclass(frozen=True)
class LegendEntry:
    """An outcome with its name and its number of models."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class SweepMapDrawing:
    """Values of the widget's template.

    Attributes:
        name: prefix of the marks' ids; the template replaces it by the figure's id.
        marks: SVG definitions that the panels use.
        charts: losses of the selected cell.
        focus: description of the selected cell.
        contradicted: sentence with the number of models whose accuracies contradict their
            outcome; empty if there are none.
        formulas: MathML of the networks' different formulas; empty if all are equal.
        formula: index of the selected cell's formula.
        data: JSON for the script.
    """

    name: str
    marks: str
    panels: list[SweepPanel]
    legend: list[LegendEntry]
    charts: CellCharts
    focus: str
    contradicted: str
    formulas: list[str]
    formula: int
    loss: float
    ratio: float
    trained: int
    models: int
    data: str


def draw_sweep_map(name: str, run: SweepRun, words: Words) -> SweepMapDrawing:
    """Draw a sweep: the last two axes are columns and rows, the ones before make panels."""
    outcomes = run.outcomes()
    axes = run.axes
    columns, rows = axes[-2 if len(axes) > 1 else -1], axes[-1] if len(axes) > 1 else None
    height = len(rows.values) if rows else 1
    per_panel = len(columns.values) * height
    labels = cell_labels(axes, words)
    formulas, of_cell = _formulas(run)
    panels: list[SweepPanel] = []
    for panel, title in enumerate(cell_labels(axes[:-2], words)):
        first = panel * per_panel
        cells = "".join(
            _cell(name, first + place, place // height, height - 1 - place % height, row, labels)
            for place, row in enumerate(outcomes[first : first + per_panel])
        )
        shared = set(of_cell[first : first + per_panel])
        inside = formulas[shared.pop()].products if len(shared) == 1 else ""
        panels.append(SweepPanel(title, _mathml(inside), _panel(cells, columns, rows, words)))
    focus = _first_focus(outcomes)
    curves = Curves.of(run)
    return SweepMapDrawing(
        name=name,
        marks="".join(
            f'<g id="{name}-{key}" class="mark {key}">{mark}</g>' for key, mark in MARKS.items()
        ),
        panels=panels,
        legend=[
            LegendEntry(key, words(f"outcome.{key}"), int((outcomes == number).sum()))
            for number, key in enumerate(OUTCOMES)
            if number < 4 or (outcomes == number).any()
        ],
        charts=draw_cell_charts(curves, focus, run, words),
        focus=describe(labels[focus], outcomes[focus], words),
        contradicted=_contradicted(run, words),
        formulas=[_mathml(formula.latex) for formula in formulas],
        formula=of_cell[focus] if of_cell else 0,
        loss=run.thresholds.loss,
        ratio=run.thresholds.ratio,
        trained=int(run.trained.sum()),
        models=run.trained.size,
        data=map_data(run, words, labels, curves, focus, of_cell),
    )


def describe(label: str, outcomes: Int[np.ndarray, " seed"], words: Words) -> str:
    """Return a cell's settings and the number of its models with each outcome."""
    counts = [
        words("map.count", count=int((outcomes == number).sum()), outcome=words(f"outcome.{key}"))
        for number, key in enumerate(OUTCOMES)
        if (outcomes == number).any()
    ]
    return words("map.cell", settings=label, outcomes=words.listed(counts))


def _first_focus(outcomes: Int[np.ndarray, "cell seed"]) -> int:
    """Return the cell with most different outcomes, preferring cells with models that grok."""
    kinds = [(len(set(cell.tolist())), int((cell == 0).sum())) for cell in outcomes]
    return max(range(len(kinds)), key=lambda cell: (kinds[cell][1] > 0, kinds[cell]))


def _cell(
    name: str, number: int, column: int, row: int, outcomes: np.ndarray, labels: list[str]
) -> str:
    side = ceil(sqrt(len(outcomes)))
    pitch = (CELL - 2) / side
    left, top = _LEFT + column * (CELL + GAP), _TOP + row * (CELL + GAP)
    marks = "".join(
        f'<use href="#{name}-{OUTCOMES[outcome]}" '
        f'x="{left + 1 + (place % side + 0.5) * pitch:.1f}" '
        f'y="{top + 1 + (place // side + 0.5) * pitch:.1f}"/>'
        for place, outcome in enumerate(outcomes.tolist())
    )
    return (
        f'<g class="cell" data-cell="{number}"><title>{escaped(labels[number])}</title>'
        f'<rect x="{left:g}" y="{top:g}" width="{CELL:g}" height="{CELL:g}" rx="3"/>{marks}</g>'
    )


def _panel(cells: str, columns: Axis, rows: Axis | None, words: Words) -> str:
    pitch = CELL + GAP
    wide = len(columns.values) * pitch - GAP
    tall = (len(rows.values) if rows else 1) * pitch - GAP
    top, foot, middle = _TOP, _TOP + tall, _LEFT + wide / 2
    names = [value_name(columns, value, words) for value in columns.values]
    widest = max(text_width(name, _FONT) for name in names)
    rotated = widest > pitch - 2
    texts = [
        _column_name(name, _LEFT + place * pitch + CELL / 2, foot, rotated=rotated)
        for place, name in enumerate(names)
    ]
    below = widest + 8 if rotated else 16.0
    name = axis_name(columns, words)
    texts.append(
        f'<text class="axis" x="{middle:g}" y="{foot + below + 13:g}" '
        f'text-anchor="middle">{escaped(name)}</text>'
    )
    half = text_width(name, _FONT) / 2
    begin, end = min(0.0, middle - half), max(_LEFT + wide + _RIGHT, middle + half)
    if rows:
        names = [value_name(rows, value, words) for value in rows.values]
        texts += [
            f'<text x="{_LEFT - 5:g}" y="{foot - place * pitch - CELL / 2 + 4:g}" '
            f'text-anchor="end">{escaped(name)}</text>'
            for place, name in enumerate(names)
        ]
        begin = min(begin, _LEFT - 27 - max(text_width(name, _FONT) for name in names))
        name = axis_name(rows, words)
        texts.append(_row_axis_name(name, begin + 12, _TOP + tall / 2))
        over = text_width(name, _FONT) / 2 - tall / 2
        top, below = max(top, over), max(below, over - 20)
    box = f"{begin:g} {_TOP - top:g} {end - begin:g} {top + tall + below + 20:g}"
    return f'<svg viewBox="{box}" class="panel">{"".join(texts)}{cells}</svg>'


def _column_name(name: str, x: float, foot: float, *, rotated: bool) -> str:
    """Draw a column label below its column, rotated if it is wider than the column."""
    if rotated:
        place = f'transform="translate({x + 4:g} {foot + 5:g}) rotate(-90)" text-anchor="end"'
    else:
        place = f'x="{x:g}" y="{foot + 13:g}" text-anchor="middle"'
    return f"<text {place}>{escaped(name)}</text>"


def _row_axis_name(name: str, x: float, y: float) -> str:
    """Draw the row axis name: rotated, or as vertical text if all characters are wide."""
    if all(east_asian_width(character) in "WF" for character in name):
        return f'<text class="axis upright" x="{x:g}" y="{y:g}">{escaped(name)}</text>'
    place = f'transform="translate({x:g} {y:g}) rotate(-90)"'
    return f'<text class="axis" {place} text-anchor="middle">{escaped(name)}</text>'


def _formulas(run: SweepRun) -> tuple[list[Formula], list[int]]:
    """Return the different formulas and each cell's index; both empty if all are equal."""
    found = [formula for formula in dict.fromkeys(run.formulas) if formula is not None]
    if len(found) < 2 or None in run.formulas:
        return [], []
    return found, [found.index(formula) for formula in run.formulas if formula is not None]


def _mathml(latex: str) -> str:
    from gen.mathml import to_mathml

    return to_mathml(latex, display=False) if latex else ""


def _contradicted(run: SweepRun, words: Words) -> str:
    count, models = int(run.contradicted().sum()), int(run.valid.sum())
    return words("map.contradicted", count=count, models=models) if count else ""
