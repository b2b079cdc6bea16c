"""The map of a sweep over the steps: what would be said of each model, had it ended there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from gen.drawing.frame import blocks, fits, too_large
from gen.figures import SweepFilmFigure
from gen.figures.theme import FILM_WIDTH, NUMBER_SIZE

if TYPE_CHECKING:
    from gen.analysis.sweep import SweepRun
    from gen.drawing.canvas import Canvas
    from gen.drawing.film import Film
    from gen.sweeps import Axis, Sweep
    from gen.words import Words

SYMBOLS = {
    "weight_decay": "wd",
    "hidden": "H",
    "train_rows": "N",
    "learning_rate": "lr",
    "modulus": "p",
}
"""What films call a setting; others keep the name they have in the config."""

_LEFT, _RIGHT, _BETWEEN = 76, 16, 16
_HEADER, _TITLE, _AXIS = 76, 36, 44
_LEGEND = 208
_WIDEST_PANELS = 3


@dataclass(frozen=True)
class SweepLayout:
    """Where the panels of a sweep stand, and its legend after the last.

    Attributes:
        cell: CSS pixels from one cell to the next.
        across: how many panels stand beside each other.
        corners: the top left corner of each panel, and of the legend.
        width, height: of the canvas.
    """

    cell: int
    across: int
    corners: list[tuple[int, int]]
    width: int
    height: int

    @classmethod
    def of(cls, axes: Sequence[Axis], cell: int | None) -> SweepLayout:
        """The arrangement for the axes of a sweep.

        Args:
            cell: as many CSS pixels as fit if None.
        """
        panels, columns, rows = _axes(axes)
        count = len(panels.values) if panels else 1
        across = min(count + 1, _WIDEST_PANELS)
        down = -(-(count + 1) // across)
        room = FILM_WIDTH - _LEFT - _RIGHT - (across - 1) * _BETWEEN
        cell = cell or max(12, min(48, room // across // len(columns.values)))
        wide = cell * len(columns.values)
        row = _TITLE + cell * (len(rows.values) if rows else 1) + _AXIS
        corners = [
            (
                _LEFT + place % across * (wide + _BETWEEN),
                _HEADER + place // across * row + _TITLE,
            )
            for place in range(count + 1)
        ]
        width = max(FILM_WIDTH, _LEFT + _RIGHT + across * wide + (across - 1) * _BETWEEN)
        height = max(_HEADER + down * row, corners[-1][1] + _LEGEND)
        return cls(cell, across, corners, blocks(width), blocks(height))


class SweepFilm(SweepFilmFigure):
    """Panels, columns and rows are the sweep's axes; a mark is a model, its shape the outcome.

    Attributes:
        cell: CSS pixels from one cell to the next; as many as fit if left out.
    """

    kind: Literal["sweep-film"] = "sweep-film"
    cell: Annotated[int, Field(ge=12, le=96)] | None = None

    def check(self, sweep: Sweep) -> None:
        super().check(sweep)
        layout = SweepLayout.of(sweep.axes, self.cell)
        if fits(layout.width, layout.height):
            return
        what = too_large(layout.width, layout.height)
        own = SweepLayout.of(sweep.axes, None)
        if fits(own.width, own.height):
            raise ValueError(f"{what}; leave cell out, or set a cell smaller than {self.cell}")
        raise ValueError(f"{what}; the kind sweep-map shows any number of values")

    def film(self, run: SweepRun, scale: int) -> Film:
        import numpy as np

        from gen.drawing.canvas import Canvas
        from gen.drawing.film import Film
        from gen.drawing.layers import StepCounter, Timeline
        from gen.drawing.marks import Marks

        pacing = self.pacing()
        shown = pacing.chosen(len(run.steps))
        steps = run.steps[shown]
        outcomes = run.outcomes_so_far()[..., shown]
        panels, columns, rows = _axes(run.axes)
        layout = SweepLayout.of(run.axes, self.cell)
        cell, corners = layout.cell, layout.corners
        canvas = Canvas(layout.width, layout.height, scale)
        for place, (left, top) in enumerate(corners[:-1]):
            if panels:
                _title(canvas, left, top - 10, panels, place)
            _grid(canvas, left, top, cell, columns, rows, labelled=place % layout.across == 0)
        middles = [
            (corners[panel][0] + x, corners[panel][1] + y)
            for panel in range(len(corners) - 1)
            for x, y in _places(
                len(columns.values), len(rows.values) if rows else 1, cell, len(run.seeds)
            )
        ]
        length = layout.width - _LEFT - _RIGHT
        left, top = corners[-1]
        layers = [
            StepCounter(canvas, steps.tolist(), left=_LEFT, baseline=44),
            Timeline(canvas, steps.tolist(), left=_LEFT, top=_HEADER - 12, width=length),
            Marks(
                outcomes.reshape(-1, len(steps)).T,
                np.array(middles),
                size=0.8 * (cell - 4) / int(np.ceil(np.sqrt(len(run.seeds)))),
                legend=(left + 20, top + 16),
                scale=scale,
            ),
        ]
        return Film.of(canvas, steps, layers, pacing, key_frame_every=50)

    def alt(self, run: SweepRun, words: Words) -> str:
        return words(
            "alt.sweep_film",
            models=int(run.trained.sum()),
            first=int(run.steps[0]),
            last=int(run.steps[-1]),
            counts=self.counts(run, words),
        )


def _axes(axes: Sequence[Axis]) -> tuple[Axis | None, Axis, Axis | None]:
    """Panels, columns, rows."""
    match axes:
        case (columns,):
            return None, columns, None
        case (columns, rows):
            return None, columns, rows
        case _:
            return axes[0], axes[1], axes[2]


def _places(columns: int, rows: int, cell: int, seeds: int) -> list[tuple[float, float]]:
    """The middle of each model's mark in a panel; the first row is the lowest."""
    side = 1
    while side * side < seeds:
        side += 1
    pitch = (cell - 4) / side
    return [
        (
            column * cell + 2 + (seed % side + 0.5) * pitch,
            (rows - 1 - row) * cell + 2 + (seed // side + 0.5) * pitch,
        )
        for column, row, seed in product(range(columns), range(rows), range(seeds))
    ]


def _said(value: Any) -> str:
    from gen.drawing.canvas import number

    return number(value) if isinstance(value, int | float) else str(value)


def _title(canvas: Canvas, left: float, base: float, axis: Axis, place: int) -> None:
    symbol = SYMBOLS.get(axis.key, axis.key.replace("_", " "))
    width = canvas.symbol(left, base, symbol, size=NUMBER_SIZE)
    text = f"\u2009=\u2009{_said(axis.values[place])}"
    canvas.text(left + width, base, text, style="Semibold", colour="ink")


def _grid(
    canvas: Canvas,
    left: int,
    top: int,
    cell: int,
    columns: Axis,
    rows: Axis | None,
    *,
    labelled: bool,
) -> None:
    """A box for each cell, and the values of both axes beside them."""
    high = len(rows.values) if rows else 1
    bottom = top + high * cell
    for column in range(len(columns.values)):
        for row in range(high):
            canvas.box(left + column * cell, top + row * cell, cell, cell, "rule")
            canvas.box(left + column * cell + 1, top + row * cell + 1, cell - 2, cell - 2, "ground")
    size = min(NUMBER_SIZE, cell * 0.42)
    for column, value in enumerate(columns.values):
        x = left + (column + 0.5) * cell
        canvas.text(x, bottom + 6 + size, _said(value), size=size, across="center")
    if labelled:
        name = SYMBOLS.get(columns.key, columns.key.replace("_", " "))
        canvas.symbol(left - 8, bottom + 6 + size, name, size=NUMBER_SIZE, across="right")
    if rows and labelled:
        for row, value in enumerate(rows.values):
            y = bottom - (row + 0.5) * cell
            canvas.text(left - 8, y, _said(value), size=size, across="right", upright="center")
        name = SYMBOLS.get(rows.key, rows.key.replace("_", " "))
        canvas.symbol(left - 8, top - 10, name, size=NUMBER_SIZE, across="right")
