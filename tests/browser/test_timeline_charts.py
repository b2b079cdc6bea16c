"""Charts with a timeline: pointer, keyboard, window widths, and the labels of the bar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from gen.charts.chart import Chart, Mark
from gen.charts.svg import STYLE, to_svg
from gen.figures.accuracy import Accuracy
from gen.i18n import Words
from gen.site.pages.stylesheet import css_variables
from tests.support.browsing import focus, paint, started
from tests.support.line_runs import parity_run
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
from tests.support.timeline_site import with_marks

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("timeline")]

CHART = "#figure-sum-accuracy"
FILMS = ("sum-weights", "sum-waves")
WIDTHS = (320, 360, 390, 540, 640, 760, 768, 900, 1024, 1280, 1440, 1920)

LEADING = 2
"""Pixels by which the boxes of two lines of text may overlap; glyphs are smaller than boxes."""

_FOCUSED = "document.activeElement.closest('{}') !== null"


@pytest.fixture
def page(browser: Browser, timeline_site: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 3400})
    page.goto((timeline_site / "index.html").as_uri())
    started(page)
    yield page
    page.close()


def hover(page: Page, part: float) -> None:
    box = page.locator(f"{CHART} g.plot:visible").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + part * box["width"], box["y"] + box["height"] / 2)


def tab_until(page: Page, selector: str, most: int) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(_FOCUSED.format(selector)):
            return
    raise AssertionError(page.evaluate("document.activeElement.outerHTML"))


def test_a_mouse_that_only_crosses_a_chart_changes_nothing(page: Page) -> None:
    focus(slider(page))
    page.keyboard.press("Home")
    page.keyboard.press("PageUp")
    settle(page, *FILMS)
    until(page, "location.search === '?step-sum=100'")
    hover(page, 0.5)
    settle(page, *FILMS)
    assert step(page) == chart_step(page, "sum-accuracy") < 90
    page.wait_for_timeout(400)
    page.locator("h1").hover()
    settle(page, *FILMS)
    assert step(page) == chart_step(page, "sum-accuracy") == 100
    page.wait_for_timeout(400)
    assert "step-sum=100" in page.url


def test_a_preview_changes_nothing_after_the_mouse_leaves(page: Page) -> None:
    hover(page, 0.5)
    settle(page, *FILMS)
    assert page.locator(".film.moving").count() == 2
    page.locator("h1").hover()
    until(page, "document.querySelectorAll('.moving').length === 0")
    page.wait_for_timeout(400)
    assert (step(page), "step" in page.url) == (120, False)
    assert page.locator("#figure-sum-neurons label.step .value").inner_text() == "120"


def test_a_click_keeps_the_previewed_step(page: Page) -> None:
    hover(page, 0.5)
    page.mouse.down()
    page.mouse.up()
    kept = step(page)
    page.locator("h1").hover()
    settle(page, *FILMS)
    assert step(page) == film_step(page, "sum-weights") == kept < 90
    until(page, f"location.search === '?step-sum={kept}'")


def test_a_chart_is_a_slider_for_the_keyboard(page: Page) -> None:
    chart = page.locator(f"{CHART} .chart")
    focus(chart)
    shown: list[int] = []
    for key in ("Home", "ArrowRight", "PageUp", "End", "ArrowLeft"):
        page.keyboard.press(key)
        shown.append(step(page))
    assert shown == [0, 10, 110, 120, 110]
    assert chart.get_attribute("role") == "slider"
    text = chart.get_attribute("aria-valuetext")
    assert text is not None
    assert text.startswith("Step 110") and "train accuracy" in text and "test accuracy" in text
    assert page.get_by_role("slider", name="Accuracy by step of training").count() == 1
    page.keyboard.press("Home")  # from step 110 it would play for a moment only
    page.keyboard.press("Space")
    bar(page).get_by_label("Pause").wait_for()
    page.keyboard.press("Space")
    bar(page).get_by_label("Play").wait_for()


@pytest.mark.parametrize("name", ["index", "charts"])
def test_tab_moves_the_focus_from_a_figure_to_the_bar(
    browser: Browser, timeline_site: Path, name: str
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 700})
    page.goto((timeline_site / f"{name}.html").as_uri())
    for figure in page.locator("figure.led:not([data-places]), figure:has(.chart.led)").all():
        focus(figure.locator(".player > .play, .chart.led").first)
        tab_until(page, ".timeline", 3)
        assert bar(page).is_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Home")
        assert (step(page), slider(page).evaluate("s => s === document.activeElement")) == (0, True)
    page.close()


def test_tab_reaches_a_chart_and_then_the_bar_from_the_top_of_a_page(
    browser: Browser, timeline_site: Path
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 700})
    page.goto((timeline_site / "charts.html").as_uri())
    tab_until(page, ".chart.led", 12)
    tab_until(page, ".timeline", 3)
    page.close()


def test_the_read_out_names_each_metric(page: Page) -> None:
    names = [item.rpartition(" ")[0] for item in read_out(page, "odd-loss")[1:]]
    assert names == ["train loss", "test loss"]
    values = [item.partition("accuracy ") for item in read_out(page, "sum-accuracy")[1:]]
    assert [value[0] for value in values] == ["train ", "test "]
    assert all(value[2].endswith("%") for value in values)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_read_out_has_the_same_height_at_every_step(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for figure in ("sum-accuracy", "odd-loss"):
        heights: set[float] = set()
        reading = page.locator(f"#figure-{figure} .reading")
        heights.add(reading.evaluate("each => each.offsetHeight"))
        for place in range(0, 121, 10):
            page.evaluate("step => grokreel.timelines.forEach(each => each.seek(step))", place)
            heights.add(reading.evaluate("each => each.offsetHeight"))
        assert len(heights) == 1 and heights != {0}


def boxes(texts: Locator) -> list[dict[str, float]]:
    return texts.evaluate_all(
        "all => all.map(text => text.getBoundingClientRect().toJSON())"
        ".filter(({ width }) => width > 0)"
    )


def overlapping(found: list[dict[str, float]]) -> list[tuple[dict[str, float], dict[str, float]]]:
    return [
        (a, b)
        for a, b in combinations(found, 2)
        if a["left"] < b["right"] - 0.5
        and b["left"] < a["right"] - 0.5
        and a["top"] < b["bottom"] - LEADING
        and b["top"] < a["bottom"] - LEADING
    ]


PAIRS = [(75, 84), (0, 0), (0, 2), (118, 120), (120, 120), (60, 61), (1, 119), (40, 100)]


@pytest.mark.parametrize("pair", PAIRS)
def test_labels_of_the_bar_overlap_nothing(
    browser: Browser, timeline_site: Path, pair: tuple[int, int]
) -> None:
    other = with_marks(timeline_site, "labels", ("memorises", pair[0]), ("generalises", pair[1]))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(other.as_uri())
    bar(page).wait_for()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        paint(page)
        assert len(boxes(bar(page).locator(".mark span"))) == 2
        around = bar(page).locator(".mark, .play, output, .speed, .loop")
        assert overlapping(boxes(around)) == [], width
        assert all(box["left"] >= 0 and box["right"] <= width for box in boxes(around))
    page.close()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("pair", PAIRS)
def test_labels_of_marks_in_charts_do_not_overlap_at_any_width(
    browser: Browser, pair: tuple[int, int], language: str
) -> None:
    chart = Accuracy(model="parity").render(parity_run(), Words(language))
    assert isinstance(chart, Chart)
    last = chart.x.high
    marks = tuple(
        replace(mark, x=last * at / 120, step=f"{round(last * at / 120):,}")
        for mark, at in zip(chart.marks, pair, strict=True)
    )
    assert all(isinstance(mark, Mark) for mark in marks)
    markup = to_svg(replace(chart, marks=marks), "chart", "A chart.")
    page = browser.new_page()
    page.set_content(
        f"<style>{css_variables()}{STYLE} body {{ margin: 1rem }}</style>"
        f"<main style='max-width: 672px'>{markup}</main>"
    )
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = boxes(page.locator(".chart text:visible"))
        assert len(found) > 8
        assert overlapping(found) == [], width
    page.close()


_CONTRAST = """(texts) => texts.filter(t => t.getBoundingClientRect().width > 0).map((text) => {
  const style = getComputedStyle(text);
  const of = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  const ink = of(text instanceof SVGElement ? style.fill : style.color);
  const ground = of(getComputedStyle(document.body).backgroundColor);
  return [text.textContent, Math.max(ink, ground) / Math.min(ink, ground)];
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_of_charts_and_bar_have_enough_contrast(
    browser: Browser, timeline_site: Path, scheme: str
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.goto((timeline_site / "index.html").as_uri())
    bar(page).wait_for()
    texts = page.locator(
        ".chart text, .timeline .mark, .timeline output, .speed, .reading span, .reading b"
    )
    found = texts.evaluate_all(_CONTRAST)
    assert len(found) > 20
    assert [(text, ratio) for text, ratio in found if ratio < 4.5] == []
    context.close()


def measured(timeline_site: Path, figure: str) -> dict[int, list[float]]:
    """Return the rows of the table of a chart by their steps."""
    lines = (timeline_site / "data" / f"{figure}.csv").read_text("utf-8").splitlines()
    rows = [[float(value) for value in line.split(",")] for line in lines[1:]]
    return {round(step): values for step, *values in rows}


def seek(page: Page, place: int) -> int:
    """Move all timelines to a step and return the step that the first one reaches."""
    page.evaluate("step => grokreel.timelines.forEach(each => each.seek(step))", place)
    return step(page)


def test_the_read_out_shows_the_logged_values_at_every_step(
    page: Page, timeline_site: Path
) -> None:
    table, words = measured(timeline_site, "sum-accuracy"), Words("en")
    stops = {seek(page, place) for place in table} & set(table)
    assert len(stops) > 10 and {0, max(table)} <= stops
    for stop in sorted(stops):
        seek(page, stop)
        shown = [item.partition("accuracy ")[2] for item in read_out(page, "sum-accuracy")[1:]]
        assert shown == [words.percent(share).replace("\u00a0", " ") for share in table[stop]]


def test_the_read_out_shows_losses_with_two_significant_digits(
    page: Page, timeline_site: Path
) -> None:
    table = measured(timeline_site, "odd-loss")
    for place in (min(table), max(table)):
        page.evaluate("step => grokreel.timelines.forEach(each => each.seek(step))", place)
        shown = [float(item.rpartition(" ")[2]) for item in read_out(page, "odd-loss")[1:]]
        assert shown == [float(f"{value:.2g}") for value in table[place]]
