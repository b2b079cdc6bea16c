"""Base classes of config tables: strict settings, and classes that `kind` selects."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """One table of the config; unknown keys, wrong types, NaN and infinity are errors."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, allow_inf_nan=False, validate_default=True
    )


class Kind(Settings):
    """A config table whose key `kind` selects its class.

    To register a subclass, define it in a module of its family's package with a literal default:
    `kind: Literal["sparse-parity"] = "sparse-parity"`.
    """


AddKinds = Callable[[str, type[Kind], Mapping[str, type[Any]]], Mapping[str, Any]]
"""Takes the package, family and built-in kinds; returns these and further kinds."""

_add_kinds: ContextVar[AddKinds | None] = ContextVar("add_kinds", default=None)


@contextmanager
def adding_kinds(add: AddKinds) -> Iterator[None]:
    """Let `kinds` return more than the built-in kinds, until the `with` block ends."""
    token = _add_kinds.set(add)
    try:
        yield
    finally:
        _add_kinds.reset(token)


def kinds(package: str, family: type[Kind]) -> Mapping[str, Any]:
    """Return every kind of a family, which includes those of plugins while a config is read.

    Args:
        package: dotted name of the package with the built-in kinds.
        family: the base class of the kinds.

    Returns:
        The classes by their `kind`, in alphabetical order.

    Raises:
        ConfigError: two plugins, or a plugin and a built-in class, have the same kind.
    """
    built_in, add = _built_in_kinds(package, family), _add_kinds.get()
    return add(package, family, built_in) if add else dict(built_in)


@cache
def _built_in_kinds(package: str, family: type[Kind]) -> dict[str, type[Any]]:
    """Return the subclasses of `family` in the modules of `package`, by their `kind`."""
    found: dict[str, type[Any]] = {}
    for module in pkgutil.iter_modules(import_module(package).__path__):
        namespace = vars(import_module(f"{package}.{module.name}"))
        for value in namespace.values():
            if isinstance(value, type) and issubclass(value, family):
                kind = value.model_fields.get("kind")
                if kind is not None:
                    found[kind.default] = value
    return dict(sorted(found.items()))
