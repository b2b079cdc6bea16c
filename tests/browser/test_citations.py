"""Cards of cited works: by mouse, keyboard and touch, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browsing import focus
from tests.support.small_pages import FRONT, rendered, site, write_theme

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("citations")]
TEXT = "As [@nanda2023] and [@gromov2023] say. " + "More.\n\n" * 60
NANDA = "Neel Nanda, Lawrence Chan, Tom Lieberum (2023). Progress measures & more. ICLR."


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("citations")
    write_theme(folder)
    for path, content in rendered(site("index"), {"index": FRONT + TEXT}).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    return (folder / "index.html").as_uri()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(address)
    page.locator(".cited-work").wait_for(state="attached")
    yield page
    page.close()


def test_the_mouse_opens_the_card_and_can_enter_it(page: Page) -> None:
    card = page.locator(".cited-work")
    page.get_by_role("link", name="Nanda et al. (2023)").hover()
    expect(card).to_contain_text(NANDA)
    expect(card).not_to_contain_text("↩")
    card.get_by_role("link", name="Progress measures & more").hover()
    page.wait_for_timeout(400)
    expect(card).to_be_visible()
    page.mouse.move(5, 5)
    expect(card).to_be_hidden()


def test_the_card_follows_the_focus_and_escape_closes_it(page: Page) -> None:
    card = page.locator(".cited-work")
    nanda, gromov = (page.get_by_role("link", name=name) for name in ("Nanda et al.", "Gromov ("))
    focus(nanda)
    expect(nanda).to_have_attribute("aria-describedby", "cited-work")
    focus(gromov)
    expect(card).to_contain_text("Andrey Gromov (2023). Grokking modular arithmetic. arXiv.")
    assert nanda.get_attribute("aria-describedby") is None
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(gromov).to_be_focused()


def test_a_tap_opens_the_card_and_a_second_one_follows_the_link(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 700})
    page = context.new_page()
    page.goto(address)
    card = page.locator(".cited-work")
    card.wait_for(state="attached")
    link = page.get_by_role("link", name="Nanda et al. (2023)")
    link.tap()
    expect(card).to_be_visible()
    box = card.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    assert page.url == address
    link.tap()
    page.wait_for_url("**#work-nanda2023")
    expect(card).to_be_hidden()
    context.close()


def test_without_scripts_a_citation_leads_to_the_list(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("link", name="Nanda et al. (2023)").click()
    assert page.url.endswith("#work-nanda2023")
    expect(page.locator(".cited-work")).to_have_count(0)
    context.close()
