"""A sweep as markup: panels of cells of dots, a mark for every outcome, curves of one cell."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import numpy as np
from jaxtyping import Int

from gen.analysis.sweep_outcomes import OUTCOMES, UNTRAINED
from gen.charts.labels import text_width
from gen.charts.parts import text
from gen.widgets.setting_words import axis_name, cell_labels, value_name
from gen.widgets.sweep_curves import Curves, draw_curves

if TYPE_CHECKING:
    from gen.analysis.formula import Formula
    from gen.analysis.sweep_outcomes import SweepRun
    from gen.experiments.sweep import Axis
    from gen.i18n import Words

CELL, GAP = 30.0, 3.0
_LEFT, _TOP, _RIGHT = 50.0, 4.0, 4.0
_LETTERS = 11.0
"""Size of the names of rows and columns."""

MARKS = {
    "groks": '<circle r="3.4"/>',
    "together": '<path d="M0-4.1 4.1 0 0 4.1-4.1 0Z"/>',
    "memorises": '<circle r="2.9"/>',
    "never": '<path d="M-2.6-2.6 2.6 2.6M2.6-2.6-2.6 2.6"/>',
    "failed": '<path d="M0-3.6 3.6 3.2H-3.6Z"/>',
    "untrained": '<circle r="1"/>',
}
"""A mark for each outcome, around its middle: its shape tells it as well as its colour."""


@dataclass(frozen=True)
class SweepPanel:
    """One value of the first axes.

    Attributes:
        formula: MathML of the products that its networks are made of, where the map compares them.
    """

    title: str
    formula: str
    svg: str


@dataclass(frozen=True)
class LegendEntry:
    """An outcome, what it is called, and how many models it befell."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class SweepMap:
    """Everything that a page shows of a sweep.

    Attributes:
        name: what the marks' ids begin with, until the page puts the figure's id there.
        marks: definitions that the panels use.
        curves: losses of the cell in focus.
        focus: that cell, in words.
        contradicted: of how many models the accuracies say something else than the outcome,
            in words; empty where of none.
        formulas: MathML of all that networks of this map compute, where they differ.
        formula: which of them those of the cell in focus compute.
        data: JSON for the script that lets readers ask.
    """

    name: str
    marks: str
    panels: list[SweepPanel]
    legend: list[LegendEntry]
    curves: str
    focus: str
    contradicted: str
    formulas: list[str]
    formula: int
    loss: float
    ratio: float
    trained: int
    models: int
    data: str


def draw_sweep_map(name: str, run: SweepRun, words: Words) -> SweepMap:
    """Draws a sweep: its last two axes are columns and rows, those before them make panels.

    Args:
        name: what the marks' ids begin with, until the page puts the figure's id there.
    """
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
    focus = _telling_cell(outcomes)
    curves = Curves.of(run)
    return SweepMap(
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
        curves=draw_curves(curves, focus, words),
        focus=describe(labels[focus], outcomes[focus], words),
        contradicted=_contradicted(run, words),
        formulas=[_mathml(formula.latex) for formula in formulas],
        formula=of_cell[focus] if of_cell else 0,
        loss=run.thresholds.loss,
        ratio=run.thresholds.ratio,
        trained=int(run.trained.sum()),
        models=run.trained.size,
        data=_data(run, words, labels, curves, focus, of_cell),
    )


def describe(label: str, outcomes: Int[np.ndarray, " seed"], words: Words) -> str:
    """A cell and how many of its models met which outcome."""
    counts = [
        words("map.count", count=int((outcomes == number).sum()), outcome=words(f"outcome.{key}"))
        for number, key in enumerate(OUTCOMES)
        if (outcomes == number).any()
    ]
    return words("map.cell", settings=label, outcomes=words.listed(counts))


def _telling_cell(outcomes: Int[np.ndarray, "cell seed"]) -> int:
    """The cell in which most kinds of outcome meet, one with models that grok first."""
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
        f'<g class="cell" data-cell="{number}"><title>{text(labels[number])}</title>'
        f'<rect x="{left:g}" y="{top:g}" width="{CELL:g}" height="{CELL:g}" rx="3"/>{marks}</g>'
    )


def _panel(cells: str, columns: Axis, rows: Axis | None, words: Words) -> str:
    pitch = CELL + GAP
    wide = len(columns.values) * pitch - GAP
    tall = (len(rows.values) if rows else 1) * pitch - GAP
    top, foot, middle = _TOP, _TOP + tall, _LEFT + wide / 2
    names = [value_name(columns, value, words) for value in columns.values]
    widest = max(text_width(name, _LETTERS) for name in names)
    turned = widest > pitch - 2
    texts = [
        _column_name(name, _LEFT + place * pitch + CELL / 2, foot, turned=turned)
        for place, name in enumerate(names)
    ]
    below = widest + 8 if turned else 16.0
    name = axis_name(columns, words)
    texts.append(
        f'<text class="axis" x="{middle:g}" y="{foot + below + 13:g}" '
        f'text-anchor="middle">{text(name)}</text>'
    )
    half = text_width(name, _LETTERS) / 2
    begin, end = min(0.0, middle - half), max(_LEFT + wide + _RIGHT, middle + half)
    if rows:
        names = [value_name(rows, value, words) for value in rows.values]
        texts += [
            f'<text x="{_LEFT - 5:g}" y="{foot - place * pitch - CELL / 2 + 4:g}" '
            f'text-anchor="end">{text(name)}</text>'
            for place, name in enumerate(names)
        ]
        begin = min(begin, _LEFT - 27 - max(text_width(name, _LETTERS) for name in names))
        name = axis_name(rows, words)
        texts.append(_upright_name(name, begin + 12, _TOP + tall / 2))
        over = text_width(name, _LETTERS) / 2 - tall / 2
        top, below = max(top, over), max(below, over - 20)
    box = f"{begin:g} {_TOP - top:g} {end - begin:g} {top + tall + below + 20:g}"
    return f'<svg viewBox="{box}" class="panel">{"".join(texts)}{cells}</svg>'


def _column_name(name: str, x: float, foot: float, *, turned: bool) -> str:
    """The name of a column below it, written upwards where it is wider than the column."""
    if turned:
        place = f'transform="translate({x + 4:g} {foot + 5:g}) rotate(-90)" text-anchor="end"'
    else:
        place = f'x="{x:g}" y="{foot + 13:g}" text-anchor="middle"'
    return f"<text {place}>{text(name)}</text>"


def _upright_name(name: str, x: float, y: float) -> str:
    """The name of an axis beside it: turned, or downwards if its characters stand upright."""
    if all(east_asian_width(character) in "WF" for character in name):
        return f'<text class="axis upright" x="{x:g}" y="{y:g}">{text(name)}</text>'
    place = f'transform="translate({x:g} {y:g}) rotate(-90)"'
    return f'<text class="axis" {place} text-anchor="middle">{text(name)}</text>'


def _formulas(run: SweepRun) -> tuple[list[Formula], list[int]]:
    """The different formulas of a sweep, and which is each cell's; none where they are all one."""
    found = [formula for formula in dict.fromkeys(run.formulas) if formula is not None]
    if len(found) < 2 or None in run.formulas:
        return [], []
    return found, [found.index(formula) for formula in run.formulas if formula is not None]


def _mathml(latex: str) -> str:
    from gen.mathml import to_mathml

    return to_mathml(latex, display=False) if latex else ""


def _contradicted(run: SweepRun, words: Words) -> str:
    count = int(run.contradicted().sum())
    models = int(run.valid.sum())
    return words("map.contradicted", count=count, models=models) if count else ""


def _data(
    run: SweepRun,
    words: Words,
    labels: list[str],
    curves: Curves,
    focus: int,
    formulas: list[int],
) -> str:
    """What the script needs: extremes exactly, curves as levels, all words."""
    extremes = run.final_extremes()
    numbers = np.stack([extremes.train_loss, extremes.test_loss, extremes.ratio], axis=2)
    state = np.where(run.failed, OUTCOMES.index("failed"), np.where(run.trained, 0, UNTRAINED))
    rows = len(run.axes[-1].values) if len(run.axes) > 1 else 1
    content = {
        "outcomes": list(OUTCOMES),
        "words": [words(f"outcome.{key}") for key in OUTCOMES],
        "cell": words("map.cell", settings="{settings}", outcomes="{outcomes}"),
        "count": words("map.count", count="{count}", outcome="{outcome}"),
        "contradicted": words("map.contradicted", count="{count}", models="{models}"),
        "comma": words("list.comma"),
        "last": words("list.last", rest="{rest}", last="{last}"),
        "labels": labels,
        "rows": rows,
        "columns": len(run.axes[-2 if len(run.axes) > 1 else -1].values),
        "seeds": len(run.seeds),
        "x": curves.x,
        "loss": run.thresholds.loss,
        "ratio": run.thresholds.ratio,
        "focus": focus,
        "formulas": formulas,
        "state": _encoded(state.astype(np.uint8)),
        "ends": _encoded(run.outcomes_by_accuracy().astype(np.uint8)),
        "extremes": _encoded(numbers.astype("<f4")),
        "curves": _encoded(curves.levels),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _encoded(numbers: np.ndarray) -> str:
    return base64.b64encode(numbers.tobytes()).decode()
