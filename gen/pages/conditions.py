"""Conditions: what `::: if` asks of the facts, so that prose stays true whatever was trained.

::: if modular.generalised_at              the fact holds: not none, not 0, not empty
::: if not modular.generalised_at
::: if parity.seeds_generalised = parity.seeds
::: if modular.memorised_at and modular.seeds > 1
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from gen.pages.facts import Fact, FactBook
from gen.pages.source import Mistake

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NAME = re.compile(r"[a-z0-9-]+\.[a-zA-Z0-9_]+")
_MEND = 'write "::: if model.fact", "if not ...", "if ... = ...", and join several with "and"'


def holds(condition: str, book: FactBook) -> bool:
    """Tells whether a condition is true of the facts.

    A comparison with a fact that does not hold is false.

    Raises:
        Mistake: it names no fact, or cannot be read.
    """
    parts = [_part_holds(part.strip(), book) for part in re.split(r"\band\b", condition)]
    return all(parts)


def _part_holds(part: str, book: FactBook) -> bool:
    match part.split():
        case [name]:
            return bool(_fact(name, book))
        case ["not", name]:
            return not _fact(name, book)
        case [name, sign, right] if sign in _OPERATORS:
            return _compare(_fact(name, book), sign, _operand(right, book))
        case _:
            raise Mistake(f'the condition "{part}" cannot be read', _MEND)


def _compare(left: Fact, sign: str, right: Fact) -> bool:
    if left is None or right is None:
        return False
    if isinstance(left, str) != isinstance(right, str):
        raise Mistake(f"{left!r} and {right!r} cannot be compared")
    return _OPERATORS[sign](left, right)


def _operand(text: str, book: FactBook) -> Fact:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    try:
        return float(text)
    except ValueError:
        return _fact(text, book)


def _fact(name: str, book: FactBook) -> Fact:
    if not _NAME.fullmatch(name):
        raise Mistake(f'the condition names "{name}", which is no fact', _MEND)
    return book.value(name)
