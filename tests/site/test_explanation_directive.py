"""`::: explanation MODEL`: what was read out of a network, on a page of any language."""

from __future__ import annotations

import pytest

from gen.analysis.explanation import explanation_facts
from gen.analysis.types import Fact
from gen.errors import ConfigError
from tests.support.pair_runs import pair_run
from tests.support.small_pages import FACTS, main_text, page

ADDED = {**explanation_facts(pair_run("add")), "shown_seed": 0}
NOT: dict[str, Fact] = {**explanation_facts(pair_run("add", "memorised")), "shown_seed": 3}


@pytest.fixture(autouse=True)
def _facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FACTS, "sum", ADDED)
    monkeypatch.setitem(FACTS, "memory", NOT)


def test_the_formula_and_its_tests_are_on_the_page() -> None:
    html = page("::: explanation sum\nMore in *words*.\n:::")
    text = main_text(html)
    assert "of the network of seed 0" in text and "frequencies: 3 and 5." in text
    assert html.count('<div class="formula">') == 2  # the sum, and below it what x and w are
    assert "More in <em>words</em>" in html
    assert 'href="explanation.css' in html.replace("../", "") or "explanation.css" in html
    assert "Gradient symmetricity 1" in text


def test_a_network_without_a_rule_says_so_without_a_formula() -> None:
    html = page("::: explanation memory\n:::")
    assert "It does not generalise" in main_text(html) and "<math" not in html


def test_a_page_without_the_directive_does_not_load_its_style_sheet() -> None:
    assert "explanation.css" not in page("Nothing.")


@pytest.mark.parametrize(
    ("argument", "part"),
    [
        ("", "does not name a model"),
        ("sum now", "does not name a model"),
        ("som", '"sum"?'),
        ("halves", "halves has no fact"),
    ],
)
def test_a_wrong_model_is_an_error_with_its_line(argument: str, part: str) -> None:
    with pytest.raises(ConfigError, match=r"index\.md:") as caught:
        page(f"::: explanation {argument}\n:::")
    assert part in str(caught.value)
