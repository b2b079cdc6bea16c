"""The language switch keeps the scroll position of the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.small_pages import FRONT, Outline, rendered, site, write_theme
from tests.support.timeline_page import until

LANGUAGES = ("en", "zh")

TEXT = FRONT + "\n\n".join(f"## Part {part}\n\n" + "A line of text.\n\n" * 30 for part in range(6))


def pages(base_url: str | None = None) -> dict[str, str]:
    of = site("index", languages=LANGUAGES, base_url=base_url)
    return {
        path: html
        for language in LANGUAGES
        for path, html in rendered(of, {"index": TEXT}, language).items()
    }


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    for path, text in pages().items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    write_theme(tmp_path)
    page = browser.new_page(viewport={"width": 1000, "height": 600})
    page.goto((tmp_path / "index.html").as_uri())
    yield page
    page.close()


def landed(page: Page) -> str:
    """Return the id of the last section whose heading is at or above the top of the window."""
    return page.evaluate(
        "[...document.querySelectorAll('h2')]"
        ".filter(h => h.getBoundingClientRect().top < innerHeight / 3).at(-1)?.id ?? ''"
    )


@pytest.mark.browser
@pytest.mark.xdist_group("language_switch")
@pytest.mark.parametrize("switch", ["header .languages a", "footer .languages a"])
def test_the_language_switch_goes_to_the_section_in_view(page: Page, switch: str) -> None:
    page.locator("#part-3").evaluate("heading => heading.scrollIntoView()")
    assert landed(page) == "part-3"
    until(page, "Boolean(grokreel.reading)")
    page.locator(switch).evaluate("link => link.click()")
    page.wait_for_url("**/zh/index.html#part-3")
    assert landed(page) == "part-3"


@pytest.mark.browser
@pytest.mark.xdist_group("language_switch")
def test_at_the_top_of_a_page_the_language_switch_keeps_the_section_of_the_url(page: Page) -> None:
    page.goto(page.url + "#part-2")
    page.evaluate("scrollTo(0, 0)")
    page.locator("header .languages a").click()
    page.wait_for_url("**/zh/index.html#part-2")
    assert landed(page) == "part-2"


@pytest.mark.browser
@pytest.mark.xdist_group("language_switch")
def test_at_the_foot_of_a_page_the_language_switch_goes_to_the_last_section(page: Page) -> None:
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    until(page, "Boolean(grokreel.reading)")
    page.locator("footer .languages a").click()
    page.wait_for_url("**/index.html#part-5")


@pytest.mark.browser
@pytest.mark.xdist_group("language_switch")
@pytest.mark.parametrize("switch", ["header .languages a", "footer .languages a"])
def test_who_read_a_section_and_went_to_the_switch_comes_back_to_it(
    page: Page, switch: str
) -> None:
    page.clock.install()
    page.reload()
    page.locator("#part-3").evaluate("heading => heading.scrollIntoView()")
    until(page, "Boolean(grokreel.reading)")
    page.clock.fast_forward(2000)
    page.locator(switch).click()
    page.wait_for_url("**/zh/index.html#part-3")


@pytest.mark.parametrize("base_url", [None, "https://example.org/site/"])
def test_the_head_of_a_page_links_its_translations(base_url: str | None) -> None:
    written = pages(base_url)
    for path in ("index.html", "zh/index.html"):
        links = {
            link["hreflang"]: link["href"]
            for link in Outline.of(written[path]).every("link")
            if link.get("rel") == "alternate"
        }
        if base_url:
            assert links == {"en": base_url, "zh": f"{base_url}zh/", "x-default": base_url}
        else:
            assert links == {}  # search engines take absolute addresses alone
