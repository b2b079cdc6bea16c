"""axe finds nothing on any page, in light on a telephone and in dark on a desk."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_browser import PAGES, TRANSLATIONS

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
    browser: Browser, site: Path, pages: tuple[str, ...], scheme: str, width: int
) -> None:
    """Each language is looked at in one way, so that every page is in both."""
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    # The policy of the pages would keep out axe itself.
    context = browser.new_context(
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    found: dict[str, list[str]] = {}
    for name in pages:
        page.goto((site / f"{name}.html").as_uri())
        page.evaluate(axe)
        found[name] = page.evaluate(_RUN)
    context.close()
    assert {name: all_of for name, all_of in found.items() if all_of} == {}
