"""Kinds of installed packages, which name them by entry points.

The name of an entry point is the kind: `majority = "my_package.tasks:Majority"` in the group
`grokreel.tasks`. A package is imported only if a config uses a kind of it, so that a broken package
does not break other sites.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

GROUPS = ("tasks", "networks", "optimisers", "figures")
"""The families of kinds, which are the groups of entry points after `grokreel.`"""


@dataclass(frozen=True)
class PackageKind:
    """A kind that an installed package names by an entry point.

    Attributes:
        name: the kind.
        value: where its class is, such as `my_package.tasks:Majority`.
        group: such as `grokreel.tasks`.
        package: name and version of the package.
    """

    name: str
    value: str
    group: str
    package: str

    @property
    def module(self) -> str:
        """The dotted name of the module."""
        return self.value.partition(":")[0].strip()

    def load(self) -> Any:
        """Import the class."""
        found: Any = import_module(self.module)
        for name in filter(None, self.value.partition(":")[2].strip().split(".")):
            found = getattr(found, name)
        return found


def kinds_of_packages(group: str) -> list[PackageKind]:
    """Return the entry points of a group such as `tasks`, in alphabetical order."""
    return [point for point in _entry_points(tuple(sys.path)) if point.group == f"grokreel.{group}"]


def is_in_package(module: str) -> bool:
    """Whether a module is in a package that has kinds."""
    top = module.partition(".")[0]
    return any(top == point.module.partition(".")[0] for point in _entry_points(tuple(sys.path)))


def place_of(point: PackageKind) -> str:
    """Return where an entry point is defined, such as `package my-kinds 1.0: grokreel.tasks`."""
    return f"package {point.package}: {point.group}"


@cache
def _entry_points(path: tuple[str, ...]) -> tuple[PackageKind, ...]:  # noqa: ARG001 - the cache's key
    installed = entry_points()
    found = {
        PackageKind(
            point.name,
            point.value,
            point.group,
            f"{point.dist.name} {point.dist.version}" if point.dist else point.module,
        )
        for group in GROUPS
        for point in installed.select(group=f"grokreel.{group}")
    }
    return tuple(sorted(found, key=lambda point: (point.group, point.name, point.value)))
