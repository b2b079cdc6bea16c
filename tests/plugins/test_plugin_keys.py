"""The code of plugins is part of the keys of what is made with it, and of nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gen.commands import build
from gen.config.reader import load
from gen.experiments.runs import shards
from gen.site.sources import Sources
from tests.conftest import Gen
from tests.support import plugin_site
from tests.support.scene_values import read_script
from tests.support.small_site import context_of

PLAIN = ["clock-plain", "clock-plain.scene", "sum-plain", "sum-plain.scene"]
"""What the plugin's film is drawn as."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    plugin_site.write(folder)
    build.build(context_of(folder))
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    """A copy of the built site in another folder."""
    folder = tmp_path / "copy"
    shutil.copytree(built, folder)
    return folder


def stale(folder: Path, gen: Gen) -> list[str]:
    """What `gen status` calls stale."""
    options = ("--config", folder / "site" / "gen.toml", "--store", folder / ".gen")
    outcome = gen("status", "--json", *options, "--output", folder / "_site")
    assert outcome.code == 0, outcome.err
    names = {line["name"]: line["fresh"] for line in json.loads(outcome.out)}
    return sorted(Path(name).name for name, fresh in names.items() if not fresh)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_copy_in_another_folder_is_fresh(site: Path, gen: Gen) -> None:
    assert stale(site, gen) == []


def test_the_film_of_a_plugin_is_painted_by_the_page_without_a_script_of_its_own(
    built: Path,
) -> None:
    media = built / "_site" / "media"
    _, _, scene = read_script((media / "clock-plain.scene.js").read_bytes())
    cells = [layer for layer in scene["layers"] if layer["type"] == "cells"]
    assert len(cells) == 2 and all(layer["limit"] == 1.5 for layer in cells)
    assert scene["pack"] == "clock.run-0" and (media / "clock.run-0.js").exists()
    page = (built / "_site" / "index.html").read_text()
    assert page.count('data-scene="clock-plain.scene"') == page.count('id="figure-clock-plain"')


def test_editing_the_helper_of_a_task_makes_its_models_and_their_films_stale(
    site: Path, gen: Gen
) -> None:
    edit(site / "site/kinds/hours.py", "first + second", "first - second")
    assert stale(site, gen) == ["_site", "clock, seed 0", "clock-plain", "clock-weights"]


def test_editing_the_helper_of_a_film_makes_its_films_stale(site: Path, gen: Gen) -> None:
    edit(site / "site/kinds/limits.py", "1.5", "1.6")
    assert stale(site, gen) == ["_site", *PLAIN]


def test_an_edited_task_is_trained_again_with_the_new_code(site: Path) -> None:
    before = context_of(site).config.models["clock"].task.draw(0).train.labels
    edit(site / "site/kinds/hours.py", "first + second", "first - second")
    after = context_of(site).config.models["clock"].task.draw(0).train.labels
    assert before.tolist() != after.tolist()
    build.build(context_of(site))
    assert len(list((site / ".gen" / "runs").iterdir())) == 3  # clock before and after, and sum


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("hours.py", '"""The sum on the clock."""', '"""Other words."""'),
        ("clock.py", '    """All pairs of hours."""', "    # All pairs."),
        ("limits.py", "1.5", "1.5  # deep"),
    ],
)
def test_comments_and_docstrings_do_not_count(
    site: Path, gen: Gen, file: str, old: str, new: str
) -> None:
    edit(site / "site" / "kinds" / file, old, new)
    assert stale(site, gen) == []


def test_a_file_beside_plugins_that_none_imports_does_not_count(site: Path, gen: Gen) -> None:
    (site / "site/kinds/notes.py").write_text("this is not python")
    assert stale(site, gen) == []


def test_removing_a_plugin_that_is_not_used_changes_no_run(site: Path) -> None:
    path = site / "site" / "gen.toml"
    before = [shard.key for shard in shards(load(path).models["sum"], "cpu")]
    path.write_text(plugin_site.SITE.partition("\n")[2] + plugin_site.SUM + "\n[figures]\n")
    shutil.rmtree(site / "site" / "kinds")
    assert [shard.key for shard in shards(load(path).models["sum"], "cpu")] == before


def test_a_helper_imported_inside_a_method_is_part_of_the_key(site: Path, gen: Gen) -> None:
    edit(site / "site/kinds/plain.py", "from .limits import DEEPEST\n", "")
    edit(
        site / "site/kinds/plain.py",
        "        return DEEPEST",
        "        from .limits import DEEPEST\n\n        return DEEPEST",
    )
    build.build(context_of(site))
    assert stale(site, gen) == []
    edit(site / "site/kinds/limits.py", "1.5", "1.7")
    assert stale(site, gen) == ["_site", *PLAIN]


def test_the_code_that_runs_is_that_of_the_key_even_if_a_file_changes_meanwhile(
    site: Path,
) -> None:
    context = context_of(site)
    edit(site / "site/kinds/hours.py", "first + second", "first - second")
    (shard,) = shards(context.config.models["clock"], "cpu")
    again = context_of(site)
    (changed,) = shards(again.config.models["clock"], "cpu")
    labels = [each.ensemble.task.draw(0).train.labels.tolist() for each in (shard, changed)]
    assert labels[0] != labels[1] and shard.key != changed.key
    assert shard.key in {entry.name for entry in (site / ".gen" / "runs").iterdir()}


def test_clean_keeps_runs_of_plugins_and_removes_former_ones(site: Path, gen: Gen) -> None:
    options = plugin_site.write(site)
    runs = site / ".gen" / "runs"
    before = {entry.name for entry in runs.iterdir()}
    assert gen("clean", *options).code == 0
    assert {entry.name for entry in runs.iterdir()} == before
    edit(site / "site/kinds/hours.py", "first + second", "first - second")
    assert gen("clean", *options).code == 0
    assert len(list(runs.iterdir())) == 1


def test_the_site_can_be_verified(site: Path, gen: Gen) -> None:
    options = plugin_site.write(site)
    outcome = gen("verify", *options)
    assert outcome.code == 0, outcome.err
    assert "identical" in outcome.err


def test_a_recipe_lists_the_plugins_that_it_needs(site: Path) -> None:
    context = context_of(site)
    _ = Sources.gather(context).key
    provenance = json.loads((site / "_site" / "data" / "provenance.json").read_text())
    first = {
        name: figure["config"].splitlines()[0] for name, figure in provenance["figures"].items()
    }
    assert first == {
        "clock-weights": 'plugins = ["kinds/clock.py"]',
        "clock-plain": 'plugins = ["kinds/clock.py", "kinds/plain.py"]',
        "sum-weights": "[models.sum]",
        "sum-plain": 'plugins = ["kinds/plain.py"]',
    }
