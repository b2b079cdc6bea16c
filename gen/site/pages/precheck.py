"""Check pages before training: everything except the values of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markdown_it.token import Token

from gen.analysis.types import Fact
from gen.config.reader import Config
from gen.errors import ConfigError, PageError, suggestion
from gen.figures.figure import FilmFigure
from gen.mathml import to_mathml
from gen.site.pages.checks import check_tokens
from gen.site.pages.conditions import evaluate
from gen.site.pages.facts import REFERENCE, FactBook
from gen.site.pages.links import LinkTargets
from gen.site.pages.markdown import anchors, parse, walk
from gen.site.pages.references import Reference, key_of
from gen.site.pages.source import Source

_GENERATED = ("data/", "media/")
"""Folders whose files are known only after the build has written them."""


@dataclass(frozen=True)
class _UnknownFacts(FactBook):
    """Facts of known models, all without a value."""

    def value(self, name: str) -> Fact:
        model = name.partition(".")[0]
        if model not in self.facts:
            return super().value(name)
        return None


def precheck(
    config: Config,
    sources: Mapping[str, Mapping[str, Source]],
    references: Mapping[str, Reference],
    files: Iterable[str],
) -> None:
    """Check all pages against the config.

    Args:
        sources: pages by language and name, the first language first.
        references: works that pages may cite.
        files: paths inside the site of the files in `assets/` and at its root.

    Raises:
        ConfigError: a directive, figure, model, format, role, work, formula, link or claim is
            wrong; it names file and line.
    """
    known = [*config.models, *config.recordings, *config.sweeps, *config.figures]
    original = sources[config.site.languages[0]]
    present = frozenset(files)
    figures = {name: figure.source for name, figure in config.figures.items()}
    for language, pages in sources.items():
        book = _UnknownFacts({name: {} for name in known}, config.words(language))
        originals = {} if pages is original else original
        tokens = {name: parse(source, originals.get(name)) for name, source in pages.items()}
        links = LinkTargets({name: anchors(found) for name, found in tokens.items()}, present, "")
        for source in pages.values():
            check_tokens(tokens[source.name], source, book, figures, references)
            _check_front(config, source, book)
            for token, line in walk(tokens[source.name]):
                with source.errors_at(line):
                    _check_token(token, source, links)


def _check_front(config: Config, source: Source, book: FactBook) -> None:
    picture = source.front.picture
    films = [name for name, figure in config.figures.items() if isinstance(figure, FilmFigure)]
    if picture is not None and picture not in films:
        raise ConfigError(
            f'picture = "{picture}" is not a film',
            where=source.path,
            hint=suggestion(picture, films) or f"the films are: {', '.join(films)}",
        )
    with source.errors_at(-1):
        for reference in REFERENCE.findall(source.front.description):
            book.check(reference)
    for claim in source.front.claims:
        try:
            evaluate(claim, book)
        except PageError as error:
            what = f'the claim "{claim}": {error.what}'
            raise ConfigError(what, where=source.path, hint=error.hint) from None


def _check_token(token: Token, source: Source, links: LinkTargets) -> None:
    match token.type:
        case "math_inline" | "math_block":
            to_mathml(REFERENCE.sub("1", token.content), display=token.type == "math_block")
        case "link_open":
            target = str(token.attrs.get("href") or "")
            if key_of(target) is None and not target.startswith(_GENERATED):
                links.resolve(source.name, target)
        case "image":
            target = str(token.attrs.get("src") or "")
            if not target.startswith(_GENERATED):
                links.picture(source.name, target)
