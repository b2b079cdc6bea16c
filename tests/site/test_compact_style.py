"""Style sheets of single files: the same rules without comments and indentation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen.site.pages.compact_style import compact_style
from gen.site.pages.stylesheet import theme_stylesheet
from tests.support.small_pages import TEMPLATES

SHEETS = [path.read_text("utf-8") for path in sorted((TEMPLATES / "styles").glob("*.css"))]


def tokens(sheet: str) -> list[str]:
    """Read a sheet character by character: a token is white space, a comment or what is between."""
    found, place, gap = [], 0, ""
    while place < len(sheet):
        end = place + 1
        if sheet[place] in "\"'":
            while sheet[end] != sheet[place]:
                end += 2 if sheet[end] == "\\" else 1
            end += 1
        elif sheet[place] == "\\":
            end += 1
        elif sheet.startswith("/*", place):
            end = sheet.index("*/", place + 2) + 2
        if sheet.startswith("/*", place):
            gap = gap or "/**/"
        elif sheet[place].isspace():
            gap = " "
        else:
            found += [gap, sheet[place:end]] if gap and found else [sheet[place:end]]
            gap = ""
        place = end
    return found


def test_a_sheet_of_the_theme_has_the_same_tokens_and_no_comments() -> None:
    for sheet in (*SHEETS, theme_stylesheet()):
        short = compact_style(sheet)
        assert tokens(short) == tokens(sheet)
        assert "/*" not in short and "\n " not in short and len(short) < len(sheet)


PARTS = ["a", "/* no */", "/**/", " ", "\n", "  ", '"/* yes */"', "'\\' /*'", "\\/*x*/", "{", ";"]


@given(st.lists(st.sampled_from(PARTS)).map("".join))
def test_any_sheet_has_the_same_tokens(sheet: str) -> None:
    assert tokens(compact_style(sheet)) == tokens(sheet)


def test_an_address_without_quotes_is_left_as_it_is() -> None:
    sheet = "a { background: URL( //example.org/*/b\\)/*/c ) /* no */ }\n"
    assert compact_style(sheet) == sheet.replace(" /* no */", " ").replace("  ", " ")


@pytest.mark.parametrize(
    "sheet", ['a::before {\n  content: "b\n c; }', "a { }  /* b", "a  'b", "a  \\"]
)
def test_a_sheet_that_does_not_end_is_left_as_it_is(sheet: str) -> None:
    assert compact_style(sheet) == sheet
