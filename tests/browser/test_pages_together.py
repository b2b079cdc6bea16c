"""Links between pages carry seed, step and pins, and each page reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gen.i18n import Words
from gen.interactive.pack import pack_of, pack_script
from gen.site.pages.figures import PlacedChart
from gen.site.pages.render import render_pages
from tests.support.browsing import watched_page
from tests.support.intervene_page import pack_of_seed, placed_figure
from tests.support.line_runs import solved_run, waves_run
from tests.support.node import run_scripts
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme
from tests.support.timeline_page import step, until

EN = Words("en")
RUN = solved_run()
OTHER = replace(waves_run(snapshots=21), seed=1)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages_together")]

PLACED = {
    "index": "seeds sum accuracy",
    "second": "sum accuracy other",
    "third": "other",
    "fourth": "sum",
}
"""The figures of each page; `other` is of another model."""

LINKS = "[on](fourth.md#figure-sum), [file](data/sum.csv)\n\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    figures = {name: placed_figure(name, RUN, EN) for name in ("seeds", "sum", "accuracy")}
    chart = figures["accuracy"]
    assert isinstance(chart, PlacedChart)
    figures["other"] = replace(chart, id="other", model="n")
    by_seed = {"m": {0: {"sum": figures["sum"]}, 1: {"sum": placed_figure("sum", OTHER, EN)}}}
    sources = {
        page: FRONT
        + LINKS
        + "".join(f"::: figure {name} wide\nA figure.\n:::\n\n" for name in names.split())
        for page, names in PLACED.items()
    }
    pages = render_pages(site(*PLACED), "en", sources, figures, {}, EN, TEMPLATES, by_seed=by_seed)
    write_theme(folder)
    for path, content in pages.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    for run in (RUN, OTHER):
        name = pack_of_seed(run)
        (folder / f"{name}.js").write_text(pack_script(name, pack_of(run)))
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / "index.html") as page:
        yield page


def go(page: Page, link: str) -> None:
    before = page.evaluate("location.pathname")
    page.locator(link).first.click()
    until(page, f"location.pathname !== '{before}' && document.readyState === 'complete'")


def check_seed(page: Page, seed: int) -> None:
    expect(page.locator("#figure-sum .sheet")).to_have_attribute("data-pack", f"m.run-{seed}")
    note = page.locator("#figure-sum .other-seed")
    expect(note).to_be_visible(visible=seed != 0)


def choose(page: Page, seed: int, at: int) -> None:
    page.locator(f"input[type='radio'][value='{seed}']").first.check()
    check_seed(page, seed)
    page.evaluate("(at) => grokreel.timelines[0].seek(at)", at)
    until(page, f"location.search === '?seed={seed}&step={at}'")


def test_seed_and_step_are_kept_from_chapter_to_chapter(page: Page) -> None:
    choose(page, 1, 10000)
    go(page, "a[rel='next']")
    # Two models: the step of the other one is as it was.
    check_seed(page, 1)
    steps = page.evaluate("grokreel.timelines.map(({ model, step }) => [model, step])")
    assert steps == [["m", 10000], ["n", 50000]]
    go(page, "a[rel='next']")
    assert step(page) == 50000
    go(page, "nav[aria-label] ol a[href^='fourth']")
    check_seed(page, 1)
    go(page, ".home")
    check_seed(page, 1)
    assert step(page) == 10000
    # The page has one model, so its parameters have the short names again.
    page.evaluate("() => grokreel.timelines[0].seek(12500)")
    until(page, "location.search === '?seed=1&step=12500'")


def test_links_of_the_text_to_pages_carry_them_too(page: Page) -> None:
    choose(page, 1, 10000)
    go(page, "main a:text('on')")
    check_seed(page, 1)
    assert page.url.endswith("fourth.html?seed=1&step-m=10000#figure-sum")
    page.go_back()
    check_seed(page, 1)
    page.locator("main a:text('file')").dispatch_event("pointerdown")
    assert page.locator("main a:text('file')").get_attribute("href") == "data/sum.csv"


def test_a_page_without_a_chooser_goes_back_to_the_seed_of_the_text(page: Page) -> None:
    choose(page, 1, 10000)
    go(page, "main a:text('on')")
    check_seed(page, 1)
    page.locator("#figure-sum .other-seed button").click()
    check_seed(page, 0)
    assert "seed" not in page.url
    go(page, ".home")
    check_seed(page, 0)


def test_what_is_as_the_text_has_it_is_not_carried(page: Page) -> None:
    go(page, "a[rel='next']")
    assert page.url.endswith("second.html")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("a.html", "a.html?seed-m=1"),
        ("../zh/a.html#b", "../zh/a.html?seed-m=1#b"),
        ("./", "./?seed-m=1"),
        ("a.html?seed=2", "a.html?seed=2"),
        ("#b", "#b"),
        ("data/a.csv", "data/a.csv"),
        ("https://example.org/a.html", "https://example.org/a.html"),
        ("//example.org/a.html", "//example.org/a.html"),
        ("mailto:a@b.html", "mailto:a@b.html"),
    ],
)
def test_only_links_to_pages_of_the_site_carry_parameters(address: str, expected: str) -> None:
    function = "(address) => grokreel.place.withParameters(address, 'seed-m=1')"
    assert run_scripts(["place.js"], function, address) == expected


def test_links_have_long_names_whatever_the_page_has() -> None:
    function = """(search) => {
      const { carried, parameterOf } = grokreel.page;
      parameterOf("step", "one", false);
      parameterOf("cut", "one", false);
      return carried(search);
    }"""
    search = "?step=5&seed-two=3&neuron-two=7&cut=n1&a=5&seed=9&stepping=3"
    assert run_scripts([], function, search) == "step-one=5&seed-two=3&neuron-two=7"


@pytest.mark.parametrize(
    ("search", "expected"),
    [("?step-one=5", "5"), ("?step=4&step-one=5", "4"), ("?step-two=5", None)],
)
def test_a_page_with_one_model_reads_both_names(search: str, expected: str | None) -> None:
    function = """(search) => {
      const { given, parameterOf } = grokreel.page;
      return given(parameterOf("step", "one", false), search);
    }"""
    assert run_scripts([], function, search) == expected


def test_a_page_with_several_models_reads_the_long_name() -> None:
    function = """(search) => {
      const { given, parameterOf } = grokreel.page;
      return ["one", "two"].map((model) => given(parameterOf("step", model, true), search));
    }"""
    assert run_scripts([], function, "?step=4&step-two=5") == [None, "5"]
