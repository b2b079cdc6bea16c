"""Layout of films of any number of matrices as heat maps, in rows from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.drawing.frame_size import (
    HEADER,
    MOST_HEIGHT,
    MOST_WIDTH,
    fits,
    round_up_to_block,
    too_large_message,
)
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas
    from gen.drawing.derived import Derived
    from gen.drawing.layers import Layer
    from gen.drawing.matrix import Matrix

MOST_CELLS = 400_000
"""Cells of one film: more would take too much memory."""

_LARGEST_CELL, _SMALL_CELL = 64, 2
_TALLEST = 640
_WIDER = 1008
"""Width of a film up to which it is widened rather than its cells made smaller than `_SMALL_CELL`:
its numbers can still be read when a page shows it at `FILM_WIDTH`."""

_MANY_CELLS = 1200

_EDGE, _BETWEEN = 24, 24
_NAME, _AXIS, _ROW_WORD = 44, 52, 26
_DIGIT, _LETTER, _TICK_GAP = 9, 12, 10
_BAR_WIDTH, _BAR_HEIGHT = 192, 14
_GRID = 8


@dataclass(frozen=True)
class HeatMap:
    """What a matrix is called, and what its rows and columns are.

    Attributes:
        rows, columns: numbers of what is shown; None for those that are in another order.
        shape: how many rows and columns are shown.
        row_axis, column_axis: words for the axes.
    """

    name: str
    shape: tuple[int, int]
    row_axis: str
    column_axis: str
    rows: tuple[int, ...] | None = None
    columns: tuple[int, ...] | None = None

    @property
    def margin(self) -> int:
        """CSS pixels left of the cells: for the word of the rows and their numbers."""
        digits = 0 if self.rows is None else len(f"{max(self.rows):,}")
        return _on_grid(_ROW_WORD + digits * _DIGIT + _TICK_GAP)

    def width(self, cell: int) -> int:
        """CSS pixels of all of it."""
        below = len(self.column_axis) * _DIGIT
        above = (len(self.name) + 6) * _LETTER
        return self.margin + max(self.shape[1] * cell, below, above)

    def height(self, cell: int) -> int:
        """CSS pixels of all of it, with its name above and its axis below."""
        word = len(self.row_axis) * _DIGIT
        return _NAME + max(self.shape[0] * cell, word) + _AXIS


@dataclass(frozen=True)
class HeatLayout:
    """Matrices in rows, all with cells of one size.

    Attributes:
        cell: CSS pixels from one cell to the next.
        places: left and top of the cells of every matrix, in CSS pixels.
        right: end of the rightmost matrix in CSS pixels.
        bottom: end of the lowest one.
    """

    maps: tuple[HeatMap, ...]
    cell: int
    places: tuple[tuple[int, int], ...]
    right: int
    bottom: int

    @classmethod
    def of(cls, maps: Sequence[HeatMap], cell: int | None = None) -> HeatLayout:
        """Return the layout with the largest cells with which the film is not too large.

        Args:
            cell: CSS pixels from one cell to the next; as many as fit if None.
        """
        if cell is not None:
            return cls._at(maps, cell, FILM_WIDTH)
        small = range(_SMALL_CELL, 0, -1)
        for width, height, cells in (
            (FILM_WIDTH, _TALLEST, range(_LARGEST_CELL, _SMALL_CELL - 1, -1)),
            (_WIDER, _TALLEST, small),
            (_WIDER, MOST_HEIGHT, small),
            (MOST_WIDTH, MOST_HEIGHT, small),
        ):
            for size in cells:
                layout = cls._at(maps, size, width)
                if layout.width <= width and layout.height <= height:
                    return layout
        return cls._at(maps, 1, MOST_WIDTH)

    @classmethod
    def _at(cls, maps: Sequence[HeatMap], cell: int, width: int) -> HeatLayout:
        """Fill rows of a width from left to right; a wider matrix widens the film."""
        room = max(width - 2 * _EDGE, *(one.width(cell) for one in maps))
        places: list[tuple[int, int]] = []
        left, top, bottom, right = _EDGE, HEADER, HEADER, 0
        for one in maps:
            if left > _EDGE and left + one.width(cell) > _EDGE + room:
                left, top = _EDGE, bottom
            places.append((_on_grid(left + one.margin), _on_grid(top + _NAME)))
            bottom = max(bottom, _on_grid(top + one.height(cell)))
            right = max(right, left + one.width(cell))
            left = _on_grid(left + one.width(cell) + _BETWEEN)
        return cls(tuple(maps), cell, tuple(places), right, bottom)

    def check(self) -> None:
        """Raise ValueError if the film would be larger than phones can decode."""
        cells = sum(rows * columns for rows, columns in (one.shape for one in self.maps))
        fewer = 'show less of the views with views, rows = "0:64" or columns = "::8"'
        if cells > MOST_CELLS:
            raise ValueError(f"{cells:,} cells are too many; the limit is {MOST_CELLS:,}: {fewer}")
        if fits(self.width, self.height):
            return
        what = too_large_message(self.width, self.height)
        largest = HeatLayout.of(self.maps)
        if fits(largest.width, largest.height):
            raise ValueError(f"{what}; leave cell out, or set cell = {largest.cell} or less")
        raise ValueError(f"{what}; {fewer}")

    @property
    def width(self) -> int:
        """Width of the canvas in CSS pixels."""
        return max(FILM_WIDTH, round_up_to_block(self.right + _EDGE))

    @property
    def height(self) -> int:
        """Height of the canvas in CSS pixels."""
        return round_up_to_block(self.bottom + _GRID)

    def frame(
        self,
        values: Sequence[Float[np.ndarray, "frame _row _column"] | Derived],
        limits: Sequence[float],
        steps: Int[np.ndarray, " frame"],
        scale: int,
    ) -> tuple[Canvas, list[Layer]]:
        """Return the canvas with header, names and axes, and all layers.

        Args:
            values: of every matrix.
            limits: the value of every matrix that has the deepest colour.
        """
        from gen.drawing.colours import COARSE, FINE, Diverging
        from gen.drawing.film_frame import film_frame
        from gen.drawing.matrix import Matrix
        from gen.drawing.scale_ends import Coloured, colour_scale

        end = self.width - _EDGE
        canvas, layers = film_frame(self.width, self.height, scale, steps, left=_EDGE, right=end)
        many = sum(np.asarray(one)[0].size for one in values) > _MANY_CELLS
        colours = [Diverging(limit, COARSE if many else FINE) for limit in limits]
        same = len(set(limits)) == 1
        ends = colour_scale(
            canvas,
            [Coloured(view, own) for view, own in zip(values, colours, strict=True)],
            left=end - _BAR_WIDTH,
            top=20,
            width=_BAR_WIDTH,
            height=_BAR_HEIGHT,
            labels=None if same else ("\u2212limit", "limit"),
        )
        layers.append(ends)
        for one, view, own, (left, top) in zip(
            self.maps, values, colours, self.places, strict=True
        ):
            matrix = Matrix(canvas, *one.shape, left, top, self.cell)
            layers.append(matrix.cells(view, own))
            self._words(canvas, matrix, one, None if same else own.limit)
        return canvas, layers

    def _words(self, canvas: Canvas, matrix: Matrix, one: HeatMap, limit: float | None) -> None:
        """Draw the name of a matrix, what the deepest colour means in it, and its axes."""
        from gen.drawing.marks import TextRun, symbol_runs
        from gen.drawing.number_format import format_number

        title = symbol_runs(one.name)
        if limit is not None:
            title.append(TextRun(f"limit \u00b1{format_number(limit)}", gap=12))
        canvas.runs(matrix.left, matrix.top - 12, title)
        low = matrix.top + matrix.rows * matrix.cell
        matrix.numbers(one.rows, one.columns)
        middle = matrix.left + matrix.columns * matrix.cell / 2
        below = low + (40 if one.columns is not None else 20)
        half = canvas.text_width(one.column_axis) / 2
        canvas.text(max(middle, matrix.left + half), below, one.column_axis, across="center")
        canvas.text(
            matrix.left - one.margin + 18,
            max((matrix.top + low) / 2, matrix.top + canvas.text_width(one.row_axis) / 2),
            one.row_axis,
            across="center",
            upright="center",
            turned=True,
        )


def _on_grid(length: int) -> int:
    """Round up to half a video block, which keeps small cells sharp."""
    return -(-length // _GRID) * _GRID
