"""Contents of long pages: which sections they list, and where they lead."""

from __future__ import annotations

import re

from gen.site.pages.contents import LEAST_SECTIONS
from tests.support.small_pages import FRONT, page, rendered, site

LINK = re.compile(r'<li><a href="#([^"]+)">([^<]+)</a></li>')
CONTENTS = re.compile(r'<nav class="contents" aria-labelledby="contents">.*?</nav>', re.DOTALL)
ENOUGH = [f"Section {number}" for number in range(1, LEAST_SECTIONS + 1)]


def written(*headings: str) -> str:
    return "\n\n".join(["A beginning.", *(f"## {heading}\n\nText." for heading in headings)])


def chapter(body: str) -> str:
    """Return the HTML of a page that is not the landing page."""
    front = FRONT.replace("+++\n", '+++\nlayout = "chapter"\n', 1)
    return rendered(site("index", "why"), {"index": FRONT, "why": front + body})["why.html"]


def listed(html: str) -> list[tuple[str, str]]:
    """Return anchor and text of every entry of the contents."""
    found = CONTENTS.findall(html)
    assert len(found) <= 1
    return LINK.findall("".join(found))


def test_a_long_page_lists_its_sections_above_its_text() -> None:
    html = chapter(written(*ENOUGH))
    assert listed(html) == [(text.lower().replace(" ", "-"), text) for text in ENOUGH]
    assert all(f'<h2 id="{anchor}">' in html for anchor, _ in listed(html))
    assert html.index('class="lead"') < html.index('class="contents"') < html.index("A beginning.")


def test_the_contents_have_a_name_that_is_on_the_page() -> None:
    assert '<p id="contents">On this page</p>' in chapter(written(*ENOUGH))


def test_a_page_with_fewer_sections_has_no_contents() -> None:
    assert "contents" not in chapter(written(*ENOUGH[1:]))


def test_subsections_are_neither_listed_nor_counted() -> None:
    subsection = "\n\n### Below\n\nText."
    assert listed(chapter(written(*ENOUGH[1:]) + subsection)) == []
    assert len(listed(chapter(written(*ENOUGH) + subsection))) == LEAST_SECTIONS


def test_sections_whose_condition_is_false_are_not_listed() -> None:
    hidden = "\n\n::: if five-neurons.generalised_at\n## Hidden\n:::"
    assert listed(chapter(written(*ENOUGH[1:]) + hidden)) == []
    assert "Hidden" not in dict(listed(chapter(written(*ENOUGH) + hidden))).values()


def test_markup_in_a_heading_is_plain_text_in_the_contents() -> None:
    headings = [*ENOUGH[1:], "The *sum* of $a + b$ in {{parity.seeds:words}} [runs](#section-2)"]
    assert listed(chapter(written(*headings)))[-1][1] == "The sum of a + b in four runs"


def test_the_landing_page_has_no_contents() -> None:
    front = 'layout = "landing"'
    sources = {"index": FRONT.replace("+++\n", f"+++\n{front}\n", 1) + written(*ENOUGH)}
    assert "contents" not in rendered(site("index"), sources)["index.html"]


def test_contents_are_not_searched() -> None:
    sources = {"index": FRONT + written(*ENOUGH)}
    assert "On this page" not in rendered(site("index"), sources)["assets/search.en.js"]
    assert "On this page" in page(written(*ENOUGH))
