"""Film of a sweep: the outcome that every model would have if training ended at a step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, sqrt
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gen.drawing.frame_size import HEADER, fits, round_up_to_block, too_large_message
from gen.drawing.number_format import format_number
from gen.figures.figure import FilmFigure
from gen.figures.sweep_figure import SweepFigure
from gen.theme import FILM_WIDTH, NUMBER_SIZE

if TYPE_CHECKING:
    from gen.analysis.sweep_outcomes import SweepRun
    from gen.drawing.canvas import Canvas
    from gen.drawing.film import Film
    from gen.drawing.fonts import Style
    from gen.experiments.sweep import Axis, Sweep
    from gen.i18n import Words

SYMBOLS = {
    "weight_decay": "wd",
    "hidden": "H",
    "train_rows": "N",
    "learning_rate": "lr",
    "regulariser": "penalty",
    "modulus": "p",
}
"""Symbols of settings in films and maps; other settings keep their name in the config."""

_LEFT, _RIGHT, _BETWEEN = 76, 16, 16
_MOST_AXES = 3
_TITLE, _AXIS = 36, 44
_LABEL_GAP = 8
_LEGEND = 208
_WIDEST_PANELS = 3


Measure = Callable[[str, float, "Style"], float]
"""Returns the width of a text in CSS pixels, for a size and a style."""


class SweepFilm(SweepFigure, FilmFigure):
    """Panels, columns and rows are the axes of the sweep; the shape of a mark is an outcome.

    Attributes:
        cell: CSS pixels from one cell to the next; if left out, as many as fit.
    """

    kind: Literal["sweep-film"] = "sweep-film"
    cell: Annotated[int, Field(ge=12, le=96)] | None = None

    def check(self, sweep: Sweep) -> None:
        if len(sweep.axes) > _MOST_AXES:
            raise ValueError(
                f"{sweep.name} varies {len(sweep.axes)} settings, and a film shows {_MOST_AXES}; "
                f"the kind sweep-map shows any number"
            )
        for axis in sweep.axes:
            for text in (axis.key, *(value for value in axis.values if isinstance(value, str))):
                _check_letters(text)
        if _fits(sweep.axes, self.cell):
            return
        plan = _Plan.of(sweep.axes, self.cell)
        what = too_large_message(plan.width, plan.height)
        if self.cell is not None and _fits(sweep.axes, None):
            raise ValueError(f"{what}; leave cell out, or set a cell smaller than {self.cell}")
        raise ValueError(f"{what}; the kind sweep-map shows any number of values")

    def film(self, run: SweepRun, scale: int) -> Film:
        import numpy as np

        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame
        from gen.drawing.outcome_marks import OutcomeMarks

        shown = self.pacing().select(len(run.steps))
        steps = run.steps[shown]
        outcomes = run.outcomes_so_far()[..., shown]
        plan = _Plan.of(run.axes, self.cell)
        canvas, layers = film_frame(
            plan.width,
            plan.height,
            scale,
            steps,
            left=plan.left,
            right=plan.width - _RIGHT,
            timeline=HEADER - 12,
        )
        for place, corner in enumerate(plan.corners[:-1]):
            if plan.panels:
                _title(canvas, corner[0], corner[1] - 10, plan.panels, place)
            _grid(canvas, plan, *corner, labelled=place % plan.across == 0)
        middles = [
            (left + x, top + y)
            for left, top in plan.corners[:-1]
            for x, y in _places(plan, len(run.seeds))
        ]
        left, top = plan.corners[-1]
        marks = OutcomeMarks(
            outcomes.reshape(-1, len(steps)).T,
            np.array(middles),
            cells=_cell_names(run.axes),
            seeds=run.seeds,
            size=0.8 * (plan.cell - 4) / int(np.ceil(np.sqrt(len(run.seeds)))),
            legend=(left + 20, top + 16),
            scale=scale,
        )
        return Film.of(canvas, steps, [*layers, marks], self.pacing(), key_frame_every=50)

    def alt(self, run: SweepRun, words: Words) -> str:
        return words(
            "alt.sweep_film",
            models=int(run.trained.sum()),
            first=int(run.steps[0]),
            last=int(run.steps[-1]),
            counts=self.counts(run, words),
        )


@dataclass(frozen=True)
class _Plan:
    """Layout of a film in CSS pixels: no label overlaps another or is cut off.

    Attributes:
        cell: distance from one cell to the next.
        left: x of the first panel, right of the row labels.
        across: panels per row; the legend takes the place of one.
        pitch: distance from one panel to the next.
        below: height of the column labels.
        turned: whether column labels are vertical because they are wider than a cell.
    """

    panels: Axis | None
    columns: Axis
    rows: Axis | None
    cell: int
    left: int
    across: int
    pitch: int
    below: int
    turned: bool

    @classmethod
    def of(cls, axes: Sequence[Axis], cell: int | None, wide: Measure | None = None) -> _Plan:
        """Return the layout for the axes of a sweep.

        Args:
            cell: as large as fits if None.
            wide: measures texts; with the typefaces of films if None.
        """
        wide = wide or _wide
        panels, columns, rows = _axes(axes)
        count = len(panels.values) if panels else 1
        beside = [wide(_name(axis), NUMBER_SIZE, "It") for axis in (columns, rows) if axis]
        beside += [
            wide(_value_text(value), NUMBER_SIZE, "Semibold")
            for value in (rows.values if rows else ())
        ]
        left = max(_LEFT, ceil(max(beside)) + 2 * _LABEL_GAP)
        titles = (
            [wide(_heading(panels, place), NUMBER_SIZE, "Semibold") for place in range(count)]
            if panels
            else [0.0]
        )
        room = FILM_WIDTH - left - _RIGHT
        across = min(count + 1, _WIDEST_PANELS)
        while across > 1 and across * (max(titles) + _BETWEEN) - _BETWEEN > room:
            across -= 1
        part = (room - (across - 1) * _BETWEEN) // across
        cell = cell or max(12, min(48, part // len(columns.values)))
        pitch = max(cell * len(columns.values), ceil(max(titles))) + _BETWEEN
        widest = max(
            wide(_value_text(value), _label_size(cell), "Semibold") for value in columns.values
        )
        turned = widest > cell - 4
        below = max(_AXIS, ceil(widest) + 2 * _LABEL_GAP) if turned else _AXIS
        return cls(panels, columns, rows, cell, left, across, pitch, below, turned)

    @property
    def tall(self) -> int:
        return self.cell * (len(self.rows.values) if self.rows else 1)

    @property
    def corners(self) -> list[tuple[int, int]]:
        """Top left corner of each panel, and of the legend."""
        row = _TITLE + self.tall + self.below
        count = len(self.panels.values) if self.panels else 1
        return [
            (
                self.left + place % self.across * self.pitch,
                HEADER + place // self.across * row + _TITLE,
            )
            for place in range(count + 1)
        ]

    @property
    def width(self) -> int:
        needed = self.left + _RIGHT + self.across * self.pitch - _BETWEEN
        return round_up_to_block(max(FILM_WIDTH, needed))

    @property
    def height(self) -> int:
        bottom = max(top for _, top in self.corners[:-1]) + self.tall + self.below
        return round_up_to_block(max(bottom, self.corners[-1][1] + _LEGEND))


def _axes(axes: Sequence[Axis]) -> tuple[Axis | None, Axis, Axis | None]:
    """Return the axes of panels, columns and rows."""
    match axes:
        case (columns,):
            return None, columns, None
        case (columns, rows):
            return None, columns, rows
        case _:
            return axes[0], axes[1], axes[2]


def _places(plan: _Plan, seeds: int) -> list[tuple[float, float]]:
    """Return the centre of each mark in a panel; the first row is the lowest."""
    columns, rows, cell = len(plan.columns.values), plan.tall // plan.cell, plan.cell
    side = ceil(sqrt(seeds))
    pitch = (cell - 4) / side
    return [
        (
            column * cell + 2 + (seed % side + 0.5) * pitch,
            (rows - 1 - row) * cell + 2 + (seed // side + 0.5) * pitch,
        )
        for column, row, seed in product(range(columns), range(rows), range(seeds))
    ]


def _name(axis: Axis) -> str:
    return SYMBOLS.get(axis.key, axis.key.replace("_", " "))


def _value_text(value: Any) -> str:
    return format_number(value) if isinstance(value, int | float) else str(value)


def _heading(axis: Axis, place: int) -> str:
    return f"{_name(axis)}\u2009=\u2009{_value_text(axis.values[place])}"


def _cell_names(axes: Sequence[Axis]) -> list[str]:
    """Return the settings of every cell, with the symbols of the film."""
    each = ([_heading(axis, place) for place in range(len(axis.values))] for axis in axes)
    return [", ".join(one) for one in product(*each)]


def _label_size(cell: int) -> float:
    return min(NUMBER_SIZE, max(10.0, cell * 0.42))


def _check_letters(text: str) -> None:
    """Raise ValueError if a text has letters that the typefaces of films lack."""
    if text.isascii():
        return
    from gen.drawing.fonts import unsupported_character

    letter = unsupported_character(text)
    if letter is not None:
        raise ValueError(
            f'the typefaces of films lack "{letter}" in "{text}"; '
            f"name it in Latin, Greek or Cyrillic letters, or use the kind sweep-map"
        )


def _fits(axes: Sequence[Axis], cell: int | None) -> bool:
    """Return whether phones can decode the film; measure texts only if it is close."""
    generous = _Plan.of(axes, cell, lambda text, size, style: len(text) * size)
    if fits(generous.width, generous.height):
        return True
    plan = _Plan.of(axes, cell)
    return fits(plan.width, plan.height)


def _wide(text: str, size: float = NUMBER_SIZE, style: Style = "Semibold") -> float:
    from gen.drawing.surface import Surface

    return Surface(1, 1, 1).text_width(text, style, size)


def _title(canvas: Canvas, left: float, base: float, axis: Axis, place: int) -> None:
    from gen.drawing.marks import TextRun, symbol_runs

    symbol = _name(axis)
    text = _heading(axis, place).removeprefix(symbol)
    value = TextRun(text, colour="ink", style="Semibold")
    canvas.runs(left, base, [*symbol_runs(symbol, NUMBER_SIZE), value])


def _grid(canvas: Canvas, plan: _Plan, left: int, top: int, *, labelled: bool) -> None:
    """Draw a box per cell, and the values of both axes."""
    cell, bottom = plan.cell, top + plan.tall
    for column, row in product(range(len(plan.columns.values)), range(plan.tall // cell)):
        canvas.box(left + column * cell, top + row * cell, cell, cell, "rule")
        canvas.box(left + column * cell + 1, top + row * cell + 1, cell - 2, cell - 2, "ground")
    size = _label_size(cell)
    base = bottom + 6 + size
    for column, value in enumerate(plan.columns.values):
        x, text = left + (column + 0.5) * cell, _value_text(value)
        if plan.turned:
            y = bottom + 6
            canvas.text(x, y, text, size=size, across="center", upright="top", turned=True)
        else:
            canvas.text(x, base, text, size=size, across="center")
    if not labelled:
        return
    before = left - _LABEL_GAP
    canvas.symbol(before, base, _name(plan.columns), size=NUMBER_SIZE, across="right")
    if plan.rows:
        for row, value in enumerate(plan.rows.values):
            y = bottom - (row + 0.5) * cell
            canvas.text(before, y, _value_text(value), size=size, across="right", upright="center")
        canvas.symbol(before, top - 10, _name(plan.rows), size=NUMBER_SIZE, across="right")
