"""A first build publishes the pages whose models are trained, while it trains the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gen.analysis.outcome import generalised_at
from gen.commands import build
from gen.commands import train as train_command
from gen.errors import ConfigError
from gen.experiments import runs
from gen.site import publish as publish_module
from gen.site.context import BuildContext
from gen.site.partly_trained import needed_shards, showable
from gen.site.ready import reading_order, ready_part
from gen.site.results import valid_models
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


WITH_FEWER_SEEDS = TWO_PAGES.replace("seeds = 3", "seeds = 3\nshown = 0")
SEEDS = "\nOf {{sum.seeds}} seeds.\n"


def _published(site: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """Return of every site that is published from now on: the seeds of `sum`, and its notice.

    The notice says that the numbers of the page will change.
    """
    found: list[tuple[int, bool]] = []
    publish = publish_module.publish

    def watched(folder: Path, *content: Any, **checked: bool) -> None:
        publish(folder, *content, **checked)
        page = (site / "index.html").read_text("utf-8")
        facts = json.loads((site / "data" / "facts.json").read_text("utf-8"))
        seeds = facts["sum"]["seeds"] if "sum" in facts else 0
        found.append((seeds, "its numbers will change" in page))

    monkeypatch.setattr(build, "FIRST_AFTER", 0.0)
    monkeypatch.setattr(publish_module, "publish", watched)
    return found


def test_a_model_is_shown_before_its_further_seeds_are_trained(
    options: list[str | Path], tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = INDEX.replace('picture = "', 'claims = ["sum.seeds = 3"]\npicture = "', 1)
    small_site.write(tmp_path, WITH_FEWER_SEEDS, claimed + SEEDS)
    published = _published(tmp_path / "_site", monkeypatch)
    outcome = gen("build", "--strict", *options)
    assert outcome.code == 0
    assert published == [(2, True), (2, True), (3, False)]  # first, the other page waits
    written = [line for line in outcome.err.splitlines() if line.startswith("written: ")]
    assert [line.partition(" (")[2] for line in written] == [
        "without all models of odd, sum)",
        "without all models of sum)",
        "",
    ]
    assert "all is fresh" in gen("build", *options).err


def test_a_page_that_fails_with_some_of_the_seeds_waits_for_all(
    options: list[str | Path], tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_site.write(tmp_path, WITH_FEWER_SEEDS, INDEX + SEEDS)
    published = _published(tmp_path / "_site", monkeypatch)
    write_site = build.write_site

    def refused(context: Any, sources: Any, subjects: Any, drawn: Any) -> list[str]:
        if "sum" in subjects and len(subjects["sum"].runs) < 3:
            raise ConfigError("no value in this build")
        return write_site(context, sources, subjects, drawn)

    monkeypatch.setattr(build, "write_site", refused)
    outcome = gen("build", *options)
    assert outcome.code == 0 and "no value" not in outcome.err
    assert published == [(0, False), (3, False)]  # first, the other page alone


def test_a_model_waits_for_the_seeds_that_its_figures_name(tmp_path: Path) -> None:
    def needed(config: str) -> int:
        small_site.write(tmp_path, config)
        context = small_site.context_of(tmp_path)
        return needed_shards(context.config, context.config.models["sum"])

    lines = '[figures.lines]\nkind = "metrics"\nmodel = "sum"\nmetrics = ["test_loss"]\n'
    lines += "seeds = [0, 2]\n"
    beside = '[figures.beside]\nkind = "compare"\nmodels = ["sum", "two"]\nseeds = [2]\n'
    two = small_site.CONFIG.partition("[models.sum]")[2].partition("[models.odd]")[0]
    two = "[models.sum]" + two
    assert needed(small_site.CONFIG) == 1
    assert needed(small_site.CONFIG.replace("seeds = 3", "seeds = 3\nshown = 1")) == 1
    assert needed(small_site.CONFIG.replace("seeds = 3", "seeds = 3\nshown = 2")) == 2
    assert (
        needed(small_site.CONFIG + '\n[figures.one]\nkind = "loss"\nmodel = "sum"\nseed = 2') == 2
    )
    assert needed(f"{small_site.CONFIG}\n{lines}") == 2
    assert needed(f"{small_site.CONFIG}\n{two.replace('models.sum', 'models.two')}\n{beside}") == 2


@pytest.mark.parametrize(
    ("seeds", "figures", "shown"),
    [("[1, 0]", True, True), ("[0, 1]", True, False), ("[0, 1]", False, True)],
)
def test_a_model_with_figures_is_shown_early_only_if_a_seed_generalises(
    tmp_path: Path, seeds: str, figures: bool, shown: bool
) -> None:
    config = small_site.CONFIG.replace("seeds = 1\n", f"seeds = {seeds}\nshard = 1\n")
    config = config.replace("3e-3\n", "1e-2\nweight_decay = 1.0\n")
    page = small_site.PAGE
    if not figures:
        config, page = config.partition("[figures.odd-weights]")[0], small_site.SUM_ALONE_PAGE
    small_site.build_here(tmp_path, config.replace("steps = 50", "steps = 600"), page)
    context = small_site.context_of(tmp_path)
    generalised = seeds_that_generalise(context)
    assert generalised == [1] and "odd" in showable(context, whole=True)
    last = context.store.get(runs.FAMILY, runs.shards(context.config.models["odd"], "cpu")[-1].key)
    assert last is not None
    context.store.remove(last)
    assert "odd" not in showable(context, whole=True)
    assert ("odd" in showable(context, whole=False)) == shown


def seeds_that_generalise(context: BuildContext) -> list[int]:
    runs_of_odd = valid_models(context, ["odd"])["odd"].runs
    return [run.seed for run in runs_of_odd if generalised_at(run) is not None]


def test_further_seeds_are_trained_last_however_little_work_they_are(
    options: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_command, "_LITTLE", 1.0)  # every shard is little work
    small_site.write(tmp_path, TWO_PAGES, INDEX)
    context = small_site.context_of(tmp_path)
    names = [shard.name for shard in train_command.models_in_order(context, ["sum", "odd"])]
    assert names[-1] == "sum, seed 2" and len(names) == 3
