"""Digest of a module's code, which ignores comments, docstrings and formatting."""

from __future__ import annotations

import ast
import hashlib
import marshal
import struct
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.util import MAGIC_NUMBER, cache_from_source, find_spec
from pathlib import Path

from gen.errors import SetupError

_PACKAGE = "gen"
_HEADER = 16
"""Length of a `.pyc` header: magic number, flags, time and size of the source."""

_UINT32 = 0xFFFFFFFF

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields of syntax tree nodes that hold statements."""


@cache
def code_digest(*modules: str) -> str:
    """Return the digest of some modules of this package and of all that they import from it.

    Args:
        modules: dotted names, such as `gen.training`.

    Returns:
        16 hex digits. They change with the code of any of these modules, and not with comments,
        docstrings or white space. Imports for type checkers only are not followed.
    """
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name], imported = _module_digest(name)
        waiting.extend(imported)
    text = "\n".join(f"{name} {found[name]}" for name in sorted(found))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def versions(*distributions: str) -> dict[str, str]:
    """Return installed versions without local parts such as `+cpu`."""
    return {name: _version(name) for name in distributions}


def clear_cache() -> None:
    """Clear all caches, so that the next digest reads the files again."""
    for cached in (_module_digest, code_digest, _version):
        cached.cache_clear()


@cache
def _version(distribution: str) -> str:
    return version(distribution).partition("+")[0]


@cache
def _module_digest(module: str) -> tuple[str, tuple[str, ...]]:
    """Return the digest of a module's code, and the modules of this package that it imports."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    source = Path(spec.origin)
    digest, modules, candidates = _parse(source.read_bytes())
    _raise_if_pyc_differs(source)
    return digest, tuple(sorted(modules | {name for name in candidates if _is_module(name)}))


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
def _is_compiled_from(source: bytes, compiled: bytes) -> bool:
    try:
        code = marshal.loads(compiled)  # noqa: S302
        return bool(code == compile(source, "", "exec", dont_inherit=True))
    except (ValueError, EOFError, TypeError):
        return False


@cache
def _parse(source: bytes) -> tuple[str, frozenset[str], frozenset[str]]:
    """Return a module's digest, the imported modules, and imported names that may be modules."""
    tree = ast.parse(source)
    modules, candidates = _imports(tree)
    for node in _statements(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [each for each in body if not _is_text(each)] or [ast.Pass()]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), modules, candidates


def _statements(tree: ast.AST, *, running: bool = False) -> Iterator[ast.AST]:
    """Yield a tree and its statements; with `running`, not those for type checkers only."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in _BLOCKS:
            if not (running and name == "body" and _is_for_type_checkers(node)):
                waiting.extend(getattr(node, name, ()))


def _is_for_type_checkers(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _imports(tree: ast.Module) -> tuple[frozenset[str], frozenset[str]]:
    """Return the modules of this package that are imported, and names that may be modules."""
    modules: set[str] = set()
    candidates: set[str] = set()
    for node in _statements(tree, running=True):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
            candidates |= {f"{node.module}.{alias.name}" for alias in node.names}
    return _in_package(modules), _in_package(candidates)


def _in_package(names: set[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.startswith(f"{_PACKAGE}."))


def _is_module(name: str) -> bool:
    """Whether a dotted name is a module, and not a name inside a module."""
    parent, _, _ = name.rpartition(".")
    spec = find_spec(parent)
    return bool(spec and spec.submodule_search_locations and find_spec(name))
