"""Scripts of figures far down a page: when they are loaded, and in which order they run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gen.figures.construction_error import ConstructionError
from gen.figures.construction_sum import ConstructionSum
from gen.i18n import Words
from gen.site.pages.render import render_pages
from tests.support.browsing import LONG, Watched, focus, paint
from tests.support.intervene_page import write_page
from tests.support.line_runs import solved_run
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme

EN = Words("en")
FAR = "Text.\n\n" * 200
PAGE = f"{FAR}::: figure sum\nPlay.\n:::\n\n{FAR}::: figure error\nError.\n:::\n"
SUM, ERROR = "#figure-sum[data-live]", "#figure-error[data-live]"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("late_scripts")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("late")
    figures = {
        name: placed_widget(name, figure, None, EN)
        for name, figure in {"sum": ConstructionSum(), "error": ConstructionError()}.items()
    }
    pages = render_pages(site("index"), "en", {"index": FRONT + PAGE}, figures, {}, EN, TEMPLATES)
    write_theme(folder)
    for path, content in pages.items():
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def watched(browser: Browser, folder: Path) -> Iterator[Watched]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto((folder / "index.html").as_uri())
    yield watched
    page.close()


def late(watched: Watched) -> list[str]:
    """Return the scripts of figures that were requested, in their order."""
    watched.page.wait_for_timeout(300)
    names = [one.rpartition("/")[2] for one in watched.requests]
    return [name for name in names if name.startswith("construction") and name.endswith(".js")]


def until_complained(watched: Watched) -> None:
    """Wait until the page says that a script is not there."""
    for _ in range(LONG // 20):
        if watched.complaints:
            return
        watched.page.wait_for_timeout(20)
    raise AssertionError("no script was missed")


def scroll_to(page: Page, figure: str) -> None:
    page.locator(figure).evaluate("one => one.scrollIntoView()")


def test_scripts_are_loaded_when_a_figure_that_needs_them_comes_near(watched: Watched) -> None:
    page = watched.page
    assert late(watched) == []
    assert page.locator("#figure-sum .settings").is_hidden()
    scroll_to(page, "#figure-sum")
    expect(page.locator(SUM)).to_have_count(1)
    assert late(watched) == ["construction-maths.js", "construction.js"]
    scroll_to(page, "#figure-error")
    expect(page.locator(ERROR)).to_have_count(1)
    assert late(watched)[2:] == ["construction-error.js"]
    assert watched.complaints == []


def test_a_figure_has_started_before_it_is_in_the_window(watched: Watched) -> None:
    page = watched.page
    page.locator("#figure-sum").evaluate(
        "one => scrollTo(0, one.getBoundingClientRect().top - 1.9 * innerHeight)"
    )
    expect(page.locator(SUM)).to_have_count(1)
    top = page.locator("#figure-sum").evaluate("one => one.getBoundingClientRect().top")
    assert top > 900


def test_the_tab_key_starts_all_figures_so_that_it_reaches_their_controls(
    watched: Watched,
) -> None:
    page = watched.page
    page.keyboard.press("Tab")
    expect(page.locator(f"{SUM}, {ERROR}")).to_have_count(2)
    focus(page.locator("#figure-sum input[name='neurons']"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "modulus"


def test_a_script_that_could_not_be_loaded_is_tried_again(watched: Watched, folder: Path) -> None:
    page = watched.page
    script, aside = folder / "assets" / "construction-maths.js", folder / "aside.js"
    script.rename(aside)
    scroll_to(page, "#figure-sum")
    until_complained(watched)
    assert page.locator(SUM).count() == 0
    assert page.locator("#figure-sum .chart > svg:visible").count() == 1
    assert any("construction-maths.js could not be loaded" in one for one in watched.complaints)
    aside.rename(script)
    page.evaluate("scrollTo(0, 0)")
    paint(page)
    scroll_to(page, "#figure-sum")
    expect(page.locator(SUM)).to_have_count(1)


def test_an_address_with_changes_starts_the_figure_that_makes_them(
    browser: Browser, tmp_path: Path
) -> None:
    write_page(tmp_path, solved_run(), ("map", "weights", "accuracy"))
    path = tmp_path / "index.html"
    opening = '<figure class="intervene'
    far = "<p>Text.</p>" * 300
    html = path.read_text("utf-8")
    assert html.count(opening) == 1
    path.write_text(html.replace(opening, far + opening), "utf-8")
    page = browser.new_page()
    for query, count in (("", 0), ("?cut=n3", 1), ("?cut-m=n3", 1), ("?cutting=n3", 0)):
        page.goto(path.as_uri() + query)
        if count == 0:
            page.wait_for_timeout(300)
        expect(page.locator("figure.intervene[data-live]")).to_have_count(count)
    page.close()


def test_the_search_is_loaded_when_it_is_opened_and_finds_what_was_typed_before(
    watched: Watched,
) -> None:
    page = watched.page

    def asked() -> list[str]:
        names = [one.rpartition("/")[2] for one in watched.requests if "assets/search" in one]
        return [name for name in names if name.endswith(".js")]

    assert asked() == ["search-open.js"]
    page.keyboard.press("/")
    page.keyboard.type("play")
    expect(page.locator(".search li")).to_have_count(1)
    assert asked() == ["search-open.js", "search.js", "search.en.js"]
    assert watched.complaints == []


def test_a_search_that_could_not_be_loaded_is_tried_again(watched: Watched, folder: Path) -> None:
    page = watched.page
    script, aside = folder / "assets" / "search.js", folder / "aside.js"
    script.rename(aside)
    page.keyboard.press("/")
    until_complained(watched)
    aside.rename(script)
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#search input")).to_be_focused()
    page.keyboard.type("play")
    expect(page.locator(".search li")).to_have_count(1)
