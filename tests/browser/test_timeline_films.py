"""Films with a timeline: posters, playing, and slow or missing files."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from tests.support.browsing import focus
from tests.support.film_server import FilmServer, serving
from tests.support.timeline_page import bar, film_step, settle, slider, step, until
from tests.support.timeline_site import with_marks

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("timeline")]

FIRST = "#figure-sum-weights"

_SHIFTS = """() => new Promise(done => {
  const shifts = [];
  new PerformanceObserver(list => shifts.push(...list.getEntries().map(({ value }) => value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(shifts.reduce((sum, value) => sum + value, 0)), 300);
})"""

_COUNT = """film => new Promise(done => {
  const { fps, steps, ticks } = JSON.parse(film.querySelector("script.timing").textContent);
  const video = film.querySelector("video");
  const output = document.querySelector(".timeline output");
  const seen = [];
  let shown;
  const note = (_, { mediaTime }) => {
    let tick = Math.round(mediaTime * fps);
    let frame = 0;
    while (frame < steps.length - 1 && tick >= ticks[frame]) tick -= ticks[frame++];
    shown = steps[frame];
    video.requestVideoFrameCallback(note);
  };
  video.requestVideoFrameCallback(note);
  const look = () => {
    const { playing } = grokreel.timelines[0];
    if (playing && shown !== undefined && !video.seeking && !video.paused)
      seen.push([shown, output.textContent]);
    if (playing || seen.length === 0) requestAnimationFrame(look);
    else done(seen);
  };
  document.querySelector(".timeline .play").click();
  requestAnimationFrame(look);
})"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    yield page
    page.close()


def pixels(page: Page, picture: Locator) -> np.ndarray:
    box = picture.bounding_box()
    assert box is not None
    shot = page.screenshot(clip=box, full_page=True)
    return np.asarray(Image.open(BytesIO(shot)).convert("L"), dtype=float)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_films_show_their_poster_before_they_play(
    browser: Browser, timeline_site: Path, script: bool
) -> None:
    context = browser.new_context(
        java_script_enabled=script, viewport={"width": 1280, "height": 5000}
    )
    page = context.new_page()
    page.goto((timeline_site / "index.html").as_uri())
    page.wait_for_load_state("networkidle")
    players = page.locator(".player").all()
    assert len(players) == 4
    for player in players:
        picture = player.locator("img")
        assert player.locator("video").get_attribute("poster") == picture.get_attribute("src")
        seen = pixels(page, picture)
        player.locator("video").evaluate("video => { video.hidden = true }")
        assert np.abs(seen - pixels(page, picture)).mean() < 3
    context.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_layout_does_not_shift_when_the_scripts_load(
    browser: Browser, timeline_site: Path, width: int
) -> None:
    heights: list[float] = []
    for film in (0, 1, 2):
        with_script = browser.new_context(viewport={"width": width, "height": 900})
        page = with_script.new_page()
        page.route("**/timeline*.js", lambda route: route.abort())
        page.goto((timeline_site / "index.html").as_uri())
        before = page.locator(".film").nth(film).locator(".player").bounding_box()
        page.unroute_all()
        page.reload()
        page.wait_for_load_state("networkidle")
        after = page.locator(".film").nth(film).locator(".player").bounding_box()
        assert before is not None and after is not None
        assert before["height"] == after["height"]
        heights.append(after["height"])
        assert page.evaluate(_SHIFTS) < 0.01
        with_script.close()
    assert min(heights) > 100


@pytest.mark.parametrize("width", [390, 1280])
def test_the_play_button_is_below_the_picture(page: Page, timeline_site: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((timeline_site / "index.html").as_uri())
    for film in page.locator(".film.led").all():
        picture = film.locator("img").bounding_box()
        button = film.locator(".play").bounding_box()
        screen = film.locator(".screen").bounding_box()
        assert picture is not None and button is not None and screen is not None
        assert button["y"] >= picture["y"] + picture["height"]
        assert button["y"] + button["height"] <= screen["y"] + screen["height"]
        assert button["x"] >= picture["x"]


def test_the_bar_shows_the_step_of_the_visible_frame_while_playing(
    page: Page, timeline_site: Path
) -> None:
    page.goto((timeline_site / "index.html").as_uri())
    focus(slider(page))
    page.keyboard.press("Home")
    settle(page, "sum-weights", "sum-waves")
    page.set_viewport_size({"width": 1280, "height": 700})
    page.locator(f"{FIRST} .play").scroll_into_view_if_needed()
    page.locator(f"{FIRST} img").evaluate("picture => picture.scrollIntoView()")
    seen = page.locator(FIRST).evaluate(_COUNT)
    assert len({shown for shown, _ in seen}) > 5
    assert [text for _, text in seen] == [f"Step {shown}" for shown, _ in seen]


@pytest.mark.parametrize("marks", [(14, 46), (3, 4), (101, 119), (0, 120), (5, 15)])
def test_with_reduced_motion_play_reaches_the_end_for_any_marks(
    browser: Browser, timeline_site: Path, marks: tuple[int, int]
) -> None:
    other = with_marks(timeline_site, "calm", ("memorises", marks[0]), ("generalises", marks[1]))
    context = browser.new_context(viewport={"width": 1280, "height": 3400}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(other.as_uri())
    bar(page).locator(".speed").click()
    bar(page).get_by_label("Play").click()
    bar(page).get_by_label("Pause").wait_for()
    bar(page).get_by_label("Play").wait_for()
    assert step(page) == 120
    context.close()


def play(page: Page) -> None:
    focus(slider(page))
    page.keyboard.press("Home")
    bar(page).get_by_label("Play").click()


def test_the_timeline_waits_for_a_slow_film(page: Page, timeline_site: Path) -> None:
    with serving(timeline_site, "ranges", at_once=False) as server:
        page.goto(f"{server.address}/index.html", wait_until="domcontentloaded")
        play(page)
        until(page, "document.querySelector('.timeline output').textContent === 'Loading…'")
        page.wait_for_timeout(500)
        assert step(page) == 0
        assert bar(page).get_by_label("Pause").count() == 1
        server.open.set()
        bar(page).get_by_label("Play").wait_for()
        settle(page, "sum-weights", "sum-waves")
        assert (step(page), film_step(page, "sum-weights")) == (120, 120)


def test_a_waiting_timeline_can_be_paused_and_moved(page: Page, timeline_site: Path) -> None:
    with serving(timeline_site, "ranges", at_once=False) as server:
        page.goto(f"{server.address}/index.html", wait_until="domcontentloaded")
        play(page)
        until(page, "document.querySelector('.timeline output').textContent === 'Loading…'")
        bar(page).get_by_label("Pause").click()
        assert bar(page).locator("output").inner_text() == "Step 0"
        slider(page).press("PageUp")
        assert bar(page).locator("output").inner_text() == "Step 100"


def test_the_timeline_continues_without_a_film_that_fails_to_load(
    page: Page, timeline_site: Path
) -> None:
    with serving(timeline_site, "no film") as server:
        page.goto(f"{server.address}/index.html")
        play(page)
        bar(page).get_by_label("Pause").wait_for()
        bar(page).get_by_label("Play").wait_for()
        assert step(page) == 120
        assert "could not be loaded" in page.locator(f"{FIRST} figcaption").inner_text()
        assert page.locator(f"{FIRST} img").is_visible()
        assert page.locator(f"{FIRST} .play").is_hidden()


def left_alone(page: Page, server: FilmServer) -> Locator:
    page.goto(f"{server.address}/index.html")
    focus(slider(page))
    page.keyboard.press("Home")
    page.locator(f"{FIRST}.alone").wait_for()
    return page.locator(FIRST)


def test_films_that_cannot_seek_have_their_own_controls_and_a_note(
    page: Page, timeline_site: Path
) -> None:
    with serving(timeline_site, "no ranges") as server:
        film = left_alone(page, server)
        assert "does not follow the timeline" in film.locator("figcaption").inner_text()
        assert film.locator("video").get_attribute("controls") is not None
        assert film.locator(".play").is_hidden()
        film.locator("video").evaluate("video => video.play()")
        until(page, f"document.querySelector('{FIRST} video').currentTime > 0.2")
        assert step(page) == 0


def test_films_that_can_seek_have_no_note(page: Page, timeline_site: Path) -> None:
    with serving(timeline_site, "ranges") as server:
        page.goto(f"{server.address}/index.html")
        focus(slider(page))
        page.keyboard.press("Home")
        settle(page, "sum-weights", "sum-waves")
        assert page.locator(".apart:visible, .alone").count() == 0
