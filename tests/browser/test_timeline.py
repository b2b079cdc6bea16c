"""The timeline in a browser: all films, charts and figures of a model show one step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browsing import Watched, focus, started
from tests.support.timeline_page import (
    bar,
    chart_step,
    film_step,
    read_out,
    settle,
    slider,
    step,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("timeline")]

FILMS = ("sum-weights", "sum-waves")


@pytest.fixture
def folder(timeline_site: Path) -> Path:
    return timeline_site


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    """A page in a window tall enough for all figures of the first model."""
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    watched = Watched(page)
    page.goto((folder / "index.html").as_uri())
    started(page)
    yield page
    assert watched.complaints == []
    page.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def across(page: Page, selector: str, part: float) -> tuple[float, float]:
    """Return the point of an element at a share of its width and half of its height."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + part * box["width"], box["y"] + box["height"] / 2


def test_no_film_is_loaded_or_played_before_the_reader_starts_it(page: Page) -> None:
    page.wait_for_timeout(300)
    state = page.evaluate(
        "[...document.querySelectorAll('video')].map(v => [v.paused, v.readyState])"
    )
    assert state == [[True, 0]] * 4


def test_dragging_the_slider_moves_all_figures_to_the_same_step(page: Page) -> None:
    page.mouse.move(*across(page, ".timeline input", 0.9))
    page.mouse.down()
    for part in (0.7, 0.3, 0.5):
        page.mouse.move(*across(page, ".timeline input", part), steps=4)
    page.mouse.up()
    settle(page, *FILMS)
    assert step(page) == 60
    assert [film_step(page, film) for film in FILMS] == [60, 60]
    assert chart_step(page, "sum-accuracy") == 60
    assert page.locator("#figure-sum-neurons label.step .value").inner_text() == "60"


def test_a_film_shows_the_frame_of_the_chosen_step(page: Page) -> None:
    focus(slider(page))
    press(page, "Home", "ArrowRight", "ArrowRight")
    settle(page, *FILMS)
    seen = page.locator("#figure-sum-weights video").evaluate(
        "v => new Promise(done => { v.requestVideoFrameCallback((_, { mediaTime }) =>"
        " done(mediaTime)); grokreel.timelines[0].seek(70) })"
    )
    timing = json.loads(page.locator("#figure-sum-weights script.timing").inner_text())
    frame = timing["steps"].index(70)
    first = sum(timing["ticks"][:frame])
    assert first <= round(seen * timing["fps"]) < first + timing["ticks"][frame]


def test_a_mouse_scrubs_a_chart_by_moving_over_it(page: Page) -> None:
    for part in (0.8, 0.55):
        page.mouse.move(*across(page, "#figure-sum-accuracy g.plot:visible", part))
    settle(page, *FILMS)
    assert step(page) == chart_step(page, "sum-accuracy")
    assert 40 <= step(page) <= 80
    assert read_out(page, "sum-accuracy")[0] == f"Step {step(page)}"


def test_a_finger_scrubs_a_chart(browser: Browser, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 1800}, has_touch=True)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    touch = context.new_cdp_session(page)
    start = across(page, "#figure-sum-accuracy .chart", 0.9)
    points = [start, *(across(page, "#figure-sum-accuracy .chart", p) for p in (0.7, 0.4))]
    for kind, (x, y) in zip(("touchStart", "touchMove", "touchMove"), points, strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    settle(page, "sum-weights")
    assert 20 <= step(page) <= 60
    assert chart_step(page, "sum-accuracy") == step(page)
    context.close()


def test_arrow_keys_change_the_step_if_the_timeline_has_the_focus(page: Page) -> None:
    focus(slider(page))
    shown: list[int] = []
    for key in ("Home", "ArrowRight", "ArrowUp", "ArrowLeft", "PageUp", "ArrowDown", "End"):
        press(page, key)
        shown.append(step(page))
    assert shown == [0, 10, 20, 10, 110, 100, 120]
    settle(page, *FILMS)


def test_on_the_button_of_a_film_arrow_keys_change_the_step_and_space_plays(page: Page) -> None:
    button = page.locator("#figure-sum-weights .play")
    focus(button)
    press(page, "Home", "ArrowRight")
    assert step(page) == 10
    press(page, "Space")
    assert button.get_attribute("aria-label") == "Pause"
    press(page, "Space")
    assert button.get_attribute("aria-label") == "Play"


def test_keys_outside_the_timeline_do_not_change_the_step(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    page.locator("h1").click()
    press(page, "End")
    until(page, "scrollY > 500")
    assert "step" not in page.url
    assert page.evaluate("grokreel.timelines.map(each => each.touched)") == [False, False, False]


def test_play_runs_to_the_end_and_then_starts_again(page: Page) -> None:
    play = bar(page).get_by_label("Play")
    for _ in range(2):
        play.click()
        bar(page).get_by_label("Pause").wait_for()
        running = (
            "[...document.querySelectorAll('#figure-sum-weights video')].every(v => !v.paused)"
        )
        until(page, running)
        play.wait_for()
        settle(page, *FILMS)
        assert step(page) == 120


def test_a_click_on_a_film_plays_all_films(page: Page) -> None:
    page.locator("#figure-sum-waves video").click()
    until(page, "[...document.querySelectorAll('video')].slice(0, 2).every(v => !v.paused)")
    page.locator("#figure-sum-waves video").click()
    settle(page, *FILMS)


def test_the_speed_button_cycles_through_the_speeds(page: Page) -> None:
    speed = bar(page).locator(".speed")
    shown = [speed.inner_text()]
    for _ in range(3):
        speed.click()
        shown.append(speed.inner_text())
    assert shown == ["1×", "2×", "½×", "1×"]
    speed.click()
    bar(page).get_by_label("Play").click()
    until(page, "document.querySelector('video').playbackRate > 1.5")


def test_play_words_in_the_text_play_their_range_of_steps(page: Page) -> None:
    words = page.get_by_role("button", name="how it learns")
    focus(words)
    press(page, "Enter")
    bar(page).get_by_label("Pause").wait_for()
    bar(page).get_by_label("Play").wait_for()
    settle(page, *FILMS)
    assert step(page) == 60


def test_a_link_with_a_step_opens_at_it_and_the_url_follows_the_step(
    browser: Browser, folder: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    page.goto((folder / "index.html").as_uri() + "?step-sum=40")
    settle(page, *FILMS)
    assert step(page) == chart_step(page, "sum-accuracy") == 40
    focus(slider(page))
    press(page, "ArrowRight")
    until(page, "location.search === '?step-sum=50'")
    page.reload()
    settle(page, *FILMS)
    assert step(page) == 50
    page.close()


@pytest.mark.parametrize("value", ["", "x", "1e999", "-5", "%00"])
def test_an_invalid_step_in_a_link_is_ignored(browser: Browser, folder: Path, value: str) -> None:
    page = browser.new_page()
    watched = Watched(page)
    page.goto((folder / "index.html").as_uri() + f"?step-sum={value}")
    assert step(page) in {0, 120}
    assert watched.complaints == []
    page.close()


def test_marks_are_at_the_steps_of_the_facts_and_go_there_on_click(
    page: Page, folder: Path
) -> None:
    facts = json.loads((folder / "data" / "facts.json").read_text("utf-8"))["odd"]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("#figure-odd-loss").scroll_into_view_if_needed()
    page.get_by_role("button", name=f"memorises, step {facts['memorised_at']:,}").click()
    assert chart_step(page, "odd-loss") == step(page)
    assert abs(step(page) - facts["memorised_at"]) <= 5
    assert slider(page).get_attribute("aria-valuetext") == f"Step {step(page)}, memorises"


def test_without_scripts_films_have_their_own_controls(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator("video[controls]").count() == 4
    assert page.locator(".timeline").count() == 0
    assert page.get_by_text("See how it learns, it does.").is_visible()
    context.close()


def test_with_reduced_motion_play_jumps_from_mark_to_mark(browser: Browser, folder: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 3400}, reduced_motion="reduce")
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    page.evaluate(
        "for (const v of document.querySelectorAll('video'))"
        " v.addEventListener('play', () => document.body.classList.add('moved'))"
    )
    bar(page).locator(".speed").click()
    bar(page).get_by_label("Play").click()
    assert step(page) == 0
    bar(page).get_by_label("Play").wait_for()
    settle(page, *FILMS)
    assert step(page) == 120
    assert page.locator("body.moved").count() == 0
    context.close()


def test_the_bar_shows_the_model_in_view_and_hides_if_none_is(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 600})
    page.evaluate("scrollTo(0, 0)")
    page.locator("#figure-odd-weights").scroll_into_view_if_needed()
    until(page, "document.querySelector('.timeline input').max === '300'")
    page.locator("#figure-sum-weights").scroll_into_view_if_needed()
    until(page, "document.querySelector('.timeline input').max === '120'")
