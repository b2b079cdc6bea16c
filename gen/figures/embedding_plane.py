"""Film of the rows or columns of a view as points of a plane that stays the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.analysis.neuron_groups import entry_numbers
from gen.analysis.principal import Plane
from gen.drawing.frame_size import HEADER
from gen.figures.any_run_figure import (
    AnyRunFigure,
    Name,
    axis_in_words,
    chosen_views,
)
from gen.figures.figure import FilmFigure
from gen.figures.selection import finite
from gen.text import csv_text
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import Run
    from gen.i18n import Words
    from gen.networks.view import ViewShape

MOST_POINTS = 512
_MOST_NUMBERS = 128
_MOST_DIMENSIONS = 4096

_LEFT, _RIGHT, _TOP, _AXIS = 84, 44, HEADER + 44, 64
_SIDE = FILM_WIDTH - _LEFT - _RIGHT
_AIR = 1.08


class EmbeddingPlane(AnyRunFigure, FilmFigure):
    """Points with numbers, on the plane of the first two principal components of the last snapshot.

    Attributes:
        view: name of the view; the first with three points of two coordinates if left out.
        points: whether its rows or its columns are the points.
        coordinates: two numbers of coordinates that are shown instead of the components.
        frames: snapshots shown at most.
    """

    kind: Literal["embedding-plane"] = "embedding-plane"
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    view: Name | None = None
    points: Literal["rows", "columns"] = "rows"
    coordinates: (
        Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)] | None
    ) = None
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        name, shape = self._chosen(shapes)
        points, dimensions = self._sizes(shape)
        if not self._spans_a_plane(shape):
            raise ValueError(
                f"the {self.points} of {name} are {points} points of {dimensions} coordinates, "
                f"and a plane needs three points of two"
            )
        if points > MOST_POINTS:
            raise ValueError(f"{name} has {points} {self.points}; the limit is {MOST_POINTS}")
        if dimensions > _MOST_DIMENSIONS:
            raise ValueError(f"{dimensions} coordinates are too many; up to {_MOST_DIMENSIONS}")
        for number in self.coordinates or ():
            if number >= dimensions:
                raise ValueError(f"coordinate {number} is out of range (0 to {dimensions - 1})")
        if self.coordinates and self.coordinates[0] == self.coordinates[1]:
            raise ValueError("coordinates has to name two different ones")

    def film(self, run: Run, scale: int) -> Film:
        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        name, _ = self._chosen(run.shapes)
        places = self._places(run, name, shown)
        canvas, layers = film_frame(
            FILM_WIDTH, _TOP + _SIDE + _AXIS, scale, steps, left=_LEFT, right=_LEFT + _SIDE
        )
        canvas.symbol(_LEFT, _TOP - 12, name)
        limit = float(np.abs(places).max()) * _AIR or 1.0
        panel = canvas.panel(
            left=_LEFT, top=_TOP, width=_SIDE, height=_SIDE, x=(-limit, limit), y=(-limit, limit)
        )
        self._axes(canvas, panel, self._points(run, name, -1))
        layers += _dots(panel, places, self._numbers(run, name))
        return Film.of(canvas, steps, layers, self.pacing())

    def csv(self, run: Run) -> str:
        name, _ = self._chosen(run.shapes)
        places = self._places(run, name, range(len(run.snapshot_steps)))
        numbers = self._numbers(run, name)
        rows = (
            [int(step), number, *(f"{value:.9g}" for value in place)]
            for step, at in zip(run.snapshot_steps, places, strict=True)
            for number, place in zip(numbers, at, strict=True)
        )
        return csv_text(["step", "number", "x", "y"], rows)

    def alt(self, run: Run, words: Words) -> str:
        name, shape = self._chosen(run.shapes)
        first_points, final_points = (self._points(run, name, at) for at in (0, -1))
        axis = shape.row_axis if self.points == "rows" else shape.column_axis
        begin = words(
            "alt.embedding_plane.begin",
            points=len(final_points),
            view=name,
            axis=axis_in_words(axis, words),
            steps=int(run.snapshot_steps[-1]),
        )
        if self.coordinates is not None:
            x, y = self.coordinates
            return words.join_sentences([begin, words("alt.embedding_plane.coordinates", x=x, y=y)])
        plane = Plane.of(final_points)
        held = (round(float(plane.share(at).sum()), 9) for at in (first_points, final_points))
        first, final = map(words.percent, held)
        shares = words("alt.embedding_plane.components", first=first, final=final)
        return words.join_sentences([begin, shares])

    def _chosen(self, shapes: Mapping[str, ViewShape]) -> tuple[str, ViewShape]:
        chosen = chosen_views(self.view and [self.view], shapes)
        fitting = (one for one in chosen.items() if self._spans_a_plane(one[1]))
        return next(fitting, None) or next(iter(chosen.items()))

    def _spans_a_plane(self, shape: ViewShape) -> bool:
        points, dimensions = self._sizes(shape)
        return points > 2 and dimensions > 1

    def _sizes(self, shape: ViewShape) -> tuple[int, int]:
        """Return the number of points, and of their coordinates."""
        if self.points == "rows":
            return shape.rows, shape.columns
        return shape.columns, shape.rows

    def _points(self, run: Run, name: str, at: int) -> Float[np.ndarray, "point coordinate"]:
        """Return the points at one snapshot."""
        view = finite(run.view_at(name, [at])[0])
        return view if self.points == "rows" else view.T

    def _numbers(self, run: Run, name: str) -> tuple[int, ...]:
        """Return the number of every point."""
        shape = run.shapes[name]
        by_row = self.points == "rows"
        axis = shape.row_axis if by_row else shape.column_axis
        return entry_numbers(run, axis, shape.rows if by_row else shape.columns)

    def _places(
        self, run: Run, name: str, snapshots: Sequence[int] | Int[np.ndarray, " frame"]
    ) -> Float[np.ndarray, "frame point 2"]:
        """Return the places of all points in the plane of the last snapshot."""
        points = (self._points(run, name, int(at)) for at in snapshots)
        if self.coordinates is not None:
            return np.stack([one[:, self.coordinates].astype(np.float64) for one in points])
        plane = Plane.of(self._points(run, name, -1))
        return np.stack([plane.project(one) for one in points])

    def _axes(
        self, canvas: Canvas, panel: Panel, final: Float[np.ndarray, "point coordinate"]
    ) -> None:
        """Draw grid, ticks, and the names of the axes with their share of the final variance."""
        from gen.drawing.canvas import nice_ticks

        ticks = nice_ticks(*panel.x, 5)
        panel.x_axis(ticks, ruled=False)
        panel.y_axis(ticks)
        for tick in ticks:
            x = float(panel.across(tick))
            canvas.line([x, x], [panel.top, panel.top + panel.height])
        if self.coordinates is not None:
            names = [f"coordinate {number}" for number in self.coordinates]
        else:
            shares = Plane.of(final).share(final)
            names = [
                f"component {place} ({100 * share:.0f}\u202f%)"
                for place, share in enumerate(shares.tolist(), start=1)
            ]
        middle, low = panel.left + panel.width / 2, panel.top + panel.height
        canvas.text(middle, low + 46, names[0], across="center")
        beside = panel.top + panel.height / 2
        canvas.text(22, beside, names[1], across="center", upright="center", turned=True)


def _dots(
    panel: Panel, places: Float[np.ndarray, "frame point 2"], numbers: tuple[int, ...]
) -> list[Layer]:
    """Return points with numbers beside them; of many points only every n-th has a number."""
    from gen.drawing.layers import Labels, Points

    count = places.shape[1]
    at = panel.project(places[..., 0], places[..., 1])
    every = -(-count // _MOST_NUMBERS)
    size = 18 if count <= 24 else 15 if count <= 80 else 13
    above = np.array([0.0, (size * 0.5 + 5) * panel.canvas.scale])
    shown = [str(number) for number in numbers[::every]]
    return [
        Points(at, ["restricted"], radius=3.5 if count <= 80 else 2.5),
        Labels(at[:, ::every] + above, shown, size=size),
    ]
