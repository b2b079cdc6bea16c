"""Check the claims of pages against the facts of the build.

The text of a page may rely on more than the numbers it quotes, for example that one loss fell
before another. The page lists such claims in its front matter, written like conditions, and the
build reports the false ones.
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
    """Return an error for every claim that is false.

    Args:
        unfinished: sweeps that still train; claims about them are not checked yet.

    Raises:
        ConfigError: a claim names an unknown fact or cannot be parsed.
    """
    waiting = set(unfinished)
    return [
        ConfigError(
            f'the claim "{claim}" is false ({_values(claim, book)})',
            where=source.path,
            hint="change the claim and the text that relies on it",
        )
        for source in sources
        for claim in source.front.claims
        if waiting.isdisjoint(name.partition(".")[0] for name in facts_of(claim))
        and not _is_true(claim, source, book)
    ]


def _is_true(claim: str, source: Source, book: FactBook) -> bool:
    try:
        return evaluate(claim, book)
    except PageError as error:
        what = f'the claim "{claim}": {error.what}'
        raise ConfigError(what, where=source.path, hint=error.hint) from None


def _values(claim: str, book: FactBook) -> str:
    """Return the values of a claim's facts, such as `modular.gap = 120`."""
    values = {name: book.value(name) for name in facts_of(claim)}
    return ", ".join(
        f"{name} = {'none' if value is None else value}" for name, value in values.items()
    )
