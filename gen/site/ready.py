"""The part of a site that can be shown while some of its models are still being trained.

A page is ready when all models that it names can be shown. Until then it has its title alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from gen.config.reader import Config
from gen.site.pages.source import FrontMatter, read_source
from gen.site.sources import Sources

_FACT = re.compile(r"(?<![\w-])([a-z0-9-]+)\.(?!md\b)[a-zA-Z_]")
_NAMED = re.compile(r"(?::::+\s*(?:figure|explanation)|\{play)\s+([a-z0-9-]+)")
_FILE = re.compile(r"(?:data|media|figures)/([a-z0-9-]+)")


def ready_part(sources: Sources, shown: Collection[str], growing: Collection[str] = ()) -> Sources:
    """Return the sources of the part of a site that needs no other models than these.

    Args:
        shown: ids of the models that can be shown. Sweeps need not be.
        growing: ids of those of them whose further seeds are still being trained.
    """
    missing = sources.config.models.keys() - set(shown)
    if not missing and not growing:
        return sources
    names = {page: _models_of(page, sources) for page in sources.config.site.pages}
    waiting = frozenset(page for page, found in names.items() if missing & found)
    changing = frozenset(page for page, found in names.items() if found.intersection(growing))
    pages = {
        language: {
            page: _waiting_text(language, page, text, sources.config) if page in waiting else text
            for page, text in texts.items()
        }
        for language, texts in sources.pages.items()
    }
    figures = {
        name: figure
        for name, figure in sources.config.figures.items()
        if not missing & set(figure.sources)
    }
    config = replace(sources.config, figures=figures)
    return replace(
        sources, config=config, pages=pages, waiting=waiting, changing=changing - waiting
    )


def reading_order(sources: Sources) -> list[str]:
    """Return the models in the order of the pages that name them first; then all others."""
    pages = sources.config.site.pages
    named = [name for page in pages for name in sorted(_models_of(page, sources))]
    return list(dict.fromkeys([*named, *sources.config.models]))


def _models_of(page: str, sources: Sources) -> set[str]:
    """Return the models of a page: of its facts, figures, links and picture, in any language."""
    config = sources.config
    found: set[str] = set()
    for language, texts in sources.pages.items():
        text = texts[page]
        names = {*_FACT.findall(text), *_NAMED.findall(text), *_FILE.findall(text)}
        names.add(_front(language, page, text).picture or "")
        for name in names:
            found |= {name, *(config.figures[name].sources if name in config.figures else ())}
    return found & config.models.keys()


def _waiting_text(language: str, page: str, text: str, config: Config) -> str:
    """Return a page that has the title of another, and says that its models are being trained."""
    front = _front(language, page, text)
    said = config.words(language)("page.waiting")
    lines = {"title": front.title, "description": said, "layout": front.layout}
    if front.nav is not None:
        lines["nav"] = front.nav
    table = "\n".join(f"{key} = {_toml_text(value)}" for key, value in lines.items())
    return f"+++\n{table}\n+++\n"


def _front(language: str, page: str, text: str) -> FrontMatter:
    return read_source(page, f"pages/{language}/{page}.md", text).front


def _toml_text(value: str) -> str:
    """Return a string of one line as TOML."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
