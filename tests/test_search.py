"""Search knows the text of every section."""

from __future__ import annotations

import json

from gen.pages.search import index_script, sections


def test_sections_hold_what_is_read_and_nothing_else() -> None:
    body = '<p>A <em>w</em>ave.</p><svg><text>no</text></svg><h2 id="x">On</h2><p>More</p>'
    top, below = sections("p.html", "Title", "Lead.", body)
    assert top.text == "Lead. A wave."
    assert (below.anchor, below.heading, below.text) == ("x", "On", "More")


def test_files_that_are_offered_are_not_found() -> None:
    body = '<details class="download"><p>MP4</p></details><details><p>Proof</p></details>'
    (top,) = sections("p.html", "Title", "Lead.", body)
    assert top.text == "Lead. Proof"


def test_the_index_is_a_script_with_json() -> None:
    found = sections("p.html", "Title", "波", "<p>神经网络</p>")
    script = index_script("zh", found)
    assert json.loads(script.partition(" = ")[2].rstrip(";\n"))[0][4] == "波 神经网络"
