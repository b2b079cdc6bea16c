"""Recordings as models of a config: figures, facts, keys and errors."""

from __future__ import annotations

import io
import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest

from gen import Recorder, show
from gen.analysis.recorded_facts import fact_names
from gen.config.reader import Config, load
from gen.config.recordings import recording_files
from gen.errors import ConfigError
from gen.experiments.recorded import find_recordings
from gen.recording import reader
from gen.recording.reader import read_recording
from gen.server.live_site import _target
from gen.site.context import ConfigReloader
from gen.site.figure_views import figure_views
from gen.site.results import recorded_results
from tests.conftest import Gen
from tests.support import small_site

CONFIG = """
[site]
title = "Recorded"
description = "Runs that ran elsewhere."
languages = ["en"]
pages = ["index"]

[models.mnist]
recording = "runs/m-*.safetensors"
task = { chance = 0.25 }

[figures.films]
kind = "layers"
model = "mnist"

[figures.curves]
kind = "metrics"
model = "mnist"
metrics = ["train_accuracy", "test_accuracy"]
scale = "share"
"""

PAGE = """+++
title = "Recorded"
description = "Runs that ran elsewhere."
claims = ["mnist.generalised_at > mnist.memorised_at"]
+++
Test {{mnist.final_test_accuracy:percent}} after {{mnist.steps}} steps.

::: figure films
A.
:::
::: figure curves
B.
:::
"""


def record(path: Path, steps: int = 40, *, close: bool = True, scale: float = 1.0) -> Recorder:
    """Record a run that memorises at step 10 and generalises at step 30."""
    recorder = Recorder(path, axes={"W1": ("neuron", "input")}, note="made up")
    generator = np.random.default_rng(0)
    w1, w2 = generator.normal(size=(4, 6)), generator.normal(size=(3, 2, 2))
    for step in range(steps + 1):
        recorder.log(step, train_accuracy=min(1.0, step / 10))
        if step % 2 == 0:
            recorder.log(step, test_accuracy=min(1.0, step / 30))
        if step % 10 == 0:
            recorder.snapshot(step, W1=scale * (1 + step) * w1, **{"conv.weight": w2})
    if close:
        recorder.close()
    return recorder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for seed in (2, 10):
        record(tmp_path / "site" / "runs" / f"m-{seed}.safetensors", scale=seed)
    folder = tmp_path / "site"
    (folder / "pages" / "en").mkdir(parents=True)
    (folder / "gen.toml").write_text(CONFIG)
    (folder / "pages" / "en" / "index.md").write_text(PAGE)
    return tmp_path


def config(site: Path, changed: str = CONFIG) -> Config:
    (site / "site" / "gen.toml").write_text(changed)
    return load(site / "site" / "gen.toml")


def test_a_site_of_recordings_is_built_without_training(site: Path, gen: Gen) -> None:
    stored = ("--config", site / "site" / "gen.toml", "--store", site / ".gen")
    built = gen("build", "--strict", *stored, "--output", site / "_site")
    assert built.code == 0, built.err
    page = (site / "_site" / "index.html").read_text()
    assert "after 40 steps" in _plain(page)
    assert (site / "_site" / "media" / "films.mp4").stat().st_size > 1000
    facts = json.loads((site / "_site" / "data" / "facts.json").read_text())["mnist"]
    assert (facts["memorised_at"], facts["generalised_at"], facts["gap"]) == (10, 30, 20)
    assert (facts["seeds"], facts["seeds_generalised"], facts["complete"]) == (2, 2, 1)
    made = json.loads((site / "_site" / "data" / "provenance.json").read_text())["figures"]["films"]
    assert made["recorded"] == "recorded, not trained here"
    assert (made["file"], made["note"], made["last_step"]) == ("m-2.safetensors", "made up", 40)
    assert 'recording = "runs/m-*.safetensors"' in made["config"]
    again = gen("build", "--strict", *stored, "--output", site / "_site")
    assert "all is fresh" in again.out + again.err
    told = gen("facts", "mnist", "--only", "gap", "--csv", *stored)
    assert told.out.split() == ["seed,state,gap", "0,recorded,20", "1,recorded,20"]


def _plain(page: str) -> str:
    return re.sub("<[^>]*>", "", page)


def test_files_are_seeds_in_natural_order(site: Path) -> None:
    found = find_recordings(site / "site", "runs/m-*.safetensors")
    assert [path.name for path in found] == ["m-2.safetensors", "m-10.safetensors"]
    second, tenth = config(site).recordings["mnist"].runs
    np.testing.assert_allclose(tenth.views["W1"], 5 * second.views["W1"], rtol=1e-6)


def test_axes_further_than_two_are_columns_and_metrics_keep_their_own_steps(site: Path) -> None:
    run = config(site).recordings["mnist"].runs[0]
    assert run.views["conv.weight"].shape == (5, 3, 4)
    assert run.axes == {"W1": ("neuron", "input"), "conv.weight": ("axis 1", "row \u00d7 column")}
    steps, values = run.logged("test_accuracy")
    assert steps.tolist() == list(range(0, 41, 2)) and np.isfinite(values).all()
    renamed = 'task = { chance = 0.25, axes = { W1 = ["unit", "pixel"] } }'
    changed = config(site, CONFIG.replace("task = { chance = 0.25 }", renamed))
    assert changed.recordings["mnist"].runs[0].axes["W1"] == ("unit", "pixel")


def test_the_key_of_a_film_follows_what_is_recorded_and_not_the_file(site: Path) -> None:
    def key() -> str:
        present = config(site)
        (view, _) = figure_views(present.figures, recorded_results(present))
        film, *_ = view.orders(present.theme)
        return film.key

    first = key()
    file = site / "site" / "runs" / "m-2.safetensors"
    former = file.read_bytes()
    record(file, scale=2)
    assert key() == first
    record(file, scale=3)
    assert key() != first
    file.write_bytes(former)
    assert key() == first


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('"layers"', '"weights"'), "figures.films.kind: it needs the task and the network"),
        (('"test_accuracy"]', '"test_loss"]'), 'there is no metric "test_loss"; known: train_acc'),
        (('kind = "layers"', 'kind = "layers"\nviews = ["W9"]'), 'there is no view "W9"'),
        (('kind = "layers"', 'kind = "layers"\nseed = 2'), "names seed 2, which mnist does not"),
        (("m-*.safetensors", "n-*.safetensors"), "there is no file"),
        (("m-*.safetensors", "m-3.safetensors"), "did you mean"),
        (('m-*.safetensors"', 'm-*.safetensors"\nshown = 2'), "seed 2 is not among the 2"),
        (('m-*.safetensors"', 'm-*.safetensors"\nseeds = 2'), "seeds"),
        (("chance = 0.25", "chance = 2.5"), "chance"),
        (("chance = 0.25", 'axes = { W2 = ["a", "b"] }'), 'has no view "W2"'),
    ],
    ids=str,
)
def test_what_a_recording_cannot_show_is_refused_when_the_config_is_read(
    site: Path, change: tuple[str, str], problem: str
) -> None:
    assert change[0] in CONFIG
    with pytest.raises(ConfigError) as caught:
        config(site, CONFIG.replace(*change))
    assert problem in str(caught.value)


def test_recordings_of_other_networks_are_not_one_model(site: Path) -> None:
    with Recorder(site / "site" / "runs" / "m-3.safetensors") as recorder:
        recorder.snapshot(0, W1=np.zeros((2, 2)))
    with pytest.raises(ConfigError, match=r"m-3\.safetensors: its views or metrics differ"):
        config(site)


def test_a_damaged_recording_is_one_line(site: Path) -> None:
    file = site / "site" / "runs" / "m-2.safetensors"
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ConfigError, match=r"m-2\.safetensors: "):
        config(site)


def test_a_sweep_cannot_vary_a_recording(site: Path) -> None:
    sweep = '[sweeps.s]\nbase = "mnist"\ngrid = { optimiser.weight_decay = [0.0, 0.1] }\n'
    with pytest.raises(ConfigError, match='"mnist" is recorded, and a sweep trains its models'):
        config(site, CONFIG + sweep)


def test_a_recording_in_progress_is_followed_but_not_while_a_build_draws(site: Path) -> None:
    file = site / "site" / "runs" / "m-2.safetensors"
    recorder = record(file, 20, close=False)
    context = small_site.context_of(site)
    reload = ConfigReloader(context)
    first = reload().config.recordings["mnist"].runs[0]
    assert (first.complete, first.last_step, first.size) == (False, 20, file.stat().st_size)
    recorder.log(21, train_accuracy=1.0, test_accuracy=0.7)
    reload.follows = False
    assert reload().config.recordings["mnist"].runs[0] is first and reload.has_grown()
    reload.follows = True
    assert reload().config.recordings["mnist"].runs[0].last_step == 21
    assert not reload.has_grown()
    recorder.close()
    assert reload().config.recordings["mnist"].runs[0].complete


def test_another_process_reads_no_more_than_the_server_has_read(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = site / "site" / "runs" / "m-2.safetensors"
    recorder = record(file, 20, close=False)
    before = read_recording(file)
    assert before.size is not None
    recorder.snapshot(30, W1=np.ones((4, 6)), **{"conv.weight": np.ones((3, 2, 2))})
    monkeypatch.setattr(reader, "_sizes", {})
    reader.limit_sizes({file: before.size})
    assert read_recording(file).digest() == before.digest()
    reader.limit_sizes({file: file.stat().st_size})
    assert read_recording(file).digest() != before.digest()
    recorder.close()


def test_a_worker_gets_the_values_that_were_read(site: Path) -> None:
    run = config(site).recordings["mnist"].runs[0]
    sent = pickle.loads(pickle.dumps(run))
    (site / "site" / "runs" / "m-2.safetensors").unlink()
    assert list(sent.views) == ["W1", "conv.weight"]
    assert sent.views["W1"].shape == (5, 4, 6)


def test_what_the_config_says_of_a_recording_is_part_of_what_serve_compares(site: Path) -> None:
    def target(changed: str) -> object:
        config(site, changed)
        return _target(small_site.context_of(site))

    first = target(CONFIG)
    assert target(CONFIG) == first
    for key in ("task = { chance = 0.5 }", "task = { chance = 0.25 }\nshown = 1"):
        assert target(CONFIG.replace("task = { chance = 0.25 }", key)) != first
    record(site / "site" / "runs" / "m-2.safetensors", scale=2, close=False).close()
    assert target(CONFIG) == first
    recorder = record(site / "site" / "runs" / "m-2.safetensors", scale=2, close=False)
    assert target(CONFIG) != first
    recorder.close()


def test_an_absolute_pattern_names_recordings_too(site: Path) -> None:
    absolute = str(site / "site" / "runs" / "m-*.safetensors")
    changed = config(site, CONFIG.replace("runs/m-*.safetensors", absolute))
    assert len(changed.recordings["mnist"].files) == 2
    assert site / "site" / "runs" / "*" in recording_files(site / "site" / "gen.toml")


def test_metrics_with_one_name_have_facts_of_their_own() -> None:
    names = fact_names(["val/loss", "val_loss", "Val Loss", "\u635f\u5931", "loss"])
    assert list(names.values()) == ["val_loss", "val_loss_2", "val_loss_3", "metric", "loss"]


def test_views_named_like_arguments_can_be_downloaded(site: Path) -> None:
    for seed in (2, 10):
        with Recorder(site / "site" / "runs" / f"m-{seed}.safetensors") as recorder:
            recorder.log(0, train_accuracy=0.5, test_accuracy=0.5)
            recorder.snapshot(0, file=np.ones((2, 2)), numbers=np.ones((2, 2)))
    present = config(site)
    film, _ = figure_views(present.figures, recorded_results(present))
    download = film.data()
    assert download is not None
    assert set(np.load(io.BytesIO(download.make()))) == {"steps", "view_file", "view_numbers"}


def test_gen_record_leaves_a_recording_in_progress_alone(site: Path, gen: Gen) -> None:
    file = site / "site" / "runs" / "m-2.safetensors"
    recorder = record(file, 20, close=False)
    np.savez(site / "step-1.npz", W1=np.ones((2, 2)))
    tried = gen("record", str(site / "step-*.npz"), "--tensor", "W1", "--output", file)
    assert tried.code != 0 and "is being recorded by another process" in tried.err
    recorder.log(21, train_accuracy=1.0)
    recorder.close()


def test_a_notebook_shows_a_recording(site: Path) -> None:
    file = site / "site" / "runs" / "m-2.safetensors"
    painted = show(file, "layers", views=["W1"])
    assert painted.media_type == "text/html" and painted.data.startswith(b"<!doctype html>")
    film = show(file, "layers", views=["W1"], video=True)
    assert film.media_type == "video/mp4" and film.data[4:8] == b"ftyp"
    chart = show(f"{site / 'site' / 'gen.toml'}:mnist", "metrics", seed=1)
    assert chart.media_type == "image/svg+xml" and b"<svg" in chart.data
    with pytest.raises(ConfigError, match="no recording has"):
        show(file, "weights")
    with pytest.raises(ConfigError, match="it shows one run"):
        show(file, "metrics", seeds=[0, 1])


def test_the_arrays_of_a_recording_can_be_downloaded(site: Path) -> None:
    present = config(site)
    film, _ = figure_views(present.figures, recorded_results(present))
    download = film.data()
    assert download is not None and download.name == "mnist.run-0.npz"
    arrays = np.load(io.BytesIO(download.make()))
    assert set(arrays) == {"steps", "W1", "conv.weight"}
    assert film.run is not None
    exact = film.run.views["W1"]
    assert np.allclose(arrays["W1"], exact, rtol=2**-13, atol=0)
    bits_left_out = arrays["W1"].view(np.uint32) & (2**11 - 1)
    assert arrays["W1"].dtype == np.float32 and not bits_left_out.any()
