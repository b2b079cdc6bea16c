"""Figures as single files: what is inlined cannot end its element; snippets of the gallery."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.i18n import Words
from gen.site.own_templates import NO_TEMPLATES
from gen.site.pages.compact import compact
from gen.site.pages.render import render_pages
from gen.site.pages.standalone import (
    StandaloneFigure,
    Surroundings,
    file_address,
    inlined,
    theme_assets,
)
from gen.site.pages.templates import load_templates
from tests.support.node import run_scripts
from tests.support.small_pages import FACTS, FRONT, TEMPLATES, Outline, film, page, site

FIGURE = StandaloneFigure(
    id="weights",
    timeline="parity",
    width=720,
    height=480,
    alt='Film of "weights" < 5',
    recipe='[figures.weights]\nkind = "weights" # </code>',
    timing='{"marks":[],"curve":{}}',
    scene="weights.scene",
    steps=(0, 10),
    pack=None,
    layers=frozenset({"cells"}),
    data=('grokreel.scenes.add("weights.scene", {"background": "<svg></svg>"});\n',),
)


PLACES = {"weights": "chapter.html#figure-weights"}


def document(figure: StandaloneFigure = FIGURE, title: str = "", link: str = "") -> str:
    templates = load_templates(TEMPLATES, NO_TEMPLATES)
    assets = theme_assets(TEMPLATES, NO_TEMPLATES)
    return Surroundings(templates, assets, Words("en"), title, link, PLACES).document(figure)


def in_two_languages() -> str:
    """Return a document in English with the texts of Chinese."""
    templates = load_templates(TEMPLATES, NO_TEMPLATES)
    assets = theme_assets(TEMPLATES, NO_TEMPLATES)
    english, chinese = (
        Surroundings(templates, assets, Words(one), title, f"https://example.org/{folder}", PLACES)
        for one, title, folder in (("en", "A site", ""), ("zh", "网站", "zh/"))
    )
    translated = replace(FIGURE, alt='权重 "<" 5', timing='{"marks":[{"name":"记住"}]}')
    return english.document(FIGURE, [(chinese, translated)])


def gallery(base_url: str | None, name: str = "gallery", language: str = "en") -> str:
    sources = {"index": FRONT, name: FRONT + "::: gallery\n:::\n"}
    figures = {
        "weights": replace(film(), single="figures/weights.html?lang=en", single_bytes=201_234),
        "filmed": film("filmed"),
    }
    of = site("index", name, languages=("zh", "en"), base_url=base_url)
    pages = render_pages(of, language, sources, figures, FACTS, Words("en"), TEMPLATES)
    return pages[f"{language}/{name}.html"]


@given(
    st.lists(
        st.sampled_from(["</script", "</STYLE ", "<!--", "<script>", "<", "a", "/", " ", ">", "é"])
    )
)
def test_data_cannot_end_their_script_and_read_the_same(parts: list[str]) -> None:
    text = f'"{"".join(parts)}";'
    found = inlined(text)
    assert not re.search(r"</script|</style|<!--", found, re.IGNORECASE)
    assert re.sub(r"<\\(?=/script|/style|!--)", "<", found, flags=re.IGNORECASE) == text


def test_javascript_reads_what_was_inlined_as_it_was() -> None:
    html = document(replace(FIGURE, data=('"</script><!-- </style>";',)))
    (inlined,) = re.findall(r'<script>("<\\/.*?);</script>', html)
    assert run_scripts([], f"() => {inlined}") == "</script><!-- </style>"


def test_a_document_is_the_same_twice_and_well_formed() -> None:
    html = document(title="Site & more", link="https://example.org/site/")
    assert html == document(title="Site & more", link="https://example.org/site/")
    outline = Outline.of(html)
    (link,) = outline.every("a")
    assert link["href"] == "https://example.org/site/chapter.html#figure-weights"
    assert outline.headings == [1]
    assert "Source: <a" in html and ">Site &amp; more</a>" in html
    assert "kind = &#34;weights&#34; # &lt;/code&gt;" in html
    assert outline.every("div")[2]["aria-label"] == FIGURE.alt
    assert not outline.every("img")


def test_a_figure_of_no_site_names_none_and_has_no_recipe() -> None:
    html = document(replace(FIGURE, recipe=""))
    assert "Source:" not in html and "<details" not in html
    assert "Source: Site</p>" in document(title="Site")


def test_one_file_holds_the_texts_of_all_languages_and_its_data_once() -> None:
    html = in_two_languages()
    outline = Outline.of(html)
    (translation,) = outline.every("template")
    assert translation["lang"] == "zh-Hans"
    assert translation["data-title"] == "weights · 网站"
    assert translation["data-alt"] == '权重 "<" 5'
    hrefs = [link["href"] for link in outline.every("a")]
    of_page = "chapter.html#figure-weights"
    assert hrefs == [f"https://example.org/{folder}{of_page}" for folder in ("", "zh/")]
    assert "记住" in html and Words("zh")("timeline.play") in html
    assert html.count("grokreel.scenes.add(") == 1
    (chosen,) = re.findall(r"<script>[^<]*navigator.languages", html)
    assert html.index(chosen) < html.index("globalThis.grokreel")
    # Beside the texts and the script that chooses them nothing is added.
    assert len(html.encode()) - len(document().encode()) < 7000


def test_a_file_of_one_language_has_no_script_that_chooses_one() -> None:
    assert "<template" not in document() and "navigator.languages" not in document()


def test_addresses_name_the_language_where_a_site_has_several() -> None:
    assert file_address("sum", "zh", ["zh"]) == "figures/sum.html"
    assert file_address("sum", "zh", ["zh", "en"]) == "figures/sum.html?lang=zh"


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        (None, "../figures/weights.html?lang=en"),
        ("https://example.org/", "https://example.org/figures/weights.html?lang=en"),
    ],
)
def test_the_gallery_offers_the_file_and_a_frame_that_fits_its_surroundings(
    base_url: str | None, address: str
) -> None:
    html = gallery(base_url)
    assert html.count("HTML, interactive") == html.count("Embed the figure, interactive") == 1
    assert '<a href="../figures/weights.html?lang=en" download>HTML, interactive</a> 201 kB' in html
    (snippet,) = (unescape(one) for one in re.findall(r"&lt;iframe.*?/iframe&gt;", html))
    ((_, frame),) = Outline.of(snippet).tags
    assert frame["src"] == address and frame["title"] == "weights · Title"
    assert "width:100%" in str(frame["style"]) and "aspect-ratio:720/688" in str(frame["style"])
    assert str(frame["sandbox"]).split()[0] == "allow-scripts"


def test_the_snippet_of_a_film_is_as_wide_as_there_is_room() -> None:
    html = gallery("https://example.org/")
    snippets = [unescape(one) for one in re.findall(r"&lt;video.*?/video&gt;", html)]
    assert len(snippets) == 2
    ((_, video),) = Outline.of(snippets[0]).tags
    assert (video["width"], video["height"]) == ("720", "480")
    assert video["style"] == "max-width:100%;height:auto"
    assert video["src"] == "https://example.org/media/weights.mp4"


def test_pages_and_files_run_the_same_scripts_in_the_same_order() -> None:
    html = document()
    figure = page("::: figure weights\n:::\n")
    listed = re.findall(r'assets/([\w-]+)\.js" defer', figure)
    paths = Path(TEMPLATES, "scripts").iterdir()
    texts = {path.stem: compact(path.read_text("utf-8")).strip() for path in paths}
    places = {name: html.index(texts[name]) for name in listed if texts[name] in html}
    assert [*places] == [name for name in listed if name not in {"search-open", "place"}]
    assert [*places] == sorted(places, key=lambda name: places[name])
