"""Which rows and columns of a view are shown, in which order: slices, sorting, projection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import AfterValidator, Field

from gen.analysis.principal import Plane, by_pattern, by_size
from gen.drawing.derived import Values, derived_part
from gen.experiments.runs import Run
from gen.networks.view import ViewShape
from gen.settings import Settings

Order = Literal["size", "pattern"]
_SLICE = re.compile(r"((?:-?\d+)?):((?:-?\d+)?)(?::([1-9]\d*))?")


def _is_slice(text: str) -> str:
    if not _SLICE.fullmatch(text):
        raise ValueError('it has to be first:end or first:end:step, such as "0:64" or "::8"')
    return text


Slice = Annotated[str, Field(max_length=60), AfterValidator(_is_slice)]
"""Counted as in Python: from the first, without the end; negative numbers from the end."""

ShownPart = Slice | dict[str, Slice]
"""A slice of all views, or of single ones by name."""


class Selection(Settings):
    """What is shown of a view.

    Attributes:
        rows, columns: slices of all views, or of single ones by name.
        sort, sort_columns: order of the rows and columns by the last snapshot: `size` by
            decreasing norm, `pattern` along their first principal component.
        project: columns are replaced by this many principal components of the last snapshot.
    """

    rows: ShownPart = ":"
    columns: ShownPart = ":"
    sort: Order | None = None
    sort_columns: Order | None = None
    project: Annotated[int, Field(ge=1, le=512)] | None = None

    def shown(
        self, name: str, shape: ViewShape
    ) -> tuple[Int[np.ndarray, " row"], Int[np.ndarray, " column"]]:
        """Return the numbers of the shown rows and columns, unsorted.

        Columns are components if these are shown.

        Raises:
            ValueError: there is none, or fewer than the components asked for.
        """
        rows = _numbers("rows", self.rows, name, shape.rows)
        columns = _numbers("columns", self.columns, name, shape.columns)
        if self.project is None:
            return rows, columns
        most = min(len(rows), len(columns))
        if self.project > most:
            raise ValueError(
                f"project = {self.project}, but {len(rows)} x {len(columns)} values of {name} "
                f"have {most} components at most"
            )
        return rows, np.arange(self.project)

    def check_names(self, shapes: Mapping[str, ViewShape]) -> None:
        """Raise ValueError if a slice is of a view that does not exist."""
        for key, part in (("rows", self.rows), ("columns", self.columns)):
            for name in part if isinstance(part, dict) else ():
                if name not in shapes:
                    raise ValueError(
                        f'{key} names a view "{name}", but the views are {", ".join(shapes)}'
                    )

    def of(
        self, run: Run, name: str, snapshots: Sequence[int] | Int[np.ndarray, " frame"]
    ) -> Values:
        """Return what is shown of a view at some snapshots, in the order in which it is shown.

        It still says how it follows from the view, unless it is projected.

        Args:
            snapshots: the last one is the last of the run.
        """
        shape = run.shapes[name]
        rows = _numbers("rows", self.rows, name, shape.rows)
        columns = _numbers("columns", self.columns, name, shape.columns)
        part: Values = derived_part(run, name, snapshots, rows, columns).finite()
        if self.project is not None:
            values = part.values
            part = Plane.of(values[-1], self.project).project(values)
        if self.sort is not None:
            part = part[:, _order(self.sort, np.asarray(part)[-1])]
        if self.sort_columns is not None:
            part = part[:, :, _order(self.sort_columns, np.asarray(part)[-1].T)]
        return part


def _numbers(key: str, part: ShownPart, name: str, count: int) -> Int[np.ndarray, " number"]:
    text = part.get(name, ":") if isinstance(part, dict) else part
    found = _SLICE.fullmatch(text)
    assert found is not None  # the settings were checked
    first, end, step = (int(number) if number else None for number in found.groups())
    numbers = np.arange(count)[slice(first, end, step)]
    if not len(numbers):
        raise ValueError(f'{key} = "{text}" leaves none of the {count} {key} of {name}')
    return numbers


def _order(order: Order, final: Float[np.ndarray, "line place"]) -> Int[np.ndarray, " line"]:
    return {"size": by_size, "pattern": by_pattern}[order](final)


def finite(values: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return values with zero for those that are not finite: what cells and sizes are made of."""
    return np.where(np.isfinite(values), values, 0.0)
