"""Films of formulas: painted by the page, with a slider over places and a timeline of their own."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browsing import Watched, paint
from tests.support.timeline_page import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("timeline")]

FIGURE = "#figure-by-hand"
OWN = "grokreel.timelines.find(({ places }) => places)"
OTHERS = "grokreel.timelines.filter(({ places }) => !places).map(({ step }) => step)"

_PICTURE = """canvas => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let i = 0; i < data.length; i += 4) {
    sum = (31 * sum + data[i] + 3 * data[i + 1] + 7 * data[i + 2] + data[i + 3]) % 1000000007;
  }
  return sum;
}"""


def opened(page: Page, path: Path, query: str = "") -> Locator:
    """Open a page at the figure; return its slider."""
    page.goto(path.as_uri() + query)
    page.locator(FIGURE).scroll_into_view_if_needed()
    slider = page.get_by_role("slider", name="a + b")
    slider.wait_for()
    return slider


def painted(page: Page) -> int:
    """Return a digest of what is painted."""
    paint(page)
    return page.locator(f"{FIGURE} canvas").evaluate(_PICTURE)


def said(page: Page) -> str:
    """Return what stands beside the slider, which screen readers say too."""
    text = page.locator(f"{FIGURE} .places output").inner_text()
    slider = page.locator(f"{FIGURE} .places input")
    assert slider.get_attribute("aria-valuetext") == text
    return text


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    watched = Watched(page)
    yield page
    assert watched.complaints == []
    page.close()


@pytest.fixture(params=["painted.html", "figures/by-hand.html"])
def document(request: pytest.FixtureRequest, timeline_site: Path) -> Path:
    """A page with the figure, and the figure as one file."""
    return timeline_site / request.param


def test_dragging_its_slider_paints_the_figure_and_moves_no_other(
    page: Page, document: Path
) -> None:
    slider = opened(page, document)
    page.locator(f"{FIGURE} canvas").wait_for()
    expect(page.locator(f"{FIGURE} :is(img, video):visible")).to_have_count(0)
    assert said(page) == "2 + 12 → 1"
    last, before = painted(page), page.evaluate(OTHERS)
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.98 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert said(page) == "2 + 6 → 8"
    assert painted(page) != last
    assert page.evaluate(OTHERS) == before


def test_keys_move_it_by_places_and_play_it(page: Page, document: Path) -> None:
    slider = opened(page, document)
    slider.press("Home")
    assert said(page) == "2 + 0 → 2"
    slider.press("ArrowRight")
    assert said(page) == "2 + 1 → 3"
    slider.press("PageUp")
    assert said(page) == "2 + 11 → 0"
    slider.press(" ")
    expect(page.locator(f"{FIGURE} .play")).to_have_accessible_name("Pause")
    slider.press("ArrowLeft")
    expect(page.locator(f"{FIGURE} .play")).to_have_accessible_name("Play")


def test_its_button_plays_from_the_first_place_and_stops_at_the_last(
    page: Page, document: Path
) -> None:
    opened(page, document)
    page.evaluate(f"{OWN}.setSpeed(8)")
    button = page.locator(f"{FIGURE} .play")
    button.click()
    assert page.evaluate(f"{OWN}.step") < 12
    until(page, f"!{OWN}.playing")
    assert said(page) == "2 + 12 → 1"
    expect(button).to_have_accessible_name("Play")


def test_it_stops_when_it_leaves_the_window(page: Page, timeline_site: Path) -> None:
    opened(page, timeline_site / "painted.html")
    page.locator(f"{FIGURE} .play").click()
    page.evaluate("scrollTo(0, 0)")
    until(page, f"!{OWN}.playing")
    assert page.evaluate(f"{OWN}.step") < 12


def test_it_has_no_bar_and_the_bar_of_a_model_is_not_its(page: Page, timeline_site: Path) -> None:
    opened(page, timeline_site / "figures" / "by-hand.html")
    assert page.locator(".timeline").count() == 0
    opened(page, timeline_site / "painted.html")
    page.locator(f"{FIGURE} .play").click()
    assert page.locator(".timeline output").inner_text().startswith("Step ")


def test_the_address_keeps_its_place(page: Page, timeline_site: Path) -> None:
    slider = opened(page, timeline_site / "painted.html", "?step-by-hand=4")
    assert said(page) == "2 + 4 → 6"
    slider.press("ArrowRight")
    until(page, "location.search === '?step-by-hand=5'")


@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 320), ("dark", 1000)])
def test_its_ground_is_that_of_the_page_at_any_width(
    page: Page, document: Path, scheme: str, width: int
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 800})
    slider = opened(page, document)
    page.locator(f"{FIGURE} canvas").wait_for()
    player = page.locator(f"{FIGURE} .player")
    shot = np.asarray(Image.open(BytesIO(player.screenshot())).convert("L"), dtype=float)
    assert (np.median(shot) < 60) == (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = slider.bounding_box()
    assert box is not None and box["width"] > 80 and box["height"] >= 24


def test_with_reduced_motion_it_jumps_by_quarters(browser: Browser, timeline_site: Path) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    opened(page, timeline_site / "painted.html")
    page.evaluate(
        f"() => {{ const own = {OWN}; globalThis.seen = []; const seek = own.seek.bind(own);"
        " own.seek = (at) => { seen.push(at); seek(at); }; own.setSpeed(16); own.play(); }"
    )
    until(page, f"!{OWN}.playing")
    assert page.evaluate("[...new Set(seen)]") == [0, 3, 6, 9, 12]
    context.close()


def test_a_browser_that_cannot_unpack_the_data_scrubs_the_film(
    page: Page, timeline_site: Path
) -> None:
    page.add_init_script("delete globalThis.DecompressionStream")
    slider = opened(page, timeline_site / "painted.html")
    slider.press("Home")
    film = page.locator(f"{FIGURE} video")
    expect(page.locator(f"{FIGURE}.moving")).to_have_count(1)
    assert page.locator(f"{FIGURE} canvas").count() == 0
    assert said(page) == "2 + 0 → 2"
    until(page, f"!document.querySelector('{FIGURE} video').seeking")
    first = film.evaluate("film => film.currentTime")
    slider.press("End")
    until(page, f"document.querySelector('{FIGURE} video').currentTime > {first + 1}")


@pytest.mark.parametrize("broken", ["no script", "no gzip"])
def test_a_single_file_that_cannot_be_painted_has_no_slider(
    browser: Browser, timeline_site: Path, broken: str
) -> None:
    page = browser.new_page(java_script_enabled=broken != "no script")
    if broken == "no gzip":
        page.add_init_script("delete globalThis.DecompressionStream")
    page.goto((timeline_site / "figures" / "by-hand.html").as_uri())
    page.wait_for_timeout(300)
    assert page.locator(f"{FIGURE} img").is_visible()
    assert page.locator(f"{FIGURE} :is(.play, .places):visible").count() == 0
    page.close()


def test_without_scripts_and_on_paper_there_is_the_film(
    browser: Browser, timeline_site: Path, page: Page
) -> None:
    plain = browser.new_page(java_script_enabled=False)
    plain.goto((timeline_site / "painted.html").as_uri())
    assert plain.locator(f"{FIGURE} video[controls]").is_visible()
    assert plain.locator(f"{FIGURE} :is(.places, .live):visible").count() == 0
    plain.close()
    opened(page, timeline_site / "painted.html")
    page.emulate_media(media="print")
    assert page.locator(f"{FIGURE} img").is_visible()
    assert page.locator(f"{FIGURE} :is(.places, .live, .play):visible").count() == 0
