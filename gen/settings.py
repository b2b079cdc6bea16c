"""Base classes of config tables: strict settings, and classes that `kind` selects."""

from __future__ import annotations

import pkgutil
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


@cache
def kinds(package: str, family: type[Kind]) -> dict[str, type[Any]]:
    """Return every kind of a family: the subclasses of `family` in the modules of `package`.

    Args:
        package: dotted name of the package.
        family: the base class of the kinds.

    Returns:
        The classes by their `kind`, in alphabetical order.
    """
    found: dict[str, type[Any]] = {}
    for module in pkgutil.iter_modules(import_module(package).__path__):
        namespace = vars(import_module(f"{package}.{module.name}"))
        for value in namespace.values():
            if isinstance(value, type) and issubclass(value, family):
                kind = value.model_fields.get("kind")
                if kind is not None:
                    found[kind.default] = value
    return dict(sorted(found.items()))
