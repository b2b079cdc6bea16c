"""The landing page says how to cite a site that names its author."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.support.small_pages import FRONT, main_text, rendered, site

LANDING = FRONT.replace(
    'description = "What it is about."', 'description = "It."\nlayout = "landing"'
)
BASE = "https://example.org/site/"


@pytest.mark.parametrize(
    ("date", "base_url", "said"),
    [
        (dt.date(2026, 11, 27), BASE, f"Ada & Co (2026). Site. {BASE}"),
        (None, BASE, f"Ada & Co. Site. {BASE}"),
        (None, None, "Ada & Co. Site."),
    ],
)
def test_a_landing_page_names_author_year_title_and_address(
    date: dt.date | None, base_url: str | None, said: str
) -> None:
    of = site("index", "other", base_url=base_url)
    of = of.model_copy(update={"author": "Ada & Co", "date": date})
    pages = rendered(of, {"index": LANDING, "other": FRONT})
    assert main_text(pages["index.html"]).split("How to cite this ")[1].split() == said.split()
    for name in ("index.html", "other.html"):
        assert '<meta name="author" content="Ada &amp; Co">' in pages[name]
    assert "cite this" not in pages["other.html"]


def test_a_site_without_an_author_does_not_say_how_to_cite_it() -> None:
    html = rendered(site("index"), {"index": LANDING})["index.html"]
    assert "cite this" not in html and 'name="author"' not in html
