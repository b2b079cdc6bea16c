"""A first build publishes the pages whose models are trained, while it trains the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gen.commands import build
from gen.site import publish as publish_module
from gen.site.ready import reading_order, ready_part
from gen.site.sources import Sources
from tests.conftest import Gen
from tests.support import small_site

TWO_PAGES = small_site.CONFIG.replace('pages = ["index"]', 'pages = ["index", "odd"]')
ODD = """+++
title = "Odd \\"and\\" even"
description = "It ends at {{odd.final_train_loss}}."
picture = "odd-weights"
claims = ["odd.steps = 50"]
+++

## Rows

::: figure odd-loss
The loss.
:::
"""
INDEX = f"{small_site.SUM_ALONE_PAGE}\nRows are [another task](odd.md#rows).\n"


@pytest.fixture
def options(tmp_path: Path) -> list[str | Path]:
    found = small_site.write(tmp_path, TWO_PAGES, INDEX)
    (tmp_path / "site" / "pages" / "en" / "odd.md").write_text(ODD, "utf-8")
    return found


def test_pages_appear_as_their_models_are_trained(
    options: list[str | Path], tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "_site"
    seen: list[tuple[bool, bool]] = []
    publish = publish_module.publish

    def watched(folder: Path, *content: Any, **checked: bool) -> None:
        publish(folder, *content, **checked)
        waits = (
            "still being trained" in (site / f"{n}.html").read_text() for n in ("index", "odd")
        )
        seen.append((next(waits), next(waits)))

    monkeypatch.setattr(build, "FIRST_AFTER", 0.0)
    monkeypatch.setattr(publish_module, "publish", watched)
    outcome = gen("build", *options)
    assert outcome.code == 0
    assert len(seen) == 2 and sorted(seen[0]) == [False, True] and seen[1] == (False, False)
    written = [line for line in outcome.err.splitlines() if line.startswith("written: ")]
    missing = "odd" if seen[0][1] else "index"
    assert written[0].endswith(f"(without all models of {missing})")
    assert "without" not in written[1]
    assert "all is fresh" in gen("build", *options).err


def test_an_error_of_a_part_neither_ends_the_training_nor_hides_that_of_the_whole(
    options: list[str | Path], tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "FIRST_AFTER", 0.0)
    for name in ("index", "odd"):  # a fact without a value, whichever page is the first
        page = tmp_path / "site" / "pages" / "en" / f"{name}.md"
        model = {"index": "sum", "odd": "odd"}[name]
        page.write_text(page.read_text() + f"\nIt is {{{{{model}.generalised_at}}}}.\n")
    outcome = gen("build", *options)
    assert outcome.code == 2 and outcome.err.count("no value in this build") == 2
    assert "the first pages are not published before all others" in outcome.err
    assert "written" not in outcome.err
    trained = [line for line in outcome.err.splitlines() if ": trained in" in line]
    assert len(trained) == 3


def test_a_complete_site_is_never_replaced_by_a_part(
    options: list[str | Path], tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "FIRST_AFTER", 0.0)
    assert gen("build", *options).code == 0
    config = tmp_path / "site" / "gen.toml"
    config.write_text(config.read_text().replace("steps = 60", "steps = 70"))
    outcome = gen("build", *options)
    assert outcome.code == 0 and outcome.err.count("written: ") == 1


def test_models_are_in_the_order_of_the_pages_that_name_them(
    options: list[str | Path], tmp_path: Path
) -> None:
    sources = Sources.gather(small_site.context_of(tmp_path))
    assert reading_order(sources) == ["sum", "odd"]
    page = tmp_path / "site" / "pages" / "en" / "index.md"
    page.write_text(ODD)
    assert reading_order(Sources.gather(small_site.context_of(tmp_path))) == ["odd", "sum"]


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("Nothing of it: odd, odd or even, and odds.", False),
        ("At {{odd.steps}}.", True),
        ("::: if odd.seeds > 1\nMore.\n:::", True),
        ("::: figure odd-weights\nIt.\n:::", True),
        ("[The weights](media/odd-weights.mp4)", True),
        ("[It moves]{play odd 0 steps}", True),
        ("::: explanation odd\n:::", True),
        ("- ::: figure odd-weights\n  It.\n  :::", True),
        ("> :::\tfigure odd-weights\n> It.\n> :::", True),
        ("At {{odd.steps}}, beside a figure of another model with its name.", True),
    ],
)
def test_a_page_waits_for_the_models_that_it_names(tmp_path: Path, text: str, waits: bool) -> None:
    # A figure may have the name of a model that it does not show.
    named = small_site.CONFIG + '\n[figures.odd]\nkind = "loss"\nmodel = "sum"\n'
    small_site.write(tmp_path, named, f"{ODD.partition('picture')[0]}+++\n\n{text}\n")
    page = tmp_path / "site" / "pages" / "en" / "index.md"
    page.write_text(page.read_text().replace("{{odd.final_train_loss}}", "zero"))
    part = ready_part(Sources.gather(small_site.context_of(tmp_path)), ["sum"])
    assert (part.waiting == {"index"}) == waits
    assert "odd-weights" not in part.config.figures and "sum-weights" in part.config.figures
