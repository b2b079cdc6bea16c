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
from typing import Any, Protocol, runtime_checkable

from gen.analysis.types import Fact
from gen.errors import PageError

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NAME = re.compile(r"([a-z0-9-]+\.)?[a-zA-Z0-9_]+")
_FULL_NAME = re.compile(r"[a-z0-9-]+\.[a-zA-Z0-9_]+")
_TOKEN = re.compile(r'"(?:[^"]|"(?!\s|$))*"(?=\s|$)|[<>=!]+|[^\s<>=!"]+|\S')
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+(,\d+)+(\.\d*)?", re.ASCII)
_HINT = 'write "fact", "not fact" or "fact > 1", and join several with "and" or "or"'


@runtime_checkable
class FactLookup(Protocol):
    """Anything that knows facts by name."""

    def value(self, name: str, /) -> Fact:
        """The fact called so.

        Raises:
            Mistake: there is no such fact.
        """
        ...


def evaluate(condition: str, book: FactLookup) -> bool:
    """Tells whether a condition is true of the facts.

    A comparison with a fact that does not hold is false. `and` binds before `or`.

    Raises:
        Mistake: it names no fact, or cannot be read.
    """
    either = [_all_hold(part, book) for part in _divided(tokens_of(condition), "or")]
    return any(either)


def tokens_of(condition: str) -> list[str]:
    """The words, signs and quoted texts of a condition; a quoted text keeps its quotes.

    A quotation mark inside a text is one that is followed by neither a space nor the end.
    """
    return _TOKEN.findall(condition)


def facts_of(condition: str) -> list[str]:
    """The facts that a condition names as `model.fact`, each once, in their order."""
    names = filter(_FULL_NAME.fullmatch, tokens_of(condition))
    return [name for name in dict.fromkeys(names) if not _NUMBER.fullmatch(name)]


def _divided(tokens: list[str], word: str) -> list[list[str]]:
    """The tokens between those that are `word`."""
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == word:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _all_hold(tokens: list[str], book: FactLookup) -> bool:
    parts = [_part_holds(part, book) for part in _divided(tokens, "and")]
    return all(parts)


def _part_holds(tokens: list[str], book: FactLookup) -> bool:
    match tokens:
        case [name]:
            return bool(_fact(name, book))
        case ["not", name]:
            return not _fact(name, book)
        case [name, sign, right] if sign in _OPERATORS:
            return _compare(_fact(name, book), sign, _operand(right, book))
        case _:
            raise PageError(f'the condition "{" ".join(tokens)}" cannot be read', _HINT)


def _compare(left: Fact, sign: str, right: Fact) -> bool:
    if left is None or right is None:
        return False
    number = int | float
    alike = (isinstance(left, str) and isinstance(right, str)) or (
        isinstance(left, number) and isinstance(right, number)
    )
    if not alike:
        raise PageError(f"{left!r} and {right!r} cannot be compared")
    return _OPERATORS[sign](left, right)


def _operand(text: str, book: FactLookup) -> Fact:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    if _NUMBER.fullmatch(text):
        return float(text)
    if _COMMA.fullmatch(text):
        hint = "write decimals with a point, and thousands without a mark"
        raise PageError(f'"{text}" is not a number', hint)
    return _fact(text, book)


def _fact(name: str, book: FactLookup) -> Fact:
    if not _NAME.fullmatch(name):
        raise PageError(f'the condition names "{name}", which is no fact', _HINT)
    return book.value(name)
