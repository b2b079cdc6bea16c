"""Which modules the code of a module imports, read from its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import resolve_name

_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")
"""The fields of syntax tree nodes that hold statements."""


def statements(tree: ast.AST, *, running: bool = False) -> Iterator[ast.AST]:
    """Yield a tree and its statements; with `running`, not those for type checkers only."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in _BLOCKS:
            if not (running and name == "body" and _is_for_type_checkers(node)):
                waiting.extend(getattr(node, name, ()))


def imported_names(tree: ast.Module, package: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a module imports when it runs, at its top or inside functions.

    Args:
        package: the package that relative imports start from; empty without one.

    Returns:
        Dotted names of modules, and names of `from ... import name` that may be modules.
    """
    modules: set[str] = set()
    candidates: set[str] = set()
    for node in statements(tree, running=True):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = _imported_from(node, package)
            if module:
                modules.add(module)
                candidates |= {f"{module}.{alias.name}" for alias in node.names}
    return frozenset(modules), frozenset(candidates)


def _imported_from(node: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of the module in `from module import ...`; empty if there is none.

    A relative import from above the top package fails when the module runs.
    """
    try:
        return resolve_name("." * node.level + (node.module or ""), package or None)
    except ImportError:
        return ""


def _is_for_type_checkers(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )
