"""Reads a sweep's grid: which settings vary, and through which values.

A list of plain values is for one key. A list of tables has named choices, each of which sets
several keys of its part at once: an architecture, say, or a penalty of one kind or another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gen.config.toml import Place, as_table
from gen.errors import suggestion
from gen.experiments.model import MOST_MODELS
from gen.experiments.sweep import Axis
from gen.text import as_config_value, control_character

MOST_AXES = 8
VARIABLE = ("task", "network", "optimiser")
NAME = "name"
LONGEST_NAME = 40
_NAMED = 'give every choice a name of its own: { name = "tied", projections = "tied" }'


def read_axes(value: object, place: Place) -> tuple[Axis, ...]:
    """The axes of a grid, in the order of the config.

    Raises:
        ConfigError: nothing varies, or something that cannot, or one key in two ways.
    """
    axes: list[Axis] = []
    for part, keys in as_table(value, place).items():
        here = place.at(part)
        if part not in VARIABLE:
            hint = suggestion(part, VARIABLE) or f"vary keys of {', '.join(VARIABLE)}"
            raise here.error("cannot be varied: a sweep's models share all the rest", hint)
        axes += [_axis(part, key, values, here) for key, values in as_table(keys, here).items()]
    if not axes:
        hint = "write the values that vary, such as optimiser.weight_decay = [0.1, 1.0]"
        raise place.error("nothing varies", hint)
    if len(axes) > MOST_AXES:
        raise place.error(f"{len(axes)} settings vary", f"at most {MOST_AXES} can vary at once")
    for number, axis in enumerate(axes):
        for other in axes[:number]:
            for key in sorted(axis.keys & other.keys) if axis.part == other.part else ():
                what = f"{key} is varied by {other.key} already"
                raise place.at(axis.part, axis.key).error(what, "vary it in one place")
    return tuple(axes)


def filled(table: Mapping[str, Any], axes: tuple[Axis, ...], at: tuple[int, ...]) -> dict[str, Any]:
    """A sweep's table with the settings of one cell in it.

    Args:
        at: which value of each axis.
    """
    result = dict(table)
    for axis, number in zip(axes, at, strict=True):
        result[axis.part] = {**result.get(axis.part, {}), **axis.settings(number)}
    return result


def _axis(part: str, key: str, values: object, place: Place) -> Axis:
    here = place.at(key)
    _check_name(key, here)
    if not isinstance(values, list) or not values:
        raise here.error(f"{as_config_value(values)} is not a list of values")
    if len(values) > MOST_MODELS:
        raise here.error(
            f"that is {len(values):,} values", f"at most {MOST_MODELS:,} can be trained"
        )
    if len(set(map(_frozen, values))) < len(values):
        raise here.error("a value is listed twice", "list each once")
    if not any(isinstance(entry, dict) for entry in values):
        return Axis(part, key, tuple(values))
    choices = [dict(as_table(entry, here)) for entry in values]
    names = [choice.pop(NAME, None) for choice in choices]
    counts = Counter(name for name in names if isinstance(name, str))
    for name in names:
        if not isinstance(name, str) or not name or counts[name] > 1:
            raise here.error(f"{as_config_value(name)} cannot be the name of a choice", _NAMED)
        if len(name) > LONGEST_NAME:
            what = f"{as_config_value(name)} has {len(name)} characters"
            raise here.error(what, f"a choice's name has at most {LONGEST_NAME}")
        _check_name(name, here)
    return Axis(part, key, tuple(names), tuple(choices))


def _check_name(name: str, place: Place) -> None:
    control = control_character(name)
    if control is not None:
        raise place.error(f"a name holds the control character {control}", "take it out")


def _frozen(value: Any) -> Any:
    """The same value as one that a set can hold: looking each up in a list takes its square."""
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return frozenset((key, _frozen(below)) for key, below in value.items())
    return value
