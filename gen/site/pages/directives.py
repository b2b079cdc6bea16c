"""Parse directives: the blocks between `::: name` and `:::`, which may be nested.

A line of three or more colons with a name opens a directive, a line of colons alone closes it, and
`::: else` divides an `::: if`. The content is Markdown, so colons in code neither open nor close.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from gen.errors import PageError, suggestion
from gen.site.pages.source import Source

DIRECTIVES = (
    *("figure", "moment", "note", "proof", "if", "row"),
    *("chapters", "gallery", "explanation"),
)

_COLONS = re.compile(r":{3,}")
_WRONG_COLONS = re.compile("[:：]{2,}")


@dataclass(frozen=True)
class Directive:
    """The opening line of a directive.

    Attributes:
        argument: the text after the name.
        line: of the body, from 0.
    """

    name: str
    argument: str
    line: int


@dataclass(frozen=True)
class FigureOptions:
    """The argument of `::: figure`.

    Attributes:
        wide: whether the figure may be wider than the text.
        opening: whether it plays once, by itself, when the reader comes to it.
    """

    name: str
    wide: bool
    opening: bool

    @classmethod
    def parse(cls, argument: str) -> FigureOptions:
        """Parse `ID`, `ID wide`, `ID opening` or `ID wide opening`.

        Raises:
            PageError: it is none of these.
        """
        match argument.split():
            case [name, *options] if options in ([], ["wide"], ["opening"], ["wide", "opening"]):
                return cls(name, "wide" in options, "opening" in options)
            case _:
                hint = 'write "::: figure ID", and behind it "wide", "opening" or both'
                raise PageError(f'"{argument}" does not name a figure', hint)


def directives_plugin(md: MarkdownIt) -> None:
    """Add directives to a parser: tokens `directive_open`, `else` and `directive_close`."""
    md.block.ruler.before(
        "fence",
        "directive",
        _rule,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    text = _after_colons(state, start)
    if text is None:
        _check_colons(state, start)
        return False
    if silent:
        return True
    source: Source = state.env["source"]
    with source.errors_at(start):
        head = _head(text, start)
        opening = _open(state, head)
        close = _parse_blocks(state, start + 1, end)
        if close is not None and _after_colons(state, close) == "else":
            close = _parse_else(state, head, close, end)
        if close is None:
            raise PageError(
                f"::: {head.name} is never closed", "close it with a line of three colons"
            )
    opening.map = [start, close + 1]
    state.push("directive_close", "", -1).block = True
    state.line = close + 1
    return True


def _parse_else(state: StateBlock, head: Directive, divider: int, end: int) -> int | None:
    """Parse the blocks below `::: else`, and return the line that closes the directive."""
    if head.name == "if":
        state.push("else", "", 0).map = [divider, divider + 1]
        close = _parse_blocks(state, divider + 1, end)
        if close is None or _after_colons(state, close) == "":
            return close
    raise PageError(
        f'::: {head.name} cannot have this "else"', "only ::: if has an else, and at most one"
    )


def _open(state: StateBlock, head: Directive) -> Token:
    token = state.push("directive_open", "", 1)
    token.block = True
    token.meta = {"directive": head}
    if head.name == "proof":
        title = state.push("inline", "", 0)
        title.content, title.children = head.argument, []
        title.map = [head.line, head.line + 1]
    return token


def _head(text: str, line: int) -> Directive:
    name, _, argument = text.partition(" ")
    if name == "":
        raise PageError("::: closes a directive that was never opened", "remove the line")
    if name == "else":
        raise PageError("::: else is outside of ::: if", "remove the line, or open ::: if")
    if name not in DIRECTIVES:
        raise PageError(
            f'there is no directive "{name}"',
            suggestion(name, DIRECTIVES) or f"the directives are: {', '.join(DIRECTIVES)}",
        )
    if name == "proof" and not argument.strip():
        raise PageError("a proof has no title", "write the title after ::: proof")
    return Directive(name, argument.strip(), line)


def _parse_blocks(state: StateBlock, start: int, end: int) -> int | None:
    """Parse the blocks inside a directive with the rules of the parser.

    Returns:
        The line of the `:::` or `::: else` that ends them; None if there is none.
    """
    rules, outer = state.md.block.ruler.getRules(""), state.parentType
    state.parentType = "directive"
    line, closed = start, None
    while closed is None:
        state.line = line = state.skipEmptyLines(line)
        if line >= end or state.sCount[line] < state.blkIndent:
            break
        if _after_colons(state, line) in {"", "else"}:
            closed = line
        else:
            next(rule for rule in rules if rule(state, line, end, False))
            line = state.line
    state.parentType = outer
    return closed


def _after_colons(state: StateBlock, line: int) -> str | None:
    """Return the text after the colons at the start of a line; None without colons."""
    if state.is_code_block(line):
        return None
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    colons = _COLONS.match(text)
    return None if colons is None else text[colons.end() :].strip()


def _check_colons(state: StateBlock, line: int) -> None:
    """Raise for a line that looks like a directive with wrong colons, and would be printed."""
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    colons = _WRONG_COLONS.match(text)
    if colons is None or state.is_code_block(line):
        return
    words = text[colons.end() :].split()
    if not words or words[0] in (*DIRECTIVES, "else"):
        source: Source = state.env["source"]
        with source.errors_at(line):
            what = f'"{text.strip()[:40]}" does not begin with three colons'
            raise PageError(what, "write ::: to close a directive, or ::: and a name to open one")
