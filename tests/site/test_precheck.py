"""Mistakes in pages are reported before training."""

from __future__ import annotations

from pathlib import Path

import pytest

from gen.site.sources import Sources
from tests.conftest import Gen
from tests.support import small_site
from tests.support.article import article_config

SITE = Path(__file__).parents[2] / "site"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("::: figure odd-loss", "::: figur odd-loss", 'index.md:14: there is no directive "figur"'),
        ("figure odd-loss", "figure odd-los", 'index.md:14: there is no figure "odd-los"'),
        ("{{sum.steps}}", "{{sun.steps}}", 'index.md:8: no model "sun" has facts'),
        ("{{sum.steps}}", "{{sum.steps:wrds}}", 'index.md:8: there is no format "wrds"'),
        ("The loss.", "[The loss](elsewhere.md).", 'index.md:15: the site has no page or file "el'),
        ("The loss.", "[The loss]{.tst}.", 'index.md:15: there is no role "tst"'),
        ("The loss.", "The loss [@nobody1999].", 'index.md:15: there is no reference "nobody1999"'),
        ("The loss.", r"The loss $\frac{$.", "index.md:15: the formula"),
        ('layout = "landing"', 'layot = "landing"', "front matter: layot: unknown key"),
        ("sum-weights", "sum-accuracy", 'picture = "sum-accuracy" is not a film'),
        ('layout = "landing"', 'claims = ["sun.gap > 1"]', 'the claim "sun.gap > 1"'),
        ("The loss.", "::: moment 0 5 9\nx\n:::", "moment 0 5 9"),
        ("{{sum.steps}}", "\n\n::: moment 0\nx\n:::\n\n", "no figure with a timeline is around it"),
        ("The loss.", "::: if sum.gap >> 1\nx\n:::", "cannot be read"),
    ],
)
def test_a_mistake_in_a_page_ends_the_build_before_training(
    gen: Gen, tmp_path: Path, old: str, new: str, message: str
) -> None:
    page = small_site.PAGE.replace(old, new, 1)
    assert page != small_site.PAGE
    outcome = gen("build", *small_site.write(tmp_path, page=page))
    assert outcome.code == 2
    assert message in outcome.err
    assert not (tmp_path / ".gen").exists()


def test_conditions_on_facts_are_not_checked_before_training(tmp_path: Path) -> None:
    page = small_site.PAGE.replace("{{sum.steps}}", "{{sum.nothing}}").replace(
        "The loss.", "::: if sum.gap > sum.steps\n[All of it](media/sum-weights.gif)\n:::"
    )
    small_site.write(tmp_path, page=page)
    Sources.gather(small_site.context_of(tmp_path)).check()


@pytest.mark.parametrize("profile", [None, "preview"])
def test_the_pages_of_this_site_have_no_mistakes(tmp_path: Path, profile: str | None) -> None:
    context = small_site.context_of_config(article_config(profile), tmp_path)
    Sources.gather(context).check()
