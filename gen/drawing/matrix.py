"""Matrix plot: cells with a symbol, axes and colour bands on a canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from gen.drawing.canvas import LABEL_DROP, Canvas, Panel
from gen.drawing.colours import Diverging
from gen.drawing.derived import Derived
from gen.drawing.layers import Cells
from gen.drawing.number_format import INDEX_STRIDES, format_number
from gen.theme import NUMBER_SIZE, SYMBOL_SIZE

_LABEL_DISTANCE = 34
_NUMBER_GAP = 3
_BAND = 4


@dataclass(frozen=True)
class Matrix:
    """Position of a matrix, in CSS pixels.

    Attributes:
        left, top: corner of its grid.
        cell: distance between neighbouring cells.
    """

    canvas: Canvas
    rows: int
    columns: int
    left: int
    top: int
    cell: int

    def cells(
        self, values: Float[np.ndarray, "frame row column"] | Derived, colours: Diverging
    ) -> Cells:
        """Return the layer of its cells."""
        return Cells(self.canvas, values, colours, left=self.left, top=self.top, cell=self.cell)

    def name(self, symbol: str) -> None:
        """Draw its symbol above it; right-aligned above a narrow matrix."""
        width, base = self.columns * self.cell, self.top - 12
        if width < SYMBOL_SIZE * 2:
            self.canvas.symbol(self.left + width, base, symbol, across="right")
        else:
            self.canvas.symbol(self.left, base, symbol)

    def column_band(self, first: int, last: int, colour: str) -> None:
        """Underline columns in a colour."""
        left, top = self.left + first * self.cell, self.top + self.rows * self.cell
        self.canvas.box(left, top + 1, (last - first + 1) * self.cell + 1, _BAND, colour)

    def apart(self, first: int, last: int) -> list[int]:
        """Return the columns whose numbers fit: all, both ends, or the first."""
        room = self.canvas.text_width(str(last)) + _NUMBER_GAP
        if room <= self.cell:
            return list(range(first, last + 1))
        return [first, last] if room <= (last - first) * self.cell else [first]

    def column_symbol(self, symbol: str) -> None:
        """Draw a symbol below the middle of the columns."""
        middle, low = self.left + self.columns * self.cell / 2, self.top + self.rows * self.cell
        self.canvas.axis_symbol(middle, low + LABEL_DROP, symbol)

    def column_axis(
        self,
        symbol: str = "",
        *,
        ticks: Sequence[float] | None = None,
        labels: Sequence[str] | None = None,
        colours: Sequence[str] | None = None,
    ) -> None:
        """Draw column numbers below, after the symbol of the index."""
        ticks = cell_ticks(self.columns, self.cell) if ticks is None else ticks
        self._panel.x_axis(ticks, labels, symbol=symbol, colours=colours, ruled=False)

    def numbers(self, rows: Sequence[int] | None, columns: Sequence[int] | None) -> None:
        """Draw numbers of rows at the left and of columns below; None: those have no numbers.

        Where several columns side by side have one number, round numbers are drawn, each below
        the middle of its columns.
        """
        if rows is not None:
            ticks = _apart(cell_ticks(self.rows, self.cell), lambda _: NUMBER_SIZE / self.cell)
            self._panel.y_axis(ticks, [format_number(rows[tick]) for tick in ticks], ruled=False)
        if columns is not None and len(set(columns)) < len(columns):
            self._shared_numbers(columns)
        elif columns is not None:
            labels = [format_number(number) for number in columns]
            width = [self.canvas.text_width(label) + 2 * _NUMBER_GAP for label in labels]
            ticks = _apart(
                cell_ticks(self.columns, self.cell), lambda tick: width[tick] / self.cell
            )
            self._panel.x_axis(ticks, [labels[tick] for tick in ticks], ruled=False)

    def _shared_numbers(self, columns: Sequence[int]) -> None:
        places: dict[int, list[int]] = {}
        for place, number in enumerate(columns):
            places.setdefault(number, []).append(place)
        pitch = self.cell * self.columns / len(places)
        every = next((n for n in INDEX_STRIDES if n * pitch >= _LABEL_DISTANCE), INDEX_STRIDES[-1])
        shown = {number: held for number, held in places.items() if number % every == 0}
        ticks = [(held[0] + held[-1]) / 2 for held in shown.values()]
        self._panel.x_axis(ticks, [format_number(number) for number in shown], ruled=False)

    def row_axis(self, symbol: str = "") -> None:
        """Draw row numbers at the left, below the symbol of the index."""
        self._panel.y_axis(cell_ticks(self.rows, self.cell), symbol=symbol, ruled=False)

    @property
    def _panel(self) -> Panel:
        """Panel in which the middle of cell (r, c) has the coordinates (c, r)."""
        return self.canvas.panel(
            left=self.left + 0.5,
            top=self.top + 0.5,
            width=self.columns * self.cell,
            height=self.rows * self.cell,
            x=(-0.5, self.columns - 0.5),
            y=(self.rows - 0.5, -0.5),
        )


def cell_ticks(count: int, cell: int) -> list[int]:
    """Return round indices from 0, far enough apart for their labels, and the last index."""
    stride = next((n for n in INDEX_STRIDES if n * cell >= _LABEL_DISTANCE), INDEX_STRIDES[-1])
    ticks = list(range(0, count, stride))
    last = count - 1
    if ticks[-1] != last:
        if (last - ticks[-1]) * cell < _LABEL_DISTANCE * 0.75 and len(ticks) > 1:
            ticks.pop()
        ticks.append(last)
    return ticks


def _apart(ticks: list[int], size: Callable[[int], float]) -> list[int]:
    """Drop ticks before the last one whose label would touch its own, and itself if two are left.

    Args:
        size: length of the label of a tick, in cells.
    """
    while len(ticks) > 1 and ticks[-1] - ticks[-2] < (size(ticks[-1]) + size(ticks[-2])) / 2:
        ticks = ticks[:-1] if len(ticks) == 2 else [*ticks[:-2], ticks[-1]]
    return ticks
