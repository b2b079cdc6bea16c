"""Digest of a module's code, which ignores comments, docstrings and formatting."""

from __future__ import annotations

import ast
import hashlib
import marshal
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from importlib.util import MAGIC_NUMBER, cache_from_source, find_spec
from pathlib import Path

from gen.errors import SetupError
from gen.plugins import imports
from gen.plugins.importer import source_file, split_name
from gen.plugins.snapshot import ROOT
from gen.store.parsed_files import ParsedFiles

_PACKAGE = "gen"
_HEADER = 16
"""Length of a `.pyc` header: magic number, flags, time and size of the source."""

_UINT32 = 0xFFFFFFFF

_ABSENT = "absent"
"""Instead of the digest of a module that is imported if it exists."""


@cache
def code_digest(*modules: str) -> str:
    """Return the digest of some modules and of all that they import from gen or their own package.

    Args:
        modules: dotted names, such as `gen.training`: modules of this package, of plugin files or
            of an installed package with kinds.

    Returns:
        16 hex digits. They change with the code of any of these modules, and not with comments,
        docstrings or white space, nor with the folder of plugin files. Imports for type checkers
        only are not followed.

    Raises:
        ModuleNotFoundError: one of the given modules does not exist.
    """
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name], imported = _module_digest(name)
        waiting.extend(imported)
    for name in modules:
        if found[name] == _ABSENT:
            raise ModuleNotFoundError(name)
    digests = {_lasting_name(name): digest for name, digest in found.items()}
    text = "\n".join(f"{name} {digests[name]}" for name in sorted(digests))
    _parsed().save()
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def versions(*distributions: str) -> dict[str, str]:
    """Return installed versions without local parts such as `+cpu`.

    Raises:
        SetupError: one of them is not installed.
    """
    return {name: _version(name) for name in distributions}


def clear_cache() -> None:
    """Clear what is known of modules by name, so that the next digest reads the files again."""
    for cached in (_module_digest, code_digest, _version):
        cached.cache_clear()


@cache
def _version(distribution: str) -> str:
    try:
        return version(distribution).partition("+")[0]
    except PackageNotFoundError as error:
        raise SetupError(
            f"{distribution} is not installed beside this tool",
            hint=f"install it into the same environment: {Path(sys.executable).parent}",
        ) from error


def _lasting_name(module: str) -> str:
    """Return the name of a module without the part that names a snapshot of plugins."""
    found = split_name(module)
    return module if found is None else f"{ROOT}.{found[1]}"


@cache
def _module_digest(module: str) -> tuple[str, tuple[str, ...]]:
    """Return the digest of a module's code, and the modules it imports from gen or its package."""
    source = _source(module)
    if source is None:
        return _ABSENT, ()
    own, content = source.top, source.content
    if not source.is_python:
        return hashlib.sha256(content).hexdigest(), ()
    digest, modules, candidates = _parse(content, source.package, source.path)
    followed = {name for name in modules if _is_below(name, _PACKAGE, own)}
    followed |= {name for name in candidates if _is_below(name, _PACKAGE, own) and _is_module(name)}
    if own != _PACKAGE:
        followed |= set(_parents(module, own))
    return digest, tuple(sorted(followed - {_PACKAGE}))


@dataclass(frozen=True)
class _Source:
    """The code of a module.

    Attributes:
        package: the package that its relative imports start from.
        path: the file, for errors.
        top: the package whose modules belong to it: the first part of its name, or the package of
            a snapshot of plugins.
    """

    content: bytes
    package: str
    top: str
    path: str
    is_python: bool = True


def _source(module: str) -> _Source | None:
    """Read the code of a module; None if it does not exist, or is a folder without code."""
    plugin = split_name(module)
    if plugin is not None:
        file = source_file(module)
        if file is None:
            return None
        package = module if file.is_package else module.rpartition(".")[0]
        return _Source(file.content, package, plugin[0].package, str(file.path))
    spec = _find_spec(module)
    if spec is None or spec.origin is None or not spec.has_location:
        return None
    path = Path(spec.origin)
    content = path.read_bytes()
    is_python = path.suffix == ".py"
    if is_python:
        _raise_if_pyc_differs(path)
    return _Source(content, spec.parent or "", module.partition(".")[0], str(path), is_python)


def _find_spec(module: str) -> ModuleSpec | None:
    """Find a module; None if it or a package above it does not exist."""
    try:
        return find_spec(module)
    except ModuleNotFoundError:
        return None


def _is_below(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _parents(module: str, top: str) -> Iterator[str]:
    """Yield the packages above a module, whose code runs before it."""
    parent, _, _ = module.rpartition(".")
    while _is_below(parent, top):
        yield parent
        parent, _, _ = parent.rpartition(".")


def _raise_if_pyc_differs(source: Path) -> None:
    """Raise if Python would run a `.pyc` file that was compiled from another source.

    Python only compares the size of the source and the second of its last change. Two versions
    of the same size that were saved in the same second look the same.

    Raises:
        SetupError: the code that runs differs from the source.
    """
    compiled = Path(cache_from_source(source))
    try:
        content = compiled.read_bytes()
        status, header = source.stat(), content[:_HEADER]
    except OSError:
        return
    changed, size = int(status.st_mtime) & _UINT32, status.st_size & _UINT32
    if header == MAGIC_NUMBER + struct.pack("<3I", 0, changed, size) and not _is_compiled_from(
        source.read_bytes(), content[_HEADER:]
    ):
        raise SetupError(
            f"this file was not compiled from the present {source.name}",
            where=str(compiled),
            hint="delete it and run the command again",
        )


@cache
def _parsed() -> ParsedFiles:
    """Return what is known of the contents of files."""
    parsers = (Path(__file__), Path(imports.__file__))
    code = b"".join(path.read_bytes() for path in parsers)
    return ParsedFiles(repr((sys.version_info[:], sys.implementation.name)).encode() + code)


def _is_compiled_from(source: bytes, compiled: bytes) -> bool:
    key = _parsed().key(b"compiled", source, compiled)
    if _parsed().get(key) is not True:
        try:
            code = marshal.loads(compiled)  # noqa: S302
            if code != compile(source, "", "exec", dont_inherit=True):
                return False
        except (ValueError, EOFError, TypeError):
            return False
        _parsed().put(key, True)
    return True


def _parse(source: bytes, package: str, path: str) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return a module's digest, the imported modules, and imported names that may be modules."""
    key = _parsed().key(b"parsed", source, package.encode())
    match _parsed().get(key):
        case [str(digest), [*modules], [*candidates]]:
            return digest, frozenset(modules), frozenset(candidates)
    digest, modules, candidates = _parse_anew(source, package, path)
    _parsed().put(key, [digest, sorted(modules), sorted(candidates)])
    return digest, modules, candidates


def _parse_anew(
    source: bytes, package: str, path: str
) -> tuple[str, frozenset[str], frozenset[str]]:
    tree = ast.parse(source, path)
    modules, candidates = imports.imported_names(tree, package)
    for node in imports.statements(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [each for each in body if not _is_text(each)] or [ast.Pass()]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), modules, candidates


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _is_module(name: str) -> bool:
    """Whether a dotted name is a module, and not a name inside a module."""
    if split_name(name) is not None:
        return source_file(name) is not None
    parent, _, _ = name.rpartition(".")
    spec = _find_spec(parent)
    return bool(spec and spec.submodule_search_locations and _find_spec(name))
