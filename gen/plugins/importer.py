"""Import the modules of plugin snapshots, here and in worker processes.

A module is named `grokreel_plugins.s<digest>.kinds.majority`. The digest is that of the snapshot.
So former and present code can be loaded side by side, and a pickled class has the same code
everywhere.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.abc import InspectLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from gen.plugins.snapshot import ROOT, Snapshot, SourceFile

_snapshots: dict[str, Snapshot] = {}
"""The registered snapshots, by their package."""


def register(snapshot: Snapshot) -> Snapshot:
    """Make the modules of a snapshot importable in this process."""
    _snapshots[snapshot.package] = snapshot
    if _FINDER not in sys.meta_path:
        sys.meta_path.append(_FINDER)
    return snapshot


@dataclass(frozen=True)
class _Registration:
    """Registers a snapshot in the process that unpickles it."""

    snapshot: Snapshot

    def __reduce__(self) -> tuple[Any, ...]:
        return register, (self.snapshot,)


def registrations() -> list[_Registration]:
    """Return what to pickle in front of objects whose classes may be those of plugins.

    The process that unpickles it needs no access to the plugin files.
    """
    return [_Registration(snapshot) for snapshot in _snapshots.values()]


def split_name(module: str) -> tuple[Snapshot, str] | None:
    """Return the snapshot of a plugin module and its name in it; None for other modules."""
    root, _, rest = module.partition(".")
    number, _, name = rest.partition(".")
    snapshot = _snapshots.get(f"{root}.{number}")
    return None if snapshot is None else (snapshot, name)


def source_file(module: str) -> SourceFile | None:
    """Return the code of a plugin module; None for a module without code or of other packages."""
    found = split_name(module)
    return None if found is None else found[0].files.get(found[1])


def is_plugin_file(path: str) -> bool:
    """Whether a path, as messages show it, is that of a file of a registered snapshot."""
    return any(
        path == str(file.path)
        for snapshot in _snapshots.values()
        for file in snapshot.files.values()
    )


class _Finder(MetaPathFinder, InspectLoader):
    """Finds and loads plugin modules from the registered snapshots."""

    def find_spec(
        self, fullname: str, path: Any, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname == ROOT:
            return ModuleSpec(fullname, self, is_package=True)
        found = split_name(fullname)
        if found is None:
            return None
        snapshot, name = found
        file = snapshot.files.get(name)
        if file is not None:
            spec = ModuleSpec(fullname, self, origin=str(file.location), is_package=file.is_package)
            spec.has_location = True
            return spec
        is_folder = any(each.startswith(f"{name}.") for each in snapshot.files)
        return ModuleSpec(fullname, self, is_package=True) if is_folder or not name else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Let Python create the module."""

    def exec_module(self, module: ModuleType) -> None:
        code = self.get_code(module.__name__)
        if code is not None:
            exec(code, vars(module))  # noqa: S102

    def get_code(self, fullname: str) -> CodeType | None:
        file = source_file(fullname)
        if file is None:
            return None
        return compile(file.content, str(file.path), "exec", dont_inherit=True)

    def get_source(self, fullname: str) -> str | None:
        file = source_file(fullname)
        return None if file is None else file.content.decode(errors="replace")


_FINDER = _Finder()
