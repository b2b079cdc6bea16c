"""Reading values off figures, and one neuron in all figures: by mouse, keys, touch and address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gen.analysis.fourier import frequencies, phases
from tests.support.browsing import focus, paint
from tests.support.timeline_page import bar, slider, step, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("timeline")]

WEIGHTS, WAVES = "#figure-sum-weights", "#figure-sum-waves"
ALL = [0, 1, 2, 3, 4, 5]

# Where the scene says that a cell is, in CSS pixels from the top left of the figure's drawing.
_CELL = """(live, { view, neuron, number }) => {
  const { scene } = grokreel.timelines[0].followers.find((one) => one.live === live);
  const layer = scene.layers.find(({ values }) => values?.view === view);
  const [[, rows]] = layer.values.axes;
  const row = rows ? rows.indexOf(neuron) : neuron;
  const scale = live.clientWidth / scene.width;
  return { x: (layer.left + (number + 0.6) * layer.cell) * scale,
    y: (layer.top + (row + 0.6) * layer.cell) * scale };
}"""

# The neurons whose row of cells is painted as it is without a light.
_LIT = """(live, view) => {
  const figure = grokreel.timelines[0].followers.find((one) => one.live === live);
  const { canvas, painters, scene } = figure;
  const layer = scene.layers.find(({ values }) => values?.view === view);
  const plain = document.createElement("canvas");
  [plain.width, plain.height] = [canvas.width, canvas.height];
  const context = plain.getContext("2d");
  context.setTransform(canvas.width / scene.width, 0, 0, canvas.height / scene.height, 0, 0);
  for (const painter of painters) painter.paint(context, figure.painted, grokreel.palette, null);
  const scale = canvas.width / scene.width;
  const [left, width] = [layer.left * scale, 11 * layer.cell * scale];
  const row = (of, place) => of.getContext("2d").getImageData(
    left, (layer.top + (place + 0.5) * layer.cell) * scale, width, 1,
  ).data.join();
  const order = layer.values.axes[0][1] ?? [0, 1, 2, 3, 4, 5];
  return order.filter((_, place) => row(canvas, place) === row(plain, place));
}"""

_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
  (found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(" | ")}`)"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 2600})
    yield page
    page.close()


@pytest.fixture(scope="module")
def weights(timeline_site: Path) -> dict[str, np.ndarray]:
    """The snapshots of the run that the figures show, neurons in the order of figures."""
    with np.load(timeline_site / "data" / "sum.run-0.npz") as arrays:
        found = {name: arrays[name] for name in arrays.files}
    final = found["W_in"][-1].astype(np.float64)
    order = np.lexsort((phases(final), frequencies(final)))
    return found | {"W_in": found["W_in"][:, :, order], "W_out": found["W_out"][:, order]}


def ready(page: Page) -> None:
    """Wait until both figures of the model are painted."""
    drawn = "document.querySelectorAll('.lives[data-model=sum]').length === 2"
    until(page, f"{drawn} && grokreel.timelines[0].followers.every(one => one.ready !== false)")


def opened(page: Page, folder: Path, query: str = "") -> None:
    page.goto((folder / "painted.html").as_uri() + query)
    ready(page)


def live(page: Page, figure: str) -> Locator:
    return page.locator(f"{figure} .live")


def spot(page: Page, view: str, neuron: int, number: int) -> Any:
    where = {"view": view, "neuron": neuron, "number": number}
    return live(page, WEIGHTS).evaluate(_CELL, where)


def point(page: Page, view: str, neuron: int, number: int) -> None:
    live(page, WEIGHTS).hover(position=spot(page, view, neuron, number))


def press(page: Page, view: str, neuron: int, number: int) -> None:
    live(page, WEIGHTS).click(position=spot(page, view, neuron, number))


def box(page: Page, figure: str = WEIGHTS) -> Locator:
    return page.locator(f"{figure} .readout")


def said(page: Page) -> float:
    """Return the value in the box of the heat maps."""
    return float(box(page).inner_text().rpartition(": ")[2].replace("−", "-"))


def lit(page: Page) -> list[int]:
    """Return the neurons that are lit in the heat maps, by what is painted."""
    paint(page)
    return sorted(live(page, WEIGHTS).evaluate(_LIT, "W_in"))


def coloured(page: Page) -> int:
    """Return how much colour is in the waves; less if lines are dimmed."""
    paint(page)
    return (
        live(page, WAVES)
        .locator("canvas")
        .evaluate("""canvas => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0;
      for (let i = 3; i < data.length; i += 4) sum += data[i];
      return sum;
    }""")
    )


def pins(page: Page) -> list[str]:
    return [note.inner_text() for note in page.locator(".pins:visible").all()]


def test_pointing_at_a_cell_shows_the_value_of_the_run(
    page: Page, timeline_site: Path, weights: dict[str, np.ndarray]
) -> None:
    opened(page, timeline_site)
    for view, at_step in (("W_in", 120), ("W_out", 120), ("W_in", 40)):
        slider(page).fill(str(at_step))
        snapshot = weights[view][weights["steps"].tolist().index(at_step)]
        matrix = snapshot.T if view == "W_in" else snapshot
        unit = np.abs(matrix).max() / 127
        for neuron, number in ((0, 0), (3, 7), (5, 10)):
            point(page, view, neuron, number)
            name = view.replace("_", "")
            expect(box(page)).to_contain_text(f"{name} · neuron {neuron} · number {number}: ")
            assert abs(said(page) - matrix[neuron, number]) <= unit
    page.mouse.move(5, 5)
    expect(box(page)).to_be_hidden()


def test_the_value_follows_the_timeline_and_the_box_stays_in_the_drawing(
    page: Page, timeline_site: Path
) -> None:
    opened(page, timeline_site)
    point(page, "W_in", 2, 10)
    first = box(page).inner_text()
    page.evaluate("grokreel.timelines[0].seek(0)")
    expect(box(page)).not_to_have_text(first)
    inside, shown = live(page, WEIGHTS).bounding_box(), box(page).bounding_box()
    assert inside is not None and shown is not None
    assert shown["x"] >= inside["x"] - 1
    assert shown["x"] + shown["width"] <= inside["x"] + inside["width"] + 1


def test_a_neuron_is_lit_in_every_figure_until_the_pointer_leaves(
    page: Page, timeline_site: Path
) -> None:
    opened(page, timeline_site)
    waves = coloured(page)
    assert lit(page) == ALL
    point(page, "W_out", 3, 4)
    assert lit(page) == [3]
    assert coloured(page) < 0.85 * waves
    expect(page.locator(".readout:visible")).to_have_count(1)
    page.mouse.move(5, 5)
    assert lit(page) == ALL
    assert coloured(page) == waves
    assert pins(page) == []


def test_a_wave_lights_its_neuron_in_the_heat_maps(page: Page, timeline_site: Path) -> None:
    opened(page, timeline_site)
    place = live(page, WAVES).evaluate("""(live) => {
      const { painters, scene } = grokreel.timelines[0].followers.find((one) => one.live === live);
      const lines = painters.find(({ layer }) => layer.type === "lines");
      const { data, shape } = lines.reader.at(scene.steps.length - 1);
      const scale = live.clientWidth / scene.width;
      const entry = 4; // the fifth point of the first line
      return { neuron: lines.reader.indexAt(0, 0), lines: shape[0],
        x: data[2 * entry] * scale, y: data[2 * entry + 1] * scale };
    }""")
    live(page, WAVES).hover(position={"x": place["x"], "y": place["y"]})
    expect(box(page, WAVES)).to_contain_text("number 4: ")
    found = re.search(r"neuron (\d)", box(page, WAVES).inner_text())
    assert found is not None
    assert lit(page) == [int(found[1])]


def test_a_press_pins_and_the_pin_survives_scrubbing(page: Page, timeline_site: Path) -> None:
    opened(page, timeline_site)
    press(page, "W_in", 4, 2)
    page.mouse.move(5, 5)
    assert pins(page) == ["neuron 4 is pinned\nlet go"] * 2
    assert "neuron-sum=4" in page.url
    for place in ("30", "90"):
        slider(page).fill(place)
        assert lit(page) == [4]
    point(page, "W_in", 1, 2)
    assert lit(page) == [1]
    page.mouse.move(5, 5)
    assert lit(page) == [4]
    page.locator(f"{WAVES} .pins button").click()
    assert pins(page) == []
    assert lit(page) == ALL
    assert "neuron" not in page.url


@pytest.mark.parametrize("way", ["escape", "ground", "again"])
def test_a_pin_is_let_go_by(page: Page, timeline_site: Path, way: str) -> None:
    opened(page, timeline_site)
    press(page, "W_in", 4, 2)
    assert len(pins(page)) == 2
    if way == "escape":
        page.keyboard.press("Escape")
    elif way == "ground":
        live(page, WEIGHTS).click(position={"x": 3, "y": 3})
    else:
        press(page, "W_in", 4, 2)
    assert pins(page) == []
    assert "neuron" not in page.url


def test_an_address_pins_and_what_does_not_exist_is_dropped(
    page: Page, timeline_site: Path
) -> None:
    opened(page, timeline_site, "?neuron-sum=2&step-sum=50")
    assert step(page) == 50
    assert lit(page) == [2]
    assert pins(page) == ["neuron 2 is pinned\nlet go"] * 2
    opened(page, timeline_site, "?neuron-sum=6")
    assert pins(page) == []
    assert lit(page) == ALL
    assert "neuron-sum" not in page.url


def test_keys_read_every_value_and_pin(
    page: Page, timeline_site: Path, weights: dict[str, np.ndarray]
) -> None:
    opened(page, timeline_site)
    twin = page.locator(f"{WEIGHTS} .twin")
    focus(twin)
    expect(twin).to_have_attribute("aria-label", "Values of this figure")
    first = re.compile(r"^W_in · neuron \d · number 0: ")
    expect(twin).to_have_attribute("aria-valuetext", first)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowDown")
    text = twin.get_attribute("aria-valuetext") or ""
    found = re.fullmatch(r"(W_\w+) · neuron (\d) · number (\d+): (.*)", text)
    assert found is not None
    view, neuron, number = found[1], int(found[2]), int(found[3])
    assert number == 9
    matrix = weights["W_in"][-1].T if view == "W_in" else weights["W_out"][-1]
    value = float(found[4].replace("−", "-"))
    assert abs(value - matrix[neuron, number]) <= np.abs(matrix).max() / 127
    assert box(page).inner_text() == text.replace("_", "")
    assert lit(page) == [neuron]
    page.keyboard.press("Enter")
    expect(twin).to_have_attribute("aria-valuetext", f"{text}, neuron {neuron} is pinned")
    assert len(pins(page)) == 2
    page.keyboard.press("Escape")
    assert pins(page) == []
    expect(box(page)).to_be_hidden()
    page.keyboard.press("ArrowLeft")
    expect(box(page)).to_contain_text("number 8: ")
    assert step(page) == 120


def test_tab_leads_from_the_values_to_the_bar_whose_keys_work(
    page: Page, timeline_site: Path
) -> None:
    opened(page, timeline_site)
    focus(page.locator(f"{WEIGHTS} .twin"))
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.timeline input')"):
            break
    assert bar(page).evaluate("bar => bar.contains(document.activeElement)")
    before = step(page)
    page.keyboard.press("ArrowLeft")
    assert step(page) == before - 10
    page.keyboard.press("Space")
    assert page.evaluate("grokreel.timelines[0].playing")
    page.keyboard.press("Space")
    assert not page.evaluate("grokreel.timelines[0].playing")


def test_a_tap_reads_and_pins_and_a_finger_beside_a_cell_still_finds_it(
    browser: Browser, timeline_site: Path
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 2600}, has_touch=True)
    page = context.new_page()
    opened(page, timeline_site)
    drawing = live(page, WEIGHTS)
    assert drawing.evaluate("one => getComputedStyle(one).touchAction") == "pan-y pinch-zoom"
    drawing.tap(position=spot(page, "W_in", 3, 5))
    expect(box(page)).to_contain_text("neuron 3 · number 5: ")
    assert len(pins(page)) == 2
    drawing.tap(position=spot(page, "W_in", 3, 6))
    expect(box(page)).to_contain_text("neuron 3 · number 6: ")
    assert len(pins(page)) == 2
    drawing.tap(position=spot(page, "W_in", 3, 6))
    assert pins(page) == []
    expect(box(page)).to_be_hidden()
    edge = spot(page, "W_in", 3, 0)
    drawing.tap(position={"x": edge["x"] - 14, "y": edge["y"]})
    expect(box(page)).to_contain_text("number 0: ")
    for button in page.locator(".pins:visible button").all():
        size = button.bounding_box()
        assert size is not None and min(size["width"], size["height"]) >= 24
    page.locator("h1").tap()
    expect(box(page)).to_be_hidden()
    context.close()


def test_a_finger_that_moves_up_on_a_figure_scrolls_the_page(
    browser: Browser, timeline_site: Path
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True)
    page = context.new_page()
    page.goto((timeline_site / "painted.html").as_uri())
    live(page, WEIGHTS).locator("xpath=ancestor::figure").scroll_into_view_if_needed()
    until(page, "document.querySelector('#figure-sum-weights.lives') !== null")
    live(page, WEIGHTS).evaluate("one => one.scrollIntoView()")
    inside, before = live(page, WEIGHTS).bounding_box(), page.evaluate("scrollY")
    assert inside is not None
    x, y = inside["x"] + inside["width"] / 2, inside["y"] + inside["height"] / 2
    session = context.new_cdp_session(page)
    for kind, up in [("Start", 0), *(("Move", 15 * part) for part in range(1, 11)), ("End", None)]:
        points = [] if up is None else [{"x": x, "y": y - up}]
        order = {"type": f"touch{kind}", "touchPoints": points}
        session.send("Input.dispatchTouchEvent", order)
    until(page, f"scrollY > {before + 50}")
    assert pins(page) == []
    expect(box(page)).to_be_hidden()
    context.close()


def test_nothing_moves_when_a_pin_comes_and_goes(page: Page, timeline_site: Path) -> None:
    opened(page, timeline_site)
    heights = [page.evaluate("document.documentElement.scrollHeight")]
    press(page, "W_in", 4, 2)
    heights.append(page.evaluate("document.documentElement.scrollHeight"))
    assert heights[0] == heights[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_while_a_value_is_read_and_pinned(
    browser: Browser, timeline_site: Path, scheme: str
) -> None:
    context = browser.new_context(
        bypass_csp=True,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": 1280, "height": 2600},
    )
    page = context.new_page()
    opened(page, timeline_site)
    press(page, "W_in", 4, 2)
    focus(page.locator(f"{WAVES} .twin"))
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    assert page.evaluate(_AXE) == []
    context.close()


def test_in_forced_colours_the_box_has_those_of_the_system(
    browser: Browser, timeline_site: Path
) -> None:
    context = browser.new_context(forced_colors="active", viewport={"width": 1280, "height": 2600})
    page = context.new_page()
    opened(page, timeline_site)
    point(page, "W_in", 4, 2)
    system = page.evaluate("""() => {
      const probe = document.createElement("p");
      document.body.append(probe);
      probe.style.color = "CanvasText";
      return getComputedStyle(probe).color;
    }""")
    assert box(page).evaluate("one => getComputedStyle(one).color") == system
    context.close()


def test_numbers_in_the_drawing_are_written_as_on_the_page(page: Page, timeline_site: Path) -> None:
    opened(page, timeline_site)
    shown = page.evaluate("""() => {
      const figure = grokreel.timelines[0].followers.find((one) => one.live);
      const { pack, scene } = figure;
      scene.background = scene.background.replace("</svg>", "<text>5\\u202f000.5</text></svg>");
      figure.show(scene, pack);
      return [...figure.live.querySelectorAll("svg text")].at(-1).textContent;
    }""")
    assert shown == "5,000.5"
