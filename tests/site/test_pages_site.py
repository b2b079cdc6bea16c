"""The pages of this site, rendered with runs that learned everything or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from posixpath import normpath
from urllib.parse import unquote, urlsplit

import pytest

from gen.analysis.facts import model_facts
from gen.analysis.seeds import SeedRuns
from gen.analysis.sweep_facts import sweep_facts
from gen.analysis.sweep_outcomes import SweepRun
from gen.analysis.types import Facts
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun
from gen.figures.figure import Figure, FilmFigure
from gen.figures.formula_figure import FormulaFigure
from gen.figures.seeds import Seeds
from gen.figures.sweep_figure import SweepFigure
from gen.figures.sweep_map import SweepMap
from gen.figures.sweep_shares import SweepShares
from gen.i18n import Words
from gen.networks.embedded import Embedded
from gen.networks.kernel_machine import KernelMachine
from gen.networks.transformer import Transformer
from gen.site.assets import theme_files
from gen.site.pages.facts import FACTS_FILE
from gen.site.pages.figures import PlacedFigure
from gen.site.pages.generated import STYLESHEET
from gen.site.pages.references import read_references
from gen.site.pages.render import render_pages
from gen.site.pages.synonyms import read_synonyms
from gen.tasks.sparse_parity import SparseParity
from tests.support.article import article_config
from tests.support.kernel_runs import kernel_run
from tests.support.line_runs import circle_run, parity_run, waves_run
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import TEMPLATES, Outline, chart, film, main_text
from tests.support.sweep_runs import sweep_run
from tests.support.transformer_runs import transformer_run

SITE = Path(__file__).parents[2] / "site"
CONFIG = article_config()
NEVER = float("inf")
WORLDS = ("all learned", "only memorised", "nothing learned")
PAGES = (
    "index",
    "modular-addition",
    "five-neurons",
    "construction",
    "stars",
    "smooth",
    "ones-and-zeros",
    "when",
    "larger-model",
    "hurry-up",
    "other-roads",
    "open-questions",
    "try-others",
    "gallery",
    "report",
    "how-it-was-made",
)
CHARTS = {"accuracy", "loss", "progress", "compare", "two-circuits"}
"""Kinds of figures that are one chart."""

ONE_WORKER = pytest.mark.xdist_group("pages")
"""Runs tests of all pages in one process, which caches the rendered pages."""

pytestmark = [ONE_WORKER, pytest.mark.article]
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
EVERY_LANGUAGE = pytest.mark.parametrize("language", ["en", "zh"])
EVERY_WORLD = pytest.mark.parametrize("world", WORLDS)


@cache
def runs(world: str) -> dict[str, ModelRun]:
    when: dict[str, float] = {}
    if world != "all learned":
        when = {"memorises": 500.0 if world == "only memorised" else NEVER, "generalises": NEVER}
    return {
        name: replace(made_up(model)(**when), optimiser=model.optimiser)
        for name, model in CONFIG.models.items()
    }


def made_up(model: Model) -> Callable[..., ModelRun]:
    if isinstance(model.task, SparseParity):
        return parity_run
    if isinstance(model.network, Transformer):
        return transformer_run
    if isinstance(model.network, KernelMachine):
        return kernel_run
    on_circle = isinstance(model.network, Embedded) and model.network.embedding == "circle"
    return circle_run if on_circle else waves_run


def placed(name: str, figure: Figure, world: str, words: Words) -> PlacedFigure:
    if isinstance(figure, SweepFigure):
        data = f"data/{figure.sweep}.csv"
        if isinstance(figure, SweepMap):
            return replace(
                placed_widget(name, figure, swept(world)[figure.sweep], words), data=data
            )
        if isinstance(figure, SweepShares):
            return replace(chart(name), model="", timing="", lines=(), data=f"data/{name}.csv")
        return replace(film(name), model=figure.sweep, data=data)
    run = runs(world).get(figure.source)
    if getattr(figure, "kind", "") in CHARTS:
        return replace(chart(name), model=figure.source)
    if isinstance(figure, FilmFigure):
        return replace(film(name), model=figure.source)
    subject = SeedRuns((run,), run.seed) if run and isinstance(figure, Seeds) else run
    return placed_widget(name, figure, subject, words)


def texts(language: str) -> dict[str, str]:
    """Return the Markdown of every page in a language."""
    folder = SITE / "pages" / language
    return {name: (folder / f"{name}.md").read_text("utf-8") for name in CONFIG.site.pages}


@cache
def swept(world: str) -> dict[str, SweepRun]:
    outcome = {"all learned": "all", "only memorised": "memorised"}.get(world, "nothing")
    return {name: sweep_run(sweep, outcome) for name, sweep in CONFIG.sweeps.items()}


@cache
def facts(world: str) -> dict[str, Facts]:
    of_models = {
        name: model_facts(CONFIG.models[name], [run], run) for name, run in runs(world).items()
    }
    of_sweeps = {name: sweep_facts(CONFIG.sweeps[name], run) for name, run in swept(world).items()}
    formulas = {
        name: figure.facts()
        for name, figure in CONFIG.figures.items()
        if isinstance(figure, FormulaFigure)
    }
    return of_models | of_sweeps | formulas


@cache
def written(world: str, language: str = "en") -> dict[str, str]:
    """Return the pages and the search index of a language by their path inside the site."""
    words = Words(language)
    figures = {name: placed(name, figure, world, words) for name, figure in CONFIG.figures.items()}
    sources = texts(language)
    works = read_references((SITE / "references.toml").read_text("utf-8"), "references.toml")
    return render_pages(
        CONFIG.site,
        language,
        sources,
        figures,
        facts(world),
        words,
        TEMPLATES,
        references=works,
        synonyms=read_synonyms((SITE / "synonyms.toml").read_text("utf-8"), "synonyms.toml"),
        originals=None if language == "en" else texts("en"),
    )


def pages(world: str, language: str = "en") -> dict[str, str]:
    """Return the HTML of every page in a language, by the name of the page."""
    rendered = written(world, language)
    folder = "" if language == "en" else f"{language}/"
    return {name: rendered[f"{folder}{name}.html"] for name in CONFIG.site.pages}


def test_the_site_has_no_page_outside_of_these_tests() -> None:
    assert tuple(CONFIG.site.pages) == PAGES


def test_every_figure_of_the_config_is_on_some_page_or_a_film_in_the_gallery() -> None:
    shown = "".join(pages("all learned").values())
    missing = [name for name in CONFIG.figures if f'id="figure-{name}"' not in shown]
    assert [name for name in missing if f"media/{name}.mp4" not in shown] == []


@EVERY_LANGUAGE
@EVERY_WORLD
@EVERY_PAGE
def test_a_page_is_well_formed_with_unique_ids_and_one_top_heading(
    name: str, world: str, language: str
) -> None:
    outline = Outline.of(pages(world, language)[name])
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.headings[0] == 1 and outline.headings.count(1) == 1
    for above, below in zip(outline.headings, outline.headings[1:], strict=False):
        assert below <= above + 1
    assert all("alt" in image for image in outline.every("img"))
    assert all(video.get("aria-label") for video in outline.every("video"))


@EVERY_LANGUAGE
@EVERY_WORLD
@EVERY_PAGE
def test_every_internal_link_has_a_target(name: str, world: str, language: str) -> None:
    folder = "" if language == "en" else f"{language}/"
    site = {
        f"{'' if each == 'en' else f'{each}/'}{other}.html": html
        for each in CONFIG.site.languages
        for other, html in pages(world, each).items()
    }
    files = {path for figure in CONFIG.figures for path in (*film(figure).files,)} | {
        *(path for figure in CONFIG.figures for path in chart(figure).files),
        *theme_files(TEMPLATES),
        STYLESHEET,
        FACTS_FILE,
        *(f"data/{name}.csv" for name in CONFIG.sweeps),
        *site,
    }
    outline = Outline.of(site[f"{folder}{name}.html"])
    for tag, key in (("a", "href"), ("link", "href"), ("img", "src"), ("source", "src")):
        for attributes in outline.every(tag):
            target = urlsplit(attributes[key] or "")
            if target.scheme:
                assert tag == "a" and target.scheme == "https"
                continue
            path = normpath(f"{folder}{target.path or f'{name}.html'}")
            assert path in files, path
            if target.fragment:
                assert unquote(target.fragment) in Outline.of(site[path]).ids


@EVERY_LANGUAGE
@EVERY_PAGE
def test_no_directive_or_reference_remains_in_a_page(name: str, language: str) -> None:
    for world in WORLDS:
        text = main_text(pages(world, language)[name])
        assert not [left for left in ("{{", "}}", ":::", "**", "$", "{.", "None") if left in text]


def test_pages_about_untrained_networks_do_not_claim_results() -> None:
    for name in PAGES:
        learned = main_text(pages("all learned")[name])
        for world in ("only memorised", "nothing learned"):
            text = main_text(pages(world)[name])
            assert text != learned or name == "gallery"
            assert "it is right on the sums it never saw" not in text
            assert "the noise has become" not in text
    assert "none generalised" in main_text(pages("nothing learned")["modular-addition"])
