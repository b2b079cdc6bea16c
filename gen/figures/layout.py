"""Where two matrices with a row for each neuron stand in a film."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gen.drawing.frame_size import fits, round_up_to_block, too_large_message
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas
    from gen.drawing.colours import Diverging
    from gen.drawing.matrix import Matrix

HEADER = 76
"""CSS pixels from the top to the line that shows how far training is."""

_TINIEST_CELL, _SMALLEST_CELL, _LARGEST_CELL = 2, 8, 88
_TALLEST = 512

_LEFT, _RIGHT, _BETWEEN = 48, 32, 80
_NAME, _AXIS = 44, 32
_BAR_WIDTH, _BAR_HEIGHT = 192, 14


@dataclass(frozen=True)
class Layout:
    """Two matrices whose rows are neurons: beside each other, or one above the other.

    Attributes:
        left, right: CSS pixels from the left edge to where the matrices begin and end.
    """

    shapes: tuple[tuple[int, ...], tuple[int, ...]]
    cell: int
    stacked: bool
    left: int
    right: int

    @classmethod
    def of(cls, into: tuple[int, ...], out: tuple[int, ...], cell: int | None) -> Layout:
        """The arrangement with the larger cells, which lie on blocks of half a `BLOCK`.

        Cells are smaller, and arranged the other way, where the film would be too large.

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
    def _at(cls, into: tuple[int, ...], out: tuple[int, ...], cell: int, stacked: bool) -> Layout:
        room = FILM_WIDTH - _LEFT - _RIGHT
        gap, columns = (0, max(into[1], out[1])) if stacked else (_BETWEEN, into[1] + out[1])
        spare = max(0, room - gap - columns * cell)
        left = _LEFT + spare // 16 * 8
        return cls((into, out), cell, stacked, left, left + gap + columns * cell)

    def check(self) -> None:
        """Raises ValueError where the film would be larger than phones decode."""
        if fits(self.width, self.height):
            return
        what = too_large_message(self.width, self.height)
        into, out = self.shapes
        largest = Layout.of(into, out, None)
        if fits(largest.width, largest.height):
            raise ValueError(f"{what}; leave cell out, or set cell = {largest.cell} or less")
        raise ValueError(f"{what}; picture a smaller network")

    @property
    def start(self) -> int:
        """Where the header begins: with the matrices, unless they are narrow."""
        return self.left if self.stacked else _LEFT

    @property
    def end(self) -> int:
        """Where the header ends."""
        return self.right if self.stacked else max(self.right, FILM_WIDTH - _RIGHT)

    @property
    def width(self) -> int:
        """Of the canvas."""
        return max(FILM_WIDTH, round_up_to_block(self.right + _RIGHT))

    @property
    def height(self) -> int:
        """Of the canvas."""
        return round_up_to_block(self._tops()[-1] + self.shapes[0][0] * self.cell + _AXIS)

    def matrices(self, canvas: Canvas) -> tuple[Matrix, Matrix]:
        """Where they stand."""
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

    def colour_bar(self, canvas: Canvas, colours: Diverging, *, beyond: bool) -> None:
        """What the colours mean, at the right end of the header.

        Args:
            beyond: whether there are values beyond the deepest colours.
        """
        canvas.colour_bar(
            colours,
            left=self.end - _BAR_WIDTH,
            top=20,
            width=_BAR_WIDTH,
            height=_BAR_HEIGHT,
            beyond=beyond,
        )
