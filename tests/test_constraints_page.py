"""A map whose networks are built differently, in a real browser: the formula follows the cell."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from unicodedata import normalize

import pytest
from playwright.sync_api import Browser, Page

from gen.config import load
from gen.figures.sweep_map import Map
from gen.pages.figures import PlacedDrawing
from gen.pages.site import render_pages
from gen.words import Words
from tests.browsing import Watched
from tests.small_pages import FRONT, TEMPLATES, site
from tests.sweep_runs import sweep_run

SITE = Path(__file__).parent.parent / "site"
EN = Words("en")
SWEEP = load(SITE / "gen.toml").sweeps["constraints"]
DRAWN = Map(sweep="constraints").draw(sweep_run(SWEEP), EN)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("constraints")
    figure = PlacedDrawing("map", "constraints", "map", DRAWN, "data/constraints.csv", 800, "Map.")
    text = {"index": f"{FRONT}::: figure map wide\nThe map.\n:::\n"}
    pages = render_pages(site("index"), "en", text, {"map": figure}, {}, EN, TEMPLATES)
    shutil.copytree(SITE / "assets", folder / "assets")
    for path, content in pages.items():
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto((folder / "index.html").as_uri())
    yield page
    assert watched.complaints == []
    page.close()


def formula(page: Page) -> str:
    """The one formula that is seen, in plain letters."""
    seen = page.locator(".formulas span:visible")
    assert seen.count() == 1
    return normalize("NFKC", seen.inner_text())


def test_the_formula_is_that_of_the_cell_in_focus(page: Page) -> None:
    page.locator(".cell[tabindex='0']").focus()
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


def test_without_script_the_formula_of_the_cell_that_is_told_of_is_there(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator(".focus").inner_text() == DRAWN.focus
    assert len(formula(page)) > 5
    assert page.locator(".panel-title math").count() == 7
    context.close()
