"""Exceptions on their way from one process to another: each arrives as what it was raised as."""

from __future__ import annotations

import pickle
import traceback
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from gen.errors import cause_of, is_out_of_memory


@dataclass(frozen=True)
class _Carried:
    """An exception as it was pickled, and in pieces for where that cannot be read again.

    Attributes:
        whole: the pickled exception; None where it cannot be pickled.
        kinds: its class and the bases of that, by module and name, the class itself first.
        arguments: what its `args` hold; what cannot be pickled of them, as text.
        attributes: what else it holds, without what cannot be pickled.
        text: what it says.
    """

    whole: bytes | None
    kinds: tuple[tuple[str, str], ...]
    arguments: tuple[Any, ...]
    attributes: dict[str, Any]
    text: str


def pack_exception(error: BaseException) -> bytes:
    """An exception as bytes, its traceback among its notes; `unpacked` gives it back."""
    notes = [*getattr(error, "__notes__", ()), "".join(traceback.format_exception(error))]
    attributes = {name: value for name, value in vars(error).items() if _pickled(value) is not None}
    cause = cause_of(error)
    if cause is not None and is_out_of_memory(cause):
        attributes["lacks_memory"] = True  # what has led to it stays behind
    arguments = error.args
    if isinstance(error, OSError) and error.filename is not None and len(arguments) == 2:
        arguments = (*arguments, error.filename)  # which `args` leave out
    carried = _Carried(
        _pickled(error),
        tuple((kind.__module__, kind.__qualname__) for kind in type(error).__mro__),
        tuple(repr(value) if _pickled(value) is None else value for value in arguments),
        {**attributes, "__notes__": notes},
        str(error),
    )
    return pickle.dumps(carried)


def unpack_exception(content: bytes) -> BaseException:
    """The exception of which `packed` made bytes.

    Where its class cannot be imported here, it is the nearest base class that can be, and its
    text names the class.
    """
    carried: _Carried = pickle.loads(content)  # noqa: S301 - it comes from a process of this tool
    error = _whole(carried) or _rebuilt(carried)
    vars(error).update(carried.attributes)
    return error


def _whole(carried: _Carried) -> BaseException | None:
    """The exception as pickle reads it; None where it cannot, or reads another text."""
    if carried.whole is None:
        return None
    try:
        error = pickle.loads(carried.whole)  # noqa: S301
        return error if str(error) == carried.text else None
    except Exception:
        return None


def _rebuilt(carried: _Carried) -> BaseException:
    """The exception out of its pieces, without calling the constructor of its class."""
    (_, name), *_ = carried.kinds
    for place, where in enumerate(carried.kinds):
        kind = _kind(*where)
        if kind is None:
            continue
        if place > 0:
            return kind(f"{name.rpartition('.')[2]}: {carried.text}")
        error = kind.__new__(kind, *carried.arguments)
        built_in = next(base for base in kind.__mro__ if base.__module__ == "builtins")
        built_in.__init__(error, *carried.arguments)
        return error
    return RuntimeError(f"{name}: {carried.text}")


def _kind(module: str, name: str) -> type[BaseException] | None:
    """A class of exceptions by its name; None where there is none of that name."""
    try:
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception:
        return None
    return found if isinstance(found, type) and issubclass(found, BaseException) else None


def _pickled(value: object) -> bytes | None:
    try:
        return pickle.dumps(value)
    except Exception:
        return None
