"""Where figures are on the pages of a language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markdown_it.token import Token

from gen.site.pages.article import select_branches
from gen.site.pages.facts import FactBook
from gen.site.pages.markdown import figure_ids, parse
from gen.site.pages.source import read_sources


def figure_places(
    language: str,
    texts: Mapping[str, str],
    films: Iterable[str],
    book: FactBook | None = None,
) -> dict[str, str]:
    """Return the page and anchor of every figure, relative to the pages of the language.

    A figure on several pages is at its first one; a film on none is in the gallery, if there is
    one.

    Args:
        texts: Markdown by page, in reading order.
        films: ids of the films that a gallery shows.
        book: the facts that decide which branches of a page are shown; without it, all count.

    Raises:
        ConfigError: a page cannot be parsed, or a condition cannot be decided; it names the line.
    """
    places: dict[str, str] = {}
    in_gallery: dict[str, str] = {}
    for source in read_sources(language, texts).values():
        tokens = parse(source)
        if book is not None:
            tokens = select_branches(tokens, source, book)
        page = "" if source.name == "index" else f"{source.name}.html"
        for name in figure_ids(tokens):
            places.setdefault(name, f"{page}#figure-{name}")
        if any(_is_gallery(token) for token in tokens):
            in_gallery = {name: f"{page}#film-{name}" for name in films}
    return in_gallery | places


def _is_gallery(token: Token) -> bool:
    return token.type == "directive_open" and token.meta["directive"].name == "gallery"
