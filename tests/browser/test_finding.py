"""Search, language switch and printing in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browsing import Watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.close()


def test_search_results_open_by_keyboard(page: Page, article_site: Path) -> None:
    watched = Watched(page)
    page.goto((article_site / "index.html").as_uri())
    assert not any("search.en" in address for address in watched.requests)
    page.keyboard.press("/")
    page.keyboard.type("radio telescopes")
    result = page.locator(".search a").first
    result.wait_for()
    assert page.locator(".search mark").count() > 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/stars.html#*")
    assert page.evaluate("document.querySelector(location.hash) !== null")
    assert watched.complaints == []


def test_search_finds_chinese_substrings_and_lists_the_language_of_the_page_first(
    page: Page, article_site: Path
) -> None:
    page.goto((article_site / "zh" / "index.html").as_uri())
    page.locator(".search-open").click()
    page.keyboard.type("神经元")
    page.locator(".search a").first.wait_for()
    assert page.locator(".search a").first.evaluate("a => a.href").rpartition("/zh/")[1]
    page.keyboard.press("Escape")  # browsers empty the search field
    page.keyboard.press("Escape")
    assert not page.locator(".search").is_visible()


def test_search_shows_a_message_if_nothing_matches(page: Page, article_site: Path) -> None:
    page.goto((article_site / "index.html").as_uri())
    page.locator(".search-open").click()
    page.keyboard.type("zxqv")
    page.get_by_text("Sections found: 0").wait_for()
    assert page.locator(".search a").count() == 0


def test_the_language_switch_keeps_the_section_and_the_state(
    page: Page, article_site: Path
) -> None:
    page.goto((article_site / "five-neurons.html").as_uri() + "?step=0#why-twice-the-angle")
    page.get_by_role("navigation").get_by_role("link", name="简体中文").evaluate(
        "link => link.click()"
    )
    page.wait_for_url("**/zh/five-neurons.html*")
    assert page.evaluate("location.search + location.hash") == "?step=0#why-twice-the-angle"
    top = "document.querySelector(location.hash).getBoundingClientRect().top"
    assert abs(page.evaluate(top)) < 400
    page.get_by_role("navigation").get_by_role("link", name="English").evaluate(
        "link => link.click()"
    )
    page.wait_for_url(lambda address: "/zh/" not in address)
    assert page.evaluate("location.hash") == "#why-twice-the-angle"


def test_print_shows_films_as_pictures_and_hides_controls(page: Page, article_site: Path) -> None:
    page.goto((article_site / "five-neurons.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator("#figure-five-circle img").is_visible()
    for name in ("header.site nav", ".timeline", ".film .play", ".search-open", ".download"):
        assert not page.locator(name).first.is_visible(), name
    assert page.locator("details.proof > div").first.is_visible()
