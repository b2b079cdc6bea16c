"""Views: the named matrices of a network that are kept at every snapshot and pictured."""

from __future__ import annotations

from typing import NamedTuple

from jaxtyping import Float

from gen.lazy import torch


class View(NamedTuple):
    """A matrix of one model.

    Attributes:
        values: the matrix.
        rows: what a row is for: `number`, `input`, `neuron`, `output`, `dimension`, `token`,
            `position`, `head`, or any other word. Figures label their axes with it.
        columns: what a column is for.
    """

    values: Float[torch.Tensor, "row column"]
    rows: str = "row"
    columns: str = "column"


class ViewShape(NamedTuple):
    """Size of a view, and what its rows and columns are for."""

    rows: int
    columns: int
    row_axis: str
    column_axis: str

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and of columns."""
        return self.rows, self.columns

    @property
    def axes(self) -> tuple[str, str]:
        """What the rows and the columns are for."""
        return self.row_axis, self.column_axis
