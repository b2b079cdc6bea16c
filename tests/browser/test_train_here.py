"""A network that the reader trains in the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gen.i18n import Words
from tests.support import small_site
from tests.support.browsing import Watched, focus, paint, started
from tests.support.timeline_page import until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CONFIG = """[site]
title = "Small site"
description = "A small network."
languages = ["en"]
pages = ["index"]

[models.five]
seeds = 1

[models.five.task]
kind = "modular"
modulus = 11
train_share = 0.6

[models.five.network]
kind = "embedded"
embedding = "circle"
hidden = 5

[models.five.optimiser]
learning_rate = 1e-2
betas = [0.9, 0.98]
weight_decay = 1e-3

[models.five.training]
steps = 400
log_every = 20
snapshot_every = 20

[figures.five-circle]
kind = "circle"
model = "five"
fps = 5
hold_first = 0.0
hold_last = 0.0

[figures.five-here]
kind = "train-here"
model = "five"
shows = ["five-circle"]
"""

PAGE = """+++
title = "Small site"
description = "A small network."
layout = "landing"
picture = "five-circle"
+++

The text.

::: figure five-here wide
Train one.
:::
"""

EN = Words("en")
LABEL = EN("train_here.own")

_SLOW = """{
  const real = performance.now.bind(performance);
  let passed = 0;
  performance.now = () => real() + (passed += 5);
}"""
"""A clock on which every look takes 5 ms, so that a slice of 8 ms has one or two steps."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("train-here")
    small_site.build_here(folder, CONFIG, PAGE)
    return folder / "_site" / "index.html"


class Bench:
    """The figure as a reader uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.figure = page.locator("#figure-five-here")
        self.button = self.figure.locator("button.train")
        self.slider = self.figure.get_by_role("slider")
        self.seed = self.figure.get_by_role("spinbutton", name="Seed")

    def field(self, name: str) -> Locator:
        return self.figure.get_by_role("combobox", name=name)

    def expect_state(self, state: str) -> None:
        expect(self.figure).to_have_attribute("data-state", state)

    def train(self) -> None:
        self.button.click()
        self.expect_state("ended")

    @property
    def now(self) -> str:
        return self.figure.locator(".now").inner_text()

    @property
    def step(self) -> int:
        return int(self.now.removeprefix("Step ").split(".")[0].replace(",", ""))

    def picture(self) -> Any:
        """What is drawn: the curve of the accuracy, and the pixels of the weights."""
        curve = self.figure.locator(".accuracy path.test").get_attribute("d")
        return curve, self.figure.locator(".live canvas").evaluate("canvas => canvas.toDataURL()")


def opened(browser: Browser, site: Path, *, slow: bool, width: int = 1280) -> Iterator[Bench]:
    page = browser.new_page(viewport={"width": width, "height": 1500})
    watched = Watched(page)
    if slow:
        page.add_init_script(_SLOW)
    page.goto(site.as_uri())
    started(page)
    bench = Bench(page)
    bench.figure.scroll_into_view_if_needed()
    bench.figure.locator(".live canvas").wait_for()
    yield bench
    assert watched.complaints == []
    page.close()


@pytest.fixture
def bench(browser: Browser, site: Path) -> Iterator[Bench]:
    yield from opened(browser, site, slow=False)


@pytest.fixture
def slow_bench(browser: Browser, site: Path) -> Iterator[Bench]:
    yield from opened(browser, site, slow=True)


def test_it_says_that_the_run_is_the_readers_own(bench: Bench) -> None:
    assert bench.figure.locator(".own").inner_text() == LABEL
    assert bench.figure.locator(".live").get_attribute("aria-label") == LABEL
    assert bench.figure.locator(".off").count() == 0
    assert bench.now == "Step 0. Right answers: " + bench.now.split(": ")[1]


def test_training_runs_to_the_end_and_says_how_it_went(bench: Bench) -> None:
    before = bench.picture()
    bench.train()
    assert bench.step == 400
    state = bench.figure.get_by_role("status").inner_text()
    assert state.startswith("Trained for 400 steps:")
    after = bench.picture()
    assert after[0].count("L") == 20
    assert before[1] != after[1]
    assert bench.button.inner_text() == "Train seed 1"


def test_a_seed_gives_the_same_numbers_twice_and_another_seed_others(bench: Bench) -> None:
    bench.train()
    first = bench.now, *bench.picture()
    bench.figure.get_by_role("button", name="Reset").click()
    bench.expect_state("ready")
    bench.train()
    assert (bench.now, *bench.picture()) == first
    bench.train()
    assert bench.seed.input_value() == "1"
    assert bench.picture()[0] != first[1]


def test_settings_change_the_run(bench: Bench) -> None:
    bench.train()
    curve, _ = bench.picture()
    bench.field("Learning rate").select_option("0.001")
    bench.expect_state("ready")
    assert bench.step == 0
    bench.train()
    assert bench.picture()[0] != curve
    bench.field("Steps").select_option("100")
    bench.train()
    assert bench.step == 100
    assert bench.figure.locator(".axis .last").inner_text() == "100"


def test_it_trains_in_slices_and_can_be_paused(slow_bench: Bench) -> None:
    page = slow_bench.page
    slow_bench.button.click()
    assert slow_bench.button.inner_text() == "Pause"
    expect(slow_bench.figure.locator(".now")).not_to_have_text(re.compile(r"^Step 0\."))
    slow_bench.button.click()
    slow_bench.expect_state("paused")
    at = slow_bench.step
    assert 0 < at < 400
    page.wait_for_timeout(200)
    assert slow_bench.step == at
    assert slow_bench.button.inner_text() == "Go on"
    slow_bench.button.click()
    slow_bench.expect_state("ended")
    assert slow_bench.step == 400


def test_it_waits_while_it_is_out_of_view(slow_bench: Bench) -> None:
    page = slow_bench.page
    page.evaluate("document.body.style.paddingBottom = '6000px'")
    slow_bench.button.click()
    page.evaluate("scrollTo(0, 99999)")
    paint(page, 20)
    at = slow_bench.step
    page.wait_for_timeout(300)
    assert slow_bench.step == at < 400
    page.evaluate("scrollTo(0, 0)")
    slow_bench.expect_state("ended")


def test_the_slider_goes_through_the_run_but_not_beyond(slow_bench: Bench) -> None:
    assert slow_bench.slider.is_disabled()
    slow_bench.button.click()
    until(slow_bench.page, "document.querySelector('.train-here input[type=range]').value >= 3")
    focus(slow_bench.slider)
    slow_bench.page.keyboard.press("Home")
    slow_bench.expect_state("paused")
    assert slow_bench.step == 0
    assert slow_bench.slider.get_attribute("aria-valuetext") == "Step 0"
    start = slow_bench.picture()
    slow_bench.page.keyboard.press("ArrowRight")
    assert slow_bench.step == 20
    assert slow_bench.picture()[1] != start[1]
    slow_bench.page.keyboard.press("End")
    assert 20 < slow_bench.step < 400


def test_all_of_it_works_by_keyboard(bench: Bench) -> None:
    keyboard = bench.page.keyboard
    focus(bench.seed)
    keyboard.press("ArrowUp")
    for _ in range(4):
        keyboard.press("Tab")
    assert bench.button.evaluate("element => element === document.activeElement")
    keyboard.press("Enter")
    bench.expect_state("ended")
    assert bench.button.evaluate("element => element === document.activeElement")
    assert bench.button.inner_text() == "Train seed 2"
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("ArrowLeft")
    assert bench.step == 380


def test_a_seed_that_is_none_becomes_one(bench: Bench) -> None:
    for given, taken in (("-7", "0"), ("2.4", "2"), ("99999999", "999999"), ("", "0")):
        bench.seed.fill(given)
        bench.seed.press("Tab")
        assert bench.seed.input_value() == taken


def test_it_fits_a_phone(browser: Browser, site: Path) -> None:
    for bench in opened(browser, site, slow=False, width=360):
        bench.train()
        wide = bench.page.evaluate("document.documentElement.scrollWidth")
        assert wide == 360
        for control in bench.figure.locator("button, input, select").all():
            box = control.bounding_box()
            assert box is not None
            assert box["height"] >= 24


def test_without_scripts_there_is_a_link_to_the_film(browser: Browser, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.as_uri())
    figure = page.locator("#figure-five-here")
    assert figure.locator(".bench").is_hidden()
    link = figure.locator(".off a")
    assert link.is_visible()
    assert (site.parent / (link.get_attribute("href") or "?").split("?")[0]).is_file()
    context.close()
