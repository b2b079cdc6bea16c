"""Kinds of installed packages, which name them by entry points.

The name of an entry point is the kind: `majority = "my_package.tasks:Majority"` in the group
`grokreel.tasks`. A package is imported only if a config uses a kind of it, so that a broken package
does not break other sites.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points

GROUPS = ("tasks", "networks", "optimisers", "figures")
"""The families of kinds, which are the groups of entry points after `grokreel.`"""


def kinds_of_packages(group: str) -> list[EntryPoint]:
    """Return the entry points of a group such as `tasks`, in alphabetical order."""
    return [point for point in _entry_points(tuple(sys.path)) if point.group == f"grokreel.{group}"]


def is_in_package(module: str) -> bool:
    """Whether a module is in a package that has kinds."""
    top = module.partition(".")[0]
    return any(top == point.module.partition(".")[0] for point in _entry_points(tuple(sys.path)))


def place_of(point: EntryPoint) -> str:
    """Return where an entry point is defined, such as `package my-kinds 1.0: grokreel.tasks`."""
    name = f"{point.dist.name} {point.dist.version}" if point.dist else point.module
    return f"package {name}: {point.group}"


@cache
def _entry_points(path: tuple[str, ...]) -> tuple[EntryPoint, ...]:  # noqa: ARG001 - the cache's key
    installed = entry_points()
    found = [point for group in GROUPS for point in installed.select(group=f"grokreel.{group}")]
    return tuple(sorted(found, key=lambda point: (point.group, point.name, point.value)))
