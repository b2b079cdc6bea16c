"""Directives: the blocks between `::: name` and `:::`, which may stand inside each other.

Lines of three or more colons are read as a pair of brackets: with a name they open, bare they
close, and `::: else` divides the `::: if` it stands in. Markdown inside is Markdown as anywhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from gen.pages.source import Mistake, Source, suggestion

DIRECTIVES = ("figure", "note", "proof", "if", "row", "chapters", "gallery")

_COLONS = re.compile(r":{3,}")
_CODE = re.compile(r"(`{3,}|~{3,})")


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
    text = None if state.is_code_block(start) else _after_colons(_line(state, start))
    if text is None:
        return False
    if silent:
        return True
    source: Source = state.env["source"]
    with source.at(start):
        head = _head(text, start)
        divider, close = _extent(state, head, start, end)
    _open(state, head, close)
    _contents(state, start + 1, divider or close)
    if divider:
        state.push("else", "", 0).map = [divider, divider + 1]
        _contents(state, divider + 1, close)
    state.push("directive_close", "", -1).block = True
    state.line = close + 1
    return True


def _open(state: StateBlock, head: Directive, close: int) -> None:
    token = state.push("directive_open", "", 1)
    token.block = True
    token.map = [head.line, close + 1]
    token.meta = {"directive": head}
    if head.name == "proof":
        title = state.push("inline", "", 0)
        title.content, title.children = head.argument, []
        title.map = [head.line, head.line + 1]


def _head(text: str, line: int) -> Directive:
    name, _, argument = text.partition(" ")
    if name == "":
        raise Mistake("::: closes a directive that was never opened", "remove the line")
    if name == "else":
        raise Mistake("::: else stands outside ::: if", "remove the line, or open ::: if")
    if name not in DIRECTIVES:
        raise Mistake(
            f'there is no directive "{name}"',
            suggestion(name, DIRECTIVES) or f"the directives are: {', '.join(DIRECTIVES)}",
        )
    if name == "proof" and not argument.strip():
        raise Mistake("a proof has no title", "write ::: proof and what it proves")
    return Directive(name, argument.strip(), line)


def _extent(state: StateBlock, head: Directive, start: int, end: int) -> tuple[int | None, int]:
    """Finds the lines of the `else`, if any, and of the close that belong to an opening."""
    depth, divider, code = 1, None, ""
    for line in range(start + 1, end):
        text = _line(state, line)
        fence = _CODE.match(text)
        if fence and (not code or text.startswith(code)):
            code = "" if code else fence[1]
        said = None if code else _after_colons(text)
        if said is None:
            continue
        if said == "":
            depth -= 1
        elif said != "else":
            depth += 1
        elif depth == 1 and head.name == "if" and divider is None:
            divider = line
        elif depth == 1:
            raise Mistake(f'::: {head.name} cannot have this "else"', "an if has one at most")
        if depth == 0:
            return divider, line
    raise Mistake(f"::: {head.name} is never closed", "close it with a line of three colons")


def _after_colons(line: str) -> str | None:
    """What follows the colons that a line begins with; None where there are none."""
    colons = _COLONS.match(line)
    return None if colons is None else line[colons.end() :].strip()


def _contents(state: StateBlock, start: int, end: int) -> None:
    outer = state.lineMax, state.parentType
    state.lineMax, state.parentType = end, "directive"
    state.md.block.tokenize(state, start, end)
    state.lineMax, state.parentType = outer


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
