"""All neurons to choose from: drawn as they are, and in a browser redrawn as chosen."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from gen.analysis.fourier import components
from gen.analysis.neuron_groups import neuron_order
from gen.figures.neurons import Neurons
from gen.i18n import Words
from gen.interactive.pack import pack_of, pack_script
from gen.networks.embedded import Embedded
from gen.site.pages.render import render_pages
from gen.tasks.modular import Modular
from gen.widgets.neurons import NeuronsDrawing, bars_path, wave_path
from tests.support.browsing import focus, watched_page
from tests.support.line_runs import solved_run, waves_run
from tests.support.placed_figures import placed_widget
from tests.support.scene_values import read_script, views_of
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme

EN = Words("en")
RUN = solved_run()
FIGURE = Neurons(model="m", neuron=3)
PACK = "m.run-0"

IN_BROWSER, ONE_WORKER = pytest.mark.browser, pytest.mark.xdist_group("neurons")


def drawn() -> NeuronsDrawing:
    return FIGURE.render(RUN, EN).drawing


def test_every_neuron_can_be_chosen_by_its_number_and_frequency() -> None:
    thumbs = drawn().thumbs
    assert [thumb.row for thumb in thumbs] == list(range(24))
    assert [thumb.name for thumb in thumbs[:7:6]] == ["0, k = 5", "6, k = 13"]
    order = neuron_order(RUN)
    assert thumbs[9].wave == wave_path(RUN.views["W_in"][-1][:, order[9]])


def test_the_chosen_neuron_is_drawn_at_the_last_snapshot() -> None:
    into, out = drawn().panels
    neuron = neuron_order(RUN)[3]
    assert into.wave == wave_path(RUN.views["W_in"][-1][:, neuron])
    assert out.bars == bars_path(RUN.views["W_out"][-1][neuron])


def test_the_height_of_a_bar_is_the_amplitude_of_its_wave() -> None:
    values = 2.5 * np.cos(2 * np.pi * 4 * np.arange(67) / 67)
    bars = bars_path(values).removeprefix("M").split("M")
    assert len(bars) == 33
    assert bars[3] == "4 0V-2.5"


def test_the_script_finds_every_neuron_in_the_pack() -> None:
    data = json.loads(drawn().data)
    _, _, pack = read_script(pack_script(PACK, pack_of(RUN)))
    assert data["at"] == pack["steps"] == RUN.snapshot_steps.tolist()
    assert data["order"] == neuron_order(RUN).tolist() and data["numbers"] == 67
    into, out = (views_of(pack)[name] for name in data["views"])
    assert into.shape[1:] == (67, 24) and out.shape[1:] == (24, 67)


def test_the_table_has_the_final_wave_of_each_neuron() -> None:
    rows = list(csv.DictReader(io.StringIO(FIGURE.csv(RUN))))
    assert len(rows) == 24
    assert [row["k"] for row in rows[::6]] == ["5", "13", "21", "30"]
    assert all(float(row["share"]) > 0.99 for row in rows)
    assert all(float(row["off_double_degrees"]) < 1 for row in rows)


def test_the_alt_text_names_the_frequencies() -> None:
    alt = FIGURE.alt(RUN, EN)
    assert "24 neurons" in alt and "50,000" in alt and "21" in alt


def test_networks_with_too_many_neurons_to_choose_from_are_refused() -> None:
    task = Modular(modulus=113, train_share=0.4)
    Neurons(model="m").check(task, Embedded(embedding="learned", width=100, hidden=64))
    with pytest.raises(ValueError, match="the limit is 64"):
        Neurons(model="m").check(task, Embedded(embedding="learned", width=100, hidden=65))


def test_noise_is_drawn_too() -> None:
    noise = waves_run(generalises=float("inf"), snapshots=2)
    assert len(Neurons(model="m").render(noise, EN).drawing.thumbs) == 24


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("neurons")
    placed = replace(placed_widget("all", FIGURE, RUN, EN), pack=PACK, pack_script=f"{PACK}.js")
    (folder / f"{PACK}.js").write_text(pack_script(PACK, pack_of(RUN)))
    text = {"index": FRONT + "::: figure all wide\nChoose.\n:::\n"}
    pages = render_pages(site("index"), "en", text, {"all": placed}, {}, EN, TEMPLATES)
    write_theme(folder)
    for path, content in pages.items():
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / "index.html") as page:
        yield page


def heights(page: Page, part: str, way: int) -> np.ndarray:
    """The values of a line or the ends of bars, as the page has drawn them."""
    path = page.locator(f".large .{part} .line").nth(way).get_attribute("d") or ""
    places = path.removeprefix("M").replace("L", " ").replace("M", " ").replace("0V", "")
    return -np.array(places.split(), dtype=np.float64)[1::2]


def soon(check: Callable[[], bool]) -> None:
    """Wait until something is drawn: in the next frame of the page, once the pack is there."""
    deadline = time.monotonic() + 20
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def near(found: np.ndarray, known: np.ndarray, tolerance: float = 0.02) -> bool:
    limit = drawn().reach
    return len(found) == len(known) and bool(
        np.abs(found - known.clip(-limit, limit)).max() < tolerance
    )


@IN_BROWSER
@ONE_WORKER
def test_choosing_a_neuron_draws_its_weights_and_its_waves(page: Page) -> None:
    page.get_by_role("radio", name="20, k = 30").check()
    neuron = neuron_order(RUN)[20]
    for way, view in enumerate((RUN.views["W_in"][-1].T, RUN.views["W_out"][-1])):
        expected = view[neuron]
        amplitudes = np.abs(components(expected[:, None]))[:, 0]
        soon(lambda way=way, known=expected: near(heights(page, "wave", way), known))
        soon(lambda way=way, known=amplitudes: near(heights(page, "bars", way), known))
    assert "frequency-4" in (page.locator(".large").get_attribute("class") or "")


@IN_BROWSER
@ONE_WORKER
def test_arrow_keys_go_from_neuron_to_neuron(page: Page) -> None:
    focus(page.get_by_role("radio", name="3, k = 5", exact=True))
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("radio", name="4, k = 5", exact=True).is_checked()
    expected = RUN.views["W_in"][-1][:, neuron_order(RUN)[4]]
    soon(lambda: near(heights(page, "wave", 0), expected))


@IN_BROWSER
@ONE_WORKER
def test_the_step_slider_goes_back_to_the_first_snapshot(page: Page) -> None:
    slider = page.get_by_role("slider", name="Step")
    focus(slider)
    page.keyboard.press("Home")
    assert page.locator(".neurons label.step .value").inner_text() == "0"
    expected = RUN.views["W_in"][0][:, neuron_order(RUN)[3]]
    soon(lambda: near(heights(page, "wave", 0), expected, 0.03))


@IN_BROWSER
@ONE_WORKER
def test_the_widget_names_its_snapshot_if_the_timeline_is_between_two(
    page: Page,
) -> None:
    shown = json.loads(drawn().data)["at"]
    between = shown[3] + 1
    figure, label = page.locator("figure.neurons"), page.locator(".neurons label.step")
    told = "(figure, detail) => figure.dispatchEvent(new CustomEvent('follow', { detail }))"
    figure.evaluate(told, between)
    assert label.locator(".value").inner_text() == EN.number(shown[3])
    assert label.locator(".near").inner_text() == f"(the snapshot nearest to {between:,})"
    figure.evaluate(told, shown[3])
    assert label.locator(".near").inner_text() == ""


@IN_BROWSER
@ONE_WORKER
def test_the_small_waves_follow_the_step(page: Page) -> None:
    small = page.locator(".neurons fieldset .line").nth(5)
    page.get_by_role("slider", name="Step").press("Home")
    values = RUN.views["W_in"][0][:, neuron_order(RUN)[5]]

    def shown() -> np.ndarray:
        path = (small.get_attribute("d") or "").removeprefix("M").replace("L", " ")
        return -np.array(path.split(), dtype=float)[1::2]

    assert not near(RUN.views["W_in"][-1][:, neuron_order(RUN)[5]], values, 0.03)
    soon(lambda: near(shown(), values, 0.03))


@IN_BROWSER
@ONE_WORKER
def test_weights_that_the_reader_has_changed_are_drawn(page: Page) -> None:
    soon(lambda: bool(page.evaluate("grokreel.packs.loaded.has('m.run-0')")))
    page.evaluate(
        """async () => {
          const pack = await grokreel.packs.load("m.run-0");
          const factor = { W_in: 1, W_out: 0 };
          const matrix = (name, at) => pack.matrix(name, at).map((value) => value * factor[name]);
          grokreel.packs.changed.set("m.run-0", { matrix });
          document.dispatchEvent(new CustomEvent("intervene", { detail: "m.run-0" }));
        }"""
    )
    soon(lambda: near(heights(page, "wave", 1), np.zeros(67), 1e-9))
    expected = RUN.views["W_in"][-1][:, neuron_order(RUN)[3]]
    assert near(heights(page, "wave", 0), expected)


@IN_BROWSER
@ONE_WORKER
@pytest.mark.parametrize("width", [360, 1600])
def test_the_widget_fits_the_page(browser: Browser, folder: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((folder / "index.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@IN_BROWSER
@ONE_WORKER
def test_without_javascript_all_neurons_are_visible_and_controls_are_hidden(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert page.locator("fieldset svg").count() == 24
    assert page.locator(".large .line").first.is_visible()
    assert page.locator("input:visible").count() == 0
    context.close()
