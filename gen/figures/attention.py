"""Film of attention: how much every head looks at every position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.charts.scales import round_up
from gen.drawing.frame_size import HEADER
from gen.figures.any_run_figure import AnyRunFigure, Name, axis_in_words, chosen_views
from gen.figures.figure import FilmFigure
from gen.figures.heat_layout import HeatLayout, HeatMap
from gen.figures.selection import finite
from gen.theme import FILM_WIDTH, FREQUENCY_COLOURS, text_colour

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import Run
    from gen.i18n import Words
    from gen.networks.view import ViewShape

_AXES = frozenset({"head", "position"})
_MOST_CELLS = 64
_MOST_PANELS, _MOST_LINES = 16, len(FREQUENCY_COLOURS)

_LEFT, _RIGHT, _BETWEEN = 56, 44, 56
_PANEL = (FILM_WIDTH - _LEFT - _RIGHT - _BETWEEN) // 2
_NAME, _HEIGHT, _AXIS = 44, 120, 36


class Attention(AnyRunFigure, FilmFigure):
    """Cells with a row for each head and a column for each position, or lines over the steps.

    Attributes:
        view: name of the view; all that have heads or positions as an axis if left out.
        drawn: `cells`: a heat map; `lines`: for every row a panel with a line for every column.
        frames: snapshots shown at most.
    """

    kind: Literal["attention"] = "attention"
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    view: Name | None = None
    drawn: Literal["cells", "lines"] = "cells"
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        chosen = self._chosen(shapes)
        if not chosen:
            raise ValueError(
                f"it needs a view with a head or a position as an axis, or the name of another "
                f"one in view; the views are {', '.join(shapes) or 'none'}"
            )
        for name, shape in chosen.items():
            if max(shape.rows, shape.columns) > _MOST_CELLS:
                raise ValueError(
                    f"{name} is {shape.rows} x {shape.columns}; the limit is {_MOST_CELLS} rows "
                    f"and columns, the kind layers shows parts of larger views"
                )
        if self.drawn == "cells":
            HeatLayout.of(_maps(chosen)).check()
            return
        panels = sum(shape.rows for shape in chosen.values())
        most = max(shape.columns for shape in chosen.values())
        if panels > _MOST_PANELS or most > _MOST_LINES:
            raise ValueError(
                f"{panels} rows of up to {most} lines have no room; {_MOST_PANELS} rows of "
                f'{_MOST_LINES} lines do: name one view, or set drawn = "cells"'
            )

    def film(self, run: Run, scale: int) -> Film:
        from gen.drawing.film import Film

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        chosen = self._chosen(run.shapes)
        values = {name: finite(run.view_at(name, shown)) for name in chosen}
        limit = _limit(list(values.values()))
        if self.drawn == "cells":
            layout = HeatLayout.of(_maps(chosen))
            canvas, layers = layout.frame(
                list(values.values()), [limit] * len(values), steps, scale
            )
        else:
            canvas, layers = _line_panels(chosen, values, limit, steps, scale)
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: Run, words: Words) -> str:
        chosen = self._chosen(run.shapes)
        sentences = [
            words(
                f"alt.attention.{self.drawn}",
                views=words.listed(list(chosen)),
                first=int(run.snapshot_steps[0]),
                last=int(run.snapshot_steps[-1]),
            )
        ]
        for name, shape in chosen.items():
            final = finite(run.view_at(name, [-1])[0])
            for row, strongest in enumerate(final.argmax(axis=1).tolist()):
                sentences.append(
                    words(
                        "alt.attention.row",
                        name=name,
                        row_axis=axis_in_words(shape.row_axis, words),
                        row=row,
                        column_axis=axis_in_words(shape.column_axis, words),
                        column=strongest,
                        value=float(final[row, strongest]),
                    )
                )
        return words.join_sentences(sentences)

    def _chosen(self, shapes: Mapping[str, ViewShape]) -> dict[str, ViewShape]:
        """Return the named view, or all of heads or positions."""
        if self.view is not None:
            return chosen_views([self.view], shapes)
        return {
            name: shape
            for name, shape in shapes.items()
            if {shape.row_axis, shape.column_axis} & _AXES
        }


def _limit(values: Sequence[Float[np.ndarray, "frame _row _column"]]) -> float:
    """Return the value with the deepest colour: 1, unless there are larger ones."""
    largest = max(float(np.abs(one).max()) for one in values)
    return 1.0 if largest <= 1 + 1e-6 else round_up(largest)


def _maps(chosen: Mapping[str, ViewShape]) -> list[HeatMap]:
    return [
        HeatMap(
            name,
            (shape.rows, shape.columns),
            shape.row_axis,
            shape.column_axis,
            tuple(range(shape.rows)),
            tuple(range(shape.columns)),
        )
        for name, shape in chosen.items()
    ]


def _line_panels(
    chosen: Mapping[str, ViewShape],
    values: Mapping[str, Float[np.ndarray, "frame _row _column"]],
    limit: float,
    steps: Int[np.ndarray, " frame"],
    scale: int,
) -> tuple[Canvas, list[Layer]]:
    """Return the canvas and layers of a panel for every row, two beside each other."""
    from gen.drawing.film_frame import film_frame
    from gen.drawing.marks import TextRun, symbol_runs

    rows = [(name, row) for name, shape in chosen.items() for row in range(shape.rows)]
    below = _NAME + _HEIGHT + _AXIS
    bottom = HEADER + -(-len(rows) // 2) * below
    canvas, layers = film_frame(
        FILM_WIDTH, bottom, scale, steps, left=_LEFT, right=FILM_WIDTH - _RIGHT
    )
    low = 0.0 if all(float(one.min()) >= 0 for one in values.values()) else -limit
    _legend(canvas, max(chosen.values(), key=lambda shape: shape.columns))
    for place, (name, row) in enumerate(rows):
        left = _LEFT + place % 2 * (_PANEL + _BETWEEN)
        top = HEADER + _NAME + place // 2 * below
        title = [*symbol_runs(name), TextRun(f"{chosen[name].row_axis} {row}", gap=10)]
        canvas.runs(left, top - 12, title)
        layers += _pens(canvas, (left, top), (low, limit), steps, values[name][:, row])
    return canvas, layers


def _legend(canvas: Canvas, shape: ViewShape) -> None:
    """Draw the number of every line in its colour, at the right end of the header."""
    x = float(FILM_WIDTH - _RIGHT)
    for column in reversed(range(shape.columns)):
        colour = FREQUENCY_COLOURS[column]
        x -= canvas.text_width(str(column))
        canvas.text(x, 44, str(column), colour=text_colour(colour))
        canvas.line([x - 26, x - 6], [38, 38], colour=colour, width=2.5)
        x -= 40
    canvas.text(x, 44, shape.column_axis, across="right")


def _pens(
    canvas: Canvas,
    corner: tuple[int, int],
    ends: tuple[float, float],
    steps: Int[np.ndarray, " frame"],
    values: Float[np.ndarray, "frame column"],
) -> list[Layer]:
    """Return the growing lines of one panel, with dots at their ends, and draw its axes."""
    from gen.drawing.canvas import nice_ticks
    from gen.drawing.layers import Pen, Points

    first, last = float(steps[0]), float(max(steps[-1], steps[0] + 1))
    left, top = corner
    panel = canvas.panel(left=left, top=top, width=_PANEL, height=_HEIGHT, x=(first, last), y=ends)
    panel.y_axis(nice_ticks(*ends, 3))
    panel.x_axis(nice_ticks(first, last, 3))
    places = panel.project(steps[:, None].astype(np.float64), values.astype(np.float64))
    colours = list(FREQUENCY_COLOURS[: values.shape[1]])
    return [
        Pen(places, colours, width=2.0),
        Points(places, colours, radius=3.5),
    ]
