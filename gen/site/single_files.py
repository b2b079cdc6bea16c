"""The figures of a site as single files, one for all languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from gen.analysis.types import Fact
from gen.site.pages.facts import FactBook
from gen.site.pages.figure_places import figure_places
from gen.site.pages.figures import PlacedFigure, PlacedFilm
from gen.site.pages.generated import STYLESHEET
from gen.site.pages.source import read_sources
from gen.site.pages.standalone import FOLDER, Surroundings, documents, file_address
from gen.site.pages.stylesheet import theme_stylesheet
from gen.site.pages.templates import load_templates
from gen.site.sources import Sources


def with_single_files(
    placed: Mapping[str, Mapping[str, PlacedFigure]],
    read: Callable[[str], bytes],
    sources: Sources,
    facts: Mapping[str, Mapping[str, Fact]],
) -> tuple[dict[str, dict[str, PlacedFigure]], dict[str, bytes | Path]]:
    """Return the figures of each language with the addresses of their files, and these by path.

    Args:
        placed: figures by language and id, the first language first.
        read: returns the content of a file of the site by its path.
        facts: by the id of a model, sweep or figure.

    Raises:
        ConfigError: a page or template cannot be read; it names file and line.
    """
    languages = sources.config.site.languages
    films = {
        language: (
            _surroundings(language, figures, sources, facts),
            {name: one for name, one in figures.items() if isinstance(one, PlacedFilm)},
        )
        for language, figures in placed.items()
    }
    found = {language: dict(figures) for language, figures in placed.items()}
    files: dict[str, bytes | Path] = {}
    for name, text in documents(films, read).items():
        files[f"{FOLDER}/{name}.html"] = content = text.encode()
        for language, (_, of_language) in films.items():
            address = file_address(name, language, languages)
            size = len(content)
            found[language][name] = replace(of_language[name], single=address, single_bytes=size)
    return found, files


def _surroundings(
    language: str,
    placed: Mapping[str, PlacedFigure],
    sources: Sources,
    facts: Mapping[str, Mapping[str, Fact]],
) -> Surroundings:
    """Return what the files say in a language."""
    site = sources.config.site
    first = language == site.languages[0]
    folder = "" if first else f"{language}/"
    texts = {page: sources.pages[language][page] for page in site.pages}
    home = read_sources(language, {site.pages[0]: texts[site.pages[0]]})
    words = sources.config.words(language)
    return Surroundings(
        templates=load_templates(sources.templates, sources.own_templates),
        assets={**sources.assets, STYLESHEET: theme_stylesheet().encode()},
        words=words,
        title=site.title if first else home[site.pages[0]].front.plain_title,
        link=f"{site.base_url}{folder}" if site.base_url else "",
        pages=figure_places(language, texts, placed, FactBook(facts, words)),
    )
