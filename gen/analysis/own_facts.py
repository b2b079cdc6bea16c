"""Facts that a user's own task or network adds, in its hook `facts` or `explain`.

Their code is not this tool's, so names and values are checked before pages quote them.
"""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np

from gen.analysis.types import Facts
from gen.errors import CONTROL, ConfigError, is_out_of_memory
from gen.experiments.runs import ModelRun
from gen.networks.network import Network
from gen.tasks.task import Task
from gen.text import truncate

RESERVED = frozenset(["and", "or", "not", "seed", "state", "match"])
"""Words of conditions, and columns of the tables of `gen facts` and `gen hunt`."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PLAIN = "a fact is a number, a line of text, None, or a list of numbers or of texts"

_TOO_LARGE = 2**63


def own_facts(run: ModelRun, taken: Collection[str]) -> Facts:
    """Return the facts that the hooks of a run's task and network add.

    numpy's numbers and arrays become plain numbers and lists; True and False become 1 and 0.

    Args:
        taken: names of facts that the tool itself computes for this run.

    Raises:
        ConfigError: a hook failed, or a name or value cannot be a fact. It names the file of the
            class and the line of the hook, or the line of the hook's file that failed.
    """
    found: Facts = {}
    for kind in (run.task, run.network):
        found |= checked_facts(kind, call_hook(kind, "facts", run), {*taken, *found}, "facts")
    return found


def call_hook(kind: Task | Network, hook: str, run: ModelRun) -> dict[Any, Any]:
    """Call a hook of a kind.

    Args:
        hook: name of the method.

    Raises:
        ConfigError: it failed, or returned no dict.
    """
    try:
        found = getattr(kind, hook)(run)
    except Exception as error:
        if is_out_of_memory(error):
            raise
        what = f"{_called(kind, hook)} failed: {type(error).__name__}: {error}"
        where = _place(kind, hook, _failing_line(kind, hook, error))
        raise ConfigError(what, where=where, hint="--debug shows a traceback") from error
    if not isinstance(found, dict):
        what = f"returned {_shown(found)}"
        raise _error(kind, hook, what, "return a dict of facts by name")
    return found


def checked_facts(
    kind: Task | Network, returned: dict[Any, Any], taken: Collection[str], hook: str
) -> Facts:
    """Return what a hook returned as plain facts.

    Raises:
        ConfigError: a name or value cannot be a fact, or a name is taken.
    """
    found: Facts = {}
    for name, value in returned.items():
        _check_name(kind, hook, name, {*taken, *found})
        try:
            found[name] = _plain(value)
        except (TypeError, RecursionError):
            raise _error(kind, hook, f'returned "{name}" = {_shown(value)}', _PLAIN) from None
    return found


def _check_name(kind: Task | Network, hook: str, name: object, taken: Collection[str]) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        what = f"returned a fact named {_shown(name)}"
        hint = "begin with a letter, and use a to z, digits and underscores"
        raise _error(kind, hook, what, hint)
    if name in taken or name in RESERVED:
        what = f'returned a fact named "{name}", which is taken'
        raise _error(kind, hook, what, "choose another name")


def _plain(value: object) -> Any:
    """Return a value as a plain fact.

    Raises:
        TypeError: it cannot be one.
    """
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    match value:
        case None:
            return None
        case str() if not CONTROL.search(value):
            return str(value)
        case int() if abs(value) < _TOO_LARGE:
            return int(value)
        case float():
            return float(value)
        case list() | tuple():
            items = [_plain(each) for each in value]
            if _are(items, str) or _are(items, int | float):
                return items
            if _are(items, list) and all(_are(item, int | float) for item in items):
                return items
    raise TypeError(type(value).__name__)


def _are(items: list[Any], of: Any) -> bool:
    return all(isinstance(item, of) for item in items)


def _error(kind: Task | Network, hook: str, what: str, hint: str) -> ConfigError:
    return ConfigError(f"{_called(kind, hook)} {what}", where=_place(kind, hook, None), hint=hint)


def _called(kind: Task | Network, hook: str) -> str:
    return f"{type(kind).__name__}.{hook}"


def _shown(value: object) -> str:
    """Return a wrong value for a message: as in a config, or its type if it is no plain value."""
    plain = value is None or isinstance(value, str | int | float | list | tuple)
    return truncate(repr(value)) if plain else f"an object of type {type(value).__name__}"


def _file_and_line(kind: Task | Network, hook: str) -> tuple[str, int]:
    """Return the file and first line of the code of a hook, or the module of its class."""
    code = getattr(inspect.unwrap(getattr(type(kind), hook)), "__code__", None)
    if code is None:
        return type(kind).__module__, 1
    return code.co_filename, code.co_firstlineno


def _failing_line(kind: Task | Network, hook: str, error: Exception) -> int | None:
    """Return the last line of the hook's file in a traceback."""
    file, _ = _file_and_line(kind, hook)
    lines = [at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename == file]
    return lines[-1] if lines else None


def _place(kind: Task | Network, hook: str, line: int | None) -> str:
    """Return file and line of a hook; the file as it is seen from the current folder."""
    file, first = _file_and_line(kind, hook)
    path = Path(file)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    return f"{shown}:{line or first}"
