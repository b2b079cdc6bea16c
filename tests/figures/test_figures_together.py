"""All interactive figures on one page, in a real browser: each works beside every other."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gen.analysis.seeds import SeedRuns
from gen.charts.chart import Chart, series_names
from gen.charts.svg import to_svg
from gen.experiments.runs import ModelRun
from gen.figures.construction_error import ConstructionError
from gen.figures.construction_sum import ConstructionSum
from gen.figures.figure import figure_kinds
from gen.figures.interference import Interference
from gen.figures.neurons import Neurons
from gen.figures.seeds import Seeds
from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.interactive.pack import pack_of, pack_script
from gen.site.pages.figures import BySeed, PlacedChart, PlacedFigure, PlacedFilm, PlacedWidget
from gen.site.pages.render import render_pages
from gen.site.timing import chart_timing
from tests.support import small_pages
from tests.support.article import article_config
from tests.support.browsing import Watched, focus
from tests.support.line_runs import circle_run, solved_run, waves_run
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import FRONT, TEMPLATES, Outline, site, write_theme
from tests.support.sweep_runs import sweep_run

SITE = Path(__file__).parents[2] / "site"
EN = Words("en")
RUN = solved_run()
OTHER = replace(waves_run(), seed=RUN.seed + 1)
SWEEP = sweep_run(article_config().sweeps["constraints"])

WIDGETS: dict[str, tuple[Any, Any]] = {
    "interference": (Interference(model="m", a=10, b=20), RUN),
    "neurons": (Neurons(model="m"), RUN),
    "seeds": (Seeds(model="m"), SeedRuns((RUN, OTHER), RUN.seed)),
    "sum": (ConstructionSum(), None),
    "error": (ConstructionError(), None),
    "map": (SweepMap(sweep="constraints"), SWEEP),
}
"""Figures with a script of their own, and the data they show."""

KINDS = [*WIDGETS, "chart", "film"]
"""All interactive figures; charts and films follow the timeline."""


def placed(name: str, kind: str) -> PlacedFigure:
    if kind == "film":
        return film(name)
    if kind == "chart":
        return chart(name)
    widget = placed_widget(name, *WIDGETS[kind], EN)
    return with_pack(widget, RUN) if kind == "neurons" else widget


def with_pack(widget: PlacedWidget, run: ModelRun) -> PlacedWidget:
    name = f"m.run-{run.seed}"
    return replace(widget, pack=name, pack_script=f"media/{name}.js")


def chart(name: str) -> PlacedChart:
    figure = figure_kinds()["loss"](model="m")
    drawn, alt = figure.render(RUN, EN), figure.alt(RUN, EN)
    assert isinstance(drawn, Chart)
    svg, timing = to_svg(drawn, name, alt), chart_timing(drawn, RUN, EN)
    files = f"media/{name}.svg", f"data/{name}.csv"
    return PlacedChart(name, "m", svg, *files, 800, alt, timing, series_names(drawn))


def film(name: str) -> PlacedFilm:
    steps = [int(step) for step in RUN.snapshot_steps]
    timing = {"fps": 10, "steps": steps, "ticks": [1] * len(steps), "marks": []}
    placed = small_pages.film(name)
    assert placed.film is not None
    files = replace(
        placed.film,
        mp4="media/film.mp4",
        gif="assets/favicon.svg",
        poster="assets/favicon.svg",
        small="assets/favicon.svg",
    )
    return replace(placed, model="m", film=files, timing=json.dumps(timing))


def write_film(path: Path) -> None:
    """Write a film with a frame for each snapshot, from black to grey."""
    path.parent.mkdir()
    frames = imageio_ffmpeg.write_frames(str(path), (64, 48), fps=10, ffmpeg_log_level="error")
    frames.send(None)
    for brightness in range(len(RUN.snapshot_steps)):
        frames.send(bytes([5 * brightness]) * (64 * 48 * 3))
    frames.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a page of all figures, and one of two figures for each kind."""
    folder = tmp_path_factory.mktemp("together")
    write_theme(folder)
    write_film(folder / "media" / "film.mp4")
    figures = {f"{kind}-{n}": placed(f"{kind}-{n}", kind) for kind in KINDS for n in (1, 2)}
    others = Interference(model="m", a=10, b=20), Neurons(model="m")
    by_seed: BySeed = {"m": {run.seed: {} for run in (RUN, OTHER)}}
    for run in (RUN, OTHER):
        for figure in others:
            for n in (1, 2):
                name = f"{figure.kind}-{n}"
                widget = placed_widget(name, figure, run, EN)
                neurons = isinstance(figure, Neurons)
                by_seed["m"][run.seed][name] = with_pack(widget, run) if neurons else widget
        pack = f"m.run-{run.seed}"
        (folder / "media" / f"{pack}.js").write_text(pack_script(pack, pack_of(run)))
    pages_of = {kind: [f"{kind}-1", f"{kind}-2"] for kind in KINDS}
    pages_of["all"] = [f"{kind}-{n}" for n in (1, 2) for kind in KINDS]
    pages_of["some"] = ["neurons-1", "seeds-2", "seeds-1"]
    sources = {"index": FRONT} | {
        page: FRONT + "\n".join(f"::: figure {name} wide\nText.\n:::\n" for name in names)
        for page, names in pages_of.items()
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
    shown = figure.locator("label.step .value")
    figure.locator("input[name='step']").press("End" if shown.inner_text() == "0" else "Home")
    return shown.inner_text()


def seeds(figure: Locator) -> str:
    figure.locator(f"input[value='{OTHER.seed}']").check()
    expect(figure.page).to_have_url(re.compile(rf"[?&]seed={OTHER.seed}(&|$)"))
    return figure.page.url


def constructed(figure: Locator) -> str:
    figure.locator("input[name='neurons']").fill("4")
    return figure.locator(".counted").first.inner_text()


def swept(figure: Locator) -> str:
    focus(figure.locator(".cell").last)
    return figure.locator(".focus").inner_text()


def timeline_step(figure: Locator) -> str:
    return figure.page.locator(".timeline input").input_value()


def arrow(figure: Locator) -> str:
    """The key that changes the step: to the left, at the first step to the right."""
    return "ArrowRight" if timeline_step(figure) == "0" else "ArrowLeft"


def played(figure: Locator) -> str:
    figure.locator("button.play").press(arrow(figure))
    return timeline_step(figure)


def charted(figure: Locator) -> str:
    figure.locator(".chart").press(arrow(figure))
    assert figure.locator(".reading b").last.inner_text()
    return timeline_step(figure)


USE: dict[str, Callable[[Locator], str]] = {
    "interference": interference,
    "neurons": neurons,
    "seeds": seeds,
    "sum": constructed,
    "error": constructed,
    "map": swept,
    "chart": charted,
    "film": played,
}
"""What a reader does with a figure; each returns the text that answers."""


@pytest.mark.browser
@pytest.mark.xdist_group("figures_together")
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("name", ["all", *KINDS])
def test_all_figures_of_a_page_work(
    browser: Browser, folder: Path, name: str, *, backwards: bool
) -> None:
    """On the page of all figures, each is used before and after each of the others."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto((folder / f"{name}.html").as_uri())
    used = [f"{kind}-{n}" for n in (1, 2) for kind in (KINDS if name == "all" else [name])]
    for each in reversed(used) if backwards else used:
        kind = each.partition("-")[0]
        figure = page.locator(f"#figure-{each}")
        figure.scroll_into_view_if_needed()
        before = figure.inner_html(), timeline_steps(page)
        assert USE[kind](figure)
        assert kind == "seeds" or (figure.inner_html(), timeline_steps(page)) != before, each
    assert watched.complaints == []
    page.close()


def timeline_steps(page: Page) -> list[int]:
    steps: list[int] = page.evaluate("(grokreel.timelines ?? []).map(({ step }) => step)")
    return steps


@pytest.mark.browser
@pytest.mark.xdist_group("figures_together")
def test_scripts_have_one_global_name(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    (folder / "plain.html").write_text("<!doctype html><title>No scripts</title>")
    page.goto((folder / "plain.html").as_uri())
    before = set(page.evaluate("Object.keys(window)"))
    page.goto((folder / "all.html").as_uri())
    assert set(page.evaluate("Object.keys(window)")) - before == {"grokreel"}
    page.close()


@pytest.mark.browser
@pytest.mark.xdist_group("figures_together")
def test_two_charts_of_the_same_seeds_show_the_same_choice(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "seeds.html").as_uri())
    seeds(page.locator("#figure-seeds-1"))
    assert page.locator(f"#figure-seeds-2 input[value='{OTHER.seed}']").is_checked()
    page.locator(f"#figure-seeds-2 input[value='{RUN.seed}']").check()
    expect(page).to_have_url(re.compile(r"\.html$"))
    assert page.locator(f"#figure-seeds-1 input[value='{RUN.seed}']").is_checked()
    page.close()


@pytest.mark.browser
@pytest.mark.xdist_group("figures_together")
def test_neurons_are_those_of_the_chosen_seed(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "some.html").as_uri())
    neurons(page.locator("#figure-neurons-1"))
    line = page.locator("#figure-neurons-1 .large .wave .line").first
    before = line.get_attribute("d")
    seeds(page.locator("#figure-seeds-2"))
    assert page.locator("#figure-neurons-1 .other-seed:visible").count() == 1
    assert line.get_attribute("d") != before
    assert page.locator("#figure-neurons-1 label.step .value").inner_text() == "0"
    page.close()


def test_no_two_elements_of_a_page_have_the_same_id(folder: Path) -> None:
    ids = Outline.of((folder / "all.html").read_text()).ids
    assert [name for name, count in Counter(ids).items() if count > 1] == []


@pytest.mark.parametrize("kind", ["embedding", "seeds"])
def test_a_figure_that_is_the_same_for_every_seed_refuses_every_seed(kind: str) -> None:
    run = circle_run()
    with pytest.raises(ValueError, match="every_seed is for"):
        figure_kinds()[kind](model="m", every_seed=True).check(run.task, run.network)


@pytest.mark.parametrize("template", ["chart", "film", "interference", "neurons"])
def test_the_template_of_a_figure_of_one_run_can_show_other_seeds(template: str) -> None:
    markup = (TEMPLATES / f"{template}.html.jinja").read_text()
    assert "data-seeded" in markup and "other_seed" in markup
