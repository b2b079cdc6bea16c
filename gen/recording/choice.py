"""Choose tensors by name or pattern, such as `fc1.weight` or `layers.*.weight`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from gen.errors import ConfigError, suggestion

_SHOWN = 12
"""Names that a hint lists."""


def choose(patterns: Iterable[str], known: Sequence[str], where: str) -> list[str]:
    """Return the names that any of some patterns matches, in the order of `known`.

    Args:
        patterns: names, or patterns in which `*` stands for any characters and `?` for one.
        known: all names.
        where: where the names are, for errors.

    Raises:
        ConfigError: a pattern matches none.
    """
    chosen: set[str] = set()
    for pattern in patterns:
        found = [name for name in known if name == pattern or fnmatchcase(name, pattern)]
        if not found:
            hint = suggestion(pattern, known) or f"there are {listed(known)}"
            raise ConfigError(f'no tensor matches "{pattern}"', where=where, hint=hint)
        chosen.update(found)
    return [name for name in known if name in chosen]


def listed(names: Sequence[str]) -> str:
    """Return names as text, shortened if there are many."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
