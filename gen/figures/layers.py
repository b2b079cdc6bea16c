"""Film of any number of views of any network as heat maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from gen.analysis.neuron_groups import entry_numbers
from gen.charts.scales import round_up
from gen.drawing.derived import Values
from gen.figures.any_run_figure import (
    AnyRunFigure,
    Name,
    axis_in_words,
    chosen_views,
)
from gen.figures.figure import FilmFigure
from gen.figures.heat_layout import HeatLayout, HeatMap
from gen.figures.selection import Selection
from gen.networks.view import ViewShape

if TYPE_CHECKING:
    from gen.drawing.film import Film
    from gen.experiments.runs import Run
    from gen.i18n import Words

MOST_VIEWS = 24


class Layers(Selection, AnyRunFigure, FilmFigure):
    """Every value is a cell: white at zero, blue if negative, red if positive.

    Attributes:
        views: names of the views, in the order in which they stand; all if left out.
        limits: `own`: every view has its own scale of colours; `shared`: all have the same.
        limit: the value with the deepest colour in all views; if left out, the largest of the
            last snapshot, rounded up.
        cell: CSS pixels from one cell to the next; if left out, as many as fit.
        frames: snapshots shown at most.
    """

    kind: Literal["layers"] = "layers"
    views: Annotated[list[Name], Field(min_length=1, max_length=MOST_VIEWS)] | None = None
    limits: Literal["own", "shared"] = "own"
    limit: Annotated[float, Field(gt=0.0)] | None = None
    cell: Annotated[int, Field(ge=1, le=128)] | None = None
    frames: Annotated[int, Field(ge=2, le=1000)] = 101

    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        self.check_names(shapes)
        chosen = chosen_views(self.views, shapes)
        if len(chosen) > MOST_VIEWS:
            raise ValueError(f"{len(chosen)} views are too many; name {MOST_VIEWS} at most")
        HeatLayout.of(self._maps(chosen), self.cell).check()

    def film(self, run: Run, scale: int) -> Film:
        from gen.drawing.film import Film

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        chosen = chosen_views(self.views, run.shapes)
        maps = [self._numbered(one, run) for one in self._maps(chosen)]
        layout = HeatLayout.of(maps, self.cell)
        # Rows are sorted by the last snapshot, which is always the last of those that are shown.
        values = [self.of(run, name, shown) for name in chosen]
        canvas, layers = layout.frame(values, self._limits(values), steps, scale)
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: Run, words: Words) -> str:
        chosen = chosen_views(self.views, run.shapes)
        values = [np.asarray(self.of(run, name, [0, -1])) for name in chosen]
        begin = words(
            "alt.layers.begin",
            views=len(chosen),
            first=int(run.snapshot_steps[0]),
            last=int(run.snapshot_steps[-1]),
        )
        each = [
            words(
                "alt.layers.one",
                name=name,
                rows=ends.shape[1],
                columns=ends.shape[2],
                row_axis=axis_in_words(shape.row_axis, words),
                column_axis=axis_in_words(self._column_axis(shape), words),
                first=float(np.abs(ends[0]).max()),
                final=float(np.abs(ends[1]).max()),
                limit=limit,
            )
            for (name, shape), ends, limit in zip(
                chosen.items(), values, self._limits(values), strict=True
            )
        ]
        orders = (("rows", self.sort), ("columns", self.sort_columns))
        sorted_by = [words(f"alt.layers.{what}_by_{order}") for what, order in orders if order]
        return words.join_sentences([begin, *each, *sorted_by])

    def _limits(self, values: Sequence[Values]) -> list[float]:
        """Return the value of every view that has the deepest colour."""
        final = [float(np.abs(np.asarray(one)[-1]).max()) for one in values]
        if self.limits == "shared":
            final = [max(final)] * len(final)
        return [self.limit or (round_up(one) if one > 0 else 1.0) for one in final]

    def _column_axis(self, shape: ViewShape) -> str:
        return shape.column_axis if self.project is None else "component"

    def _maps(self, chosen: Mapping[str, ViewShape]) -> list[HeatMap]:
        """Return what the heat maps are called; what is sorted has no numbers.

        Raises:
            ValueError: a slice leaves nothing of a view.
        """
        maps: list[HeatMap] = []
        for name, shape in chosen.items():
            rows, columns = self.shown(name, shape)
            column_axis = self._column_axis(shape)
            maps.append(
                HeatMap(
                    name,
                    (len(rows), len(columns)),
                    _ordered(shape.row_axis, self.sort),
                    _ordered(column_axis, self.sort_columns),
                    None if self.sort else tuple(rows.tolist()),
                    None if self.sort_columns else tuple(columns.tolist()),
                )
            )
        return maps

    def _numbered(self, one: HeatMap, run: Run) -> HeatMap:
        """Return a heat map whose neurons have the numbers that they have in all figures."""
        shape = run.shapes[one.name]
        rows, columns = one.rows, one.columns
        if rows is not None:
            numbers = entry_numbers(run, shape.row_axis, shape.rows)
            rows = tuple(numbers[row] for row in rows)
        if columns is not None and self.project is None:
            numbers = entry_numbers(run, shape.column_axis, shape.columns)
            columns = tuple(numbers[column] for column in columns)
        return replace(one, rows=rows, columns=columns)


def _ordered(axis: str, order: str | None) -> str:
    return f"{axis}, by {order}" if order else axis
