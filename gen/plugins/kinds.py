"""The kinds that plugin files and installed packages define, checked for clashes of names."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from pydantic_core import PydanticUndefined

from gen.errors import ConfigError, GenError, is_out_of_memory
from gen.plugins.failures import import_failure
from gen.plugins.importer import register, source_file
from gen.plugins.packages import PackageKind, kinds_of_packages, place_of
from gen.plugins.snapshot import Snapshot
from gen.settings import Kind
from gen.text import truncate

_EXAMPLE = 'kind: Literal["majority"] = "majority"'


@dataclass(frozen=True)
class Plugins:
    """The plugins of a config.

    Attributes:
        snapshot: the code of its plugin files.
        classes: the classes of kinds that these files define.
    """

    snapshot: Snapshot
    classes: tuple[type[Kind], ...]
    _families: dict[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)

    def kinds(
        self, package: str, family: type[Kind], built_in: Mapping[str, type[Any]]
    ) -> Mapping[str, Any]:
        """Return the kinds of a family: built-in, of plugin files and of installed packages.

        Raises:
            ConfigError: two of them have the same name.
        """
        if package not in self._families:
            self._families[package] = self._find(package, family, built_in)
        return self._families[package]

    def _find(
        self, package: str, family: type[Kind], built_in: Mapping[str, type[Any]]
    ) -> Mapping[str, Any]:
        found: dict[str, type[Any] | PackageKind] = dict(built_in)
        added = [each for each in self.classes if issubclass(each, family)]
        for each in (*kinds_of_packages(package.rpartition(".")[2]), *added):
            kind = each.name if isinstance(each, PackageKind) else _kind_of(each)
            _check_complete(each)
            if kind in found:
                raise ConfigError(
                    f'kind "{kind}" is also defined in {_place(found[kind])}',
                    where=_place(each),
                    hint="rename one of them",
                )
            found[kind] = each
        return _Kinds(dict(sorted(found.items())), family)

    def listed_for(self, classes: list[type[Any]]) -> list[str]:
        """Return the listed plugin files that define some of these classes, or import them."""
        modules = {each.__module__ for each in classes}
        return [
            path
            for path, name in self.snapshot.listed.items()
            if any(
                each.__module__ in modules
                for each in _classes(
                    import_module(f"{self.snapshot.package}.{name}"), self.snapshot
                )
            )
        ]


class _Kinds(Mapping[str, Any]):
    """Classes by kind; a package is imported when one of its kinds is looked up.

    It is annotated as a mapping to Any, because tests look up a value of other mappings.
    """

    def __init__(self, found: dict[str, type[Any] | PackageKind], family: type[Kind]) -> None:
        self._found, self._family = found, family

    def __getitem__(self, kind: str) -> type[Any]:
        found = self._found[kind]
        return _load(found, self._family) if isinstance(found, PackageKind) else found

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def __contains__(self, kind: object) -> bool:
        return kind in self._found


def load_plugins(snapshot: Snapshot) -> Plugins:
    """Import the plugin files of a snapshot.

    Raises:
        ConfigError: a file fails, defines no kind, or defines a kind that another one defines.
    """
    register(snapshot)
    places: dict[tuple[type, str], type[Kind]] = {}
    for path, name in snapshot.listed.items():
        module = _import(f"{snapshot.package}.{name}", str(snapshot.folder / path))
        found = _classes(module, snapshot)
        if not found:
            raise ConfigError(
                "this plugin defines no kind",
                where=str(snapshot.folder / path),
                hint=f"add a class with {_EXAMPLE}; files that plugins import are not listed",
            )
        for each in found:
            first = places.setdefault((_family(each), _kind_of(each)), each)
            if first is not each:
                raise ConfigError(
                    f'kind "{_kind_of(each)}" is also defined in {_place(first)}',
                    where=_place(each),
                    hint="rename one of them",
                )
    return Plugins(snapshot, tuple(places.values()))


def _import(module: str, where: str) -> Any:
    """Import a module of a plugin; every failure of it becomes an error with file and line."""
    try:
        return import_module(module)
    except (Exception, SystemExit) as error:
        raise _failure(error, where) from error


def _failure(error: BaseException, where: str) -> BaseException:
    """Return the error to raise for one that ended the import of a plugin."""
    if isinstance(error, GenError) or is_out_of_memory(error):
        return error
    if isinstance(error, SyntaxError) and error.filename:
        where = f"{error.filename}:{error.lineno or 1}"
    what = truncate(f"{type(error).__name__}: {error}", 300)
    return import_failure(error) or ConfigError(what, where=where, hint="correct the plugin")


def _classes(module: Any, snapshot: Snapshot) -> list[type[Kind]]:
    """Return the kinds in a module that are defined in the code of a snapshot."""
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Kind)
        and value.__module__.startswith(f"{snapshot.package}.")
        and "kind" in value.model_fields
    ]


def _kind_of(kind: type[Kind]) -> str:
    """Return the name of a kind.

    Raises:
        ConfigError: its field `kind` has no text as its default.
    """
    default = kind.model_fields["kind"].default
    if default is PydanticUndefined or not isinstance(default, str):
        what = f"kind of the class {kind.__name__} has no default"
        raise ConfigError(what, where=_place(kind), hint=f"write {_EXAMPLE}")
    return default


def _check_complete(kind: type[Any] | PackageKind) -> None:
    """Raise ConfigError for a class that lacks a method of its base class."""
    missing = sorted(getattr(kind, "__abstractmethods__", ()))
    if missing:
        raise ConfigError(
            f"{getattr(kind, '__name__', kind)} lacks {', '.join(missing)}",
            where=_place(kind),
            hint="define it, or remove kind from a class that others derive from",
        )


def _family(kind: type[Kind]) -> type:
    """Return the base class of the family that a kind belongs to, such as `Task`."""
    bases = [base for base in kind.__mro__ if issubclass(base, Kind) and base is not Kind]
    return bases[-1]


def _place(definition: type[Any] | PackageKind) -> str:
    """Return where a kind is defined: file and line, module, or package."""
    if isinstance(definition, PackageKind):
        return place_of(definition)
    file = source_file(definition.__module__)
    if file is None:
        return definition.__module__
    lines = (
        node.lineno
        for node in ast.walk(ast.parse(file.content))
        if isinstance(node, ast.ClassDef) and node.name == definition.__name__
    )
    return f"{file.path}:{next(lines, 1)}"


def _load(point: PackageKind, family: type[Kind]) -> type[Any]:
    """Import the class that an entry point names.

    Raises:
        ConfigError: the package fails, or has no such kind.
    """
    try:
        found = point.load()
    except (Exception, SystemExit) as error:
        raise _failure(error, place_of(point)) from error
    is_kind = (
        isinstance(found, type)
        and issubclass(found, family)
        and "kind" in found.model_fields
        and found.model_fields["kind"].default == point.name
    )
    if not is_kind:
        raise ConfigError(
            f'{point.value} is not a {family.__name__.lower()} of kind "{point.name}"',
            where=place_of(point),
            hint="the entry point must be named like the kind of its class",
        )
    return found
