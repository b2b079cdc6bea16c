"""A build trains, draws and writes what is stale, and publishes whole sites."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from gen.resources import templates_folder
from gen.site import draw as draw_module
from gen.site import films, write
from tests.conftest import Gen, tree
from tests.support import small_site

pytestmark = pytest.mark.xdist_group("build")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small site, built once by the real command."""
    folder = tmp_path_factory.mktemp("built")
    options = small_site.write(folder)
    finished = subprocess.run(
        [sys.executable, "-m", "gen.cli", "build", *map(str, options), "--jobs", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return folder


@pytest.fixture
def site(built: Path, tmp_path: Path) -> tuple[Path, list[str | Path]]:
    """A copy of the built site that a test may change, with its options."""
    subprocess.run(["cp", "-a", f"{built}/.", str(tmp_path)], check=True)
    return tmp_path, small_site.write(tmp_path)


def _media(folder: Path) -> set[str]:
    return {path.name for path in (folder / ".gen" / "media").iterdir()}


def test_a_build_leaves_pages_films_charts_and_data(built: Path) -> None:
    files = tree(built / "_site")
    for name in ("sum-weights", "odd-weights"):
        assert {f"media/{name}.mp4", f"media/{name}.gif", f"media/{name}.png"} <= files.keys()
        assert f"media/{name}.scene.js" in files
    for run in ("sum.run-0", "odd.run-0"):
        assert {f"media/{run}.js", f"data/{run}.npz"} <= files.keys()
    for name in ("sum-accuracy", "odd-loss"):
        assert {f"media/{name}.svg", f"data/{name}.csv"} <= files.keys()
    assert {"index.html", "data/facts.json", "data/manifest.json"} <= files.keys()
    text = re.sub(r"<[^>]+>", "", (built / "_site/index.html").read_text())
    assert "Trained on 40 rows for 60 steps." in text


def test_downloads_contain_the_data_of_their_figures(built: Path) -> None:
    arrays = np.load(built / "_site/data/sum.run-0.npz", allow_pickle=False)
    assert arrays["steps"].tolist() == [0, 10, 20, 30, 40, 50, 60]
    assert arrays["W_in"].shape == (7, 11, 6)
    rows = (built / "_site/data/odd-loss.csv").read_text().splitlines()
    assert rows[0].split(",")[0] == "step"
    assert [row.split(",")[0] for row in rows[1:]] == [str(step) for step in range(0, 51, 5)]


def test_facts_are_published_for_every_model(built: Path) -> None:
    facts = json.loads((built / "_site/data/facts.json").read_text())
    assert facts["sum"]["seeds"] == 3
    assert facts["odd"]["steps"] == 50


def test_a_second_build_logs_that_all_is_fresh_and_changes_no_file(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    before = tree(folder)
    outcome = gen("build", *options)
    assert outcome.code == 0
    assert "all is fresh" in outcome.err
    assert tree(folder) == before


def test_a_fresh_build_loads_no_heavy_library(
    site: tuple[Path, list[str | Path]],
) -> None:
    _, options = site
    code = (
        "import sys; from gen import cli\n"
        f"sys.argv = {['gen', 'build', *map(str, options)]!r}\n"
        "try: cli.main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'torch', 'numba', 'matplotlib', 'PIL', 'imageio'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_changing_a_figure_draws_only_that_figure(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, _ = site
    media, runs = _media(folder), tree(folder / ".gen" / "runs")
    touched = small_site.CONFIG.replace(
        'kind = "weights"\nmodel = "odd"', 'kind = "weights"\nmodel = "odd"\nhold_last = 1.0'
    )
    options = small_site.write(folder, touched)
    status = gen("status", *options)
    assert "odd-weights  stale: changed: figure" in " ".join(status.out.split("  ")) or (
        "stale: changed: figure" in status.out
    )
    former = tree(folder / "_site")
    assert gen("build", *options).code == 0
    assert len(_media(folder) - media) == 2  # its film and its scene
    assert tree(folder / ".gen" / "runs") == runs
    now = tree(folder / "_site")
    changed = {name for name in now if now[name] != former.get(name)}
    assert {"media/odd-weights.gif", "media/odd-weights.mp4"} <= changed
    assert not {name for name in changed if name.startswith(("media/sum", "data/sum"))}


def test_changing_a_model_trains_only_that_model(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, _ = site
    runs = tree(folder / ".gen" / "runs")
    options = small_site.write(folder, small_site.CONFIG.replace("steps = 50", "steps = 55"))
    status = gen("status", *options)
    assert "training.steps 50 -> 55" in status.out
    assert "odd must be trained first" in status.out
    outcome = gen("build", *options)
    assert "odd, seed 0" in outcome.err and "sum, seeds" not in outcome.err
    assert len(tree(folder / ".gen" / "runs").keys() - runs.keys()) == 2


def test_more_seeds_train_only_the_new_shard(site: tuple[Path, list[str | Path]], gen: Gen) -> None:
    folder, _ = site
    options = small_site.write(folder, small_site.CONFIG.replace("seeds = 3", "seeds = 4"))
    outcome = gen("train", *options)
    assert outcome.code == 0
    assert "sum, seeds 2 to 3" in outcome.err
    assert "sum, seeds 0 to 1" not in outcome.err


def test_two_builds_from_nothing_publish_the_same_bytes(
    built: Path, tmp_path: Path, gen: Gen
) -> None:
    options = small_site.write(tmp_path)
    assert gen("build", "--jobs", "1", *options).code == 0
    assert tree(tmp_path / "_site") == tree(built / "_site")


def test_a_diverged_model_is_named_with_its_step_and_other_models_are_trained(
    tmp_path: Path, gen: Gen
) -> None:
    wild = small_site.CONFIG.replace(
        "learning_rate = 3e-3", "learning_rate = 10.0\nweight_decay = 1000.0"
    ).replace("seeds = 1\n", "seeds = 2\n")
    options = small_site.write(tmp_path, wild)
    outcome = gen("build", *options)
    assert outcome.code == 4
    assert "odd, seed 0" in outcome.err and "at step" in outcome.err
    assert "models.odd" in outcome.err and "learning_rate" in outcome.err
    assert not (tmp_path / "_site").exists()
    assert "odd diverged with every seed" in gen("status", *options).out
    assert gen("train", "sum", *options).code == 0


def test_a_damaged_run_is_reported_and_trained_again(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    published = tree(folder / "_site")
    victim = next((folder / ".gen" / "runs").glob("*/arrays.safetensors"))
    victim.write_bytes(victim.read_bytes()[:-9])
    assert "stale" in gen("status", *options).out
    assert gen("train", *options).code == 0
    assert "all is fresh" in gen("build", *options).err
    assert tree(folder / "_site") == published


def test_a_damaged_site_is_reported_once_and_written_again(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    published = tree(folder / "_site")
    page = folder / "_site" / "index.html"
    page.write_bytes(page.read_bytes().replace(b"Trained", b"Drained"))
    assert "stale: index.html is damaged" in gen("status", *options).out
    verified = gen("verify", *options)
    assert verified.code == 6 and "index.html is damaged" in verified.err
    outcome = gen("build", *options)
    assert outcome.code == 0 and outcome.err.count("index.html is damaged") == 1
    assert tree(folder / "_site") == published
    assert "all is fresh" in gen("build", *options).err


def test_an_output_folder_with_other_files_is_refused_before_training(
    tmp_path: Path, gen: Gen
) -> None:
    options = small_site.write(tmp_path)
    (tmp_path / "_site").mkdir()
    (tmp_path / "_site" / "thesis.tex").write_text("dear")
    outcome = gen("build", *options)
    assert outcome.code == 3 and "did not write" in outcome.err
    assert "trained" not in outcome.err and not (tmp_path / ".gen" / "runs").exists()


@pytest.mark.parametrize(
    ("store", "site"),
    [
        (".", "_site"),
        ("site", "_site"),
        ("site/pages/store", "_site"),
        (".gen", ".gen"),
        (".gen", ".gen/site"),
        ("_site/store", "_site"),
        (".gen", "."),
        (".gen", "site/assets/out"),
    ],
)
def test_overlapping_sources_store_and_output_are_refused(
    tmp_path: Path, gen: Gen, store: str, site: str
) -> None:
    small_site.write(tmp_path)
    before = tree(tmp_path)
    options = ["--config", tmp_path / "site" / "gen.toml"]
    options += ["--store", tmp_path / store, "--output", tmp_path / site]
    for command in (["build"], ["clean", "--all"]):
        outcome = gen(*command, *options)
        assert outcome.code == 3 and outcome.err.count("\n") == 1
        assert "choose another --" in outcome.err
    assert tree(tmp_path) == before


def test_a_film_that_vanishes_during_a_build_is_a_one_line_error(
    tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = small_site.write(tmp_path)
    saved = draw_module.save

    def save_and_lose(*arguments: Any) -> Any:
        entry = saved(*arguments)
        shutil.rmtree(entry.folder)
        return entry

    with monkeypatch.context() as patched:
        patched.setattr(draw_module, "save", save_and_lose)
        outcome = gen("build", *options)
    assert outcome.code == 3
    assert "the film of sum-weights has vanished; run this again" in outcome.err.splitlines()[-1]
    assert gen("build", *options).code == 0


def test_films_are_discarded_if_the_code_changes_while_they_are_drawn(
    tmp_path: Path, gen: Gen, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = small_site.write(tmp_path)
    digests = films.code_digest
    drawn = films.FilmOrder.draw

    def draw_and_edit(*arguments: Any, **options: Any) -> Any:
        monkeypatch.setattr(films, "code_digest", lambda *modules: f"{digests(*modules)}!")
        return drawn(*arguments, **options)

    monkeypatch.setattr(films.FilmOrder, "draw", draw_and_edit)
    outcome = gen("build", *options)
    assert outcome.code == 2
    assert "the code changed during the build" in outcome.err.splitlines()[-1]
    assert not (tmp_path / ".gen" / "media").exists()


def test_a_site_is_discarded_if_a_template_changes_while_it_is_written(
    site: tuple[Path, list[str | Path]], gen: Gen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, options = site
    before = tree(folder / "_site")
    templates = tmp_path / "templates"
    shutil.copytree(templates_folder(), templates)
    monkeypatch.setattr("gen.resources.templates_folder", lambda: templates)
    (templates / "base.html.jinja").write_text(
        (templates / "base.html.jinja").read_text().replace("<main", "<!-- new --><main")
    )
    files = write.site_files

    def edited(*arguments: Any) -> Any:
        with (templates / "page.html.jinja").open("a") as template:
            template.write("\n{# edited #}\n")
        return files(*arguments)

    monkeypatch.setattr(write, "site_files", edited)
    outcome = gen("site", *options)
    assert outcome.code == 2 and "changed during the build" in outcome.err
    assert tree(folder / "_site") == before


def test_gen_site_fails_if_a_run_is_missing(tmp_path: Path, gen: Gen) -> None:
    options = small_site.write(tmp_path)
    outcome = gen("site", *options)
    assert outcome.code == 3
    assert "not trained as configured (never trained); run gen train" in outcome.err


def test_render_draws_one_figure_into_a_folder(
    site: tuple[Path, list[str | Path]], gen: Gen, tmp_path: Path
) -> None:
    folder, options = site
    outcome = gen("render", "sum-weights", "--to", tmp_path / "films", *options)
    assert outcome.code == 0
    assert {path.name for path in (tmp_path / "films").iterdir()} == {
        "sum-weights.mp4",
        "sum-weights.gif",
        "sum-weights.png",
        "sum-weights.html",
    }
    # As on the site, which has the same title, words and colours.
    single = (tmp_path / "films" / "sum-weights.html").read_bytes()
    assert single == (folder / "_site" / "figures" / "sum-weights.html").read_bytes()
    assert 'did you mean "sum-weights"?' in gen("render", "sum-wights", *options).err


def test_render_writes_a_chart_as_svg_and_png(
    site: tuple[Path, list[str | Path]], gen: Gen, tmp_path: Path
) -> None:
    folder, options = site
    outcome = gen("render", "sum-accuracy", "--to", tmp_path / "charts", *options)
    assert outcome.code == 0
    svg, png = tmp_path / "charts/sum-accuracy.svg", tmp_path / "charts/sum-accuracy.png"
    assert {*(tmp_path / "charts").iterdir()} == {svg, png}
    assert svg.read_bytes() == (folder / "_site/media/sum-accuracy.svg").read_bytes()
    assert png.read_bytes().startswith(b"\x89PNG")
    assert str(svg) in outcome.err and str(png) in outcome.err
    assert "1 figure is not a film; pass --to" in gen("render", "sum-accuracy", *options).err


def test_render_logs_that_only_the_data_of_an_interactive_figure_is_written(
    gen: Gen, tmp_path: Path
) -> None:
    config = small_site.CONFIG + '\n[figures.sum-of-two]\nkind = "construction-sum"\nmodulus = 12\n'
    options = small_site.write(tmp_path, config)
    outcome = gen("render", "sum-of-two", "--to", tmp_path / "out", *options)
    assert outcome.code == 0, outcome.err
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["sum-of-two.csv"]
    assert "sum-of-two: is interactive and works only on a page; wrote its data" in outcome.err


def test_clean_keeps_what_the_config_uses_and_removes_the_rest(
    site: tuple[Path, list[str | Path]], gen: Gen
) -> None:
    folder, options = site
    media = _media(folder)
    small_site.write(folder, small_site.CONFIG.replace("steps = 50", "steps = 55"))
    assert gen("clean", *options).code == 0
    assert not (folder / "_site").exists()
    # Of the model: film, scene, pack, the chart that does not move, the download and the facts.
    assert len(_media(folder)) == len(media) - 6
    assert gen("clean", "--all", *options).code == 0
    assert not list((folder / ".gen").glob("*/*"))


def test_workers_of_a_killed_build_end(tmp_path: Path) -> None:
    long = small_site.CONFIG.replace("steps = 60", "steps = 50_000_000").replace(
        "log_every = 5\nsnapshot_every = 10\n\n[models.odd]",
        "log_every = 50_000\nsnapshot_every = 5_000_000\n\n[models.odd]",
    )
    options = small_site.write(tmp_path, long)
    process = subprocess.Popen(
        [sys.executable, "-m", "gen.cli", "train", "--quiet", *map(str, options)]
    )
    children: list[psutil.Process] = []
    deadline = time.monotonic() + 120
    while len(children) < 2 and time.monotonic() < deadline:
        time.sleep(0.2)
        children = psutil.Process(process.pid).children()
    process.kill()
    process.wait()
    while any(child.is_running() for child in children):
        assert time.monotonic() < deadline, children
        time.sleep(0.2)
    assert children
