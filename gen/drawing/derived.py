"""Arrays that remember how they follow from a view of a run.

A film needs the numbers of what moves, and the page needs to know where they come from: the page
has the snapshots of a run once, and every figure of the run takes its numbers from them. A
`Derived` is both. Its operations are those of numpy arrays that are linear, or that select:

    weights = derived_view(run, "W_in")                   # (snapshot, number, neuron)
    lines = weights.transpose(0, 2, 1)[:, order]          # (snapshot, neuron, number)
    layer = Lines(panel.project(numbers, lines.clip(-limit, limit)), colours)

Any other function of numpy takes its values and returns an ordinary array, which a figure may
show as well: the page then gets these numbers with the figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Float, Int, Real

from gen.analysis.fourier import components
from gen.analysis.neuron_groups import entry_numbers
from gen.experiments.runs import Run

Operation: TypeAlias = list[Any]
"""Name and arguments of what was done, as JSON values."""

Meaning: TypeAlias = tuple[str, tuple[int, ...]]
"""What an axis is for, such as `neuron`, and the number of every entry.

Entries have the numbers of `entry_numbers`.
"""


@dataclass(frozen=True)
class Crossed:
    """What an axis is for that was several ones, such as `neuron` and `input` of every weight."""

    meanings: tuple[Meaning, ...]


Axis: TypeAlias = Meaning | Crossed | None
"""What an axis is for; None: unknown."""


@dataclass(frozen=True, eq=False)
class Derived:
    """An array with a leading axis of frames.

    Attributes:
        values: the numbers.
        view: name of the view that they follow from.
        frames: the snapshot of every frame.
        operations: what was done with one frame of the view, in order.
        axes: of every axis but that of the frames.
    """

    values: Float[np.ndarray, "frame ..."]
    view: str
    frames: Int[np.ndarray, " frame"]
    operations: tuple[Operation, ...]
    axes: tuple[Axis, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the values."""
        return self.values.shape

    def __array__(self, dtype: np.dtype[Any] | None = None, copy: bool | None = None) -> np.ndarray:
        return np.array(self.values, dtype=dtype) if copy else np.asarray(self.values, dtype)

    def __getitem__(self, key: Any) -> Derived:
        """Select frames by the first index, and entries of other axes by the next ones.

        Raises:
            TypeError: an index is not a slice, a number or a list of numbers.
        """
        frames, *others = key if isinstance(key, tuple) else (key,)
        result = self._at_frames(frames)
        axis = 0
        for index in others:
            if isinstance(index, int | np.integer):
                result = _pick(result, axis, int(index))
                continue
            if not (isinstance(index, slice) and index == slice(None)):
                result = _take(result, axis, index)
            axis += 1
        return result

    def _at_frames(self, frames: Any) -> Derived:
        if isinstance(frames, int | np.integer):
            raise TypeError("a single frame has no place in a film; index the values")
        return replace(
            self,
            values=self.values[frames],
            frames=self.frames[frames],
            operations=tuple(_of_frames(operation, frames) for operation in self.operations),
        )

    def transpose(self, *order: int) -> Derived:
        """Return the axes in another order; the first one stays that of the frames."""
        if order[0] != 0:
            raise TypeError("the first axis is that of the frames")
        others = [place - 1 for place in order[1:]]
        return replace(
            self,
            values=self.values.transpose(*order),
            operations=(*self.operations, ["transpose", others]),
            axes=tuple(self.axes[place] for place in others),
        )

    def clip(self, low: float, high: float) -> Derived:
        """Limit the values."""
        return replace(
            self,
            values=np.clip(self.values, low, high),
            operations=(*self.operations, ["clip", float(low), float(high)]),
        )

    def finite(self) -> Derived:
        """Return zero for values that are not finite, as the page reads them in the first place.

        Raises:
            TypeError: values were computed from the view, not only selected.
        """
        if any(name not in _SELECTING for name, *_ in self.operations):
            raise TypeError("values that are not finite have to be replaced before others follow")
        return replace(self, values=np.where(np.isfinite(self.values), self.values, 0.0))

    def affine(self, factor: float | Sequence[float], offset: float | Sequence[float]) -> Derived:
        """Multiply and add a number, or one for every entry of the last axis."""
        return replace(
            self,
            values=self.values * np.asarray(factor) + np.asarray(offset),
            operations=(*self.operations, ["affine", factor, offset]),
        )

    def against(self, x: Real[np.ndarray, "..."]) -> Derived:
        """Return points: every value gets an x coordinate before it.

        Args:
            x: one coordinate for every entry of the last axis, or for every value of a frame.
        """
        across = np.asarray(x, dtype=np.float64)
        return replace(
            self,
            values=np.stack([np.broadcast_to(across, self.shape), self.values], axis=-1),
            operations=(*self.operations, ["against", across.ravel().tolist()]),
            axes=(*self.axes, None),
        )

    def from_base(self, base: float) -> Derived:
        """Return pairs, such as the ends of a bar: `base`, and each value."""
        return replace(
            self,
            values=np.stack([np.full_like(self.values, base), self.values], axis=-1),
            operations=(*self.operations, ["base", base]),
            axes=(*self.axes, None),
        )

    def over_frames(self, x: Real[np.ndarray, " frame"]) -> Derived:
        """Return points: every value gets the x coordinate of its frame before it."""
        across = np.asarray(x).reshape(-1, *(1 for _ in self.shape[1:]))
        return replace(
            self,
            values=np.stack([np.broadcast_to(across, self.shape), self.values], axis=-1),
            operations=(*self.operations, ["frames", np.asarray(x, dtype=np.float64).tolist()]),
            axes=(*self.axes, None),
        )

    def as_one_line(self) -> Derived:
        """Return points as those of one line: an axis of one entry before that of the points."""
        count = self.shape[1]
        return replace(
            self,
            values=self.values[:, None],
            operations=(*self.operations, ["reshape", [1, count, *self.shape[2:]]]),
            axes=(None, *self.axes),
        )

    def flattened(self) -> Derived:
        """Return all axes but that of the frames as one, whose entries keep all their numbers."""
        return replace(
            self,
            values=self.values.reshape(len(self.values), -1),
            operations=(*self.operations, ["reshape", [int(np.prod(self.shape[1:]))]]),
            axes=(_crossed(self.axes),),
        )

    def waves(self, frequencies: Sequence[int] | None = None) -> Derived:
        """Return the amplitudes of waves along the last axis, cosine and sine side by side.

        Args:
            frequencies: periods over all numbers; 1, 2, ... p // 2 if None.
        """
        numbers = self.shape[-1]
        periods = range(1, numbers // 2 + 1) if frequencies is None else frequencies
        chosen = components(self.values[..., None])[..., [k - 1 for k in periods], 0]
        pairs = np.stack([np.real(chosen), -np.imag(chosen)], axis=-1)
        indices = tuple(k for k in periods for _ in range(2))
        return replace(
            self,
            values=pairs.reshape(*pairs.shape[:-2], -1),
            operations=(*self.operations, ["fourier", numbers, list(periods)]),
            axes=(*self.axes[:-1], ("frequency", indices)),
        )

    def lengths(self) -> Derived:
        """Return the lengths of pairs of neighbours along the last axis."""
        pairs = self.values.reshape(*self.shape[:-1], -1, 2)
        last = self.axes[-1]
        return replace(
            self,
            values=np.hypot(pairs[..., 0], pairs[..., 1]),
            operations=(*self.operations, ["hypot"]),
            axes=(*self.axes[:-1], _kept(last, range(0, self.shape[-1], 2))),
        )


_SELECTING = frozenset({"take", "pick", "transpose", "reshape"})
"""Operations that compute nothing."""

Values: TypeAlias = np.ndarray | Derived
"""What a layer shows: numbers, or numbers that follow from a view."""


def derived_view(run: Run, name: str) -> Derived:
    """Return a view of a run, from which figures derive what they show."""
    return _of_view(run, name, run.views[name])


def derived_part(
    run: Run,
    name: str,
    snapshots: Sequence[int] | Int[np.ndarray, " frame"],
    rows: Int[np.ndarray, " row"],
    columns: Int[np.ndarray, " column"],
) -> Derived:
    """Return `derived_view(run, name)[snapshots][:, rows, columns]`; only this is in memory."""
    shape = run.shapes[name]
    outline = np.broadcast_to(np.float32(0), (1, shape.rows, shape.columns))
    return replace(
        _of_view(run, name, outline)[:, rows, columns],
        values=run.view_at(name, snapshots, rows, columns),
        frames=np.arange(len(run.snapshot_steps))[np.asarray(snapshots)],
    )


def _of_view(run: Run, name: str, values: Float[np.ndarray, "frame row column"]) -> Derived:
    meanings = run.axes.get(name, ("row", "column"))
    axes = tuple(
        (meaning, entry_numbers(run, meaning, size))
        for meaning, size in zip(meanings, values.shape[1:], strict=True)
    )
    return Derived(values, name, np.arange(len(values)), (), axes)


def _of_frames(operation: Operation, frames: Any) -> Operation:
    """Return an operation for some of the frames; only coordinates of frames differ."""
    name, *given = operation
    return [name, np.asarray(given[0])[frames].tolist()] if name == "frames" else operation


def _take(array: Derived, axis: int, index: Any) -> Derived:
    entries = np.arange(array.shape[axis + 1])[index]
    if entries.ndim != 1:
        raise TypeError("an axis is indexed with a slice, a number or a list of numbers")
    if np.array_equal(entries, np.arange(array.shape[axis + 1])):
        return array
    kept = _kept(array.axes[axis], entries.tolist())
    return replace(
        array,
        values=array.values.take(entries, axis + 1),
        operations=(*array.operations, ["take", axis, entries.tolist()]),
        axes=(*array.axes[:axis], kept, *array.axes[axis + 1 :]),
    )


def _kept(axis: Axis, entries: Sequence[int]) -> Axis:
    """Return what an axis of some of the entries is for."""
    match axis:
        case None:
            return None
        case Crossed(meanings):
            return Crossed(tuple(_some(one, entries) for one in meanings))
        case _:
            return _some(axis, entries)


def _some(meaning: Meaning, entries: Sequence[int]) -> Meaning:
    name, numbers = meaning
    return name, tuple(numbers[entry] for entry in entries)


def _crossed(axes: Sequence[Axis]) -> Axis:
    """Return what a single axis for the entries of several ones, row by row, is for."""
    if len(axes) == 1:
        return axes[0]
    if not all(isinstance(axis, tuple) for axis in axes):
        return None
    known = [axis for axis in axes if isinstance(axis, tuple)]
    grids = np.meshgrid(*(numbers for _, numbers in known), indexing="ij")
    return Crossed(
        tuple(
            (name, tuple(grid.ravel().tolist()))
            for (name, _), grid in zip(known, grids, strict=True)
        )
    )


def _pick(array: Derived, axis: int, index: int) -> Derived:
    index = range(array.shape[axis + 1])[index]
    return replace(
        array,
        values=array.values.take(index, axis + 1),
        operations=(*array.operations, ["pick", axis, index]),
        axes=(*array.axes[:axis], *array.axes[axis + 1 :]),
    )
