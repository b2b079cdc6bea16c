"""What the code of a module says, as a digest: comments, docstrings and layout left out."""

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
"""Bytes of a `.pyc` file before the code: a magic number, flags, time and size of the source."""

_WORD = 0xFFFFFFFF

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields of a syntax tree in which statements stand."""


@cache
def code_digest(*modules: str) -> str:
    """Digest of some modules of this package and of all they import from it.

    Args:
        modules: dotted names, such as `gen.training`.

    Returns:
        16 hex digits that change when the code of one of the modules changes, and stay when
        only comments, docstrings or white space do. Imports that exist for type checkers
        alone are not followed.
    """
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found[name], imported = _examine(name)
        waiting.extend(imported)
    text = "\n".join(f"{name} {found[name]}" for name in sorted(found))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def versions(*distributions: str) -> dict[str, str]:
    """Installed versions, without the part that tells builds of one version apart."""
    return {name: _version(name) for name in distributions}


def clear_cache() -> None:
    """Forgets what modules said: the next digest is of the files as they are then."""
    for remembered in (_examine, code_digest, _version):
        remembered.cache_clear()


@cache
def _version(distribution: str) -> str:
    return version(distribution).partition("+")[0]


@cache
def _examine(module: str) -> tuple[str, tuple[str, ...]]:
    """The digest of a module's code, and the modules of this package that it imports."""
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    source = Path(spec.origin)
    digest, modules, perhaps = _parse(source.read_bytes())
    _refuse_stale(source)
    return digest, tuple(sorted(modules | {name for name in perhaps if _is_module(name)}))


def _refuse_stale(source: Path) -> None:
    """Refuses compiled code that Python takes for a module's and that is of another source.

    Python compares the size of a source and the whole second of its last change with what its
    `.pyc` file says: two versions of one second and one size look alike to it.

    Raises:
        EnvironmentFault: the code that runs is not what the source says.
    """
    compiled = Path(cache_from_source(source))
    try:
        content = compiled.read_bytes()
        about, header = source.stat(), content[:_HEADER]
    except OSError:
        return
    changed, size = int(about.st_mtime) & _WORD, about.st_size & _WORD
    if header == MAGIC_NUMBER + struct.pack("<3I", 0, changed, size) and not _is_compiled_from(
        source.read_bytes(), content[_HEADER:]
    ):
        raise SetupError(
            f"Python runs another version of {source.name} than its source says",
            where=str(compiled),
            hint="remove this file and start again",
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
    """What depends on a module's text alone, so that reading it again need not parse it again.

    Returns:
        The digest; names of modules that are imported; names that may be modules or not.
    """
    tree = ast.parse(source)
    modules, perhaps = _imports(tree)
    _strip_docstrings(tree)
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), modules, perhaps


def _strip_docstrings(tree: ast.Module) -> None:
    for node in _statements(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [statement for statement in body if not _is_text(statement)]
            body[:] = kept or [ast.Pass()]


def _statements(tree: ast.AST, *, running: bool = False) -> Iterator[ast.AST]:
    """A tree and every statement in it, however deep. Expressions, which hold none, are skipped.

    Args:
        running: leave out what is there for type checkers alone.
    """
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
    """What a module imports of this package when it runs: modules, and what may be modules."""
    modules: set[str] = set()
    perhaps: set[str] = set()
    for node in _statements(tree, running=True):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
            perhaps |= {f"{node.module}.{alias.name}" for alias in node.names}
    return _own(modules), _own(perhaps)


def _own(names: set[str]) -> frozenset[str]:
    return frozenset(name for name in names if name.startswith(f"{_PACKAGE}."))


def _is_module(name: str) -> bool:
    """Whether a dotted name of this package is a module and not something inside one."""
    parent, _, _ = name.rpartition(".")
    spec = find_spec(parent)
    return bool(spec and spec.submodule_search_locations and find_spec(name))
