"""Directives: the blocks between `::: name` and `:::`, which may stand inside each other.

Lines of three or more colons are read as a pair of brackets: with a name they open, bare they
close, and `::: else` divides the `::: if` it stands in. Markdown inside is Markdown as anywhere, so
colons in code neither open nor close.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from gen.errors import PageError, suggestion
from gen.site.pages.source import Source

DIRECTIVES = ("figure", "note", "proof", "if", "row", "chapters", "gallery")

_COLONS = re.compile(r":{3,}")
_MISWRITTEN = re.compile("[:：]{2,}")


@dataclass(frozen=True)
class Directive:
    """The head of a directive.

    Attributes:
        argument: what follows the name on its line.
        line: of the body, from 0.
    """

    name: str
    argument: str
    line: int


def directives_plugin(md: MarkdownIt) -> None:
    """Teaches a parser directives: tokens `directive_open`, `else` and `directive_close`."""
    md.block.ruler.before(
        "fence",
        "directive",
        _rule,
        {"alt": ["paragraph", "reference", "blockquote", "list"]},
    )


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    text = _after_colons(state, start)
    if text is None:
        _refuse_miswritten(state, start)
        return False
    if silent:
        return True
    source: Source = state.env["source"]
    with source.at(start):
        head = _head(text, start)
        opening = _open(state, head)
        close = _contents(state, start + 1, end)
        if close is not None and _after_colons(state, close) == "else":
            close = _other_branch(state, head, close, end)
        if close is None:
            raise PageError(
                f"::: {head.name} is never closed", "close it with a line of three colons"
            )
    opening.map = [start, close + 1]
    state.push("directive_close", "", -1).block = True
    state.line = close + 1
    return True


def _other_branch(state: StateBlock, head: Directive, divider: int, end: int) -> int | None:
    """Reads what stands below `::: else`; gives the line of the close."""
    if head.name == "if":
        state.push("else", "", 0).map = [divider, divider + 1]
        close = _contents(state, divider + 1, end)
        if close is None or _after_colons(state, close) == "":
            return close
    raise PageError(f'::: {head.name} cannot have this "else"', "an if has one at most")


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
        raise PageError("::: else stands outside ::: if", "remove the line, or open ::: if")
    if name not in DIRECTIVES:
        raise PageError(
            f'there is no directive "{name}"',
            suggestion(name, DIRECTIVES) or f"the directives are: {', '.join(DIRECTIVES)}",
        )
    if name == "proof" and not argument.strip():
        raise PageError("a proof has no title", "write ::: proof and what it proves")
    return Directive(name, argument.strip(), line)


def _contents(state: StateBlock, start: int, end: int) -> int | None:
    """Reads the blocks inside a directive as Markdown reads them anywhere.

    Returns:
        The line of the `:::` or `::: else` that ends them; None where there is none.
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
    """What follows the colons that a line begins with; None where there are none."""
    if state.is_code_block(line):
        return None
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    colons = _COLONS.match(text)
    return None if colons is None else text[colons.end() :].strip()


def _refuse_miswritten(state: StateBlock, line: int) -> None:
    """Refuses what looks like a directive but for its colons, which would be printed."""
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    colons = _MISWRITTEN.match(text)
    if colons is None or state.is_code_block(line):
        return
    words = text[colons.end() :].split()
    if not words or words[0] in (*DIRECTIVES, "else"):
        source: Source = state.env["source"]
        with source.at(line):
            what = f'"{text.strip()[:40]}" does not begin with three colons'
            raise PageError(what, "write :::, and a name to open a directive")
