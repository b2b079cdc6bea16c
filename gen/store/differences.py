"""What is different between the ingredients of two runs, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_SHOWN = 3
"""Values that are listed one by one."""

_LONGEST = 40


def differences(former: Mapping[str, Any], present: Mapping[str, Any]) -> list[str]:
    """Every setting that differs, one line each: `optimiser.weight_decay 0.3 -> 0.5`.

    Of lists, the values are named that went and that came. Optimisers, of which a run has one a
    model, are compared key by key.
    """
    before, after = dict(_leaves(former)), dict(_leaves(present))
    found: list[str] = []
    for key in sorted(before.keys() | after.keys(), key=_place):
        was, now = before.get(key), after.get(key)
        if key.startswith("optimiser.") and was is not None and now is not None:
            was, now = _of_models(was, now)
        if was != now:
            found.append(_difference(key, was, now))
    return found


def _of_models(was: list[Any], now: list[Any]) -> tuple[Any, Any]:
    """One setting of all models, so that another number of models is no other setting."""
    if len(was) != len(now):
        was, now = _without(was, ()), _without(now, ())
    if len(_without(was, ())) == len(_without(now, ())) == 1:
        return was[0], now[0]
    return was, now


def _place(key: str) -> tuple[bool, str]:
    """Settings come first, and then what is not in the config."""
    return key.startswith(("code", "versions.")), key


def _leaves(value: object, path: str = "") -> Iterable[tuple[str, Any]]:
    if path == "optimisers" and isinstance(value, list):
        keys = {key: None for settings in value for key in settings}
        for key in keys:
            yield f"optimiser.{key}", [settings.get(key) for settings in value]
    elif isinstance(value, dict):
        for name, below in value.items():
            yield from _leaves(below, f"{path}.{name}".strip("."))
    else:
        yield path, value


def _difference(key: str, former: object, present: object) -> str:
    if key == "code":
        return "the code that trains was changed"
    name = key.removeprefix("versions.")
    if not isinstance(former, list) or not isinstance(present, list):
        before, after = _brief(former), _brief(present)
        if before == after:
            return f"{name} was changed near its end"
        return f"{name} {before} -> {after}"
    gone = _without(former, present)
    new = _without(present, former)
    if gone and new:
        return f"{name} {_listed(gone)} -> {_listed(new)}"
    if gone or new:
        return f"{name}: {'without' if gone else 'also'} {_listed(gone or new)}"
    if len(former) != len(present):
        return f"{name}: {len(former)} -> {len(present)} values"
    return f"{name}: the same values in another order"


def _without(values: Sequence[Any], others: Sequence[Any]) -> list[Any]:
    """Values that are not among others, each once, in their order."""
    other_texts = set(map(str, others))
    found = {str(value): value for value in values if str(value) not in other_texts}
    return list(found.values())


def _listed(values: list[Any]) -> str:
    """`0.1, 0.3`; `0 to 15`; `0.1, 0.3, 1.0 and 4 more`."""
    if all(type(value) is int for value in values) and len(values) > 2:
        first, last = values[0], values[-1]
        if values == list(range(first, last + 1)):
            return f"{first} to {last}"
    shown = ", ".join(_brief(value) for value in values[:_SHOWN])
    more = len(values) - _SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _brief(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
