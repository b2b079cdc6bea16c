"""A sweep map in a browser: pointing previews a cell, a press pins it and opens one network."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from gen.analysis.sweep_outcomes import OUTCOMES
from gen.figures.sweep_map import SweepMap
from gen.i18n import Words
from gen.site.pages.figures import PlacedWidget
from gen.site.pages.render import render_pages
from gen.widgets.setting_words import cell_labels
from tests.support.article import article_config
from tests.support.browsing import focus, paint, started, watched_page
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme
from tests.support.sweep_runs import sweep_run
from tests.support.timeline_page import until

SITE = Path(__file__).parents[2] / "site"
EN = Words("en")
SWEEPS = article_config().sweeps
RUNS = {name: sweep_run(SWEEPS[name]) for name in ("parity-sweep", "constraints")}
FEW, MANY = "constraints", "parity-sweep"
"""Sweeps of three and of nine networks in a cell."""

WINDOWS = [(1440, 900), (1280, 720), (900, 800), (390, 844)]

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("sweep_map")]


def placed(name: str, words: Words = EN) -> PlacedWidget:
    kind = SweepMap(sweep=name)
    drawing = kind.render(RUNS[name], words).drawing
    alt = kind.alt(RUNS[name], words)
    return PlacedWidget(f"{name}-map", name, "map", drawing, f"data/{name}.csv", 800, alt)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page for each of two sweeps and languages, and `both` with two maps."""
    folder = tmp_path_factory.mktemp("maps")
    for language in ("en", "zh"):
        words = Words(language)
        maps = {f"{name}-map": placed(name, words) for name in RUNS}
        texts = {name: f"::: figure {name}-map wide\nThe map.\n:::\n" for name in RUNS}
        if language == "en":
            texts["both"] = "".join(texts.values())
        for name, text in texts.items():
            of = site("index", languages=(language,))
            page = {"index": f"{FRONT}Before.\n\n{text}" + "\nAfter.\n" * 40}
            pages = render_pages(of, language, page, maps, {}, words, TEMPLATES)
            write_theme(folder / f"{name}-{language}")
            for path, content in pages.items():
                (folder / f"{name}-{language}" / path).write_text(content)
    return folder


@pytest.fixture(params=[FEW, MANY])
def page(browser: Browser, folder: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    with watched_page(browser, folder / f"{request.param}-en/index.html") as page:
        yield page


@pytest.fixture
def many(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / f"{MANY}-en/index.html") as page:
        yield page


def told(page: Page) -> str:
    return page.locator(".focus").inner_text()


def label(cell: Locator) -> str:
    return cell.get_attribute("aria-label") or ""


def cell(page: Page, number: int) -> Locator:
    return page.locator(f".cell[data-cell='{number}']")


def pressed(page: Page) -> list[str | None]:
    """Return the numbers of the pinned cells."""
    found = page.locator(".cell[aria-pressed='true']").all()
    return [each.get_attribute("data-cell") for each in found]


def given(page: Page) -> str | None:
    """Return the pin in the address."""
    return page.evaluate("new URLSearchParams(location.search).get('cell')")


def corner(cell: Locator) -> None:
    """Press a cell between its dots."""
    box = cell.bounding_box()
    assert box
    cell.click(position={"x": 2, "y": 2})


def press_dot(page: Page, number: int, place: int) -> None:
    box = cell(page, number).locator("rect").bounding_box()
    dots = cell(page, number).locator("use").count()
    assert box
    side = int(np.ceil(np.sqrt(dots)))
    x = box["x"] + box["width"] * (place % side + 0.5) / side
    page.mouse.click(x, box["y"] + box["height"] * (place // side + 0.5) / side)


def network_text(name: str, number: int, place: int) -> str:
    """Return what a page says of one network, computed from the run."""
    run = RUNS[name]
    outcome = EN(f"one_outcome.{OUTCOMES[run.outcomes()[number, place]]}")
    settings = cell_labels(run.axes, EN)[number]
    events = run.memorised_at[number, place], run.generalised_at[number, place]
    kind = ["neither", "generalised", "memorised", "both"][2 * (events[0] >= 0) + (events[1] >= 0)]
    steps = dict(zip(("memorised", "generalised"), map(int, events), strict=True))
    used = {key: steps[key] for key in steps if key in EN.placeholders(f"map.{kind}")}
    first = EN("map.network", settings=settings, seed=str(run.seeds[place]), outcome=outcome)
    return f"{first} {EN(f'map.{kind}', threshold=EN.percent(0.99), **used)}"


# Preview, pin, release.


def test_pointing_previews_a_cell_and_leaving_restores_the_pinned_one(page: Page) -> None:
    corner(cell(page, 2))
    pinned = told(page)
    assert pinned == label(cell(page, 2)) and pressed(page) == ["2"]
    first = page.locator(".network .line").first.get_attribute("points")
    cell(page, 9).hover()
    assert told(page) == label(cell(page, 9)) != pinned
    assert page.locator(".network .line").first.get_attribute("points") != first
    assert pressed(page) == ["2"] and given(page) == "2"
    page.locator("h1").hover()
    assert told(page) == pinned
    assert page.locator(".network .line").first.get_attribute("points") == first


def test_without_a_pinned_cell_the_last_one_stays(page: Page) -> None:
    cell(page, 9).hover()
    page.locator("h1").hover()
    assert told(page) == label(cell(page, 9)) and pressed(page) == [] and given(page) is None


def test_scrolling_below_a_resting_pointer_previews_nothing(many: Page) -> None:
    press_dot(many, 4, 0)
    pinned = told(many)
    many.mouse.wheel(0, 30)
    until(many, "scrollY >= 30")
    paint(many, 20)
    assert told(many) == pinned and many.locator(".ring").count() == 1


def test_escape_or_a_second_press_lets_go(page: Page) -> None:
    for release in (lambda: corner(cell(page, 2)), lambda: page.keyboard.press("Escape")):
        corner(cell(page, 2))
        assert pressed(page) == ["2"] and given(page) == "2"
        release()
        assert pressed(page) == [] and given(page) is None
        cell(page, 9).hover()
        page.locator("h1").hover()
        assert told(page) == label(cell(page, 9))


def test_a_press_on_another_cell_pins_it_instead(page: Page) -> None:
    corner(cell(page, 2))
    corner(cell(page, 9))
    assert pressed(page) == ["9"] and told(page) == label(cell(page, 9)) and given(page) == "9"


# One network.


@pytest.mark.parametrize(("name", "places"), [(FEW, 3), (MANY, 9)])
def test_a_press_on_a_dot_opens_that_network(
    browser: Browser, folder: Path, name: str, places: int
) -> None:
    with watched_page(browser, folder / f"{name}-en/index.html") as page:
        for place in range(places):
            press_dot(page, 2, place)
            assert told(page) == network_text(name, 2, place)
            assert given(page) == f"2-{RUNS[name].seeds[place]}" and pressed(page) == ["2"]
            ring, dot = page.locator(".ring"), cell(page, 2).locator("use").nth(place)
            for axis in ("x", "y"):
                assert ring.get_attribute(f"c{axis}") == dot.get_attribute(axis)
            chart = page.locator(".network").nth(place)
            assert chart.get_attribute("aria-pressed") == "true"
            assert chart.get_attribute("aria-label") == told(page)
            assert page.locator(".network.marked").count() == 1
            assert page.locator(".opened .curves").is_visible()
            assert large_like_small(page, place)
        press_dot(page, 2, places - 1)
        assert given(page) is None and not page.locator(".opened").is_visible()
        assert page.locator(".network[aria-pressed='true']").count() == 0


def large_like_small(page: Page, place: int) -> bool:
    """Return whether the large chart has the lines of a small one, both as shares of the frame."""
    return page.evaluate(
        """place => {
          const [left, right, top, bottom] =
            document.querySelector(".curves").dataset.frame.split(" ").map(Number);
          const { width, height } = document.querySelector(".curves").viewBox.baseVal;
          const small = document.querySelectorAll(".network")[place].querySelectorAll(".line");
          const large = document.querySelectorAll(".curves .line");
          return [...large].every((line, split) =>
            line.points.length > 0 && line.points.length === small[split].points.length &&
            [...line.points].every((point, at) => {
              const other = small[split].points[at];
              const x = (point.x - left) / (width - left - right);
              const y = (point.y - top) / (height - top - bottom);
              return Math.abs(x - other.x / 100) < 0.002 && Math.abs(y - other.y / 60) < 0.002;
            }));
        }""",
        place,
    )


def test_events_stand_at_their_steps_in_the_large_chart(many: Page) -> None:
    run = RUNS[MANY]
    place = int(np.argmax(run.outcomes()[2] == OUTCOMES.index("groks")))
    press_dot(many, 2, place)
    events = many.locator(".event")
    x = [events.nth(n).evaluate("e => e.transform.baseVal[0].matrix.e") for n in (0, 1)]
    last, steps = run.steps[-1], (run.memorised_at[2, place], run.generalised_at[2, place])
    first = max(1, run.steps[1])
    expected = [38 + np.log(s / first) / np.log(last / first) * (380 - 46) for s in steps]
    assert x == pytest.approx(expected, abs=0.1)
    place = int(np.argmax(run.outcomes()[2] == OUTCOMES.index("never")))
    press_dot(many, 2, place)
    assert events.nth(0).get_attribute("visibility") == "hidden"


def test_while_a_network_is_open_other_cells_show_the_same_seed(many: Page) -> None:
    press_dot(many, 2, 5)
    cell(many, 30).hover(position={"x": 1, "y": 1})
    assert told(many) == network_text(MANY, 30, 5)
    many.locator("h1").hover()
    assert told(many) == network_text(MANY, 2, 5)


def test_the_outcome_of_an_open_network_follows_the_thresholds(many: Page) -> None:
    run = RUNS[MANY]
    place = int(np.argmax(run.outcomes()[2] == OUTCOMES.index("groks")))
    press_dot(many, 2, place)
    assert ": groks." in told(many)
    many.locator("input[name='loss']").fill("-6.5")
    assert ": only memorises." in told(many)
    chart = many.locator(".network").nth(place)
    assert (chart.get_attribute("aria-label") or "") == told(many)
    href = chart.locator("use").get_attribute("href") or ""
    assert href.endswith("-memorises")
    assert given(many) == f"2-{run.seeds[place]}"


# Keys.


def test_arrow_keys_preview_cells_and_enter_pins_the_cell_then_reaches_its_networks(
    many: Page,
) -> None:
    focus(many.locator(".cell[tabindex='0']"))
    many.keyboard.press("Home")
    many.keyboard.press("Enter")
    assert pressed(many) == ["0"] and given(many) == "0"
    many.keyboard.press("ArrowRight")
    assert told(many) == label(cell(many, 5)) and pressed(many) == ["0"]
    assert many.locator(".cell[tabindex='0']").get_attribute("data-cell") == "5"
    many.keyboard.press("Enter")
    assert pressed(many) == ["5"]
    many.keyboard.press("Enter")
    many.keyboard.press("ArrowDown")
    many.keyboard.press("ArrowRight")
    focused = many.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == network_text(MANY, 5, 4)
    assert many.locator(".network[tabindex='0']").count() == 1
    assert not many.locator(".opened").is_visible()
    many.keyboard.press(" ")
    assert told(many) == focused and given(many) == "5-4"
    many.keyboard.press("Escape")
    assert given(many) is None and pressed(many) == []
    assert many.evaluate("document.activeElement.dataset.cell") == "5"


def test_moving_the_focus_away_restores_the_pinned_cell(many: Page) -> None:
    corner(cell(many, 7))
    many.keyboard.press("ArrowRight")
    assert told(many) == label(cell(many, 12))
    focus(many.locator("input[name='loss']"))
    assert told(many) == label(cell(many, 7))


# Touch.


@contextmanager
def phone(browser: Browser, path: Path) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(path.as_uri())
    started(page)
    yield page
    context.close()


def test_a_tap_pins_a_cell_and_a_tap_on_a_chart_opens_its_network(
    browser: Browser, folder: Path
) -> None:
    with phone(browser, folder / f"{MANY}-en/index.html") as page:
        cell(page, 3).tap()
        assert told(page) == label(cell(page, 3)) and given(page) == "3"
        assert not page.locator(".opened").is_visible()
        page.locator(".network").nth(4).tap()
        assert told(page) == network_text(MANY, 3, 4) and given(page) == "3-4"
        for chart in page.locator(".network .name").all():
            box = chart.bounding_box()
            assert box and min(box["width"], box["height"]) >= 24
        page.locator(".network").nth(8).tap()
        assert told(page) == network_text(MANY, 3, 8)
        cell(page, 3).tap()
        assert pressed(page) == [] and given(page) is None


# The address.


def test_the_address_opens_a_cell_and_a_network(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    address = (folder / f"{MANY}-en/index.html").as_uri()
    page.goto(f"{address}?cell=31")
    started(page)
    assert pressed(page) == ["31"] and told(page) == label(cell(page, 31))
    assert page.locator(".cell[tabindex='0']").get_attribute("data-cell") == "31"
    page.goto(f"{address}?cell=31-8")
    started(page)
    assert told(page) == network_text(MANY, 31, 8) and page.locator(".opened").is_visible()
    for wrong in ("125", "31-9", "x", "-1", "1-"):
        page.goto(f"{address}?cell={wrong}")
        started(page)
        assert pressed(page) == [] and not page.locator(".opened").is_visible()
    page.close()


def test_an_address_with_a_cell_leads_to_the_map(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 500})
    address = (folder / f"{MANY}-en/index.html").as_uri()
    seen = """() => {
      const cell = document.querySelector("[aria-pressed='true']");
      const { top, bottom } = cell.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    }"""
    page.goto(address)
    assert page.evaluate("scrollY") == 0
    page.goto(f"{address}?cell=31")
    until(page, "document.querySelector(\"[aria-pressed='true']\") !== null && scrollY > 0")
    assert page.evaluate(seen)
    # Neither where the address names a heading, nor where the reader had scrolled elsewhere.
    page.evaluate("scrollTo(0, 0)")
    page.reload()
    until(page, "document.querySelector(\"[aria-pressed='true']\") !== null")
    assert page.evaluate("scrollY") == 0
    page.goto(f"{address}?cell=32#content")
    until(page, "document.querySelector(\"[aria-pressed='true']\") !== null")
    assert page.evaluate("scrollY") == 0 and pressed(page) == ["32"]
    page.close()


def test_two_maps_have_pins_of_their_own(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((folder / "both-en/index.html").as_uri())
    started(page)
    first, second = page.locator("figure.map").all()
    corner(first.locator(".cell[data-cell='4']"))
    corner(second.locator(".cell[data-cell='5']"))
    page.reload()
    for figure, number in ((first, "4"), (second, "5")):
        pinned = figure.locator(".cell[aria-pressed='true']")
        assert pinned.get_attribute("data-cell") == number
    page.close()


# Places.


@pytest.mark.parametrize(("width", "height"), WINDOWS)
@pytest.mark.parametrize("network", [None, 1])
def test_a_pinned_cell_and_its_charts_fit_the_window_together(
    page: Page, width: int, height: int, network: int | None
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    cells = page.locator(".cell")
    for number in (0, 30, cells.count() - 1):
        cells.nth(number).scroll_into_view_if_needed()
        cells.nth(number).dispatch_event("click")
        if network is not None:
            page.locator(".network").nth(network).dispatch_event("click")
        box, charts = cells.nth(number).bounding_box(), page.locator(".told").bounding_box()
        assert box and charts
        assert box["y"] >= 0 and box["y"] + box["height"] <= height
        assert charts["y"] >= -1 and charts["y"] + charts["height"] <= height + 1
        beside = charts["x"] >= box["x"] + box["width"]
        assert beside or charts["y"] >= box["y"] + box["height"]
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.keyboard.press("Escape")


def test_the_charts_of_a_hovered_cell_stay_visible_beside_a_wide_map(page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    for one in (page.locator(".cell").first, page.locator(".cell").last):
        one.hover()
        charts = page.locator(".networks").bounding_box()
        assert told(page) == label(one)
        assert charts and charts["y"] >= 0 and charts["y"] + charts["height"] <= 900


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_of_events_and_axes_do_not_overlap(
    browser: Browser, folder: Path, language: str
) -> None:
    with watched_page(browser, folder / f"{MANY}-{language}/index.html") as page:
        place = int(np.argmax(RUNS[MANY].outcomes()[2] == OUTCOMES.index("groks")))
        press_dot(page, 2, place)
        boxes = page.locator(".curves text").evaluate_all(
            "all => all.map(t => (r => [r.left, r.right, r.top, r.bottom])("
            "t.getBoundingClientRect()))"
        )
        for number, one in enumerate(boxes):
            for other in boxes[number + 1 :]:
                over = min(one[1], other[1]) - max(one[0], other[0])
                assert over <= 1 or min(one[3], other[3]) - max(one[2], other[2]) <= 4


def test_without_scripts_the_charts_of_the_described_cell_are_shown(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / f"{MANY}-en/index.html").as_uri())
    assert told(page) == placed(MANY).drawing.focus
    assert page.locator(".network .small").count() == 9
    assert all(
        points
        for points in page.locator(".small .line").evaluate_all(
            "all => all.map(line => line.points.length)"
        )
    )
    assert not page.locator(".opened").is_visible()
    assert page.locator(".network[role]").count() == 0
    context.close()
