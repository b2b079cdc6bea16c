"""A sweep as markup: panels of cells of dots, a mark for every outcome, curves of one cell."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int, UInt8

from gen.analysis.sweep import OUTCOMES, UNTRAINED
from gen.media.chart_parts import text
from gen.media.setting_words import axis_name, cell_labels, value_name

if TYPE_CHECKING:
    from gen.analysis.formula import Formula
    from gen.analysis.sweep import SweepRun
    from gen.sweeps import Axis
    from gen.words import Words

CELL, GAP = 30.0, 3.0
_LEFT, _TOP, _BELOW, _RIGHT = 50.0, 4.0, 34.0, 4.0
_LETTER = 6.0
"""About as wide as a letter of a row's name."""
_LOW, _HIGH = -8.0, 2.0
_CURVE_POINTS = 44
_PLOT = (480.0, 250.0, 42.0, 8.0, 10.0, 40.0)

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
    formulas: list[str]
    formula: int
    loss: float
    ratio: float
    trained: int
    models: int
    data: str


def draw_map(name: str, run: SweepRun, words: Words) -> SweepMap:
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
    picked, curves = _quantised(run)
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
        curves=_plot(run.steps[picked], curves[focus], words),
        focus=describe(labels[focus], outcomes[focus], words),
        formulas=[_mathml(formula.latex) for formula in formulas],
        formula=of_cell[focus] if of_cell else 0,
        loss=run.thresholds.loss,
        ratio=run.thresholds.ratio,
        trained=int(run.trained.sum()),
        models=run.trained.size,
        data=_data(run, words, labels, picked, curves, focus, of_cell),
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
    wide = len(columns.values) * (CELL + GAP) - GAP
    tall = (len(rows.values) if rows else 1) * (CELL + GAP) - GAP
    texts = [
        f'<text x="{_LEFT + place * (CELL + GAP) + CELL / 2:g}" y="{_TOP + tall + 13:g}" '
        f'text-anchor="middle">{text(value_name(columns, value, words))}</text>'
        for place, value in enumerate(columns.values)
    ]
    texts.append(
        f'<text class="axis" x="{_LEFT + wide / 2:g}" y="{_TOP + tall + 29:g}" '
        f'text-anchor="middle">{text(axis_name(columns, words))}</text>'
    )
    begin = 0.0
    if rows:
        names = [value_name(rows, value, words) for value in rows.values]
        texts += [
            f'<text x="{_LEFT - 5:g}" y="{_TOP + tall - place * (CELL + GAP) - CELL / 2 + 4:g}" '
            f'text-anchor="end">{text(name)}</text>'
            for place, name in enumerate(names)
        ]
        begin = min(0.0, _LEFT - 20 - _LETTER * max(map(len, names)))
        texts.append(
            f'<text class="axis" transform="translate({begin + 9:g} {_TOP + tall / 2:g}) '
            f'rotate(-90)" text-anchor="middle">{text(axis_name(rows, words))}</text>'
        )
    box = f"{begin:g} 0 {_LEFT - begin + wide + _RIGHT:g} {_TOP + tall + _BELOW:g}"
    return f'<svg viewBox="{box}" class="panel">{"".join(texts)}{cells}</svg>'


def _formulas(run: SweepRun) -> tuple[list[Formula], list[int]]:
    """The different formulas of a sweep, and which is each cell's; none where they are all one."""
    found = [formula for formula in dict.fromkeys(run.formulas) if formula is not None]
    if len(found) < 2 or None in run.formulas:
        return [], []
    return found, [found.index(formula) for formula in run.formulas if formula is not None]


def _mathml(latex: str) -> str:
    from gen.pages.maths import to_mathml

    return to_mathml(latex, display=False) if latex else ""


def _quantised(run: SweepRun) -> tuple[Int[np.ndarray, " point"], UInt8[np.ndarray, "..."]]:
    """Which logged steps are drawn, and (cell, seed, train or test, point) levels of log10."""
    last = len(run.steps) - 1
    spread = np.geomspace(1, last, _CURVE_POINTS).round().astype(int) if last > 0 else [0]
    picked = np.unique(spread)
    losses = np.stack([run.train_loss[..., picked], run.test_loss[..., picked]], axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (np.log10(losses) - _LOW) / (_HIGH - _LOW)
    levels = np.clip(np.nan_to_num(part, nan=0.0, neginf=0.0, posinf=1.0), 0, 1) * 255
    return picked, levels.round().astype(np.uint8)


def _plot(steps: np.ndarray, levels: UInt8[np.ndarray, "seed split point"], words: Words) -> str:
    width, height, left, right, top, bottom = _PLOT
    low, high = np.log10(max(1, steps[0])), np.log10(max(2, steps[-1]))
    x = left + (np.log10(np.maximum(1, steps)) - low) / (high - low) * (width - left - right)
    scale = height - top - bottom
    parts: list[str] = []
    for exponent in range(int(_LOW), int(_HIGH) + 1, 2):
        y = top + (1 - (exponent - _LOW) / (_HIGH - _LOW)) * scale
        power = str(exponent).replace("-", "\u2212")
        parts.append(f'<line class="grid" x1="{left}" x2="{width - right}" y1="{y:g}" y2="{y:g}"/>')
        parts.append(
            f'<text x="{left - 6}" y="{y + 4:g}" text-anchor="end">10'
            f'<tspan dy="-5" font-size="9">{power}</tspan></text>'
        )
    for step in (10**n * m for n in range(9) for m in (1, 3)):
        if steps[0] <= step <= steps[-1]:
            at = left + (np.log10(step) - low) / (high - low) * (width - left - right)
            anchor = "end" if at > width - 30 else "middle"
            parts.append(
                f'<text x="{at:.1f}" y="{height - bottom + 17:g}" '
                f'text-anchor="{anchor}">{words.number(step)}</text>'
            )
    parts.append(
        f'<text class="axis" x="{width - right}" y="{height - 6:g}" '
        f'text-anchor="end">{text(words("axis.step"))}</text>'
    )
    y = top + (1 - levels / 255) * scale
    for split, key in enumerate(("train", "test")):
        for seed in range(len(levels)):
            points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y[seed, split], strict=True))
            parts.append(f'<polyline class="line {key}" points="{points}"/>')
    frame = f"{left} {right} {top} {bottom}"
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" class="curves" data-frame="{frame}" '
        f'aria-hidden="true">{"".join(parts)}</svg>'
    )


def _data(
    run: SweepRun,
    words: Words,
    labels: list[str],
    picked: np.ndarray,
    curves: np.ndarray,
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
        "comma": words("list.comma"),
        "last": words("list.last", rest="{rest}", last="{last}"),
        "labels": labels,
        "rows": rows,
        "columns": len(run.axes[-2 if len(run.axes) > 1 else -1].values),
        "seeds": len(run.seeds),
        "points": len(picked),
        "loss": run.thresholds.loss,
        "ratio": run.thresholds.ratio,
        "focus": focus,
        "formulas": formulas,
        "state": base64.b64encode(state.astype(np.uint8).tobytes()).decode(),
        "extremes": base64.b64encode(numbers.astype("<f4").tobytes()).decode(),
        "curves": base64.b64encode(curves.tobytes()).decode(),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
