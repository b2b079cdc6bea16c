"""Values of templates as JSON, where nothing is lost: dataclasses of texts, numbers and lists."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from types import SimpleNamespace
from typing import Any

_SAID = {"__str__", "__html__", "__format__", "__len__", "__iter__", "__getitem__", "__bool__"}
"""Methods by which a template would read a value otherwise."""


class NotPlainError(Exception):
    """A value has parts that JSON would lose."""


def to_json(value: object) -> Any:
    """Return a value as JSON values from which `from_json` makes one that templates read alike.

    Raises:
        NotPlainError: it has a part of another type, or a dataclass with methods or properties.
    """
    kind = type(value)
    if value is None or kind in {bool, int, float, str}:
        return value
    if kind in {list, tuple}:
        assert isinstance(value, list | tuple)
        return {kind.__name__: [to_json(item) for item in value]}
    if kind is dict:
        assert isinstance(value, dict)
        pairs = [[to_json(key), to_json(item)] for key, item in value.items()]
        if all(isinstance(key, bool | int | float | str | None) for key in value):
            return {"dict": pairs}
    elif is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value)]
        own = {name for base in kind.__mro__[:-1] for name in vars(base)} & _SAID
        if not own and {name for name in dir(value) if not name.startswith("_")} == set(names):
            return {"fields": {name: to_json(getattr(value, name)) for name in names}}
    raise NotPlainError(f"a value of the type {kind.__name__}")


def from_json(content: Any) -> Any:
    """Return what `to_json` was given, with namespaces in the place of dataclasses."""
    if not isinstance(content, dict):
        return content
    ((kind, inner),) = content.items()
    match kind:
        case "fields":
            return SimpleNamespace(**{name: from_json(item) for name, item in inner.items()})
        case "dict":
            return {from_json(key): from_json(item) for key, item in inner}
        case "tuple":
            return tuple(map(from_json, inner))
        case _:
            return [from_json(item) for item in inner]
