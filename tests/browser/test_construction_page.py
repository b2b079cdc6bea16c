"""Figures of constructed networks in a browser: scripts draw the same as the build."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from gen.figures.construction_error import ConstructionError
from gen.figures.construction_sum import ConstructionSum
from gen.i18n import Words
from gen.site.pages.render import render_pages
from tests.support.browsing import focus, watched_page
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme

EN = Words("en")
PAGE = "::: figure sum wide\nPlay.\n:::\n\n::: figure error wide\nError.\n:::\n"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("construction_page")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one page that has both figures."""
    folder = tmp_path_factory.mktemp("construction")
    figures = {
        name: placed_widget(name, figure, None, EN)
        for name, figure in {"sum": ConstructionSum(), "error": ConstructionError()}.items()
    }
    pages = render_pages(site("index"), "en", {"index": FRONT + PAGE}, figures, {}, EN, TEMPLATES)
    write_theme(folder)
    for path, content in pages.items():
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / "index.html") as page:
        yield page


def choose(page: Page, **settings: Any) -> None:
    """Set the fields of the sum: first those of the network, then the numbers."""
    figure = page.locator("#figure-sum")
    for name in ("neurons", "modulus", "a", "b"):
        if name in settings:
            figure.locator(f"input[name='{name}']").fill(str(settings[name]))
    if "activation" in settings:
        figure.locator("select").select_option(settings["activation"])


def outline(element: ET.Element) -> Iterator[tuple[str, str | None, str, list[float]]]:
    """Return name, class, text and numbers of every element inside another."""
    for part in element.iter():
        if part is not element:
            places = " ".join(f"{k} {v}" for k, v in part.items() if k != "class")
            numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", places)]
            yield part.tag.rpartition("}")[2], part.get("class"), part.text or "", numbers


def same(page: Page, selector: str, expected: str) -> None:
    """Return whether the page shows an SVG, up to a tenth of its unit and rounding."""
    inner = page.locator(selector).evaluate("svg => new XMLSerializer().serializeToString(svg)")
    theirs, ours = list(outline(ET.fromstring(inner))), list(outline(ET.fromstring(expected)))
    assert [one[:3] for one in theirs] == [one[:3] for one in ours]
    for one, other in zip(theirs, ours, strict=True):
        assert one[3] == pytest.approx(other[3], abs=0.11), one[:3]


SETTINGS = [
    {},
    {"a": 0, "b": 66},
    {"neurons": 6, "modulus": 499, "a": 3, "b": 300},
    {"neurons": 10, "modulus": 40, "a": 7, "b": 9, "activation": "square"},
    {"neurons": 8, "modulus": 40, "a": 7, "b": 27},
    {"neurons": 3, "modulus": 12, "a": 5, "b": 5},
    {"neurons": 4, "modulus": 31, "a": 9, "b": 2},
    {"neurons": 7, "modulus": 160, "a": 9, "b": 20, "activation": "linear"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_script_draws_the_same_picture_and_text_as_the_build(
    page: Page, settings: dict[str, Any]
) -> None:
    choose(page, **settings)
    expected = (
        ConstructionSum.model_validate({"a": 13, "b": 20} | settings).render(None, EN).drawing
    )
    assert page.locator("#figure-sum .said").inner_text() == expected.said
    assert page.locator("#figure-sum .counted").inner_text() == expected.counted
    for shape, picture in zip(("wide", "narrow"), expected.pictures, strict=True):
        same(page, f"#figure-sum svg.{shape}", picture)


@pytest.mark.parametrize(
    ("neurons", "modulus"), [(5, 67), (6, 67), (3, 13), (4, 31), (9, 500), (8, 100)]
)
def test_the_script_shows_the_error_that_the_build_computes(
    page: Page, neurons: int, modulus: int
) -> None:
    figure = page.locator("#figure-error")
    figure.locator("input[name='neurons']").fill(str(neurons))
    figure.locator("input[name='modulus']").fill(str(modulus))
    drawing = ConstructionError(neurons=neurons, modulus=modulus).render(None, EN).drawing
    for panel in drawing.panels:
        shown = f"#figure-error .panel[data-bend='{panel.bend}']"
        assert page.locator(f"{shown} .counted").inner_text() == panel.said
        if neurons != 4:
            same(page, f"{shown} svg", panel.svg)


@pytest.mark.parametrize(("key", "b"), [("ArrowRight", 21), ("ArrowLeft", 19), ("End", 66)])
def test_arrow_keys_change_a_number(page: Page, key: str, b: int) -> None:
    focus(page.get_by_role("slider", name="b ="))
    page.keyboard.press(key)
    assert page.locator(".value[data-name='b']").inner_text() == str(b)
    expected = ConstructionSum(a=13, b=b).render(None, EN).drawing
    assert page.locator("#figure-sum .said").inner_text() == expected.said


def test_arrow_keys_change_neurons_and_modulus(page: Page) -> None:
    figure = page.locator("#figure-sum")
    focus(figure.get_by_role("spinbutton", name="neurons"))
    page.keyboard.press("ArrowUp")
    assert figure.locator("svg.wide circle.neuron").count() == 2 * 6
    focus(figure.get_by_role("spinbutton", name="modulus"))
    page.keyboard.press("ArrowDown")
    assert figure.locator("input[name='a']").get_attribute("max") == "65"


def test_dragging_changes_a_number(page: Page) -> None:
    box = page.locator("#figure-sum input[name='a']").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert page.locator(".value[data-name='a']").inner_text() == "66"


def test_a_smaller_modulus_keeps_the_numbers_below_it(page: Page) -> None:
    choose(page, b=60)
    choose(page, modulus=30)
    assert page.locator(".value[data-name='b']").inner_text() == "29"


@pytest.mark.parametrize(("typed", "kept"), [("7", "12"), ("9999", "500"), ("", "67")])
def test_an_out_of_range_value_is_corrected_on_blur(page: Page, typed: str, kept: str) -> None:
    for figure in ("#figure-sum", "#figure-error"):
        field = page.locator(f"{figure} input[name='modulus']")
        before = page.locator(f"{figure} .counted").first.inner_text()
        field.fill(typed)
        assert page.locator(f"{figure} .counted").first.inner_text() == before
        field.press("Tab")
        assert field.input_value() == kept


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_the_figures_fit_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    visible = page.locator("#figure-sum .chart > svg:visible")
    assert visible.get_attribute("class") == ("narrow" if width < 500 else "wide")


def test_without_scripts_everything_except_the_fields_is_shown(
    browser: Browser, folder: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    drawn = ConstructionSum().render(None, EN).drawing
    assert page.locator("#figure-sum .said").inner_text() == drawn.said
    assert page.locator("#figure-sum svg.wide .link").count() == 5
    assert page.locator("#figure-error .dots").count() == 8
    assert page.locator("input:visible, select:visible, .hint:visible").count() == 0
    context.close()
