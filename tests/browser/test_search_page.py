"""Search in a browser: results, their languages, and highlighted letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.browsing import Watched
from tests.support.small_pages import FRONT, rendered, site, write_theme

WHY = (
    "It doesn’t matter; it's guessing. Schrödinger's naïve café, Ångström, ＦＦＴ and ﬁnally. "
    "İstanbul, and grokking follows, by **10⁻⁷** and forty‑two. ΣΊΣΥΦΟΣ. What is heard is "
    "$k_1 = 27$ and $x^2$ together.\n"
)
CHINESE = "grokking 是波的叠加。Schrodinger。\n"
ALONE = "只有中文里有 grammar 一词。\n"

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("search_page")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in two languages with one page each."""
    folder = tmp_path_factory.mktemp("search")
    write_theme(folder)
    both = site("index", languages=("en", "zh"))
    pages = rendered(both, {"index": FRONT + WHY})
    pages |= rendered(both, {"index": FRONT + CHINESE + ALONE}, "zh")
    for path, content in pages.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(content)
    return folder


@pytest.fixture
def page(browser: Browser, folder: Path) -> Iterator[Page]:
    page = browser.new_page()
    watched = Watched(page)
    page.goto((folder / "index.html").as_uri())
    page.locator(".search-open").click()
    yield page
    assert watched.complaints == []
    page.close()


def found(page: Page, query: str) -> list[str]:
    """Return the language of each section that a query finds."""
    page.locator("#search input").fill(query)
    page.wait_for_timeout(0)
    page.locator(".search [role=status]:not(:empty)").wait_for()
    return page.locator(".search li").evaluate_all("all => all.map(one => one.lang)")


def marks(page: Page) -> list[str]:
    return page.locator(".search li span mark").all_text_contents()


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("doesn't", "doesn’t"),
        ("doesn’t", "doesn’t"),
        ("it's", "it’s"),
        ("schrodinger", "Schrödinger"),
        ("SCHRÖDINGER", "Schrödinger"),
        ("schro\u0308dinger", "Schrödinger"),
        ("naive", "naïve"),
        ("cafe", "café"),
        ("angstrom", "Ångström"),
        ("fft", "ＦＦＴ"),
        ("ｆｆｔ", "ＦＦＴ"),
        ("finally", "ﬁnally"),
        ("istanbul", "İstanbul"),
        ("grokking", "grokking"),
        ("10-7", "10⁻⁷"),
        ("forty-two", "forty‑two"),
        ("σισυφος", "ΣΊΣΥΦΟΣ"),
        ("k_1", "k_1"),
        ("x^2", "x^2"),
    ],
)
def test_exactly_the_matched_letters_are_highlighted(page: Page, query: str, marked: str) -> None:
    assert found(page, query) == ["en"]
    assert marks(page) == [marked]


def test_a_match_inside_a_ligature_highlights_the_whole_ligature(page: Page) -> None:
    assert found(page, "inally") == ["en"]
    assert marks(page) == ["ﬁnally"]


def test_a_snippet_contains_its_formulas(page: Page) -> None:
    assert found(page, "heard") == ["en"]
    assert "What is heard is k_1 = 27 and x^2 together." in page.locator(".search li").inner_text()


def test_other_languages_are_listed_only_if_the_language_of_the_page_has_no_match(
    page: Page, browser: Browser, folder: Path
) -> None:
    assert found(page, "grokking") == ["en"]
    assert found(page, "grammar") == ["zh"]
    assert found(page, "波") == ["zh"]
    chinese = browser.new_page()
    chinese.goto((folder / "zh" / "index.html").as_uri())
    chinese.locator(".search-open").click()
    assert found(chinese, "grokking") == ["zh"]
    assert found(chinese, "naive") == ["en"]
    chinese.close()


def test_a_query_without_a_match_lists_nothing(page: Page) -> None:
    assert found(page, "nonsense") == []
