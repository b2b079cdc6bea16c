"""axe finds no accessibility problem on any page, in a light narrow and a dark wide window."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_browser import PAGES, TRANSLATIONS
from tests.support.browsing import started

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(" | ")}`)"""


PHONE, DESK = 360, 1280


@pytest.mark.parametrize(
    ("pages", "scheme", "width"),
    [
        (PAGES, "light", PHONE),
        (TRANSLATIONS, "dark", DESK),
    ],
)
def test_axe_finds_nothing(
    browser: Browser, article_site: Path, pages: tuple[str, ...], scheme: str, width: int
) -> None:
    """English is tested light and narrow, Chinese dark and wide; so each page is tested in both."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    # The content security policy of the pages would block axe.
    context = browser.new_context(
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",  # text that fades in has little contrast for a moment
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for name in pages:
        page.goto((article_site / f"{name}.html").as_uri())
        started(page)
        page.evaluate(axe)
        found[name] = page.evaluate(_RUN)
    context.close()
    assert {name: all_of for name, all_of in found.items() if all_of} == {}
