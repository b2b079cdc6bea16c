"""Arrows of moments in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.support import seed_site
from tests.support.browsing import Watched, started

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("arrows")]

FIGURE = "#figure-sum-weights"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a page whose figure has an arrow from step 0 to step 60."""
    folder = tmp_path_factory.mktemp("arrows")
    seed_site.build_here(folder)
    return (folder / "_site" / "fifth.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto(f"{address}?step=0")
    started(page)
    yield page
    assert watched.complaints == []
    page.close()


def arrows(page: Page) -> Locator:
    return page.locator(f"{FIGURE} .player > .arrows")


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box is not None
    return box


@pytest.mark.parametrize("width", [390, 1280])
def test_the_tip_lies_at_the_cell_and_the_pointer_reads_the_cell_below(
    page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    expect(page.locator(f"{FIGURE}.lives")).to_be_visible()
    page.locator(FIGURE).scroll_into_view_if_needed()
    cell, arrow = box_of(arrows(page).locator("rect")), box_of(arrows(page).locator("path"))
    assert abs(arrow["x"] - cell["x"] - cell["width"]) <= 4
    assert abs(arrow["y"] + arrow["height"] / 2 - cell["y"] - cell["height"] / 2) <= 1
    page.mouse.move(cell["x"] + cell["width"] / 2, cell["y"] + cell["height"] / 2)
    expect(page.locator(f"{FIGURE} .readout")).to_contain_text("neuron 2 · number 3")
    spot = box_of(page.locator(f"{FIGURE} .spot"))
    for side in ("x", "y"):
        assert spot[side] == pytest.approx(cell[side], abs=2)


def test_an_arrow_comes_and_goes_with_its_sentence(page: Page) -> None:
    expect(page.get_by_text("A cell.")).to_be_visible()
    expect(arrows(page)).to_be_visible()
    page.locator(".timeline input").press("End")
    expect(page.get_by_text("No cell.")).to_be_visible()
    expect(arrows(page)).to_be_hidden()


def test_an_arrow_is_hidden_with_another_seed(page: Page, address: str) -> None:
    page.goto(f"{address}?step=0&seed=2")
    started(page)
    expect(page.locator(f"{FIGURE} .other-seed")).to_be_visible()
    expect(arrows(page)).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_arrow_has_the_colour_of_the_text(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    expect(page.locator(f"{FIGURE}.lives")).to_be_visible()
    colours = page.evaluate(
        "(figure) => [getComputedStyle(document.querySelector(`${figure} .arrows path`)).stroke,"
        " getComputedStyle(document.querySelector(`${figure} .moments`)).color]",
        FIGURE,
    )
    assert colours[0] == colours[1]


def test_without_scripts_there_is_no_arrow(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text("A cell.")).to_be_visible()
    expect(page.locator(".arrows")).to_be_hidden()
    context.close()


def test_in_the_dark_a_sentence_over_a_film_is_as_dark_as_the_film_is_light(
    browser: Browser, address: str
) -> None:
    """A browser that cannot read packs shows the film, on a light card."""
    page = browser.new_page(color_scheme="dark")
    page.add_init_script("delete globalThis.DecompressionStream")
    page.goto(f"{address}?step=0")
    expect(page.get_by_text("A cell.")).to_be_visible()
    ground, ink = page.evaluate(
        "(figure) => [['.screen', 'backgroundColor'], ['.moments', 'color']].map(([part, name]) =>"
        " getComputedStyle(document.querySelector(`${figure} ${part}`))[name])",
        FIGURE,
    )
    page.close()
    assert min(map(int, re.findall(r"\d+", ground)[:3])) > 240
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80
