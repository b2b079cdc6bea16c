"""Text in narrow windows in a browser: wide elements scroll inside themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.small_pages import FRONT, rendered, site, write_theme

LONG = " + ".join(f"a_{{{n}}}" for n in range(1, 17))
WORD = "averylongidentifierwithoutanyspace" * 4
ADDRESS = "https://example.com/" + "a/very/long/address/that/never/ends/" * 4
WIDE = {
    "a formula in a line": f"Inline ${LONG}$ here.",
    "a formula of one word": r"Inline $\text{" + WORD + "}$ here.",
    "a formula of spaces": r"Inline $a\qquad\qquad\qquad\qquad\qquad\qquad\qquad\qquad b$.",
    "a fraction": rf"Inline $\frac{{{LONG}}}{{2}}$ here.",
    "a formula of its own": f"$$\n{LONG} = {LONG}\n$$",
    "a formula in a list": f"- One.\n- In a list ${LONG}$.",
    "a formula in a heading": f"## With ${LONG}$\n\nText.",
    "a formula in a quotation": f"> Quoted ${LONG}$.",
    "a formula in a proof": f"::: proof Short ${LONG}$ title\nText ${LONG}$.\n:::",
    "a formula in a note": f"Text.\n\n::: note\nNote ${LONG}$.\n:::",
    "code in a line": f"Code `{WORD}` here.",
    "code of its own": f"```\n{WORD}\n```",
    "a word": f"A {WORD} here.",
    "an address": f"See <{ADDRESS}>.",
    "an address as a text": f"See [{ADDRESS}](https://example.com).",
    "an address in a note": f"Text.\n\n::: note\nSee <{ADDRESS}>.\n:::",
    "a table": f"| {WORD} | {WORD} |\n| --- | --- |\n| ${LONG}$ | `{WORD}` |",
}

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("narrow_windows")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with a page for each text, and a page with all texts."""
    folder = tmp_path_factory.mktemp("narrow")
    write_theme(folder)
    sources = {"index": FRONT + "Text.\n"} | {
        name.replace(" ", "-"): FRONT + text + "\n" for name, text in WIDE.items()
    }
    for path, content in rendered(site(*sources), sources).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    return folder


@pytest.mark.parametrize("name", WIDE)
def test_a_page_is_as_wide_as_the_window(browser: Browser, folder: Path, name: str) -> None:
    page = browser.new_page()
    page.goto((folder / f"{name.replace(' ', '-')}.html").as_uri())
    for width in (320, 360, 414):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_a_wide_formula_can_be_scrolled_to_its_end(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto((folder / "a-formula-in-a-line.html").as_uri())
    box = page.locator(".inline-formula")
    box.evaluate("box => box.scrollTo(1e6, 0)")
    reached = box.evaluate("box => box.scrollLeft + box.clientWidth - box.scrollWidth")
    assert abs(reached) <= 1
    assert box.evaluate("box => box.scrollLeft") > 100
    page.close()


def test_a_formula_that_scrolls_stays_on_the_baseline(browser: Browser, folder: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto((folder / "a-formula-in-a-line.html").as_uri())
    apart = page.locator(".inline-formula").evaluate(
        """box => {
          const bare = box.querySelector("math").cloneNode(true);
          box.before(bare);
          const bottom = (math) => math.querySelector("mi").getBoundingClientRect().bottom;
          const first = bottom(bare);
          bare.remove();
          return Math.abs(first - bottom(box));
        }"""
    )
    assert apart < 1.5
    page.close()


FONTS_OF_CHINESE = re.compile(r"CJK|PingFang|Songti|Hiragino|YaHei|SimSun|Source Han|SC\b")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_only_chinese_pages_use_chinese_fonts(
    browser: Browser, tmp_path: Path, language: str
) -> None:
    both = site("index", languages=("en", "zh"))
    for code in both.languages:
        for path, content in rendered(both, {"index": FRONT + "“Don’t”, 她说。\n"}, code).items():
            (tmp_path / path).parent.mkdir(exist_ok=True)
            (tmp_path / path).write_text(content)
    write_theme(tmp_path)
    page = browser.new_page()
    page.goto((tmp_path / ("zh/index.html" if language == "zh" else "index.html")).as_uri())
    page.evaluate(f"document.documentElement.lang = '{language}'")
    families = page.evaluate(
        """["article p", "footer p"].map(
          (part) => getComputedStyle(document.querySelector(part)).fontFamily)"""
    )
    assert [bool(FONTS_OF_CHINESE.search(names)) for names in families] == [language == "zh"] * 2
    page.close()


def test_print_shows_no_sliders(browser: Browser, folder: Path) -> None:
    page = browser.new_page()
    page.goto((folder / "index.html").as_uri())
    page.locator("article").evaluate(
        """article => article.insertAdjacentHTML("beforeend",
          '<figure class="interference"><label>a = 5 <input type="range"></label></figure>')"""
    )
    assert page.locator("figure input").is_visible()
    page.emulate_media(media="print")
    assert not page.locator("figure input").is_visible()
    assert page.locator("figure label").is_visible()
    page.close()
