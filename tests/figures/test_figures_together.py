"""Figures that can be asked, two on a page, in a real browser: neither keeps the other from it."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from gen.analysis.seeds import SeedRuns
from gen.config.reader import load
from gen.figures.construction_error import ConstructionError
from gen.figures.construction_sum import ConstructionSum
from gen.figures.figure import figure_kinds
from gen.figures.interference import Interference
from gen.figures.neurons import Neurons
from gen.figures.seeds import Seeds
from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.site.pages.figures import BySeed, PlacedWidget
from gen.site.pages.render import render_pages
from tests.support.browsing import Watched
from tests.support.line_runs import circle_run, solved_run, waves_run
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import FRONT, TEMPLATES, Outline, site
from tests.support.sweep_runs import sweep_run

SITE = Path(__file__).parents[2] / "site"
EN = Words("en")
RUN = solved_run()
OTHER = replace(waves_run(), seed=RUN.seed + 1)
SWEEP = sweep_run(load(SITE / "gen.toml").sweeps["constraints"])

ASKED: dict[str, tuple[Any, Any]] = {
    "interference": (Interference(model="m", a=10, b=20), RUN),
    "neurons": (Neurons(model="m"), RUN),
    "seeds": (Seeds(model="m"), SeedRuns((RUN, OTHER), RUN.seed)),
    "sum": (ConstructionSum(), None),
    "error": (ConstructionError(), None),
    "map": (SweepMap(sweep="constraints"), SWEEP),
}
"""Every kind of figure that readers can ask, with what it shows."""

PAIRS = list(combinations_with_replacement(ASKED, 2))


def placed(name: str, kind: str) -> PlacedWidget:
    return placed_widget(name, *ASKED[kind], EN)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a page for each pair of kinds."""
    folder = tmp_path_factory.mktemp("together")
    shutil.copytree(SITE / "assets", folder / "assets")
    figures = {f"{kind}-{n}": placed(f"{kind}-{n}", kind) for kind in ASKED for n in (1, 2)}
    others = Interference(model="m", a=10, b=20), Neurons(model="m")
    by_seed: BySeed = {"m": {run.seed: {} for run in (RUN, OTHER)}}
    for run in (RUN, OTHER):
        for figure in others:
            for n in (1, 2):
                name = f"{figure.kind}-{n}"
                by_seed["m"][run.seed][name] = placed_widget(name, figure, run, EN)
    sources = {"index": FRONT} | {
        f"{one}-{other}": FRONT
        + f"::: figure {one}-1 wide\nOne.\n:::\n\n::: figure {other}-2 wide\nOther.\n:::\n"
        for one, other in PAIRS
    }
    pages = render_pages(site(*sources), "en", sources, figures, {}, EN, TEMPLATES, by_seed=by_seed)
    for path, content in pages.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    return folder


def interference(figure: Locator) -> str:
    figure.locator("input[name='a']").press("ArrowRight")
    return figure.locator(".said").inner_text()


def neurons(figure: Locator) -> str:
    figure.locator("input[name='step']").press("Home")
    return figure.locator("label.step .value").inner_text()


def seeds(figure: Locator) -> str:
    figure.locator(f"input[value='{OTHER.seed}']").check()
    expect(figure.page).to_have_url(re.compile(rf"\?seed={OTHER.seed}$"))
    return figure.page.url


def constructed(figure: Locator) -> str:
    figure.locator("input[name='neurons']").fill("4")
    return figure.locator(".counted").first.inner_text()


def swept(figure: Locator) -> str:
    figure.locator(".cell").last.focus()
    return figure.locator(".focus").inner_text()


ASK: dict[str, Callable[[Locator], str]] = {
    "interference": interference,
    "neurons": neurons,
    "seeds": seeds,
    "sum": constructed,
    "error": constructed,
    "map": swept,
}
"""What a reader does with a figure, and what it answers."""


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_any_two_widgets_on_a_page_work(
    browser: Browser, folder: Path, one: str, other: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto((folder / f"{one}-{other}.html").as_uri())
    before = {
        name: page.locator(f"#figure-{name} .sheet").inner_html()
        for name in (f"{one}-1", f"{other}-2")
    }
    for kind, number in ((one, 1), (other, 2)):
        figure = page.locator(f"#figure-{kind}-{number}")
        assert ASK[kind](figure)
        now = figure.locator(".sheet").inner_html()
        assert kind == "seeds" or now != before[f"{kind}-{number}"]
    assert watched.complaints == []
    page.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_two_charts_of_the_same_seeds_show_the_same_choice(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "seeds-seeds.html").as_uri())
    seeds(page.locator("#figure-seeds-1"))
    assert page.locator(f"#figure-seeds-2 input[value='{OTHER.seed}']").is_checked()
    page.locator(f"#figure-seeds-2 input[value='{RUN.seed}']").check()
    expect(page).to_have_url(re.compile(r"\.html$"))
    assert page.locator(f"#figure-seeds-1 input[value='{RUN.seed}']").is_checked()
    page.close()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_neurons_widget_shows_the_chosen_seed(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "neurons-seeds.html").as_uri())
    neurons(page.locator("#figure-neurons-1"))
    line = page.locator("#figure-neurons-1 .large .wave .line").first
    before = line.get_attribute("d")
    seeds(page.locator("#figure-seeds-2"))
    assert page.locator("#figure-neurons-1 .other-seed:visible").count() == 1
    assert line.get_attribute("d") != before
    assert page.locator("#figure-neurons-1 label.step .value").inner_text() == "0"
    page.close()


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_ids_on_a_page_are_unique(folder: Path, one: str, other: str) -> None:
    ids = Outline.of((folder / f"{one}-{other}.html").read_text()).ids
    assert [name for name, count in Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("path", sorted((SITE / "assets").glob("*.js")), ids=lambda path: path.name)
def test_a_script_defines_no_global_names(path: Path) -> None:
    lines = path.read_text().splitlines()
    outside = [line for line in lines if line and not line.startswith((" ", "//", "{", "}"))]
    shared = ('"use strict";', "window.Construction")
    assert [line for line in outside if not line.startswith(shared)] == []


@pytest.mark.parametrize("kind", ["embedding", "seeds"])
def test_a_figure_that_is_the_same_for_every_seed_refuses_every_seed(kind: str) -> None:
    run = circle_run()
    with pytest.raises(ValueError, match="every_seed is for"):
        figure_kinds()[kind](model="m", every_seed=True).check(run.task, run.network)


@pytest.mark.parametrize("template", ["chart", "film", "interference", "neurons"])
def test_the_template_of_a_figure_of_one_run_can_show_other_seeds(template: str) -> None:
    markup = (TEMPLATES / f"{template}.html.jinja").read_text()
    assert "data-seeded" in markup and "other_seed" in markup
