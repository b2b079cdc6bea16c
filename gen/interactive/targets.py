"""Where in its picture a scene shows an entry, such as the cell of neuron 5 and number 12.

Entries have the names and numbers that readers see beside the pointer (`entries.js`): the meaning
of each axis with the number on it, and the name of the matrix or the group. Whatever a figure is
made of, its layers say them, so every kind of figure has such places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from gen.errors import PageError, suggestion
from gen.interactive.scene_values import SceneValues

_APART = 2.0
"""CSS pixels between boxes that are one: those of neighbouring cells."""

_MARK = 4.0
"""Half the side of the box of a point without a size, as in `entries.js`."""

_SHOWN = {"cells": "values", "marks": "values", "bars": "ends"}
_GRID_AXES = {"cells": 2, "lines": 2, "points": 1, "pen": 1, "bars": 1, "marks": 1}
"""How many axes of a layer count its entries."""

Numbers: TypeAlias = tuple[str, Int[np.ndarray, "..."]]
"""What an axis is for, and the number of every entry on it."""


@dataclass(frozen=True)
class Target:
    """What an arrow points at.

    Attributes:
        name: of the matrix or group, such as `W_in` or `k = 5`; empty: the first that has it.
        axes: the numbers on each axis; several numbers are as many places.
    """

    name: str
    axes: tuple[tuple[str, tuple[int, ...]], ...]

    def __str__(self) -> str:
        parts = [f"{axis} {' '.join(map(str, numbers))}" for axis, numbers in self.axes]
        return ", ".join([self.name, *parts] if self.name else parts)

    def each(self) -> Iterator[dict[str, int]]:
        """Yield each place, as the number on every axis."""
        names = [axis for axis, _ in self.axes]
        for numbers in product(*(numbers for _, numbers in self.axes)):
            yield dict(zip(names, numbers, strict=True))


@dataclass(frozen=True)
class Box:
    """A part of a picture, in CSS pixels from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def joined(self, other: Box) -> Box:
        """Return the smallest box around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def meets(self, other: Box) -> bool:
        """Return whether both overlap or are neighbours."""
        return (
            max(self.left, other.left) <= min(self.right, other.right) + _APART
            and max(self.top, other.top) <= min(self.bottom, other.bottom) + _APART
        )


def target_boxes(
    content: dict[str, Any], values: SceneValues, target: Target, first: int, last: int
) -> list[Box]:
    """Return the boxes around the entries of a target; neighbours share one.

    What moves has the box in which it stays from the first frame to the last. A line that a pen
    draws stays where it is, so it has the place that it has reached in the first frame.

    Raises:
        PageError: the scene has no such entry.
    """
    named = [one for one in map(_Entries, content["layers"]) if one.meanings]
    named.sort(key=lambda one: one.joins)
    fitting = [one for one in named if one.fits(target)]
    if not fitting:
        raise PageError(f'the figure has no place "{target}"', _hint(named, target))
    boxes = [
        _first_box(fitting, values, numbers, slice(first, last + 1)) for numbers in target.each()
    ]
    if None in boxes:
        raise PageError(f'the figure has no place "{target}"', _ranges(fitting, values, target))
    return _joined([box for box in boxes if box is not None])


def _first_box(
    fitting: list[_Entries], values: SceneValues, numbers: dict[str, int], frames: slice
) -> Box | None:
    """Return the box of the entries with these numbers in the first layer that has any."""
    for entries in fitting:
        chosen = entries.chosen(values, numbers)
        if chosen.any():
            return _around(entries.corners(values, frames)[:, chosen])
    return None


def _around(corners: Float[np.ndarray, "frame entry 4"]) -> Box | None:
    low, high = corners[..., :2].reshape(-1, 2), corners[..., 2:].reshape(-1, 2)
    low, high = (one[np.isfinite(one).all(axis=1)] for one in (low, high))
    if not len(low):
        return None
    return Box(*low.min(axis=0).tolist(), *high.max(axis=0).tolist())


def _joined(boxes: list[Box]) -> list[Box]:
    """Return boxes of which no two meet."""
    found: list[Box] = []
    for box in boxes:
        one = box
        while near := [other for other in found if other.meets(one)]:
            for other in near:
                found.remove(other)
                one = one.joined(other)
        found.append(one)
    return found


class _Entries:
    """The entries of one layer.

    Attributes:
        name: of what they are of; empty if it has none.
        meanings: what its axes are for.
        joins: whether it may only join points that are entries of another layer.
    """

    def __init__(self, layer: dict[str, Any]) -> None:
        self._layer = layer
        self._spec: dict[str, Any] = {}
        self.name, self.meanings = "", frozenset[str]()
        self.joins = layer["type"] == "lines"
        if layer["type"] in _GRID_AXES:
            self._spec = layer[_SHOWN.get(layer["type"], "points")]
            self.name = layer.get("reading", {}).get("name") or self._spec.get("view", "")
            axes = map(_listed, self._spec["axes"])
            self.meanings = frozenset(name for axis in axes for name, _ in axis)

    def fits(self, target: Target) -> bool:
        """Return whether the layer has all axes of the target, and its name if it has one."""
        return target.name in {"", self.name} and self.meanings >= {axis for axis, _ in target.axes}

    def numbers(self, values: SceneValues) -> Iterator[Numbers]:
        """Yield what each axis is for, with a number for every entry."""
        shape = values.of(self._spec).shape[1:]
        depth = _GRID_AXES[self._layer["type"]]
        grid = shape[:depth]
        for place, axis in enumerate(map(_listed, self._spec["axes"])):
            for name, known in axis:
                each = np.arange(shape[place]) if known is None else np.asarray(known)
                if place < depth:
                    along = each.reshape([-1 if at == place else 1 for at in range(depth)])
                    yield name, np.broadcast_to(along, grid)
                elif (each == each[0]).all():  # both coordinates are of one frequency
                    yield name, np.full(grid, each[0])

    def chosen(self, values: SceneValues, numbers: dict[str, int]) -> Bool[np.ndarray, "..."]:
        """Return which entries have these numbers on their axes."""
        on_axes = list(self.numbers(values))
        depth = _GRID_AXES[self._layer["type"]]
        kept = np.ones(values.of(self._spec).shape[1 : depth + 1], dtype=bool)
        for axis, number in numbers.items():
            kept &= np.any([each == number for name, each in on_axes if name == axis], axis=0)
        return kept

    def corners(self, values: SceneValues, frames: slice) -> Float[np.ndarray, "frame ... 4"]:
        """Return left, top, right and bottom of every entry."""
        layer = self._layer
        match layer["type"]:
            case "cells":
                rows, columns = np.indices(values.of(self._spec).shape[1:])
                low = np.stack([columns, rows], -1) * float(layer["cell"])
                low = low + [layer["left"], layer["top"]] + layer["gap"]
                return np.concatenate([low, low + layer["cell"] - layer["gap"]], -1)[None]
            case "marks":
                middles = np.asarray(layer["places"])[None]
            case "bars":
                ends = _frames(values.of(self._spec), frames)
                x, base = np.moveaxis(values.of(layer["bases"]), -1, 0)
                middles = np.stack(np.broadcast_arrays(x, (base + ends) / 2), -1)
                sizes = np.broadcast_arrays(layer["width"] / 2, np.abs(base - ends) / 2)
                half = np.stack(sizes, -1)
                return np.concatenate([middles - half, middles + half], -1)
            case "pen":
                at = slice(frames.start, frames.start + 1)
                middles = _frames(values.of(self._spec), at)
            case _:
                middles = _frames(values.of(self._spec), frames)
        radius = layer.get("radius", _MARK)
        return np.concatenate([middles - radius, middles + radius], -1)


def _frames(values: Float[np.ndarray, "all ..."], frames: slice) -> np.ndarray:
    """Return some frames of values, of which there is one if they do not change."""
    return values if len(values) == 1 else values[frames]


def _listed(axis: list[Any] | None) -> list[tuple[str, list[int] | None]]:
    """Return what an axis of a scene is for: nothing, one meaning, or several."""
    if axis is None:
        return []
    return [(axis[0], axis[1])] if isinstance(axis[0], str) else [(name, at) for name, at in axis]


def _hint(named: list[_Entries], target: Target) -> str:
    """Say what the figure has, where a name of a target is none of it."""
    axes = sorted({axis for one in named for axis in one.meanings})
    names = list(dict.fromkeys(one.name for one in named if one.name))
    if not axes:
        return "its parts have no axes with names"
    unknown = next((axis for axis, _ in target.axes if axis not in axes), target.name)
    of = f" of {', '.join(names)}" if names else ""
    return suggestion(unknown, [*axes, *names]) or f"it shows {', '.join(axes)}{of}"


def _ranges(fitting: list[_Entries], values: SceneValues, target: Target) -> str:
    """Say which numbers there are on the axes of a target."""
    found: dict[str, set[int]] = {axis: set() for axis, _ in target.axes}
    for entries in fitting:
        for axis, numbers in entries.numbers(values):
            if axis in found:
                found[axis].update(numbers.ravel().tolist())
    return "it has " + ", ".join(f"{axis} {min(has)} to {max(has)}" for axis, has in found.items())
