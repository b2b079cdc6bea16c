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
    script = index_script("zh", found)
    assert json.loads(script.partition(" = ")[2].rstrip(";\n"))[0][4] == "波 神经网络"


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
