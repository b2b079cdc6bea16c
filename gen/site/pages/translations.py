"""Compare translated pages with the original: sections, figures, conditions, facts and links.

A translation may order its sentences and paragraphs freely. Between one landmark and the next it
must have the same facts, links and formulas as the original.
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
"""Keys of the front matter that may differ: texts, and claims, which only the original needs."""

_WORDS = re.compile(r"\\text\{(?![a-z]{1,6}\})[^}]*\}")
_PLAIN = {"tr_open": "a row of a table", "list_item_open": "an item of a list", "hr": "a rule"}


@dataclass(frozen=True)
class Landmark:
    """A block that a page has in every language, and the content up to the next landmark.

    Attributes:
        name: the block, such as `::: figure stars wide`.
        line: of the page's file, from 1.
        content: names of the facts, links, formulas and the like.
    """

    name: str
    line: int
    content: frozenset[str]


def first_difference(original: Source, translation: Source) -> ConfigError | None:
    """Return the first difference between a translation and its original.

    Returns:
        An error that names the line of the translation; None if they match.
    """
    keys = _differing_keys(original, translation)
    if keys:
        what = f"the front matter differs in {', '.join(keys)} from {original.path}"
        return ConfigError(what, where=translation.path, hint="use the same values")
    ours, theirs = landmarks(original), landmarks(translation)
    last = theirs[-1]
    for here, there in zip_longest(ours, theirs):
        if here is None:
            return _error(f"{there.name} is not in {original.path}", translation, there.line)
        where = f"{original.path}:{here.line}"
        if there is None:
            what = f"the page ends, but {where} has {here.name}"
            return _error(what, translation, last.line)
        if here.name != there.name:
            what = f"{there.name} is here, but {where} has {here.name}"
            return _error(what, translation, there.line)
        missing, added = sorted(here.content - there.content), sorted(there.content - here.content)
        if missing:
            what = f"below {there.name} there is no {' and no '.join(missing)}, but {where} has it"
            return _error(what, translation, there.line)
        if added:
            what = (
                f"below {there.name} there is {' and '.join(added)}, but {where} does not have it"
            )
            return _error(what, translation, there.line)
    return None


def differences(pages: Mapping[str, Mapping[str, str]]) -> Iterator[ConfigError]:
    """Iterate over the first difference of every translated page.

    Args:
        pages: Markdown by language and page; the first language is the original.
    """
    first, *others = (read_sources(language, own) for language, own in pages.items())
    for other in others:
        for name, translation in other.items():
            difference = first_difference(first[name], translation)
            if difference is not None:
                yield difference


def landmarks(source: Source) -> list[Landmark]:
    """Return a page's landmarks in order; the first is its front matter."""
    description = REFERENCE.findall(source.front.description)
    found = [Landmark("the front matter", 1, frozenset(map(_fact, description)))]
    name, begins, line, content = "the beginning of the text", 0, 0, set[str]()
    for token in parse(source):
        landmark, line = _landmark_name(token), token.map[0] if token.map else line
        if landmark is not None:
            found.append(Landmark(name, source.first_line + begins, frozenset(content)))
            name, begins, content = landmark, line, set[str]()
        content.update(_content(token.children or [token]))
    found.append(Landmark(name, source.first_line + begins, frozenset(content)))
    return found


def _landmark_name(token: Token) -> str | None:
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


def _content(tokens: Iterable[Token]) -> Iterator[str]:
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
            case "play_open":
                yield f"words {{play {token.content}}}"
            case "link_open":
                yield f"link to {token.attrs['href']}"
            case "image":
                yield f"picture {token.attrs['src']}"


def _fact(reference: str) -> str:
    return f"fact {{{{{' to '.join(Reference.parse(reference).names)}}}}}"


def _formula(token: Token) -> str:
    """Return a formula without its words; short names stay, because they are not translated."""
    return _WORDS.sub(r"\\text{}", " ".join(token.content.split()))


def _differing_keys(original: Source, translation: Source) -> list[str]:
    ours, theirs = original.front, translation.front
    given = (ours.model_fields_set ^ theirs.model_fields_set) - {"claims"}
    same = (ours.model_fields_set & theirs.model_fields_set) - TRANSLATED
    return sorted(given | {key for key in same if getattr(ours, key) != getattr(theirs, key)})


def _error(what: str, page: Source, line: int) -> ConfigError:
    return ConfigError(
        what,
        where=f"{page.path}:{line}",
        hint="translate the original without additions or omissions",
    )
