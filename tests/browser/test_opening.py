"""The figure that opens the landing page: it plays once by itself, and gives way to the reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.support.timeline_page import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LAST, MIDDLE, EARLY = 1000, 700, 300
"""The last step of the model in the preview profile, and two before it, with snapshots."""

STATE = "(() => { const [t] = grokreel.timelines; return [t.playing, t.step, location.search]; })()"
MOVE = """(step) => {
  const slider = document.querySelector(".timeline input[type=range]");
  slider.value = step;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
}"""


def opened(browser: Browser, article_site: Path, query: str = "", **options: Any) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 1200}, **options)
    page.goto((article_site / "index.html").as_uri() + query)
    return page


@pytest.fixture
def page(browser: Browser, article_site: Path) -> Iterator[Page]:
    page = opened(browser, article_site)
    yield page
    page.close()


def test_it_plays_once_from_the_first_step_to_the_last_and_leaves_the_address(page: Page) -> None:
    until(page, "grokreel.timelines[0].playing")
    assert page.evaluate("grokreel.timelines[0].step") < LAST / 2
    page.evaluate("grokreel.timelines[0].setSpeed(8)")
    until(page, "grokreel.timelines[0].step === grokreel.timelines[0].last")
    page.wait_for_timeout(400)
    playing, step, search = page.evaluate(STATE)
    assert not playing and step == LAST and search == ""


def test_a_reader_who_moves_the_slider_while_it_plays_is_at_that_step_at_once(page: Page) -> None:
    until(page, "grokreel.timelines[0].playing")
    page.evaluate(MOVE, MIDDLE)
    assert page.evaluate(STATE)[:2] == [False, MIDDLE]
    page.wait_for_timeout(2000)
    assert page.evaluate(STATE)[:2] == [False, MIDDLE]


@pytest.mark.parametrize(
    ("query", "options", "step"),
    [(f"?step={EARLY}", {}, EARLY), ("", {"reduced_motion": "reduce"}, LAST)],
    ids=["a step in the address", "reduced motion"],
)
def test_it_does_not_play_for_who_asks_for_a_step_or_for_no_motion(
    browser: Browser, article_site: Path, query: str, options: dict[str, Any], step: int
) -> None:
    page = opened(browser, article_site, query, **options)
    until(page, "!document.querySelector('figure .live').hidden")
    page.wait_for_timeout(500)
    assert page.evaluate(STATE)[:2] == [False, step]
    page.close()
