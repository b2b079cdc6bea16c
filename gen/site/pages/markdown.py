"""Parse the Markdown of pages: CommonMark and tables, with facts, roles, formulas and directives.

HTML is printed as text. Links may lead to pages, files and figures of the site, and to other sites
by http, https or mailto; other links are errors.
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
"""Roles that colour words like a figure: `[test accuracy]{.test}`."""

MAX_QUOTES = 2000
"""Quotation marks in a paragraph; the time to pair them grows with their square."""

RESERVED_IDS = ("cite", "contents", "references", "search", "text", "timeline-words")
_RESERVED_PREFIXES = ("cited-", "figure-", "film-", "work-")
"""Ids and prefixes of ids that the templates use, beside the ids of figures."""

_ROLE = re.compile(r"\{\.([A-Za-z-]*)\}")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]")
_DECADE = re.compile(r"(?<!\w)'(?=\d0s\b)")
_PLAY = re.compile(r"\{play ([^{}\n]*)\}")


def parse(source: Source, original: Source | None = None) -> list[Token]:
    """Parse a page's body into tokens.

    Args:
        original: the page in the site's first language; the headings get its ids, so that a
            link to a section is the same in all languages.

    Raises:
        ConfigError: a directive, role or heading is wrong; the error names the line.
    """
    tokens = _parser().parse(source.body, {"source": source})
    _add_heading_ids(tokens, source)
    _unmark_empty_heads(tokens)
    if original is not None:
        _copy_heading_ids(tokens, parse(original))
    return tokens


def parser_options() -> OptionsDict:
    """Return the options that tokens are rendered with."""
    return _parser().options


def anchors(tokens: list[Token]) -> list[str]:
    """Return the ids of a page's headings and figures, in order."""
    found: list[str] = []
    for token in tokens:
        if token.type == "heading_open":
            found.append(str(token.attrs["id"]))
        else:
            found += [f"figure-{name}" for name in figure_ids([token])]
    return found


def figure_ids(tokens: list[Token]) -> list[str]:
    """Return the ids of the figures among some tokens."""
    directives = [token.meta["directive"] for token in tokens if token.type == "directive_open"]
    return [one.argument.partition(" ")[0] for one in directives if one.name == "figure"]


def walk(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Iterate over all tokens and their children, with the line of the body of each."""
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
    md.block.ruler.before("table", "depth", _check_depth)
    emphasis_plugin(md)
    dollarmath_plugin(md, allow_labels=False, allow_space=False, allow_digits=False)
    directives_plugin(md)
    citations_plugin(md)
    md.inline.ruler.before("link", "role", _role)
    md.inline.ruler.before("link", "footnote", _footnote)
    md.inline.ruler.before("escape", "fact", _fact)
    md.core.ruler.after("inline", "unspaced", _remove_line_breaks)
    # Links are checked when they are rendered, where the error can name the line.
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
    """Parse a footnote of other dialects, which is an error when tokens are checked."""
    match = _FOOTNOTE.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        state.push("footnote", "", 0).content = match[0]
    state.pos = match.end()
    return True


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a table, and raise for a row with more cells than the head, which would be lost."""
    if not table(state, start, end, silent):
        return False
    if not silent:
        source: Source = state.env["source"]
        most = _count_cells(state, start)
        for line in range(start + 2, state.line):
            with source.errors_at(line):
                if _count_cells(state, line) > most:
                    what = f"the row has more cells than the head of the table, which has {most}"
                    raise PageError(what, "write \\| for a bar inside a cell")
    return True


def _check_depth(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """Raise for quotations and lists so deep that the parser would omit their content."""
    if not silent and state.level >= state.md.options.maxNesting - 1:
        source: Source = state.env["source"]
        with source.errors_at(start):
            raise PageError(
                "lists, quotations or directives are nested too deep", "use fewer levels"
            )
    return False


def _count_cells(state: StateBlock, line: int) -> int:
    """Return the number of cells in a line of a table; bars at its ends do not count."""
    cells = escapedSplit(getLine(state, line).strip())
    return len(cells) - (cells[0] == "") - (len(cells) > 1 and cells[-1] == "")


def _typography(state: StateCore) -> None:
    """Set dashes and dots; `(c)` and `(r)` stay, because they may label panels and lists."""
    source: Source = state.env["source"]
    for token in state.tokens:
        if token.type == "inline" and token.children:
            with source.errors_at(token.map[0] if token.map else 0):
                if len(re.findall("[\"']", token.content)) > MAX_QUOTES:
                    what = f"the paragraph has more than {MAX_QUOTES:,} quotation marks"
                    raise PageError(what, "divide the paragraph")
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
    match = role or _PLAY.match(state.src, label_end + 1)
    if match is None:
        return False
    if not silent:
        opening = state.push("role_open" if role else "play_open", "span", 1)
        opening.attrs["class"] = match[1] if role else "stretch"
        opening.content = match[1]
        end, state.pos, state.posMax = state.posMax, start + 1, label_end
        state.md.inline.tokenize(state)
        state.posMax = end
        state.push("role_close" if role else "play_close", "span", -1)
    state.pos = match.end()
    return True


def _remove_line_breaks(state: StateCore) -> None:
    """Remove line breaks in scripts without spaces, which a browser would show as spaces."""
    for token in state.tokens:
        children = token.children or []
        for place, child in enumerate(children):
            if child.type == "softbreak":
                # Generators and not slices: a slice for every line would take quadratic time.
                before = _edge_character((children[at] for at in range(place - 1, -1, -1)), -1)
                after = _edge_character((children[at] for at in range(place + 1, len(children))), 0)
                if _joins(before, after):
                    child.type = "text"


def _edge_character(tokens: Iterable[Token], place: int) -> str:
    """Return the first or last visible character of some tokens, or a similar one."""
    shown = next((token for token in tokens if token.content), None)
    if shown is None:
        return " "
    if shown.type == "fact":
        return "words" if Reference.parse(shown.content).style.lower() == "words" else "0"
    return shown.content[place] if shown.type == "text" else "0"


def _joins(before: str, after: str) -> bool:
    """Whether two characters on both sides of a line break are written without a space.

    They are in a script without spaces, and beside its punctuation.
    """
    both = (before, after)
    wide = [unicodedata.east_asian_width(each[0]) in "WF" for each in both]
    marks = [unicodedata.category(each[0])[0] == "P" for each in both]
    joins = [each == "words" or each in "“”‘’—…" for each in both]
    if any(map(operator.and_, wide, marks)):
        return True
    return any(wide) and all(map(operator.or_, wide, joins))


def check_role(name: str) -> None:
    """Raise PageError if a role has no colour."""
    if name not in ROLES:
        raise PageError(
            f'there is no role "{name}"',
            suggestion(name, ROLES) or f"the roles are: {', '.join(ROLES)}",
        )


def _add_heading_ids(tokens: list[Token], source: Source) -> None:
    """Give every heading an id, and raise for an outline that skips a level."""
    taken: dict[str, int] = {}
    figures = tuple(f"{name}-" for name in figure_ids(tokens))
    level = 1
    for place, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        with source.errors_at(token.map[0] if token.map else 0):
            depth = int(token.tag[1:])
            if depth == 1:
                hint = "begin with ##; the title is in the front matter"
                raise PageError("a page has only one top heading, its title", hint)
            if depth > level + 1:
                raise PageError(f"a heading of level {depth} follows one of level {level}")
            level = depth
            token.attrs["id"] = _slug(tokens[place + 1].content, taken, figures)


def _unmark_empty_heads(tokens: list[Token]) -> None:
    """Turn empty table heads into plain cells, because they describe no column."""
    for place, token in enumerate(tokens):
        if token.type == "th_open" and not tokens[place + 1].content:
            token.tag = tokens[place + 2].tag = "td"


def _copy_heading_ids(tokens: list[Token], originals: list[Token]) -> None:
    """Copy the ids of headings by position, unless the outlines differ."""
    own, other = (
        [token for token in page if token.type == "heading_open"] for page in (tokens, originals)
    )
    if [token.tag for token in own] == [token.tag for token in other]:
        for token, model in zip(own, other, strict=True):
            token.attrs["id"] = model.attrs["id"]


def _slug(text: str, taken: dict[str, int], figures: tuple[str, ...]) -> str:
    words = re.findall(r"\w+", REFERENCE.sub("", text).lower())
    slug = base = "-".join(words) or "section"
    if base in RESERVED_IDS or base.startswith((*_RESERVED_PREFIXES, *figures)):
        # No id of a template begins like this.
        slug = base = f"section_{base}"
    number = taken.get(base, 0)
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    taken[base], taken[slug] = max(number, 1), taken.get(slug, 1)
    return slug


def _lines_before(child: Token, content: str) -> int:
    """Return the number of lines above a child of an inline token, as far as it can be found."""
    clue = str(child.attrs.get("href", "") or child.attrs.get("src", "") or child.content)
    place = content.find(clue) if clue else -1
    return content.count("\n", 0, place) if place > 0 else 0
