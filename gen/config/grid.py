"""Read a sweep's grid: the settings that vary, and the values of each.

A list of plain values is for one key. A list of tables has named choices, each of which sets
several keys of its table at once, for example an architecture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gen.config.toml import Location, as_table
from gen.errors import suggestion
from gen.experiments.model import MOST_MODELS
from gen.experiments.sweep import Axis
from gen.text import as_config_value, control_character

MAX_AXES = 8
VARIABLE_TABLES = ("task", "network", "optimiser")
CHOICE_NAME = "name"
MAX_NAME_LENGTH = 40


def read_axes(value: object, location: Location) -> tuple[Axis, ...]:
    """Read the axes of a grid, in the order of the config.

    Raises:
        ConfigError: nothing varies, too much varies, a setting cannot vary, or one key varies
            on two axes.
    """
    axes: list[Axis] = []
    for part, keys in as_table(value, location).items():
        part_location = location.at(part)
        if part not in VARIABLE_TABLES:
            hint = suggestion(part, VARIABLE_TABLES) or f"vary keys of {', '.join(VARIABLE_TABLES)}"
            raise part_location.error("cannot vary: all models of a sweep share it", hint)
        for key, values in as_table(keys, part_location).items():
            axes.append(_read_axis(part, key, values, part_location.at(key)))
    if not axes:
        hint = "list the values that vary, such as optimiser.weight_decay = [0.1, 1.0]"
        raise location.error("nothing varies", hint)
    if len(axes) > MAX_AXES:
        raise location.error(f"{len(axes)} settings vary", f"at most {MAX_AXES} can vary at once")
    for index, axis in enumerate(axes):
        for other in axes[:index]:
            for key in sorted(axis.keys & other.keys) if axis.part == other.part else ():
                what = f"{key} is varied by {other.key} already"
                raise location.at(axis.part, axis.key).error(what, "vary it in one place")
    return tuple(axes)


def apply_cell(
    table: Mapping[str, Any], axes: tuple[Axis, ...], cell: tuple[int, ...]
) -> dict[str, Any]:
    """Return a sweep's table with the settings of one cell.

    Args:
        cell: index of the value on each axis.
    """
    result = dict(table)
    for axis, index in zip(axes, cell, strict=True):
        result[axis.part] = {**result.get(axis.part, {}), **axis.settings(index)}
    return result


def _read_axis(part: str, key: str, values: object, location: Location) -> Axis:
    _check_characters(key, location)
    if not isinstance(values, list) or not values:
        raise location.error(f"{as_config_value(values)} is not a list of values")
    if len(values) > MOST_MODELS:
        raise location.error(
            f"the list has {len(values):,} values", f"at most {MOST_MODELS:,} can be trained"
        )
    if len(set(map(_hashable, values))) < len(values):
        raise location.error("a value is listed twice", "list each once")
    if not any(isinstance(entry, dict) for entry in values):
        return Axis(part, key, tuple(values))
    choices = [dict(as_table(entry, location)) for entry in values]
    names = _choice_names([choice.pop(CHOICE_NAME, None) for choice in choices], location)
    return Axis(part, key, names, tuple(choices))


def _choice_names(names: list[Any], location: Location) -> tuple[str, ...]:
    """Check the names of an axis' choices: unique texts, neither empty nor too long."""
    counts = Counter(name for name in names if isinstance(name, str))
    for name in names:
        if not isinstance(name, str) or not name or counts[name] > 1:
            hint = 'give every choice its own name: { name = "tied", projections = "tied" }'
            raise location.error(f"{as_config_value(name)} cannot be the name of a choice", hint)
        if len(name) > MAX_NAME_LENGTH:
            what = f"{as_config_value(name)} has {len(name)} characters"
            raise location.error(what, f"a choice's name has at most {MAX_NAME_LENGTH}")
        _check_characters(name, location)
    return tuple(names)


def _check_characters(name: str, location: Location) -> None:
    control = control_character(name)
    if control is not None:
        raise location.error(f"a name has the control character {control}", "remove it")


def _hashable(value: Any) -> Any:
    """Return the same value as one that a set can hold; comparing all pairs would be quadratic."""
    if isinstance(value, list):
        return tuple(map(_hashable, value))
    if isinstance(value, dict):
        return frozenset((key, _hashable(inner)) for key, inner in value.items())
    return value
