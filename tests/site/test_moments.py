"""Sentences that belong to steps of a figure, and a figure that opens its page."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from gen.analysis.types import Fact
from gen.errors import ConfigError
from gen.figures.construction_sum import ConstructionSum
from gen.i18n import Words
from gen.site.pages.render import render_pages
from tests.support.node import run_scripts
from tests.support.placed_figures import placed_widget
from tests.support.small_pages import FACTS, FRONT, TEMPLATES, Outline, film, site


def shown(body: str, facts: Mapping[str, Mapping[str, Fact]] = FACTS) -> Outline:
    figures = {
        "weights": film(),
        "sum": placed_widget("sum", ConstructionSum(), None, Words("en")),
    }
    sources = {"index": FRONT + body}
    pages = render_pages(site("index"), "en", sources, figures, facts, Words("en"), TEMPLATES)
    return Outline.of(pages["index.html"])


def test_a_moment_has_its_steps_and_says_the_first_where_no_script_runs() -> None:
    page = shown("::: figure weights\n::: moment 300 2000\nBy heart.\n:::\n:::\n")
    (moment,) = [one for one in page.every("div") if one.get("class") == "moment"]
    assert (moment["data-from"], moment["data-to"]) == ("300", "2000")
    assert "Step 300" in page.text and "By heart." in page.text
    names = [one["src"] for one in page.every("script") if one.get("src")]
    assert "assets/timeline-moments.js" in names


def test_pages_without_moments_have_no_script_of_them() -> None:
    page = shown("::: figure weights\n:::\n")
    assert not any("moments" in (one.get("src") or "") for one in page.every("script"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("::: moment 300\nx\n:::\n", "no figure with a timeline"),
        ("::: figure sum\n::: moment 300\nx\n:::\n:::\n", "no figure with a timeline"),
        ("::: figure weights\n::: moment\nx\n:::\n:::\n", "cannot be read"),
        ("::: figure weights\n::: moment 1 2 3\nx\n:::\n:::\n", "cannot be read"),
        ("::: figure weights\n::: moment nothing\nx\n:::\n:::\n", "nothing"),
        ("::: figure sum opening\n:::\n", "no film of a training"),
        ("::: figure weights wide open\n:::\n", "does not name a figure"),
    ],
)
def test_what_cannot_be_shown_is_an_error(body: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        shown(body)


@pytest.mark.parametrize(
    ("moment", "message"),
    [
        ("::: figure weights\n::: moment nothing\nx\n:::\n:::\n", "nothing"),
        ("::: figure weights\n::: moment 0 final_test_loss\nx\n:::\n:::\n", "not a step"),
        ("::: figure weights\n::: moment memorised_at\n{{parity.x}}\n:::\n:::\n", '"x"'),
        ("::: figure sum\n::: moment 300\nx\n:::\n:::\n", "no figure with a timeline"),
        ("::: moment 300\nx\n:::\n", "no figure with a timeline"),
    ],
)
@pytest.mark.parametrize("condition", ["parity.seeds = 4", "parity.seeds > 4"])
def test_a_moment_is_checked_whether_its_branch_is_shown_or_not(
    moment: str, message: str, condition: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        shown(f"::: if {condition}\n{moment}:::\n")


def test_a_moment_without_a_step_may_stand_in_a_branch_that_is_not_shown() -> None:
    missing = {**FACTS, "parity": {**FACTS["parity"], "generalised_at": None}}
    body = (
        "::: figure weights\n::: if parity.generalised_at\n::: moment generalised_at\nx\n:::\n"
        ":::\nCaption.\n:::\n"
    )
    assert "Step 21,000" in shown(body).text
    page = shown(body, missing)
    assert "Caption." in page.text
    assert not [one for one in page.every("div") if one.get("class") == "moment"]


def test_the_sentence_of_a_step_is_the_last_that_has_begun_and_not_ended() -> None:
    steps = [0, 299, 300, 1999, 2000, 5000]
    found = run_scripts(
        ["timeline-moments.js"],
        "(steps) => steps.map((step) => grokreel.moments.momentAt([{ from: 5000, to: Infinity },"
        " { from: 300, to: 2000 }, { from: 10, to: Infinity }], step))",
        steps,
    )
    assert found == [-1, 2, 1, 1, -1, 0]
