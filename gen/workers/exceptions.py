"""Send exceptions from one process to another, keeping their class, attributes and text."""

from __future__ import annotations

import pickle
import traceback
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gen.errors import cause_of, is_out_of_memory


@dataclass(frozen=True)
class _PackedException:
    """A pickled exception, and its parts in case it cannot be unpickled.

    Attributes:
        pickled: the exception; None if it cannot be pickled.
        classes: module and name of its class and of all base classes, in this order.
        arguments: its `args`; values that cannot be pickled as text.
        attributes: its attributes, without values that cannot be pickled.
        text: its message.
    """

    pickled: bytes | None
    classes: tuple[tuple[str, str], ...]
    arguments: tuple[Any, ...]
    attributes: dict[str, Any]
    text: str


def pack_exception(error: BaseException) -> bytes:
    """Return an exception as bytes for `unpack_exception`; its traceback becomes a note."""
    notes = [*getattr(error, "__notes__", ()), "".join(traceback.format_exception(error))]
    attributes = {
        name: value for name, value in vars(error).items() if _try_pickle(value) is not None
    }
    cause = cause_of(error)
    if cause is not None and is_out_of_memory(cause):
        attributes["lacks_memory"] = True  # the cause is not sent
    arguments = error.args
    if isinstance(error, OSError) and error.filename is not None and len(arguments) == 2:
        arguments = (*arguments, error.filename)  # which is not in `args`
    packed = _PackedException(
        _try_pickle(error),
        tuple((kind.__module__, kind.__qualname__) for kind in type(error).__mro__),
        tuple(repr(value) if _try_pickle(value) is None else value for value in arguments),
        {**attributes, "__notes__": notes},
        str(error),
    )
    return pickle.dumps(packed)


def unpack_exception(content: bytes) -> BaseException:
    """Return the exception that was packed by `pack_exception`.

    If its class cannot be imported, the nearest base class is used, and its text names the class.
    """
    packed: _PackedException = pickle.loads(content)  # noqa: S301 - it comes from a process of this tool
    error = _unpickle(packed) or _rebuild(packed)
    vars(error).update(packed.attributes)
    return error


def _unpickle(packed: _PackedException) -> BaseException | None:
    """Unpickle an exception; None if that fails or the text is different."""
    if packed.pickled is None:
        return None
    try:
        error = pickle.loads(packed.pickled)  # noqa: S301
        return error if str(error) == packed.text else None
    except Exception:
        return None


def _rebuild(packed: _PackedException) -> BaseException:
    """Rebuild an exception from its parts, without calling the constructor of its class."""
    (_, name), *_ = packed.classes
    for place, where in enumerate(packed.classes):
        kind = _exception_class(*where)
        if kind is None:
            continue
        if place > 0:
            return kind(f"{name.rpartition('.')[2]}: {packed.text}")
        error = kind.__new__(kind, *packed.arguments)
        built_in = next(base for base in kind.__mro__ if base.__module__ == "builtins")
        built_in.__init__(error, *packed.arguments)
        return error
    return RuntimeError(f"{name}: {packed.text}")


def _exception_class(module: str, name: str) -> type[BaseException] | None:
    """Import an exception class; None if that fails."""
    try:
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception:
        return None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _try_pickle(value: object) -> bytes | None:
    try:
        return pickle.dumps(value)
    except Exception:
        return None
