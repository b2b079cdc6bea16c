"""Citations in the text, and the list of references."""

from __future__ import annotations

import pytest

from gen.errors import ConfigError
from gen.i18n import Words
from gen.site.pages.references import Reference, read_references
from tests.support.small_pages import Outline, main_text, page

WORK = """
[power2022]
authors = ["Power, Alethea", "Burda, Yuri"]
year = 2022
title = "Grokking"
venue = "arXiv"
url = "https://arxiv.org/abs/2201.02177"
"""


def link(html: str, text: str) -> dict[str, str | None]:
    """Return the attributes of the link with this text."""
    before = html[: html.index(f">{text}</a>")]
    return Outline.of(html).every("a")[before.count("<a ") - 1]


def test_a_citation_has_surnames_and_year() -> None:
    text = main_text(page("As [@nanda2023] and ([@gromov2023]) say."))
    assert text.startswith("Title What it is about. As Nanda et al. (2023) and (Gromov, 2023) say.")


@pytest.mark.parametrize("year", ["0", "10000", f"0x{'f' * 10_000}"])
def test_a_year_out_of_range_is_refused(year: str) -> None:
    with pytest.raises(ConfigError, match=r"power2022\.year"):
        read_references(WORK.replace("2022\n", f"{year}\n"), "references.toml")


def test_a_control_character_in_the_url_of_a_work_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"url: .*U\+0001"):
        read_references(WORK.replace("abs/", "abs\\u0001/"), "references.toml")


def test_two_authors_are_both_named() -> None:
    work = read_references(WORK, "references.toml")["power2022"]
    assert work.label(Words("en"), bracketed=True) == "Power & Burda, 2022"
    assert work.label(Words("en"), bracketed=False) == "Power & Burda (2022)"
    assert work.label(Words("zh"), bracketed=False) == "Power 和 Burda（2022）"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("(see [@gromov2023])", "(see Gromov, 2023)"),
        ("（[@gromov2023]）", "（Gromov, 2023）"),
        ("(the waves) [@gromov2023]", "(the waves) Gromov (2023)"),
        ("([@nanda2023; @gromov2023])", "(Nanda et al., 2023; Gromov, 2023)"),
        ("[a page](index.md) of [@gromov2023]", "a page of Gromov (2023)"),
        ("(one)\n\n[@gromov2023]", "(one) Gromov (2023)"),
    ],
)
def test_a_year_is_in_parentheses_unless_the_citation_is(text: str, read: str) -> None:
    assert read in main_text(page(text))


def test_citations_link_to_the_list_and_the_list_links_to_works_and_back() -> None:
    html = page("See [@nanda2023].")
    outline = Outline.of(html)
    there = link(html, "Nanda et al. (2023)")
    assert there["href"] == "#work-nanda2023" and "work-nanda2023" in outline.ids
    assert there["title"] == "Progress measures & more"
    assert "https://arxiv.org/abs/2301.05217" in [a["href"] for a in outline.every("a")]
    assert link(html, "↩")["href"] == f"#{there['id']}"


def test_a_link_to_a_work_keeps_its_link_text() -> None:
    html = page("[They *found* it](@nanda2023).")
    assert "They <em>found</em> it</a>" in html and 'href="#work-nanda2023"' in html


def test_a_work_is_listed_once_and_in_the_order_of_the_text() -> None:
    html = page("[@nanda2023], [@gromov2023] and again [@nanda2023].")
    outline = Outline.of(html)
    assert [i for i in outline.ids if i.startswith("work-")] == [
        "work-nanda2023",
        "work-gromov2023",
    ]
    assert len(outline.ids) == len(set(outline.ids))
    assert main_text(html).endswith(
        "References Neel Nanda, Lawrence Chan, Tom Lieberum (2023). Progress measures & more. "
        "ICLR. ↩ Andrey Gromov (2023). Grokking modular arithmetic. arXiv. ↩"
    )


def test_a_page_without_citations_has_no_list() -> None:
    assert "References" not in main_text(page("Nothing."))


def test_citations_in_a_false_branch_are_not_listed() -> None:
    html = page("::: if parity.seeds > 100\n[@nanda2023]\n:::\n\n[@gromov2023]")
    assert "Nanda" not in main_text(html) and "Gromov" in main_text(html)


def test_a_citation_in_code_is_not_replaced() -> None:
    assert "<code>[@nobody]</code>" in page("`[@nobody]`")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[power2022\n", "is not TOML"),
        (WORK.replace("year = 2022", ""), "power2022.year: is missing; add year"),
        (WORK.replace("https:", "javascript:"), "power2022.url"),
        (WORK + 'doi = "1"\n', "power2022.doi"),
        (WORK.replace("[power2022]", "power2022 = 1\n[other]"), "power2022"),
    ],
)
def test_an_invalid_work_is_refused_with_its_name(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_references(text, "references.toml")
    assert str(caught.value).startswith("references.toml: ") and message in str(caught.value)


def test_an_author_without_given_names_keeps_the_whole_name() -> None:
    work = Reference(
        authors=["The Group"], year=1999, title="T", venue="V", url="https://example.org"
    )
    assert work.label(Words("en"), bracketed=True) == "The Group, 1999"
    assert work.full_names == ["The Group"]
