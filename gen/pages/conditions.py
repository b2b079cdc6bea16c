"""Conditions: what `::: if` asks of the facts, so that prose stays true whatever was trained.

Hunts ask the same of every seed, by the bare names of its facts.

::: if modular.generalised_at              the fact holds: not none, not 0, not empty
::: if not modular.generalised_at
::: if parity.seeds_generalised = parity.seeds
::: if modular.memorised_at and modular.seeds > 1
::: if modular.gap > 9000 or not modular.generalised_at and modular.seeds > 1
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any, Protocol

from gen.pages.facts import Fact
from gen.pages.source import Mistake

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NAME = re.compile(r"([a-z0-9-]+\.)?[a-zA-Z0-9_]+")
_MEND = 'write "fact", "not fact" or "fact > 1", and join several with "and" or "or"'


class Known(Protocol):
    """Anything that knows facts by name."""

    def value(self, name: str, /) -> Fact:
        """The fact called so.

        Raises:
            Mistake: there is no such fact.
        """
        ...


def holds(condition: str, book: Known) -> bool:
    """Tells whether a condition is true of the facts.

    A comparison with a fact that does not hold is false. `and` binds before `or`.

    Raises:
        Mistake: it names no fact, or cannot be read.
    """
    either = [_all_hold(part, book) for part in re.split(r"\bor\b", condition)]
    return any(either)


def _all_hold(condition: str, book: Known) -> bool:
    parts = [_part_holds(part.strip(), book) for part in re.split(r"\band\b", condition)]
    return all(parts)


def _part_holds(part: str, book: Known) -> bool:
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
    number = int | float
    alike = (isinstance(left, str) and isinstance(right, str)) or (
        isinstance(left, number) and isinstance(right, number)
    )
    if not alike:
        raise Mistake(f"{left!r} and {right!r} cannot be compared")
    return _OPERATORS[sign](left, right)


def _operand(text: str, book: Known) -> Fact:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    try:
        return float(text)
    except ValueError:
        return _fact(text, book)


def _fact(name: str, book: Known) -> Fact:
    if not _NAME.fullmatch(name):
        raise Mistake(f'the condition names "{name}", which is no fact', _MEND)
    return book.value(name)
