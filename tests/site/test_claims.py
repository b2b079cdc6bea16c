"""Claims of pages: false ones are reported, and fail a strict build."""

from __future__ import annotations

from pathlib import Path

import pytest

from gen.errors import ConfigError
from gen.i18n import Words
from gen.site.pages.claims import false_claims
from gen.site.pages.facts import FactBook
from gen.site.pages.source import read_source
from tests.conftest import Gen, tree
from tests.support import small_site
from tests.support.small_pages import FACTS

BOOK = FactBook(FACTS, Words("en"))


def messages_of(*claims: str, unfinished: tuple[str, ...] = ()) -> list[str]:
    """Return the messages about the claims of a page."""
    listed = ", ".join(f"'{claim}'" for claim in claims)
    text = f'+++\ntitle = "T"\ndescription = "D"\nclaims = [{listed}]\n+++\n'
    source = read_source("index", "pages/en/index.md", text)
    return [str(error) for error in false_claims([source], BOOK, unfinished)]


def test_a_true_claim_gives_no_message() -> None:
    assert messages_of("parity.seeds = 4", "not five-neurons.generalised_at") == []


def test_a_false_claim_is_reported_with_its_page_and_facts() -> None:
    (line,) = messages_of("parity.seeds = 4", "parity.generalised_at < 0.5 and parity.seeds > 1")
    assert line.startswith("pages/en/index.md: the claim ")
    assert "(parity.generalised_at = 21000, parity.seeds = 4)" in line


def test_a_claim_about_a_fact_that_is_none_is_false() -> None:
    (line,) = messages_of("five-neurons.generalised_at > 0")
    assert "five-neurons.generalised_at = none" in line


@pytest.mark.parametrize("fact", ["five-neurons.generalised_at", "parity.rule"])
def test_quoted_text_in_a_claim_is_not_a_fact(fact: str) -> None:
    for text in ("(x.y", "x.y", 'a"(x.y'):
        (line,) = messages_of(f'{fact} = "{text}"')
        assert "is false" in line and "x.y =" not in line
    assert messages_of('parity.rule = "sparse.x"', unfinished=("sparse",)) != []


def test_a_claim_about_an_unfinished_sweep_is_not_checked() -> None:
    assert messages_of("parity.seeds = 5", unfinished=("parity",)) == []


@pytest.mark.parametrize(
    ("claim", "message"),
    [("parity.sedes", '"seeds"?'), ("parity.seeds ~ 3", "cannot be read"), ("x", 'no model "x"')],
)
def test_an_invalid_claim_is_an_error(claim: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"pages/en/index\.md") as caught:
        messages_of(claim)
    assert message in str(caught.value)


def test_a_strict_build_publishes_no_false_claim(gen: Gen, tmp_path: Path) -> None:
    claims = 'claims = ["odd.seeds > 98", "odd.steps > 99"]'
    page = small_site.PAGE.replace("+++\n", f"+++\n{claims}\n", 1)
    options = small_site.write(tmp_path, small_site.CONFIG, page)
    strict = gen("build", "--strict", *options)
    assert strict.code == 2 and not (tmp_path / "_site").exists()
    assert '"odd.seeds > 98" is false (odd.seeds = 1)' in strict.err
    assert '"odd.steps > 99" is false (odd.steps = 50)' in strict.err
    relaxed = gen("build", *options)
    assert relaxed.code == 0 and "lists 1 more" in relaxed.err
    published = tree(tmp_path / "_site")
    again = gen("build", *options)
    assert "all is fresh" in again.err and "lists 1 more" in again.err
    assert gen("build", "--strict", *options).code == 2
    assert tree(tmp_path / "_site") == published
    text = tmp_path / "site" / "pages" / "en" / "index.md"
    text.write_text(page.replace("> 98", "> 0").replace("> 99", "> 0"), encoding="utf-8")
    assert gen("build", "--strict", *options).code == 0


def test_a_strict_build_publishes_no_incomplete_translation(gen: Gen, tmp_path: Path) -> None:
    config = small_site.CONFIG.replace('languages = ["en"]', 'languages = ["en", "zh"]')
    options = small_site.write(tmp_path, config)
    translated = tmp_path / "site" / "pages" / "zh" / "index.md"
    translated.parent.mkdir()
    translated.write_text(small_site.PAGE.replace("::: figure odd-loss\n", "::: note\n"), "utf-8")
    strict = gen("build", "--strict", *options)
    assert strict.code == 2 and "pages/zh/index.md:" in strict.err
    relaxed = gen("build", *options)
    assert relaxed.code == 0 and "warning: pages/zh/index.md:" in relaxed.err
