"""Markdown as pages use it: CommonMark and tables, with facts, roles, formulas and directives.

HTML in the text is text. Links may lead to pages of the site, to its files and figures, and
elsewhere by http, https or mailto; anything else is refused.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_block.table import escapedSplit, getLine
from markdown_it.rules_core import StateCore
from markdown_it.rules_core.replacements import replace_rare
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin

from gen.errors import PageError, suggestion
from gen.site.pages.directives import directives_plugin
from gen.site.pages.emphasis import emphasis_plugin
from gen.site.pages.facts import REFERENCE, Reference
from gen.site.pages.references import citations_plugin
from gen.site.pages.source import Source

ROLES = ("train", "test", "signal", "distractor", "bias", "positive", "negative")
"""Words in the text that carry a figure's colour: `[test accuracy]{.test}`."""

MOST_QUOTES = 2000
"""Quotation marks in a paragraph; pairing more takes the square of their number in time."""

RESERVED = ("references", "search", "text", "timeline-words")
_RESERVED_BEGINNINGS = ("cited-", "figure-", "film-", "work-")
"""Ids that the templates give, and what others of theirs begin with, beside figures' names."""

_ROLE = re.compile(r"\{\.([A-Za-z-]*)\}")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_DECADE = re.compile(r"(?<!\w)'(?=\d0s\b)")
_STRETCH = re.compile(r"\{play ([^{}\n]*)\}")


def parse(source: Source, original: Source | None = None) -> list[Token]:
    """Reads a page's body into tokens.

    Args:
        original: the page in the site's first language, whose headings lend their ids, so that
            one address of a place holds in all languages.

    Raises:
        ConfigError: a directive, role or heading is wrong; the error names the line.
    """
    tokens = _parser().parse(source.body, {"source": source})
    _name_headings(tokens, source)
    _empty_corners(tokens)
    if original is not None:
        _take_ids(tokens, parse(original))
    return tokens


def parser_options() -> OptionsDict:
    """The options that tokens are rendered with."""
    return _parser().options


def anchors(tokens: list[Token]) -> list[str]:
    """The ids of a page's headings and figures, in order."""
    found: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            found.append(str(token.attrs["id"]))
        else:
            found += [f"figure-{name}" for name in _figures([token])]
    return found


def _figures(tokens: list[Token]) -> list[str]:
    """The figures among a page's tokens, by name."""
    directives = [token.meta["directive"] for token in tokens if token.type == "directive_open"]
    return [one.argument.partition(" ")[0] for one in directives if one.name == "figure"]


def each(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Every token, also inside inline ones, with the line of the body it stands in."""
    line = 0
    for token in tokens:
        line = token.map[0] if token.map else line
        yield token, line
        for child in token.children or []:
            yield child, line + _lines_before(child, token.content)


@cache
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": False, "typographer": True})
    md.enable(["table", "replacements", "smartquotes"])
    md.disable(["html_block", "html_inline"])
    md.core.ruler.at("replacements", _typography)
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.before("table", "depth", _depth)
    emphasis_plugin(md)
    dollarmath_plugin(md, allow_labels=False, allow_space=False, allow_digits=False)
    directives_plugin(md)
    citations_plugin(md)
    md.inline.ruler.before("link", "role", _role)
    md.inline.ruler.before("link", "footnote", _footnote)
    md.inline.ruler.before("escape", "fact", _fact)
    md.core.ruler.after("inline", "unspaced", _join_lines)
    # Links are checked when they are rendered, where a refusal can name the line.
    md.validateLink = lambda url: True  # pyright: ignore[reportAttributeAccessIssue]
    return md


def _fact(state: StateInline, silent: bool) -> bool:
    match = REFERENCE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("fact", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _footnote(state: StateInline, silent: bool) -> bool:
    """A footnote of other dialects, which is refused where tokens are checked."""
    match = _FOOTNOTE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("footnote", "", 0).content = match[0]
    state.pos = match.end()
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table, of which no row has more cells than the head: they would vanish."""
    if not table(state, start, end, silent):
        return False
    if not silent:
        source: Source = state.env["source"]
        most = _cells(state, start)
        for line in range(start + 2, state.line):
            with source.at(line):
                if _cells(state, line) > most:
                    what = f"the row has more cells than the head of the table, which has {most}"
                    raise PageError(what, "write \\| for a bar inside a cell")
    return True


def _depth(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Refuses quotations and lists so deep that the parser would leave out what is in them."""
    if not silent and state.level >= state.md.options.maxNesting - 1:
        source: Source = state.env["source"]
        with source.at(start):
            raise PageError(
                "lists, quotations or directives are nested too deep", "take them apart"
            )
    return False


def _cells(state: StateBlock, line: int) -> int:
    """How many cells a line of a table has; bars at its ends divide nothing."""
    cells = escapedSplit(getLine(state, line).strip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


def _typography(state: StateCore) -> None:
    """Dashes, dots and the like; `(c)` and `(r)` stay, as they also letter panels and lists."""
    source: Source = state.env["source"]
    for token in state.tokens:
        if token.type == "inline" and token.children:
            with source.at(token.map[0] if token.map else 0):
                if len(re.findall("[\"']", token.content)) > MOST_QUOTES:
                    what = f"the paragraph has more than {MOST_QUOTES:,} quotation marks"
                    raise PageError(what, "divide it")
            replace_rare(token.children)
            for child in token.children:
                if child.type == "text":
                    child.content = _DECADE.sub("’", child.content)


def _role(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    start = state.pos
    label_end = state.md.helpers.parseLinkLabel(state, start)
    if label_end <= start:
        return False
    role = _ROLE.match(state.src, label_end + 1)
    match = role or _STRETCH.match(state.src, label_end + 1)
    if match is None:
        return False
    if not silent:
        opening = state.push("role_open" if role else "stretch_open", "span", 1)
        opening.attrs["class"] = match[1] if role else "stretch"
        opening.content = match[1]
        end, state.pos, state.posMax = state.posMax, start + 1, label_end
        state.md.inline.tokenize(state)
        state.posMax = end
        state.push("role_close" if role else "stretch_close", "span", -1)
    state.pos = match.end()
    return True


def _join_lines(state: StateCore) -> None:
    """Takes away line breaks in scripts without spaces, where a browser would make them spaces."""
    for token in state.tokens:
        children = token.children or []
        for place, child in enumerate(children):
            if child.type == "softbreak":
                # A slice of a paragraph for each of its lines would take the square of its length.
                before = _edge((children[at] for at in range(place - 1, -1, -1)), -1)
                after = _edge((children[at] for at in range(place + 1, len(children))), 0)
                if _unspaced(before, after):
                    child.type = "text"


def _edge(tokens: Iterable[Token], place: int) -> str:
    """The first character that is read among some tokens, or one like it."""
    shown = next((token for token in tokens if token.content), None)
    if shown is None:
        return " "
    if shown.type == "fact":
        return "words" if Reference.read(shown.content).style.lower() == "words" else "0"
    return shown.content[place] if shown.type == "text" else "0"


def _unspaced(before: str, after: str) -> bool:
    """Whether nothing stands between two characters that a line break divides.

    Between letters of a script without spaces nothing does, nor beside its punctuation.
    """
    both = (before, after)
    wide = [unicodedata.east_asian_width(each[0]) in "WF" for each in both]
    marks = [unicodedata.category(each[0])[0] == "P" for each in both]
    joins = [each == "words" or each in "“”‘’—…" for each in both]
    if any(map(operator.and_, wide, marks)):
        return True
    return any(wide) and all(map(operator.or_, wide, joins))


def check_role(name: str) -> None:
    """Raises Mistake where a role has no colour."""
    if name not in ROLES:
        raise PageError(
            f'there is no role "{name}"',
            suggestion(name, ROLES) or f"the roles are: {', '.join(ROLES)}",
        )


def _name_headings(tokens: list[Token], source: Source) -> None:
    """Gives every heading an id, and refuses an outline with holes."""
    taken: dict[str, int] = {}
    figures = tuple(f"{name}-" for name in _figures(tokens))
    level = 1
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        with source.at(token.map[0] if token.map else 0):
            depth = int(token.tag[1:])
            if depth == 1:
                hint = "begin with ##; the title stands in the front matter"
                raise PageError("a page has one top heading, its title", hint)
            if depth > level + 1:
                raise PageError(f"a heading of level {depth} follows one of level {level}")
            level = depth
            token.attrs["id"] = _slug(tokens[place + 1].content, taken, figures)


def _empty_corners(tokens: list[Token]) -> None:
    """Makes table heads that say nothing plain cells, as they head nothing."""
    for place, token in enumerate(tokens):
        if token.type == "th_open" and not tokens[place + 1].content:
            token.tag = tokens[place + 2].tag = "td"


def _take_ids(tokens: list[Token], originals: list[Token]) -> None:
    """Gives headings the ids of others, by place; leaves them where the outlines differ."""
    own, other = (
        [token for token in page if token.type == "heading_open"] for page in (tokens, originals)
    )
    if [token.tag for token in own] == [token.tag for token in other]:
        for token, model in zip(own, other, strict=True):
            token.attrs["id"] = model.attrs["id"]


def _slug(text: str, taken: dict[str, int], figures: tuple[str, ...]) -> str:
    words = re.findall(r"\w+", REFERENCE.sub("", text).lower())
    slug = base = "-".join(words) or "section"
    if base in RESERVED or base.startswith((*_RESERVED_BEGINNINGS, *figures)):
        # No id of a template has an underscore there.
        slug = base = f"section_{base}"
    number = taken.get(base, 0)
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken[base], taken[slug] = max(number, 1), taken.get(slug, 1)
    return slug


def _lines_before(child: Token, content: str) -> int:
    """Lines of an inline token's text above one of its children, as far as can be told."""
    clue = str(child.attrs.get("href", "") or child.attrs.get("src", "") or child.content)
    place = content.find(clue) if clue else -1
    return content.count("\n", 0, place) if place > 0 else 0
