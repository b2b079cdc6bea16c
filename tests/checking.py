"""Check functions without shapes in their annotations by the type checker alone.

jaxtyping binds the arguments of every call, and checks them twice: before the call and with the
result. Only axes that several arguments share need this, but it takes most of the time of loops
over cells and figures. Most functions of gen name no axes.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
import typing
from collections.abc import Callable
from typing import Any

import jaxtyping

_jaxtyped: Callable[..., Any] = jaxtyping.jaxtyped


def jaxtyped(function: Any = None, *, typechecker: Callable[..., Any]) -> Any:
    """Decorate a function, a method or the class of a dataclass, as `jaxtyping.jaxtyped` does."""
    if function is None:
        return functools.partial(jaxtyped, typechecker=typechecker)
    if inspect.isclass(function):
        if dataclasses.is_dataclass(function) and not hasattr(function.__init__, "__wrapped__"):
            function.__init__ = jaxtyped(function.__init__, typechecker=typechecker)
        return function
    if isinstance(function, classmethod | staticmethod):
        return type(function)(jaxtyped(function.__func__, typechecker=typechecker))
    if not inspect.isfunction(function) or getattr(function, "__no_type_check__", False):
        return _jaxtyped(function, typechecker=typechecker)
    written = function.__annotations__
    hints = {name: _resolved(hint, function.__globals__) for name, hint in written.items()}
    if any(map(_names_axes, hints.values())):
        return _jaxtyped(function, typechecker=typechecker)
    function.__annotations__ = hints
    checked = typechecker(function)
    checked.__annotations__ = function.__annotations__ = written
    return checked


def _resolved(hint: Any, names: dict[str, Any]) -> Any:
    """Return what a written annotation means; Any if a name in it does not exist yet."""
    holder = type("Holder", (), {"__annotations__": {"hint": hint}})
    try:
        return typing.get_type_hints(holder, names, include_extras=True)["hint"]
    except Exception:  # whatever evaluating an annotation may raise
        return Any


def _names_axes(hint: Any) -> bool:
    """Return whether an annotation contains an array type of jaxtyping."""
    if isinstance(hint, list | tuple):  # the arguments of a Callable
        return any(map(_names_axes, hint))
    if inspect.isclass(hint) and issubclass(hint, jaxtyping.AbstractArray):
        return True
    return _names_axes(typing.get_args(hint))
