"""The figure of interventions in a browser: by pointer and keyboard, on a timeline, by address."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from gen.analysis.interventions import (
    answers,
    count_right,
    right_answers,
    silenced,
    without_double_waves,
)
from gen.analysis.neuron_groups import neuron_order
from gen.experiments.runs import ModelRun
from gen.i18n import Words
from tests.support.browsing import LONG, focus, paint, watched_page
from tests.support.intervene_page import (
    exact_pairs,
    final_frequencies,
    packed_pairs,
    write_pages,
)
from tests.support.line_runs import solved_run, waves_run
from tests.support.timeline_page import until

EN = Words("en")


def run_with_double_waves() -> ModelRun:
    """Return a run of 24 neurons that ends with four frequencies, and their double waves."""
    run = solved_run()
    turn = 2 * np.pi * np.arange(67)[:, None] / 67 * np.repeat((5, 13, 21, 30), 6)
    phase = np.tile(2 * np.pi * np.arange(6) / 6, 4)
    w_in = run.views["W_in"].copy()
    w_in[-1] = np.cos(turn - phase) + 0.4 * np.cos(2 * turn - 2 * phase)
    return replace(run, views={**run.views, "W_in": w_in.astype(np.float32)})


RUN = run_with_double_waves()
ORDER = neuron_order(RUN).tolist()
FREQUENCIES = final_frequencies(RUN)
OTHER = replace(waves_run(snapshots=21), seed=1)
PAIRS = 67 * 68 // 2

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("intervene_page")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("intervene")
    write_pages(folder, "map", "weights", RUN, OTHER)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / "index.html") as page:
        ready(page)
        yield page


def ready(page: Page) -> None:
    page.locator("#figure-map").scroll_into_view_if_needed()
    expect(page.locator("#figure-map .cuts")).to_be_visible()
    paint(page)


def counts(page: Page) -> list[int]:
    """Return the counts of right answers that the figure says: with changes, and without."""
    said = page.locator("#figure-map .said").inner_text()
    found = re.findall(r"([\d,]+) of 2,278|it is ([\d,]+)", said)
    return [int((one or other).replace(",", "")) for one, other in found]


def wait_for_counts(page: Page, wanted: list[int]) -> None:
    """Wait until the figure says these counts, of a run whose weights it has to load first."""
    deadline = time.monotonic() + LONG / 1000
    while counts(page) != wanted:
        assert time.monotonic() < deadline, (counts(page), wanted)
        paint(page)


def right(*, silent: list[int] | None = None, doubles: bool = False, at: int = -1) -> int:
    """Return the count of right answers of the pack's values after the same intervention."""
    weights = silenced(packed_pairs(RUN, at), silent or [])
    if doubles:
        weights = without_double_waves(weights, FREQUENCIES)
    return count_right(weights)[0]


def press(page: Page, cut: str) -> None:
    page.locator(f"[data-cut='{cut}']").click()
    paint(page)


def do(page: Page, order: str) -> None:
    page.locator(f"[data-do='{order}']").click()
    paint(page)


def drawn(page: Page) -> str:
    return page.locator("#figure-weights .live canvas").evaluate("(canvas) => canvas.toDataURL()")


def cells(page: Page) -> int:
    """Return how many cells of the map have the colour of right answers."""
    return page.locator(".map canvas").evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const hex = grokreel.palette("failed");
          let wrong = 0;
          for (let i = 0; i < data.length; i += 4) {
            const text = [0, 1, 2].map((at) => data[i + at].toString(16).padStart(2, "0")).join("");
            if (`#${text}` === hex) wrong += 1;
          }
          return canvas.width * canvas.height - wrong;
        }"""
    )


def test_a_silenced_neuron_has_the_effect_that_python_computes(page: Page) -> None:
    assert counts(page) == [right()]
    press(page, "n4")
    wanted = right(silent=[ORDER[4]])
    assert wanted < right()
    assert counts(page) == [wanted, right()]
    assert page.locator("[data-cut='n4']").get_attribute("aria-pressed") == "true"
    exact = count_right(silenced(exact_pairs(RUN, -1), [ORDER[4]]))[0]
    assert abs(exact - wanted) / PAIRS < 0.005


@pytest.mark.parametrize("cut", ["k13", "d"])
def test_a_frequency_and_the_double_waves_are_taken_away(page: Page, cut: str) -> None:
    press(page, cut)
    group = [neuron for neuron, k in FREQUENCIES.items() if k == 13]
    wanted = right(doubles=True) if cut == "d" else right(silent=group)
    assert counts(page) == [wanted, right()]


def test_the_map_shows_every_right_answer(page: Page) -> None:
    press(page, "k21")
    group = [neuron for neuron, k in FREQUENCIES.items() if k == 21]
    weights = silenced(packed_pairs(RUN, -1), group)
    assert cells(page) == int((answers(weights) == right_answers(weights)).sum())


def test_all_figures_of_the_model_show_the_change_and_undo_takes_it_back(page: Page) -> None:
    page.locator("#figure-weights").scroll_into_view_if_needed()
    expect(page.locator("#figure-weights .live canvas")).to_be_visible()
    paint(page)
    before = drawn(page)
    page.locator("[data-cut='n2']").evaluate("(button) => button.click()")
    paint(page)
    after = drawn(page)
    assert after != before
    page.locator("[data-do='undo']").evaluate("(button) => button.click()")
    paint(page)
    assert drawn(page) == before
    page.locator("[data-do='redo']").evaluate("(button) => button.click()")
    paint(page)
    assert drawn(page) == after


def test_undo_redo_and_reset(page: Page) -> None:
    buttons = {order: page.locator(f"[data-do='{order}']") for order in ("undo", "redo", "reset")}
    assert all(button.is_disabled() for button in buttons.values())
    press(page, "n1")
    press(page, "d")
    do(page, "undo")
    assert counts(page) == [right(silent=[ORDER[1]]), right()]
    do(page, "redo")
    assert counts(page) == [right(silent=[ORDER[1]], doubles=True), right()]
    do(page, "reset")
    assert counts(page) == [right()]
    assert buttons["reset"].is_disabled() and buttons["undo"].is_enabled()
    do(page, "undo")
    assert counts(page) == [right(silent=[ORDER[1]], doubles=True), right()]


def test_a_neuron_of_a_silenced_frequency_can_speak_again(page: Page) -> None:
    press(page, "k13")
    group = [row for row, neuron in enumerate(ORDER) if FREQUENCIES[neuron] == 13]
    for row in group:
        assert page.locator(f"[data-cut='n{row}']").get_attribute("aria-pressed") == "true"
    press(page, f"n{group[0]}")
    assert counts(page)[0] == right(silent=[ORDER[row] for row in group[1:]])
    assert page.locator("[data-cut='k13']").get_attribute("aria-pressed") == "false"


def test_the_address_keeps_the_changes(page: Page) -> None:
    press(page, "k13")
    press(page, "d")
    until(page, "location.search === '?cut=k13,d'")
    said = counts(page)
    page.reload()
    ready(page)
    assert counts(page) == said
    do(page, "reset")
    until(page, "location.search === ''")


def test_it_follows_the_timeline(page: Page) -> None:
    slider = page.locator(".timeline input[type='range']")
    focus(slider)
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    paint(page)
    assert counts(page) == [right(at=17)]
    assert page.locator("#figure-map .step").is_hidden()
    press(page, "n0")
    assert counts(page) == [right(silent=[ORDER[0]], at=17), right(at=17)]


def test_a_step_of_the_address_is_shown(browser: Browser, folder: Path) -> None:
    with watched_page(browser, folder / "index.html") as page:
        page.goto(f"{(folder / 'index.html').as_uri()}?step=10000&cut=n3")
        ready(page)
        assert counts(page) == [right(silent=[ORDER[3]], at=4), right(at=4)]


def test_a_page_without_a_timeline_has_a_slider_for_the_step(
    browser: Browser, folder: Path
) -> None:
    with watched_page(browser, folder / "alone" / "index.html") as page:
        ready(page)
        focus(page.locator("#figure-map input[name='step']"))
        page.keyboard.press("Home")
        paint(page)
        assert counts(page) == [right(at=0)]


def test_the_same_changes_are_tried_on_another_seed(browser: Browser, folder: Path) -> None:
    other = silenced(packed_pairs(OTHER, -1), [int(neuron_order(OTHER)[5])])
    wanted = [count_right(other)[0], count_right(packed_pairs(OTHER, -1))[0]]
    with watched_page(browser, folder / "seeds" / "index.html") as page:
        ready(page)
        press(page, "n5")
        assert counts(page) == [right(silent=[ORDER[5]]), right()] != wanted
        page.locator("figure.seeds input[value='1']").check()
        wait_for_counts(page, wanted)
        assert page.evaluate("[...grokreel.packs.changed.keys()]") == ["m.run-1"]
        until(page, "location.search === '?cut=n5&seed=1'")
        page.reload()
        ready(page)
        wait_for_counts(page, wanted)


def test_it_says_what_8_bits_cost(page: Page) -> None:
    said = page.locator("#figure-map .digits").inner_text()
    logged = RUN.metrics["train_accuracy"][-1] * 911 + RUN.metrics["test_accuracy"][-1] * 1367
    exact = round(float(logged))
    assert RUN.task.rows == (911, 1367)
    assert f"{EN.number(exact)} of 2,278" in said or exact == right()
    assert ("just as many" in said) == (exact == right())


@pytest.mark.parametrize(("hold", "other"), [("none", 10), ("sum", 9), ("difference", 11)])
def test_sliders_move_a_sum_and_hold_what_is_chosen(page: Page, hold: str, other: int) -> None:
    a, b = (page.locator(f"#figure-map input[name='{name}']") for name in ("a", "b"))
    a.fill("5")
    b.fill("10")
    page.locator(f".hold input[value='{hold}']").check()
    focus(a)
    page.keyboard.press("ArrowRight")
    paint(page)
    assert (a.input_value(), b.input_value()) == ("6", str(other))
    weights = packed_pairs(RUN, -1)
    logits = np.maximum(weights.first[6] + weights.first[other], 0) @ weights.out
    answer = page.locator("#figure-map .answer").inner_text()
    assert answer.startswith(f"6 + {other} is {(6 + other) % 67}")
    assert f"answers {int(logits.argmax())}" in answer
    bars = page.locator(".logits path.bar.right").get_attribute("d") or ""
    height = -float(bars.partition("V")[2])
    assert abs(height - logits[(6 + other) % 67] / abs(logits).max()) < 1e-3


def test_a_cell_tells_its_sum_and_a_click_chooses_it(page: Page) -> None:
    canvas = page.locator(".map canvas")
    box = canvas.bounding_box()
    assert box is not None
    side = box["width"] / 67
    x, y = 7.5 * side, (66 - 20 + 0.5) * side
    canvas.hover(position={"x": x, "y": y})
    assert page.locator(".pointed").inner_text().startswith("7 + 20 is 27")
    canvas.click(position={"x": x, "y": y})
    paint(page)
    assert page.locator("#figure-map input[name='a']").input_value() == "7"
    assert page.locator("#figure-map input[name='b']").input_value() == "20"
    chosen = page.locator(".chosen").bounding_box()
    assert chosen is not None
    assert abs(chosen["x"] + chosen["width"] / 2 - box["x"] - x) <= 1
    assert abs(chosen["y"] + chosen["height"] / 2 - box["y"] - y) <= 1


def painted_right(cells: list[tuple[str, int, float]], row: int) -> int:
    weights = packed_pairs(RUN, -1)
    for side, place, value in cells:
        if side == "i":
            weights.first[place, ORDER[row]] = value
        else:
            weights.out[ORDER[row], place] = value
    return count_right(weights)[0]


def test_a_stroke_paints_weights_and_is_one_change(page: Page) -> None:
    page.locator(".paint summary").click()
    page.locator(".paint select[name='neuron']").select_option("3")
    page.locator(".paint input[name='weight']").fill("3")
    paint(page)
    value = float(page.locator(".paint input[name='weight']").input_value())
    canvas = page.locator(".paint canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    side = box["width"] / 67
    page.mouse.move(box["x"] + 4.5 * side, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 12.5 * side, box["y"] + 12)
    page.mouse.up()
    paint(page)
    wanted = painted_right([("i", place, value) for place in range(4, 13)], 3)
    assert counts(page) == [wanted, right()] and wanted != right()
    do(page, "undo")
    assert counts(page) == [right()]


def test_weights_are_painted_by_keyboard(page: Page) -> None:
    focus(page.locator(".paint summary"))
    page.keyboard.press("Enter")
    page.locator(".paint select[name='side']").select_option("o")
    page.locator(".paint input[name='place']").fill("7")
    focus(page.locator(".paint input[name='weight']"))
    page.keyboard.press("End")
    value = float(page.locator(".paint input[name='weight']").input_value())
    focus(page.locator("[data-do='set']"))
    page.keyboard.press("Enter")
    paint(page)
    assert counts(page)[0] == painted_right([("o", 7, value)], 0)
    until(page, f"location.search === '?cut=o0.7.{round(100 * value)}'")


def test_parts_are_silenced_by_keyboard(page: Page) -> None:
    focus(page.locator("[data-cut='n0']"))
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press(" ")
    paint(page)
    assert counts(page)[0] == right(silent=ORDER[:2])
    focus(page.locator("[data-do='reset']"))
    page.keyboard.press("Enter")
    paint(page)
    assert page.evaluate("document.activeElement.closest('#figure-map') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_all_fits_and_colours_are_those_of_the_scheme(
    browser: Browser, folder: Path, scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 800},
        device_scale_factor=2,
        color_scheme=scheme,  # type: ignore[arg-type]
    )
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    ready(page)
    page.locator(".paint summary").click()
    paint(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sizes = page.locator("#figure-map button").evaluate_all(
        "(all) => all.map((one) => [one.offsetWidth, one.offsetHeight])"
    )
    assert min(min(size) for size in sizes) >= 24
    side = page.locator(".map canvas").evaluate(
        "(canvas) => canvas.getBoundingClientRect().width * devicePixelRatio / canvas.width"
    )
    assert abs(side - round(side)) < 0.01
    assert cells(page) > 0
    context.close()


def test_without_scripts_there_is_the_map_at_the_end(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    exact = count_right(exact_pairs(RUN, -1))[0]
    said = page.locator("#figure-map .said").inner_text()
    assert said.startswith(f"Step 50,000: {EN.number(exact)} of 2,278 pairs")
    assert page.locator("#figure-map .map svg").is_visible()
    assert not any(tool.is_visible() for tool in page.locator("#figure-map .tool").all())
    context.close()
