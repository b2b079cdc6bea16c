"""A sweep map of several architectures in a browser: the formula follows the cell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import pytest
from playwright.sync_api import Browser, Page

from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.site.pages.figures import PlacedWidget
from gen.site.pages.render import render_pages
from tests.support.article import article_config
from tests.support.browsing import focus, started, watched_page
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme
from tests.support.sweep_runs import sweep_run

SITE = Path(__file__).parents[2] / "site"
EN = Words("en")
SWEEP = article_config().sweeps["constraints"]
DRAWN = SweepMap(sweep="constraints").render(sweep_run(SWEEP), EN).drawing

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("constraints_page")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("constraints")
    figure = PlacedWidget("map", "constraints", "map", DRAWN, "data/constraints.csv", 800, "Map.")
    text = {"index": f"{FRONT}::: figure map wide\nThe map.\n:::\n"}
    pages = render_pages(site("index"), "en", text, {"map": figure}, {}, EN, TEMPLATES)
    write_theme(folder)
    for path, content in pages.items():
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / "index.html") as page:
        yield page


def formula(page: Page) -> str:
    """Return the visible formula as plain text."""
    seen = page.locator(".formulas span:visible")
    assert seen.count() == 1
    return normalize("NFKC", seen.inner_text())


def test_the_formula_follows_the_focused_cell(page: Page) -> None:
    focus(page.locator(".cell[tabindex='0']"))
    page.keyboard.press("Home")
    assert page.locator(".focus").inner_text().startswith("One table, table width 32")
    first = formula(page)
    assert first.count("E") == 3 and "U" not in first and "W" not in first
    page.keyboard.press("PageDown")
    second = formula(page)
    assert second.count("E") == 2 and second.count("U") == 1
    page.keyboard.press("ArrowUp")
    assert formula(page) == second
    page.keyboard.press("End")
    last = formula(page)
    assert last.count("W") == 3 and "E" not in last
    page.locator(".cell").first.hover()
    assert formula(page) == first


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_formulas_fit_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    for title in page.locator(".panel-title").all():
        inside = title.evaluate("t => t.scrollWidth <= t.clientWidth + 1")
        assert inside, title.inner_text()


def test_without_scripts_the_formula_of_the_described_cell_is_shown(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator(".focus").inner_text() == DRAWN.focus
    assert len(formula(page)) > 5
    assert page.locator(".panel-title math").count() == 7
    context.close()


def test_curves_are_labelled_and_numbers_have_the_format_of_the_text(page: Page) -> None:
    names = page.locator(".curves text").all_text_contents()
    assert {"Loss", "train", "test", "Step", "memorises", "generalises"} <= set(names)
    assert page.locator(".key").inner_text().split() == ["Loss,", "log", "scale", "train", "test"]
    assert page.locator(".axis-name").inner_text() == "Step, log scale"
    values = page.locator(".thresholds .value").all_inner_texts()
    assert values == ["0.01", "30"]
    slider = page.locator("input[name='ratio']")
    slider.fill("4.7")
    shown = page.locator(".value[data-name='ratio']").inner_text()
    assert shown == EN.number(5e4) == "50,000"
    page.locator("input[name='loss']").fill("-5")
    assert page.locator(".value[data-name='loss']").inner_text() == EN.number(1e-5)


def test_moved_thresholds_show_how_many_models_their_accuracies_contradict(
    page: Page,
) -> None:
    line = page.locator(".contradicted")
    assert not line.is_visible()
    page.locator("input[name='loss']").fill("-7")
    assert line.is_visible() and " of 252 " in line.inner_text()


def test_the_hint_on_a_touch_screen_says_tap(browser: Browser, folder: Path, page: Page) -> None:
    assert page.locator(".hint").inner_text() == EN("map.hint")
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    tapped = phone.new_page()
    tapped.goto((folder / "index.html").as_uri())
    started(tapped)
    assert tapped.locator(".hint").inner_text() == EN("map.hint_touch")
    phone.close()
