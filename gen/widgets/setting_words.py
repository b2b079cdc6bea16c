"""Display names of a sweep's settings and values."""

from __future__ import annotations

from itertools import product
from typing import Any

from gen.experiments.sweep import Axis
from gen.i18n import Words


def axis_name(axis: Axis, words: Words) -> str:
    """Return the name of a setting, such as `neurons`."""
    known = f"setting.{axis.key}"
    return words(known) if words.has(known) else axis.key.replace("_", " ")


def value_name(axis: Axis, value: Any, words: Words) -> str:
    """Return a value without its setting, such as `0.1`; a choice by its translation, if any."""
    known = f"choice.{axis.key}.{value}"
    if axis.choices is not None and words.has(known):
        return words(known)
    return words.number(value) if isinstance(value, int | float) else str(value)


def cell_labels(axes: tuple[Axis, ...], words: Words) -> list[str]:
    """Return the settings of every cell as text; the last axis varies fastest."""
    every = product(*(axis.values for axis in axes))
    return [
        words("list.comma").join(
            _setting(axis, value, words) for axis, value in zip(axes, values, strict=True)
        )
        for values in every
    ]


def _setting(axis: Axis, value: Any, words: Words) -> str:
    """Return name and value, such as `decay 0.1`; a choice has no setting name."""
    name = value_name(axis, value, words)
    return name if axis.choices is not None else f"{axis_name(axis, words)} {name}"
