"""Render all pages of one language: Markdown, facts, figures and templates to HTML."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from gen import __version__
from gen.analysis.types import Fact
from gen.config.site import Site
from gen.errors import ConfigError, suggestion
from gen.i18n import Words
from gen.site.own_templates import NO_TEMPLATES, OwnTemplates
from gen.site.pages.article import Article, select_branches
from gen.site.pages.checks import check_tokens
from gen.site.pages.contents import contents
from gen.site.pages.facts import FACTS_FILE, FactBook
from gen.site.pages.figures import BySeed, FilmFiles, PlacedChart, PlacedFigure, PlacedFilm
from gen.site.pages.generated import STYLESHEET, generated_assets
from gen.site.pages.links import LinkTargets
from gen.site.pages.markdown import anchors, parse
from gen.site.pages.references import Citations, Reference
from gen.site.pages.scripts import LATE, page_scripts
from gen.site.pages.search import Section, index_path, index_script, sections
from gen.site.pages.seed_picker import SeedPicker
from gen.site.pages.source import Source, read_sources
from gen.site.pages.stylesheet import theme_stylesheet
from gen.site.pages.synonyms import Synonyms
from gen.site.pages.templates import load_templates
from gen.site.pages.timeline import readout_words, timeline_words

_LATE_SCRIPTS = ' data-scripts="'
"""The attribute by which figures, also those of plugins, name scripts that are loaded later."""


@dataclass(frozen=True)
class Page:
    """The template variables of one page.

    Attributes:
        path: inside the site.
        address: relative to the other pages of its language.
        heading: the title, in the parts between which the top heading may break.
        canonical: its published address, if the site has a `base_url`.
        number: its position among the chapters, from 1; None if it is not a chapter.
        picture: the film that represents it.
    """

    name: str
    path: str
    address: str
    canonical: str | None
    title: str
    heading: tuple[str, ...]
    short: str
    description: str
    layout: str
    number: int | None
    picture: FilmFiles | None


@dataclass(frozen=True)
class Language:
    """The template variables of one language.

    Attributes:
        folder: of its pages, inside the site.
        way: relative path to that folder from a page of the rendered language.
    """

    code: str
    name: str
    folder: str
    way: str


def render_pages(
    site: Site,
    language: str,
    sources: Mapping[str, str],
    figures: Mapping[str, PlacedFigure],
    facts: Mapping[str, Mapping[str, Fact]],
    words: Words,
    templates: Path,
    by_seed: BySeed | None = None,
    references: Mapping[str, Reference] | None = None,
    synonyms: Synonyms | None = None,
    originals: Mapping[str, str] | None = None,
    assets: Iterable[str] = (),
    own_templates: OwnTemplates = NO_TEMPLATES,
    waiting: Collection[str] = (),
    changing: Collection[str] = (),
) -> dict[str, str]:
    """Render the pages of one language, and the stylesheet of their colours.

    Args:
        sources: Markdown by page; `site.pages` lists the published ones in reading order.
        figures: by id, with alt texts in this language.
        facts: by the id of a model, sweep or figure.
        by_seed: figures of other seeds that readers can choose instead of `figures`.
        references, synonyms: works that pages may cite; words that search takes for one another.
        originals: Markdown by page in the first language, if this is a further one.
        assets: paths inside the site of files that are published unchanged.
        own_templates: templates that replace those of the tool.
        waiting: pages without their text so far; a link to a section of one leads to its top.
        changing: pages that say that more of their networks are being trained.

    Returns:
        Path inside the site to text.

    Raises:
        ConfigError: a page has an error; it names file and line.
    """
    book, works = FactBook(facts, words), references or {}
    read = list(read_sources(language, {name: sources[name] for name in site.pages}).values())
    first = read_sources(site.languages[0], originals or {})
    tokens = {one.name: _tokens(one, first.get(one.name), book, figures, works) for one in read}
    folder = "" if language == site.languages[0] else f"{language}/"
    pages = _pages(site, read, book, figures, folder)
    root = "../" * folder.count("/")
    targets = _link_targets(tokens, _linked_files(site, figures, assets), root, waiting)
    loaded = load_templates(templates, own_templates)
    rendered = {STYLESHEET: theme_stylesheet()}
    seed_picker = SeedPicker.of(by_seed or {}, figures)
    common = _common_variables(site, language, words, pages, root, seed_picker)
    found: list[Section] = []
    for place, (source, page) in enumerate(zip(read, pages, strict=True)):
        context = common | _page_variables(pages, place) | {"changes": page.name in changing}
        citations = Citations(works, words, LATE["citation"].addresses(root))
        article = Article(source, book, figures, loaded, targets, context, citations)
        body = article.render(tokens[source.name])
        of_page = sections(page.path, page.title, page.description, body)
        rendered[page.path] = _page_html(article, body, contents(tokens[source.name], of_page))
        found += of_page
    rendered[index_path(language)] = index_script(language, found, synonyms or [])
    return rendered | seed_picker.scripts(loaded, folder, common)


def _link_targets(
    tokens: Mapping[str, list[Token]], files: frozenset[str], root: str, waiting: Collection[str]
) -> LinkTargets:
    names = {name: anchors(of_page) for name, of_page in tokens.items()}
    return LinkTargets(names, files, root, waiting)


def _linked_files(
    site: Site, figures: Mapping[str, PlacedFigure], assets: Iterable[str]
) -> frozenset[str]:
    """Return the paths of all files that pages may link to."""
    own = chain.from_iterable(figure.files for figure in figures.values())
    return frozenset([FACTS_FILE, *assets, *generated_assets(site.languages), *own])


def _page_variables(pages: list[Page], place: int) -> dict[str, Any]:
    """Return the template variables of one page: itself and its neighbours."""
    following = pages[place + 1] if place + 1 < len(pages) else None
    previous = pages[place - 1] if place else None
    return {"page": pages[place], "previous": previous, "following": following}


def _page_html(article: Article, body: str, listed: list[Section]) -> str:
    """Return a whole page around the body of its article.

    Args:
        listed: the sections in the contents of the page.
    """
    page: Page = article.context["page"]
    template = "landing" if page.layout == "landing" else "page"
    timed = bool(article.timed) or article.paints
    scripts = page_scripts(
        timed=timed,
        computed=article.computed,
        varied=bool(article.varied) or article.chooses,
        late=_LATE_SCRIPTS in body,
        follows=article.follows,
        layers=article.layers,
    )
    html = article.templates.fill(
        f"{template}.html.jinja",
        **article.context,
        body=body,
        contents=listed,
        timed=timed,
        scripts=scripts,
        varied=sorted(article.varied),
        sheets=sorted(article.sheets),
    )
    return html.rstrip() + "\n"


def _common_variables(
    site: Site, language: str, words: Words, pages: list[Page], root: str, seed_picker: SeedPicker
) -> dict[str, Any]:
    """Return the template variables that all pages of a language share."""
    return {
        "site": site,
        "site_title": site.title if language == site.languages[0] else pages[0].title,
        "language": language,
        "words": words,
        "root": root,
        "pages": pages,
        "version": __version__,
        "file_size": partial(file_size, words),
        "seed_picker": seed_picker,
        "late_scripts": LATE,
        "timeline_words": timeline_words(words),
        "readout_words": readout_words(words),
        "languages": _languages(site, words, root),
    }


def _languages(site: Site, words: Words, root: str) -> list[Language]:
    return [
        Language(code, words.of(code)("name"), folder, root + folder)
        for place, code in enumerate(site.languages)
        for folder in [f"{code}/" if place else ""]
    ]


def file_size(words: Words, size: int) -> str:
    """Return a file's size in kB or MB.

    Args:
        size: in bytes.
    """
    if size < 999_500:
        return f"{max(1, round(size / 1e3))} kB"
    return f"{words.number(size / 1e6, 1)} MB"


def _tokens(
    source: Source,
    original: Source | None,
    book: FactBook,
    figures: Mapping[str, PlacedFigure],
    references: Mapping[str, Reference],
) -> list[Token]:
    tokens = parse(source, original)
    moving = {
        name: figure.model if isinstance(figure, PlacedFilm | PlacedChart) else ""
        for name, figure in figures.items()
    }
    check_tokens(tokens, source, book, moving, references)
    return select_branches(tokens, source, book)


def _pages(
    site: Site,
    sources: list[Source],
    book: FactBook,
    figures: Mapping[str, PlacedFigure],
    folder: str,
) -> list[Page]:
    pages: list[Page] = []
    chapters = 0
    for source in sources:
        front = source.front
        is_chapter = front.layout == "chapter"
        chapters += is_chapter
        address = f"{source.name}.html"
        published = "" if source.name == "index" else address
        pages.append(
            Page(
                name=source.name,
                path=folder + address,
                address=address,
                canonical=f"{site.base_url}{folder}{published}" if site.base_url else None,
                title=front.plain_title,
                heading=front.heading,
                short=front.short,
                description=_description(source, book),
                layout=front.layout,
                number=chapters if is_chapter else None,
                picture=_picture(source, figures),
            )
        )
    return pages


def _description(source: Source, book: FactBook) -> str:
    with source.errors_at(-1):
        return book.fill(source.front.description)


def _picture(source: Source, figures: Mapping[str, PlacedFigure]) -> FilmFiles | None:
    name = source.front.picture
    if name is None:
        return None
    figure = figures.get(name)
    if isinstance(figure, PlacedFilm):
        return figure.film
    films = [name for name, figure in figures.items() if isinstance(figure, PlacedFilm)]
    raise ConfigError(
        f'picture = "{name}" is not a film',
        where=source.path,
        hint=suggestion(name, films) or f"the films are: {', '.join(films)}",
    )
