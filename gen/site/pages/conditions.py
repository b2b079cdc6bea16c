"""Evaluate conditions on facts: of `::: if`, of claims, and of the seeds that `gen hunt` tries.

A hunt names the facts of a seed without the model.

::: if modular.generalised_at              the fact is neither none, 0 nor empty
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
    """Anything that returns facts by name."""

    def value(self, name: str, /) -> Fact:
        """Return the fact with this name.

        Raises:
            PageError: the fact does not exist.
        """
        ...


def evaluate(condition: str, book: FactLookup) -> bool:
    """Return whether a condition is true.

    A comparison with a fact without a value is false. `and` binds more tightly than `or`.

    Raises:
        PageError: the condition names an unknown fact or cannot be parsed.
    """
    # All parts are evaluated, so that an unknown fact is found in any of them.
    results = [_all_true(part, book) for part in _split(tokens_of(condition), "or")]
    return any(results)


def tokens_of(condition: str) -> list[str]:
    """Return the words, operators and quoted texts of a condition; texts keep their quotes.

    A quotation mark belongs to the text unless a space or the end follows it.
    """
    return _TOKEN.findall(condition)


def facts_of(condition: str) -> list[str]:
    """Return the facts that a condition names as `model.fact`, without duplicates, in order."""
    names = filter(_FULL_NAME.fullmatch, tokens_of(condition))
    return [name for name in dict.fromkeys(names) if not _NUMBER.fullmatch(name)]


def _split(tokens: list[str], word: str) -> list[list[str]]:
    """Split the tokens at every `word`."""
    parts: list[list[str]] = [[]]
    for token in tokens:
        if token == word:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _all_true(tokens: list[str], book: FactLookup) -> bool:
    results = [_is_true(part, book) for part in _split(tokens, "and")]
    return all(results)


def _is_true(tokens: list[str], book: FactLookup) -> bool:
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
    comparable = (isinstance(left, str) and isinstance(right, str)) or (
        isinstance(left, number) and isinstance(right, number)
    )
    if not comparable:
        raise PageError(f"{left!r} and {right!r} cannot be compared")
    return _OPERATORS[sign](left, right)


def _operand(text: str, book: FactLookup) -> Fact:
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        return text[1:-1]
    if _NUMBER.fullmatch(text):
        return float(text)
    if _COMMA.fullmatch(text):
        hint = "write a decimal point, and no separator between thousands"
        raise PageError(f'"{text}" is not a number', hint)
    return _fact(text, book)


def _fact(name: str, book: FactLookup) -> Fact:
    if not _NAME.fullmatch(name):
        raise PageError(f'the condition names "{name}", which cannot be a fact', _HINT)
    return book.value(name)
