"""The interference figure in a browser: by keyboard, by pointer, and without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from gen.analysis.seeds import SeedRuns
from gen.figures.interference import Interference
from gen.figures.seeds import Seeds
from gen.i18n import Words
from gen.site.pages.render import render_pages
from tests.support.browsing import Watched, focus, started, watched_page
from tests.support.line_runs import solved_run
from tests.support.pair_runs import pair_run
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import FRONT, TEMPLATES, site, write_theme

EN = Words("en")
RUN = solved_run()
PAGE = "::: figure waves wide\nWaves.\n:::\n\n::: figure seeds wide\nSeeds.\n:::\n"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("interference_page")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with one page that has both figures."""
    folder = tmp_path_factory.mktemp("interference")
    waves, seeds = Interference(model="m", a=10, b=20), Seeds(model="m")
    every = SeedRuns((RUN,), RUN.seed)
    figures = {
        "waves": placed_widget("waves", waves, RUN, EN),
        "seeds": placed_widget("seeds", seeds, every, EN),
    }
    text = {"index": FRONT + PAGE}
    pages = render_pages(site("index"), "en", text, figures, {}, EN, TEMPLATES)
    write_theme(folder)
    for path, content in pages.items():
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    with watched_page(browser, folder / "index.html") as page:
        yield page


def shown_text(page: Page) -> str:
    return page.locator(".said").inner_text()


def expected(a: int, b: int) -> str:
    return Interference(model="m", a=a, b=b).render(RUN, EN).drawing.said


def leads(page: Page) -> list[str]:
    return page.locator("svg.wide .ahead").all_text_contents()


def test_the_script_shows_the_text_of_the_build(page: Page) -> None:
    assert shown_text(page) == expected(10, 20)


@pytest.mark.parametrize(("key", "a"), [("ArrowRight", 11), ("ArrowLeft", 9), ("End", 66)])
def test_arrow_keys_change_a_number(page: Page, key: str, a: int) -> None:
    before = page.locator("svg.wide .group .wave").first.get_attribute("d"), leads(page)
    focus(page.locator("input[name='a']"))
    page.keyboard.press(key)
    assert shown_text(page) == expected(a, 20)
    assert page.locator(".value[data-name='a']").inner_text() == str(a)
    assert page.locator("svg.wide text.answer").text_content() == str((a + 20) % 67)
    after = page.locator("svg.wide .group .wave").first.get_attribute("d"), leads(page)
    assert before[0] != after[0] and before[1] != after[1]


def test_the_script_draws_the_same_picture_as_the_build(page: Page) -> None:
    focus(page.locator("input[name='b']"))
    page.keyboard.press("Home")
    built = Interference(model="m", a=10, b=0).render(RUN, EN).drawing.pictures[0]
    rings = page.locator("svg.wide .ring, svg.wide .at").evaluate_all(
        "all => all.map(c => `cx=\"${+c.getAttribute('cx')}\" cy=\"${+c.getAttribute('cy')}\"`)"
    )
    assert len(rings) == 6
    assert all(ring in built for ring in rings)


def test_dragging_changes_a_number(page: Page) -> None:
    slider = page.locator("input[name='b']")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    assert shown_text(page) == expected(10, 66)


@pytest.mark.parametrize("b", [0, 1, 48, 54, 56])
def test_the_line_at_the_answer_does_not_cross_text(page: Page, b: int) -> None:
    page.locator("input[name='b']").fill(str(b))
    shown = page.locator("svg.wide")
    behind = shown.evaluate(
        """svg => {
          const line = svg.querySelector("line.answer");
          const texts = [...svg.querySelectorAll(".group text, .total text")];
          const ground = getComputedStyle(document.body).backgroundColor;
          return texts.every((text) => {
            const { paintOrder, stroke, strokeWidth } = getComputedStyle(text);
            const after = line.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
            const covers = paintOrder.startsWith("stroke") && parseFloat(strokeWidth) >= 8;
            return after && covers && stroke === ground;
          });
        }"""
    )
    assert behind


def test_a_single_seed_has_no_seed_chooser(page: Page) -> None:
    assert page.locator(".seed").count() == 1
    assert page.locator(".seeds input[type='radio'], .other-seed").count() == 0


@pytest.mark.parametrize("width", [360, 768, 1600])
def test_the_figures_fit_the_window(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    visible = page.locator("figure.interference .chart > svg:visible")
    assert visible.count() == 1
    assert visible.get_attribute("class") == ("narrow" if width < 500 else "wide")


def test_without_scripts_the_picture_and_its_text_are_shown(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    assert shown_text(page) == expected(10, 20)
    assert page.locator("svg.wide .wave").count() == 4
    assert page.locator("input").first.is_hidden()
    context.close()


@pytest.fixture
def product(browser: Browser, folder: Path) -> Iterator[Page]:
    """A page with products modulo 17; the smallest generator is 3."""
    figure, run = Interference(model="m", a=9, b=10), pair_run("multiply")
    placed = {"waves": placed_widget("waves", figure, run, EN)}
    text = {"index": FRONT + "::: figure waves wide\nWaves.\n:::\n"}
    rendered = render_pages(site("index"), "en", text, placed, {}, EN, TEMPLATES)
    (folder / "product.html").write_text(rendered["index.html"])
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    watched = Watched(page)
    page.goto((folder / "product.html").as_uri())
    started(page)
    yield page
    assert watched.complaints == []
    page.close()


def test_factors_of_a_product_are_chosen_by_their_exponents(product: Page) -> None:
    run = pair_run("multiply")
    assert shown_text(product) == Interference(model="m", a=9, b=10).render(run, EN).drawing.said
    product.locator("input[name='a']").press("ArrowRight")
    assert shown_text(product) == Interference(model="m", a=10, b=10).render(run, EN).drawing.said
    assert product.locator(".value[data-name='a']").inner_text() == "10"
    assert product.locator("input[name='a']").get_attribute("aria-valuetext") == "10"
    assert product.locator("svg.wide text.answer").text_content() == "3⁶"
    assert leads(product)[-1].startswith("3⁶ ")
