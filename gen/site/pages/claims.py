"""Claims: what a page takes for granted, checked against the facts of the build.

Prose may lean on more than its numbers say: that waves are few, that a loss fell first. A page
lists such statements in its front matter, written like conditions, and a build says which of
them do not hold.
"""

from __future__ import annotations

from collections.abc import Iterable

from gen.errors import ConfigError, PageError
from gen.site.pages.conditions import evaluate, facts_of
from gen.site.pages.facts import FactBook
from gen.site.pages.source import Source


def false_claims(
    sources: Iterable[Source], book: FactBook, unfinished: Iterable[str] = ()
) -> list[ConfigError]:
    """The claims that the facts do not bear out, each as the error it would be.

    Args:
        unfinished: sweeps that still train; what is claimed of them waits.

    Raises:
        ConfigError: a claim names no fact or cannot be read.
    """
    waiting = set(unfinished)
    return [
        ConfigError(
            f'the claim "{claim}" does not hold ({_values(claim, book)})',
            where=source.path,
            hint="change the text that leans on it, and the claim",
        )
        for source in sources
        for claim in source.front.claims
        if waiting.isdisjoint(name.partition(".")[0] for name in facts_of(claim))
        and not _holds(claim, source, book)
    ]


def _holds(claim: str, source: Source, book: FactBook) -> bool:
    try:
        return evaluate(claim, book)
    except PageError as mistake:
        what = f'the claim "{claim}": {mistake.what}'
        raise ConfigError(what, where=source.path, hint=mistake.hint) from None


def _values(claim: str, book: FactBook) -> str:
    """What the facts of a claim are, such as `modular.gap = 120`."""
    return ", ".join(f"{name} = {_shown(book.value(name))}" for name in facts_of(claim))


def _shown(value: object) -> str:
    return "none" if value is None else str(value)
