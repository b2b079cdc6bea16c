"""Check the names on a page before anything is trained: facts, figures, works, roles."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markdown_it.token import Token

from gen.errors import PageError
from gen.site.pages.directive_arguments import check_directive
from gen.site.pages.directives import Directive
from gen.site.pages.facts import REFERENCE, FactBook
from gen.site.pages.markdown import check_role, walk
from gen.site.pages.references import Reference, check_no_citation, find_work, key_of, keys_of
from gen.site.pages.source import Source
from gen.site.pages.timeline import StepRange

_BROKEN_LINK = re.compile(r"\]\(((?:assets|data|media)/[^()<>\n]* [^()<>\n]*)\)")
"""The text that remains of a link whose address has a space."""


def check_tokens(
    tokens: list[Token],
    source: Source,
    book: FactBook,
    figures: Mapping[str, str],
    references: Mapping[str, Reference],
) -> None:
    """Check the names in every branch, whether its condition is true or not.

    Args:
        figures: by id, the model or sweep whose steps the figure shows; empty if it has no steps.

    Raises:
        ConfigError: a fact, format, condition, role, figure or work is unknown; it names the line.
    """
    around: list[Directive] = []
    for token, line in walk(tokens):
        with source.errors_at(line):
            _check_syntax(token)
            if token.type == "text":
                check_no_citation(token.content, references)
            _check_names(token, book, references)
            if token.type == "directive_open":
                around.append(token.meta["directive"])
                check_directive(around, book, figures)
            elif token.type == "directive_close":
                around.pop()


def _check_names(
    token: Token,
    book: FactBook,
    references: Mapping[str, Reference],
) -> None:
    match token.type:
        case "fact":
            book.check(token.content)
        case "math_inline" | "math_block":
            for reference in REFERENCE.findall(token.content):
                book.check(reference)
        case "citation":
            for key in keys_of(token.content):
                find_work(key, references)
        case "link_open" if (key := key_of(token.attrs.get("href"))) is not None:
            find_work(key, references)
        case "play_open":
            StepRange.parse(token.content).check(book)
        case "role_open":
            check_role(str(token.attrs["class"]))


def _check_syntax(token: Token) -> None:
    """Raise for syntax of other dialects, which Markdown would print unchanged."""
    if token.type == "footnote":
        hint = 'write a note, "::: note", below the paragraph'
        raise PageError(f"footnotes such as {token.content} are not supported", hint)
    broken = _BROKEN_LINK.search(token.content) if token.type == "text" else None
    if broken is not None:
        hint = f"write it between < and >: (<{broken[1].strip()}>)"
        raise PageError(f'the address "{broken[1]}" has a space', hint)
