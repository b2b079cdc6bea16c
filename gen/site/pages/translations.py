"""What a page has in every language: its sections, figures, conditions, facts and links.

A translation may put its sentences and paragraphs as it likes. Between one landmark and the next
it has to quote the same facts, lead to the same places and hold the same formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from markdown_it.token import Token

from gen.errors import ConfigError
from gen.site.pages.directives import Directive
from gen.site.pages.facts import REFERENCE, Reference
from gen.site.pages.markdown import parse
from gen.site.pages.source import Source, read_sources

TRANSLATED = frozenset({"title", "nav", "description", "claims"})
"""Keys of the front matter that are text, and the claims, which the original makes for all."""

_WORDS = re.compile(r"\\text\{(?![a-z]{1,6}\})[^}]*\}")
_PLAIN = {"tr_open": "a row of a table", "list_item_open": "an item of a list", "hr": "a rule"}


@dataclass(frozen=True)
class Landmark:
    """A place that a page has in every language, and what stands from there to the next one.

    Attributes:
        name: what it is, `::: figure stars wide`.
        line: of the page's file, from 1.
        holds: facts, links, formulas and the like, as one would name them.
    """

    name: str
    line: int
    holds: frozenset[str]


def first_difference(original: Source, translation: Source) -> ConfigError | None:
    """Where a translation first departs from the page it translates.

    Returns:
        An error that names the line of the translation; None where nothing is amiss.
    """
    keys = _differing_keys(original, translation)
    if keys:
        what = f"the front matter differs in {', '.join(keys)} from {original.path}"
        return ConfigError(what, where=translation.path, hint="give it the same")
    ours, theirs = landmarks(original), landmarks(translation)
    last = theirs[-1]
    for here, there in zip_longest(ours, theirs):
        if here is None:
            return _error(f"{there.name} is not in {original.path}", translation, there.line)
        where = f"{original.path}:{here.line}"
        if there is None:
            what = f"the page ends, where {where} has {here.name}"
            return _error(what, translation, last.line)
        if here.name != there.name:
            what = f"{there.name} stands here, where {where} has {here.name}"
            return _error(what, translation, there.line)
        lacking, added = sorted(here.holds - there.holds), sorted(there.holds - here.holds)
        if lacking:
            what = f"below {there.name} there is no {' and no '.join(lacking)}, as {where} has it"
            return _error(what, translation, there.line)
        if added:
            what = f"below {there.name} stands {' and '.join(added)}, which {where} has not"
            return _error(what, translation, there.line)
    return None


def differences(pages: Mapping[str, Mapping[str, str]]) -> Iterator[ConfigError]:
    """The first difference of every translated page.

    Args:
        pages: Markdown by language and page; all others translate the first language.
    """
    first, *others = (read_sources(language, own) for language, own in pages.items())
    for other in others:
        for name, translation in other.items():
            difference = first_difference(first[name], translation)
            if difference is not None:
                yield difference


def landmarks(source: Source) -> list[Landmark]:
    """A page's landmarks in order; the first is its front matter."""
    description = REFERENCE.findall(source.front.description)
    found = [Landmark("the front matter", 1, frozenset(map(_fact, description)))]
    name, begins, line, holds = "the beginning of the text", 0, 0, set[str]()
    for token in parse(source):
        mark, line = _landmark(token), token.map[0] if token.map else line
        if mark is not None:
            found.append(Landmark(name, source.first_line + begins, frozenset(holds)))
            name, begins, holds = mark, line, set[str]()
        holds.update(_held(token.children or [token]))
    found.append(Landmark(name, source.first_line + begins, frozenset(holds)))
    return found


def _landmark(token: Token) -> str | None:
    match token.type:
        case "heading_open":
            return f"a heading of level {token.tag[1:]}"
        case "directive_open":
            head: Directive = token.meta["directive"]
            titled = head.name == "proof"
            return f"::: {head.name}" if titled else f"::: {head.name} {head.argument}".strip()
        case "else":
            return "::: else"
        case "directive_close":
            return "the end of a directive"
        case "math_block":
            return f"the formula {_formula(token)}"
        case "fence" | "code_block":
            return f"the code {token.content.strip()!r}"
        case _:
            return _PLAIN.get(token.type)


def _held(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        match token.type:
            case "fact":
                yield _fact(token.content)
            case "math_inline":
                yield f"formula ${_formula(token)}$"
            case "code_inline":
                yield f"code `{token.content}`"
            case "role_open":
                yield f"role {{.{token.attrs['class']}}}"
            case "citation":
                yield f"citation [@{token.content}]"
            case "stretch_open":
                yield f"words {{play {token.content}}}"
            case "link_open":
                yield f"link to {token.attrs['href']}"
            case "image":
                yield f"picture {token.attrs['src']}"


def _fact(reference: str) -> str:
    return f"fact {{{{{Reference.read(reference).name}}}}}"


def _formula(token: Token) -> str:
    """A formula without the words in it, of which only short names are the same everywhere."""
    return _WORDS.sub(r"\\text{}", " ".join(token.content.split()))


def _differing_keys(original: Source, translation: Source) -> list[str]:
    ours, theirs = original.front, translation.front
    given = (ours.model_fields_set ^ theirs.model_fields_set) - {"claims"}
    same = (ours.model_fields_set & theirs.model_fields_set) - TRANSLATED
    return sorted(given | {key for key in same if getattr(ours, key) != getattr(theirs, key)})


def _error(what: str, page: Source, line: int) -> ConfigError:
    return ConfigError(what, where=f"{page.path}:{line}", hint="translate what is there, no more")
