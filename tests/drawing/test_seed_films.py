"""Figures of every seed: each is a scene at full rate, and only the shown seed has a film."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gen.config.reader import load
from gen.figures.accuracy import Accuracy
from gen.figures.loss import Loss
from gen.site.figure_views import figure_views
from gen.site.results import TrainedModel
from tests.conftest import Gen, tree
from tests.support import seed_site, small_site
from tests.support.line_runs import waves_run
from tests.support.scene_values import read_script, unzipped

pytestmark = pytest.mark.xdist_group("seed-films")

FILMS = {"sum-weights", "odd-weights"}
SCENES = {"sum-weights", "sum-weights.seed-1", "sum-weights.seed-2", "odd-weights"}
SNAPSHOTS = 13
"""Of each run of the model `sum`: steps 0 to 120, every 10."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small site with figures of every seed once."""
    folder = tmp_path_factory.mktemp("seeds")
    seed_site.build_here(folder)
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> tuple[Path, list[str | Path]]:
    """Copy the built site for a test that changes it; return folder and options."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path, seed_site.write(tmp_path)


def test_every_seed_has_a_scene_and_a_pack_and_only_the_shown_one_a_film(built: Path) -> None:
    media = {path.name for path in (built / "_site" / "media").iterdir()}
    for suffix in (".mp4", ".png", ".gif"):
        assert {name.removesuffix(suffix) for name in media if name.endswith(suffix)} == FILMS
    scenes = {name for name in media if name.endswith(".scene.js")}
    assert scenes == {f"{name}.scene.js" for name in SCENES}
    packs = {name for name in media if name.endswith(".js")} - scenes
    assert packs == {"sum.run-0.js", "sum.run-1.js", "sum.run-2.js", "odd.run-0.js"}
    charts = {name for name in media if name.startswith("sum-accuracy")}
    assert charts == {"sum-accuracy.svg", "sum-accuracy.seed-1.svg", "sum-accuracy.seed-2.svg"}
    assert (built / "_site" / "data" / "sum-accuracy.seed-2.csv").exists()


def test_scenes_of_all_seeds_show_every_snapshot(built: Path) -> None:
    media = built / "_site" / "media"
    for seed, suffix in ((0, ""), (1, ".seed-1"), (2, ".seed-2")):
        _, name, scene = read_script((media / f"sum-weights{suffix}.scene.js").read_bytes())
        _, pack_name, pack = read_script((media / f"sum.run-{seed}.js").read_bytes())
        assert name == f"sum-weights{suffix}.scene" and scene["pack"] == pack_name
        assert scene["steps"] == pack["steps"] and len(pack["steps"]) == SNAPSHOTS


def test_a_run_is_downloaded_once_and_by_all_its_figures(built: Path) -> None:
    data = {path.name for path in (built / "_site" / "data").iterdir() if path.suffix == ".npz"}
    assert data == {"sum.run-0.npz", "odd.run-0.npz"}
    page = (built / "_site" / "index.html").read_text()
    assert page.count("data/sum.run-0.npz") >= 1


def test_a_page_contains_one_seed_and_its_script_data_all(built: Path) -> None:
    page = (built / "_site" / "index.html").read_text()
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="wide"') == 2
    scripts = {path.name for path in (built / "_site" / "seeds").iterdir()}
    assert scripts == {"sum-0.js", "sum-1.js", "sum-2.js"}
    second = (built / "_site" / "seeds" / "sum-2.js").read_text()
    packed = re.search(r'"figures": "([^"]+)"', second)
    assert packed is not None
    figures = "".join(unzipped(packed[1]).values())
    assert "sum-weights.seed-2.scene.js" in figures and "sum.run-2.js" in figures
    assert ".mp4" not in figures


def test_readers_can_choose_the_seed_of_films_alone(tmp_path: Path, gen: Gen) -> None:
    """A film has a file of its own, which charts and widgets have not."""
    every = small_site.CONFIG.replace(
        'kind = "weights"\nmodel = "sum"\n', 'kind = "weights"\nmodel = "sum"\nevery_seed = true\n'
    )
    options = small_site.write(tmp_path, every)
    assert gen("build", *options).code == 0
    page = (tmp_path / "_site" / "index.html").read_text()
    assert 'class="seed-scripts" data-model="sum" data-shown="0"' in page
    shown = (tmp_path / "_site" / "seeds" / "sum-0.js").read_text()
    packed = re.search(r'"figures": "([^"]+)"', shown)
    assert packed is not None
    assert ".mp4" in unzipped(packed[1])["sum-weights"]


def test_a_second_build_draws_nothing_of_seeds(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    before = tree(folder)
    assert "all is fresh" in gen("build", *options).err
    assert tree(folder) == before
    (folder / "_site" / "index.html").unlink()
    again = gen("build", *options).err
    assert "frames" not in again and "interactive" not in again
    assert tree(folder) == before


def test_the_scene_of_each_seed_is_fresh_or_stale_on_its_own(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    assert "all is fresh" in gen("status", *options).out
    stored = {path.name: path for path in (folder / ".gen" / "media").iterdir()}
    (of_one,) = (
        path for path in stored.values() if '"sum-weights.seed-1.scene"' in _manifest(path)
    )
    shutil.rmtree(of_one)
    lines = [line for line in gen("status", *options).out.splitlines() if "stale:" in line]
    assert len(lines) == 1 and "sum-weights.seed-1.scene" in lines[0]
    drawn = gen("render", *options, "--to", folder / "copies")
    assert drawn.code == 0 and "frames" not in drawn.err and "1 script" in drawn.err
    copied = {path.name for path in (folder / "copies").iterdir()}
    assert "sum-weights.gif" in copied and not any(name.endswith(".js") for name in copied)
    assert {path.name for path in (folder / ".gen" / "media").iterdir()} == stored.keys()


def test_scenes_of_removed_seeds_are_cleaned_and_the_others_stay(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, _ = site
    before = {path.name for path in (folder / ".gen" / "media").iterdir()}
    config = seed_site.CONFIG.replace("every_seed = true", "every_seed = false")
    options = seed_site.write(folder, config)
    assert gen("clean", *options).code == 0
    after = {path.name: _manifest(path) for path in (folder / ".gen" / "media").iterdir()}
    # Two films, four scenes, four packs, eight charts and widgets, two downloads and the facts of
    # two models, of which two scenes, two packs and four charts and widgets are of other seeds.
    assert len(before) == 22 and len(after) == 14 and after.keys() <= before
    assert not any(
        other in manifest
        for manifest in after.values()
        for other in ("seed-1", "seed-2", "run-1", "run-2")
    )
    outcome = gen("build", *options)
    assert "frames" not in outcome.err
    assert not (folder / "_site" / "seeds").exists()
    assert 'name="sum-seeds"' not in (folder / "_site" / "index.html").read_text()


def _manifest(entry: Path) -> str:
    return (entry / "entry.json").read_text()


def test_a_diverged_seed_is_not_shown(tmp_path: Path) -> None:
    runs = [replace(waves_run(), seed=seed) for seed in (3, 4, 9)]
    runs[1] = replace(runs[1], failed_at=250)
    small_site.write(tmp_path)
    model = load(tmp_path / "site" / "gen.toml").models["sum"]
    trained = TrainedModel(model, runs, runs[0], {3: "a", 4: "a", 9: "b"})
    figures = {"one": Loss(model="m", every_seed=True), "other": Accuracy(model="m")}
    found = list(figure_views(figures, {"m": trained}))
    assert [each.stem for each in found] == ["one", "one.seed-9", "other"]
    assert [each.run.seed for each in found if each.run] == [3, 9, 3]
    assert found[1].key == {"run": "b", "seed": 9}
