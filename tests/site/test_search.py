"""The search index."""

from __future__ import annotations

import json

import pytest

from gen.mathml import formula_box
from gen.site.pages.search import index_script, sections


def test_sections_contain_only_the_visible_text() -> None:
    body = '<p>A <em>w</em>ave.</p><svg><text>no</text></svg><h2 id="x">On</h2><p>More</p>'
    top, below = sections("p.html", "Title", "Lead.", body)
    assert top.text == "Lead. A wave."
    assert (below.anchor, below.heading, below.text) == ("x", "On", "More")


def test_download_links_are_not_in_the_search_index() -> None:
    body = '<details class="download"><p>MP4</p></details><details><p>Proof</p></details>'
    (top,) = sections("p.html", "Title", "Lead.", body)
    assert top.text == "Lead. Proof"


def test_the_search_index_is_a_script_with_json() -> None:
    found = sections("p.html", "Title", "波", "<p>神经网络</p>")
    script = index_script("zh", found, [["wave", "波"]])
    index = json.loads(script.partition(" = ")[2].rstrip(";\n"))
    assert index["sections"][0][4] == "波 神经网络"
    assert index["synonyms"] == [["wave", "波"]]


def test_of_a_figure_only_the_caption_is_in_the_search_index() -> None:
    body = (
        "<p>Above.</p><figure><svg><text/><path/></svg><label>k = 5</label><figcaption><p>A film."
        '</p><p class="hint download">MP4</p><button>Play</button></figcaption><p>13</p></figure>'
        '<p>Below.</p><ol class="cards"><li><p>Another page.</p><ol><li>x</li></ol></li></ol>End.'
    )
    (top,) = sections("p.html", "Title", "Lead.", body)
    assert top.text == "Lead. Above. A film. Below. End."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>一句。</p><p>两句！</p><p>Third.</p>", "一句。两句！Third."),
        ("<p>一句</p><p>（两句）</p><p>三句…</p><p>四句</p>", "一句（两句）三句…四句"),
        ("<p>他说：“好。”</p><p>她也说</p>", "他说：“好。”她也说"),
        ("<p>“One.”</p><p>Two… Three 67 个。</p>", "“One.” Two… Three 67 个。"),
        ("<table><tr><td>神经元</td><td>平方</td></tr></table>", "神经元 平方"),
    ],
)
def test_there_is_no_narrow_space_between_chinese_sentences(body: str, text: str) -> None:
    (top,) = sections("p.html", "Title", "", body)
    assert top.text == text


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"a_1 + b^{2} = c_{1}^{2}", "a_1 + b^2 = c_1^2"),
        (r"W_{\text{in}} \cdot x", "W_in ⋅ x"),
        (r"\frac{a+b}{2}", "(a + b)/2"),
        (r"\cos(\omega a)", "cos(ωa)"),
        (r"\cos x", "cos x"),
        (r"10^{-7}", "10^−7"),
        (r"\sqrt{x}", "√x"),
        (r"\sum_{k=1}^{n} k", "∑_(k = 1)^n k"),
        (r"x < y", "x < y"),
    ],
)
def test_a_formula_is_indexed_as_plain_text(latex: str, text: str) -> None:
    body = f"<p>It is {formula_box(latex, display=False)}, and so on.</p>"
    (top,) = sections("p.html", "Title", "", body)
    assert top.text == f"It is {text}, and so on."
