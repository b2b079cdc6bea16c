"""Describe the differences between the ingredients of two runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_MAX_VALUES = 3
"""Values of a list that are named."""

_MAX_LENGTH = 40
"""Characters of a value that are shown."""


def differences(former: Mapping[str, Any], present: Mapping[str, Any]) -> list[str]:
    """Return a line for each setting that differs: `optimiser.weight_decay 0.3 -> 0.5`.

    For lists, the removed and the added values are named. Optimisers, one for each model of a
    run, are compared key by key. Settings of the config come before the code and the versions.
    """
    before, after = dict(_leaves(former)), dict(_leaves(present))
    found: list[str] = []
    for key in sorted(
        before.keys() | after.keys(), key=lambda key: (key.startswith(("code", "versions.")), key)
    ):
        was, now = before.get(key), after.get(key)
        if key.startswith("optimiser."):
            was, now = _unique_values(was or [None], now or [None])
        if was != now:
            found.append(_difference(key, was, now))
    return found


def _unique_values(was: list[Any], now: list[Any]) -> tuple[Any, Any]:
    """Reduce one setting of all models, so that the number of models makes no difference."""
    if len(was) != len(now):
        was, now = _without(was, ()), _without(now, ())
    if len(_without(was, ())) == len(_without(now, ())) == 1:
        return was[0], now[0]
    return was, now


def _leaves(value: object, path: str = "") -> Iterable[tuple[str, Any]]:
    if path == "optimisers" and isinstance(value, list):
        keys = {key: None for settings in value for key in settings}
        for key in keys:
            yield f"optimiser.{key}", [settings.get(key) for settings in value]
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, f"{path}.{name}".strip("."))
    else:
        yield path, value


def _difference(key: str, former: object, present: object) -> str:
    if key == "code":
        return "the training code changed"
    name = key.removeprefix("versions.")
    if not isinstance(former, list) or not isinstance(present, list):
        before, after = _shorten(former), _shorten(present)
        if before == after:
            return f"{name} changed near its end"
        return f"{name} {before} -> {after}"
    gone, new = _without(former, present), _without(present, former)
    if gone and new:
        return f"{name} {_join_values(gone)} -> {_join_values(new)}"
    if gone or new:
        return f"{name}: {'without' if gone else 'also'} {_join_values(gone or new)}"
    if len(former) != len(present):
        return f"{name}: {len(former)} -> {len(present)} values"
    return f"{name}: the same values in another order"


def _without(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Return the distinct values that are not among others, in their order."""
    other_texts = set(map(str, others))
    found = {str(value): value for value in values if str(value) not in other_texts}
    return list(found.values())


def _join_values(values: list[Any]) -> str:
    """Return values as text: `0.1, 0.3`; `0 to 15`; `0.1, 0.3, 1.0 and 4 more`."""
    if all(type(value) is int for value in values) and len(values) > 2:
        first, last = values[0], values[-1]
        if values == list(range(first, last + 1)):
            return f"{first} to {last}"
    shown = ", ".join(_shorten(value) for value in values[:_MAX_VALUES])
    more = len(values) - _MAX_VALUES
    return f"{shown} and {more} more" if more > 0 else shown


def _shorten(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= _MAX_LENGTH else f"{text[: _MAX_LENGTH - 3]}..."
