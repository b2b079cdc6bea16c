"""What a sweep's settings and their values are called."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gen.experiments.sweep import Axis
    from gen.i18n import Words


def axis_name(axis: Axis, words: Words) -> str:
    """A setting, `neurons`."""
    known = f"setting.{axis.key}"
    return words(known) if words.has(known) else axis.key.replace("_", " ")


def value_name(axis: Axis, value: Any, words: Words) -> str:
    """A value by itself, `0.1`; a choice has its name from the catalog or else from the config."""
    known = f"choice.{axis.key}.{value}"
    if axis.choices is not None and words.has(known):
        return words(known)
    return words.number(value) if isinstance(value, int | float) else str(value)


def cell_labels(axes: tuple[Axis, ...], words: Words) -> list[str]:
    """The settings of every combination, the last axis varying fastest."""
    every = product(*(axis.values for axis in axes))
    return [
        words("list.comma").join(
            _setting(axis, value, words) for axis, value in zip(axes, values, strict=True)
        )
        for values in every
    ]


def _setting(axis: Axis, value: Any, words: Words) -> str:
    """`decay 0.1`; a choice is told by its name alone."""
    said = value_name(axis, value, words)
    return said if axis.choices is not None else f"{axis_name(axis, words)} {said}"
