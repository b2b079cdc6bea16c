"""Leave comments and indentation out of a script.

A script is read token by token, so that what looks like a comment in a string, a regular expression
or a template literal stays. Line breaks between tokens stay too, because they can end a statement.
"""

from __future__ import annotations

import re
from functools import lru_cache

_GAP = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_STRING = re.compile(r"""(["'])(?:(?!\1)[^\\\n]|\\.)*\1""", re.DOTALL)
_WORD = re.compile(r"[\w$#]+")
_REGULAR_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)", re.DOTALL)
"""A part of a template literal up to its end, or up to an expression in it."""

_OPERATORS = {
    *("await", "case", "delete", "do", "else", "in", "instanceof", "new", "of", "return"),
    *("throw", "typeof", "void", "yield"),
}
"""Words behind which a slash begins a regular expression; behind others it divides."""

_HEADS = {"if", "for", "while", "with"}
"""Words whose brackets are followed by a statement and not by an operator."""


class _DoubtError(Exception):
    """What the next characters are depends on more than the reader knows."""


@lru_cache(maxsize=64)
def compact(script: str) -> str:
    """Return a script without comments and indentation.

    Returns:
        The same program. A script in which a slash could be two things, behind a closing brace for
        example, is returned unchanged.
    """
    try:
        return _Reader(script).read()
    except _DoubtError:
        return script


class _Reader:
    """Reads one script.

    Attributes:
        place: index of the next character.
        kept: what has been read and is kept.
        brackets: the open ones: `(`, `if(` for those of a head, `[`, `{`, `${`.
        last, before: the last two tokens; a string, template or regular expression counts as `0`.
        divides: whether a slash behind the last token divides; None if that is not known.
    """

    def __init__(self, script: str) -> None:
        self.script = script
        self.place = 0
        self.kept: list[str] = []
        self.brackets: list[str] = []
        self.last = self.before = ""
        self.divides: bool | None = False

    def read(self) -> str:
        while self.place < len(self.script):
            gap = _GAP.match(self.script, self.place)
            if gap is not None:
                self.kept.append("\n" if "\n" in gap[0] else " ")
                self.place = gap.end()
            else:
                self._token(self.script[self.place])
        if self.brackets:
            raise _DoubtError
        return "".join(self.kept).strip() + "\n"

    def _token(self, first: str) -> None:
        if first in "\"'":
            self._keep(_STRING, "0", divides=True)
        elif first == "/" and self.divides is None:
            raise _DoubtError
        elif first == "/" and not self.divides:
            self._keep(_REGULAR_EXPRESSION, "0", divides=True)
        elif (word := _WORD.match(self.script, self.place)) is not None:
            operates = word[0] in _OPERATORS and self.last != "."
            self._keep(_WORD, word[0], divides=not operates)
        elif first == "`" or (first == "}" and self.brackets[-1:] == ["${"]):
            self._template(first)
        else:
            self._mark(first)

    def _keep(self, kind: re.Pattern[str], token: str, *, divides: bool) -> None:
        found = kind.match(self.script, self.place)
        if found is None:
            raise _DoubtError
        self.kept.append(found[0])
        self.place = found.end()
        self._advance(token, divides=divides)

    def _advance(self, token: str, *, divides: bool | None) -> None:
        self.before, self.last, self.divides = self.last, token, divides

    def _template(self, first: str) -> None:
        """Read a part of a template literal, from its beginning or behind an expression in it."""
        if first == "}":
            self.brackets.pop()
        self.kept.append(first)
        self.place += 1
        part = _TEMPLATE.match(self.script, self.place)
        if part is None:
            raise _DoubtError
        ends = part[1] == "`"
        if not ends:
            self.brackets.append("${")
        self._keep(_TEMPLATE, "0" if ends else "${", divides=ends)

    def _mark(self, mark: str) -> None:
        """Read a bracket, or a character of an operator."""
        self.kept.append(mark)
        self.place += 1
        divides: bool | None = False
        if mark in "([{":
            is_head = mark == "(" and self.last in _HEADS and self.before != "."
            self.brackets.append("if(" if is_head else mark)
        elif mark in ")]}":
            opened = self.brackets.pop() if self.brackets else ""
            divides = {")": opened == "(", "]": True, "}": None}[mark]
        elif mark == self.last and mark in "+-":
            divides = None  # `a++ / b`, or `a + +/b/`
        self._advance(mark, divides=divides)
