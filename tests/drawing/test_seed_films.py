"""Figures of every seed: each is drawn once, stored while configured, and small."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gen.config.reader import load
from gen.encode.mp4 import write_mp4
from gen.figures.accuracy import Accuracy
from gen.figures.loss import Loss
from gen.figures.waves import Waves
from gen.site.figure_views import figure_views
from gen.site.results import TrainedModel
from tests.conftest import Gen, tree
from tests.support import seed_site, small_site
from tests.support.line_runs import waves_run

pytestmark = pytest.mark.xdist_group("seed-films")

FILMS = {"sum-weights", "sum-weights.seed-1", "sum-weights.seed-2", "odd-weights"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small site with figures of every seed once."""
    folder = tmp_path_factory.mktemp("seeds")
    small_site.build_here(folder, seed_site.CONFIG, seed_site.PAGE)
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> tuple[Path, list[str | Path]]:
    """Copy the built site for a test that changes it; return folder and options."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return tmp_path, small_site.write(tmp_path, seed_site.CONFIG, seed_site.PAGE)


def test_every_seed_has_a_film_and_only_the_shown_one_a_gif(built: Path) -> None:
    media = {path.name for path in (built / "_site" / "media").iterdir()}
    assert {name.removesuffix(".mp4") for name in media if name.endswith(".mp4")} == FILMS
    assert {name.removesuffix(".png") for name in media if name.endswith(".png")} == FILMS
    gifs = {name for name in media if name.endswith(".gif")}
    assert gifs == {"sum-weights.gif", "odd-weights.gif"}
    charts = {name for name in media if name.startswith("sum-accuracy")}
    assert charts == {"sum-accuracy.svg", "sum-accuracy.seed-1.svg", "sum-accuracy.seed-2.svg"}
    assert (built / "_site" / "data" / "sum-accuracy.seed-2.csv").exists()


def test_a_page_contains_one_seed_and_its_script_data_all(built: Path) -> None:
    page = (built / "_site" / "index.html").read_text()
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="wide"') == 2
    scripts = {path.name for path in (built / "_site" / "seeds").iterdir()}
    assert scripts == {"sum-0.js", "sum-1.js", "sum-2.js"}
    second = (built / "_site" / "seeds" / "sum-2.js").read_text()
    assert "sum-weights.seed-2.mp4" in second and "sum-weights.mp4" not in second


def test_a_second_build_draws_no_films_of_seeds(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    before = tree(folder)
    assert "all is fresh" in gen("build", *options).err
    assert tree(folder) == before
    (folder / "_site" / "index.html").unlink()
    assert "frames" not in gen("build", *options).err
    assert tree(folder) == before


def test_the_film_of_each_seed_is_fresh_or_stale_on_its_own(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    assert "all is fresh" in gen("status", *options).out
    stored = {path.name: path for path in (folder / ".gen" / "media").iterdir()}
    of_one = next(path for path in stored.values() if '"sum-weights.seed-1"' in _manifest(path))
    shutil.rmtree(of_one)
    lines = [line for line in gen("status", *options).out.splitlines() if "stale:" in line]
    assert len(lines) == 1 and "sum-weights.seed-1" in lines[0]
    drawn = gen("render", *options, "--to", folder / "copies")
    assert drawn.code == 0 and drawn.err.count("frames") == 1
    copied = {path.name for path in (folder / "copies").iterdir()}
    assert {"sum-weights.seed-1.mp4", "sum-weights.seed-1.png", "sum-weights.gif"} <= copied
    assert {path.name for path in (folder / ".gen" / "media").iterdir()} == stored.keys()


def test_films_of_removed_seeds_are_cleaned_and_the_others_stay(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, _ = site
    before = {path.name for path in (folder / ".gen" / "media").iterdir()}
    options = small_site.write(
        folder, seed_site.CONFIG.replace("every_seed = true", "every_seed = false"), seed_site.PAGE
    )
    assert gen("clean", *options).code == 0
    after = {path.name: _manifest(path) for path in (folder / ".gen" / "media").iterdir()}
    assert len(before) == 4 and len(after) == 2 and after.keys() <= before
    assert not any("seed-" in manifest for manifest in after.values())
    outcome = gen("build", *options)
    assert "frames" not in outcome.err
    assert not (folder / "_site" / "seeds").exists()
    assert "radio" not in (folder / "_site" / "index.html").read_text()


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


def test_a_thinned_film_shows_steps_at_about_the_same_times(tmp_path: Path) -> None:
    film = Waves(model="m", frames=41).film(waves_run(snapshots=41), 1)
    thin = film.thinned(12)
    assert len(thin.steps) <= 12 and set(thin.steps) <= set(film.steps)
    assert (thin.steps[0], thin.steps[-1]) == (film.steps[0], film.steps[-1])
    assert thin.seconds == pytest.approx(film.seconds, abs=0.6)
    for number, step in enumerate(thin.steps):
        (same,) = np.flatnonzero(film.steps == step)
        assert np.array_equal(thin.frame(number), film.frame(int(same)))
    write_mp4(film, tmp_path / "film.mp4")
    write_mp4(thin, tmp_path / "thin.mp4", quality=28)
    sizes = [(tmp_path / name).stat().st_size for name in ("film.mp4", "thin.mp4")]
    assert 2 * sizes[1] < sizes[0]
