"""Layout of films of two matrices with a row per neuron."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.charts.scales import round_up
from gen.drawing.frame_size import HEADER, fits, round_up_to_block, too_large_message
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas
    from gen.drawing.derived import Derived
    from gen.drawing.layers import Layer
    from gen.drawing.matrix import Matrix

_TINIEST_CELL, _SMALLEST_CELL, _LARGEST_CELL = 2, 8, 88
_TALLEST = 512
_MANY_CELLS = 1200

_LEFT, _RIGHT, _BETWEEN = 48, 32, 80
_NAME, _AXIS = 44, 32
_BAR_WIDTH, _BAR_HEIGHT = 192, 14


@dataclass(frozen=True)
class MatrixLayout:
    """Two matrices whose rows are neurons: beside each other, or one above the other.

    Attributes:
        shapes: rows and columns of both.
        cell: CSS pixels from one cell to the next.
        left, right: x of both ends of the matrices in CSS pixels.
    """

    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    cell: int
    stacked: bool
    left: int
    right: int

    @classmethod
    def of(cls, into: tuple[int, ...], out: tuple[int, ...], cell: int | None) -> MatrixLayout:
        """Return the arrangement with the largest cells for which the film is not too large.

        Args:
            cell: CSS pixels from one cell to the next; as many as fit if None.
        """
        neurons, room = into[0], FILM_WIDTH - _LEFT - _RIGHT
        above = min(room / max(into[1], out[1]), _TALLEST / (2 * neurons))
        beside = min((room - _BETWEEN) / (into[1] + out[1]), _TALLEST / neurons)
        stacked = above > beside
        if cell is not None:
            return cls._at(into, out, cell, stacked)
        fitting = int(max(above, beside)) // 4 * 4
        largest = min(_LARGEST_CELL, max(_SMALLEST_CELL, fitting))
        candidates = (
            cls._at(into, out, cell, one)
            for cell in range(largest, _TINIEST_CELL - 1, -1)
            for one in (stacked, not stacked)
        )
        found = next((one for one in candidates if fits(one.width, one.height)), None)
        return found or cls._at(into, out, _TINIEST_CELL, stacked)

    @classmethod
    def _at(
        cls, into: tuple[int, ...], out: tuple[int, ...], cell: int, stacked: bool
    ) -> MatrixLayout:
        room = FILM_WIDTH - _LEFT - _RIGHT
        gap, columns = (0, max(into[1], out[1])) if stacked else (_BETWEEN, into[1] + out[1])
        spare = max(0, room - gap - columns * cell)
        left = _LEFT + spare // 16 * 8
        return cls((into, out), cell, stacked, left, left + gap + columns * cell)

    def check(self) -> None:
        """Raise ValueError if the film would be larger than phones can decode."""
        if fits(self.width, self.height):
            return
        what = too_large_message(self.width, self.height)
        into, out = self.shapes
        largest = MatrixLayout.of(into, out, None)
        if fits(largest.width, largest.height):
            raise ValueError(f"{what}; leave cell out, or set cell = {largest.cell} or less")
        raise ValueError(f"{what}; use a smaller network")

    @property
    def start(self) -> int:
        """CSS pixels to the left end of the header: with the matrices, unless they are narrow."""
        return self.left if self.stacked else _LEFT

    @property
    def end(self) -> int:
        """CSS pixels to the right end of the header."""
        return self.right if self.stacked else max(self.right, FILM_WIDTH - _RIGHT)

    @property
    def width(self) -> int:
        """Width of the canvas in CSS pixels."""
        return max(FILM_WIDTH, round_up_to_block(self.right + _RIGHT))

    @property
    def height(self) -> int:
        """Height of the canvas in CSS pixels."""
        return round_up_to_block(self._tops()[-1] + self.shapes[0][0] * self.cell + _AXIS)

    def frame(
        self,
        views: Mapping[str, Float[np.ndarray, "frame neuron column"] | Derived],
        limit: float,
        steps: Int[np.ndarray, " frame"],
        scale: int,
    ) -> tuple[Canvas, list[Layer], tuple[Matrix, Matrix]]:
        """Return the canvas with header and names, all layers, and the places of both matrices.

        Args:
            views: the two matrices by name.
            limit: the value that has the deepest colour.
        """
        from gen.drawing.colours import COARSE, FINE, Diverging
        from gen.drawing.film_frame import film_frame
        from gen.drawing.scale_ends import Coloured, colour_scale

        canvas, layers = film_frame(
            self.width, self.height, scale, steps, left=self.start, right=self.end
        )
        many = sum(np.asarray(view)[0].size for view in views.values()) > _MANY_CELLS
        colours = Diverging(limit, COARSE if many else FINE)
        ends = colour_scale(
            canvas,
            [Coloured(view, colours) for view in views.values()],
            left=self.end - _BAR_WIDTH,
            top=20,
            width=_BAR_WIDTH,
            height=_BAR_HEIGHT,
        )
        layers.append(ends)
        matrices = self._matrices(canvas)
        for matrix, (name, view) in zip(matrices, views.items(), strict=True):
            layers.append(matrix.cells(view, colours))
            matrix.name(name)
        return canvas, layers, matrices

    def _matrices(self, canvas: Canvas) -> tuple[Matrix, Matrix]:
        """Return the places of both matrices on the canvas."""
        from gen.drawing.matrix import Matrix

        (rows, columns), (_, out_columns) = self.shapes
        top, out_top = self._tops()
        out_left = self.left if self.stacked else self.right - out_columns * self.cell
        return (
            Matrix(canvas, rows, columns, self.left, top, self.cell),
            Matrix(canvas, rows, out_columns, out_left, out_top, self.cell),
        )

    def _tops(self) -> tuple[int, int]:
        top = HEADER + _NAME
        below = top + self.shapes[0][0] * self.cell + _AXIS + _NAME
        return (top, -(-below // 8) * 8) if self.stacked else (top, top)


def colour_limit(*final: Float[np.ndarray, "_neuron _column"]) -> float:
    """Return the value of the deepest colour: the smaller of both maxima, rounded up."""
    smaller = min(float(np.abs(view).max()) for view in final)
    return round_up(smaller) if smaller > 0 else 1.0
