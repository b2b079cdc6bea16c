"""The code of a config's plugins, read once: the listed files and the neighbours they import.

A module is named after its path relative to the config: `kinds/majority.py` is `kinds.majority`,
and `../shared/sums.py` is `__parent__.shared.sums`. So keys do not depend on where a checkout lies.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from gen.errors import unreadable_error
from gen.plugins.imports import imported_names

ROOT = "grokreel_plugins"
"""The package of all plugin modules. Below it is one package for each snapshot."""

_PARENT = "__parent__"
_INIT = "__init__.py"
_PART = re.compile(r"[\w-]{1,100}")
_MAX_LENGTH = 1000


@dataclass(frozen=True)
class SourceFile:
    """The code of one module.

    Attributes:
        path: as messages show it: the config's folder as the user wrote it, and the relative path.
        location: the absolute path.
    """

    path: Path
    location: Path
    content: bytes

    @property
    def is_package(self) -> bool:
        """Whether it is the `__init__.py` of a package."""
        return self.path.name == _INIT


@dataclass(frozen=True)
class Snapshot:
    """The code of the plugins of one config at one time.

    Modules are made from this code alone. A file that is changed later changes neither what runs
    nor the keys, until the config is read again.

    Attributes:
        folder: folder of the config, as the user wrote it.
        listed: the listed paths, and the names of their modules.
        files: the code of every listed file and of its neighbours that it may import, by the name
            of the module below the snapshot's package.
        absent: paths at which an imported module could be, but is not.
    """

    folder: Path
    listed: dict[str, str]
    files: dict[str, SourceFile]
    absent: frozenset[Path]

    @cached_property
    def package(self) -> str:
        """Name of the package with its modules: another one for other code or another folder."""
        parts = [
            (name, str(file.location), sha256(file.content).hexdigest())
            for name, file in sorted(self.files.items())
        ]
        return f"{ROOT}.s{sha256(repr((self.listed, parts)).encode()).hexdigest()[:16]}"

    @property
    def paths(self) -> list[Path]:
        """The files with the code."""
        return [file.path for file in self.files.values()]

    def is_current(self) -> bool:
        """Whether the files still hold this code."""
        try:
            return all(
                file.path.read_bytes() == file.content for file in self.files.values()
            ) and not any(map(os.path.lexists, self.absent))
        except OSError:
            return False


def read_snapshot(folder: Path, listed: Sequence[str]) -> Snapshot:
    """Read plugin files and the neighbours that they import. Missing files are left out.

    Args:
        folder: folder of the config.
        listed: paths of plugin files relative to it, of which `module_name` returns a name.

    Raises:
        GenError: a file cannot be read.
    """
    names = {path: module_name(path) for path in listed}
    files: dict[str, SourceFile] = {}
    absent: set[Path] = set()
    tried: set[str] = set()
    waiting = list(names.values())
    while waiting:
        name = waiting.pop()
        if name in tried:
            continue
        tried.add(name)
        candidates = module_paths(folder, name)
        found = next((path for path in candidates if path.is_file()), None)
        absent.update(candidates[: candidates.index(found)] if found else candidates)
        if found is not None:
            files[name] = file = _read(found)
            imported = _imported_by(name, file)
            waiting += [part for each in (name, *imported) for part in (each, *_parents(each))]
    return Snapshot(folder, names, files, frozenset(absent))


def module_name(path: str) -> str:
    """Return the name of the module in a file whose path is relative to the config.

    Raises:
        ValueError: the path is absolute, does not end in `.py`, or has other characters in its
            names than letters, digits, `_` and `-`.
    """
    if path.startswith("/"):
        raise ValueError("write a path relative to the folder of this file")
    if not path.endswith(".py"):
        raise ValueError("list a file whose name ends in .py")
    parts = os.path.normpath(path).removesuffix(".py").split("/")
    parts = [_PARENT if part == ".." else part for part in parts]
    if len(path) > _MAX_LENGTH or not all(map(_PART.fullmatch, parts)):
        raise ValueError("use letters, digits, _ and - in the names of files and folders")
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    if not name:
        raise ValueError("use another name: the folder of a config cannot be a package")
    return name


def module_paths(folder: Path, name: str) -> list[Path]:
    """Return where Python looks for a module: `kinds/sums/__init__.py`, then `kinds/sums.py`."""
    parts = [".." if part == _PARENT else part for part in name.split(".")]
    if parts[-1] == "..":
        return []
    return [folder.joinpath(*parts, _INIT), folder.joinpath(*parts[:-1], f"{parts[-1]}.py")]


def similar_file(path: Path) -> Path | None:
    """Return the Python file beside a missing one whose name is most similar, if one is."""
    names = [each.stem for each in path.parent.glob("*.py")] if path.parent.is_dir() else []
    close = get_close_matches(path.stem, names, n=1, cutoff=0.6)
    return path.with_name(f"{close[0]}.py") if close else None


def _read(path: Path) -> SourceFile:
    try:
        return SourceFile(path, path.absolute(), path.read_bytes())
    except OSError as error:
        raise unreadable_error(error, str(path)) from None


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _imported_by(name: str, file: SourceFile) -> list[str]:
    """Return the names below the snapshot's package that a module may import."""
    try:
        tree = ast.parse(file.content)
    except (SyntaxError, ValueError, RecursionError):
        return []  # reported when the module is imported
    full_name = f"{ROOT}.{name}"
    package = full_name if file.is_package else full_name.rpartition(".")[0]
    modules, candidates = imported_names(tree, package)
    prefix = f"{ROOT}."
    return [each.removeprefix(prefix) for each in modules | candidates if each.startswith(prefix)]
