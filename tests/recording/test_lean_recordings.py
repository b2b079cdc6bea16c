"""What is drawn of a recording is that of its arrays, and no more of it is in memory."""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gen import Recorder
from gen.errors import ConfigError
from gen.experiments.recorded import RecordedRun, RecordedTask
from gen.experiments.runs import Run
from gen.figures.attention import Attention
from gen.figures.embedding_plane import EmbeddingPlane
from gen.figures.histogram import Histogram
from gen.figures.layers import Layers
from gen.figures.norms import Norms
from gen.figures.singular_values import SingularValues
from gen.i18n import Words
from gen.interactive.pack import pack_of
from gen.interactive.scene import scene_of
from gen.recording.reader import read_recording
from gen.site.downloads import snapshot_arrays

EN = Words("en")
FILMS: dict[str, Any] = {
    "layers": Layers(model="m", frames=5),
    "part of layers": Layers(model="m", rows="::2", columns="1:", sort="size", frames=5),
    "components": Layers(model="m", views=["W"], project=2, sort_columns="pattern"),
    "attention": Attention(model="m", view="W"),
    "histogram": Histogram(model="m", frames=4),
    "plane": EmbeddingPlane(model="m", frames=5),
    "plane of columns": EmbeddingPlane(model="m", view="W", points="columns"),
    "two coordinates": EmbeddingPlane(model="m", view="W", coordinates=[1, 0]),
}
CHARTS: dict[str, Any] = {
    "norms": Norms(model="m"),
    "singular values": SingularValues(model="m", view="W", frames=5),
}


def run_at(path: Path) -> RecordedRun:
    return RecordedRun.of("m", 0, read_recording(path), RecordedTask())


def record(path: Path, *, close: bool = True, scale: float = 1.0) -> Recorder:
    recorder = Recorder(path, axes={"W": ("neuron", "input")})
    random = np.random.default_rng(0)
    for step in range(12):
        w = scale * random.standard_normal((9, 7), np.float32)
        w[0, 0] = np.nan if step == 3 else 0
        recorder.snapshot(10 * step, W=w, conv=random.normal(size=(4, 3, 2)), b=np.arange(5))
    if close:
        recorder.close()
    return recorder


@pytest.fixture(params=["complete", "in progress"])
def recorded(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RecordedRun]:
    recorder = record(tmp_path / "r.safetensors", close=request.param == "complete")
    yield run_at(tmp_path / "r.safetensors")
    recorder.close()


def in_memory(run: RecordedRun) -> Run:
    """Return the same run with whole views in memory."""
    return Run(
        name=run.name,
        seed=run.seed,
        logged_steps=run.logged_steps,
        metrics=run.metrics,
        snapshot_steps=run.snapshot_steps,
        views=dict(run.views),
        axes=run.axes,
    )


def test_whole_views_are_what_was_recorded(recorded: RecordedRun) -> None:
    random = np.random.default_rng(0)
    known = np.stack([random.standard_normal((9, 7), np.float32)])
    found = recorded.views["W"]
    assert (found.dtype, found.shape, recorded.views["conv"].dtype) == (
        np.float32,
        (12, 9, 7),
        np.float32,
    )
    assert np.array_equal(found[0].ravel()[1:], known[0].ravel()[1:])
    assert np.array_equal(recorded.views["b"], np.tile(np.arange(5, dtype=np.float32), (12, 1, 1)))


@pytest.mark.parametrize("name", FILMS)
def test_a_film_of_a_recording_is_that_of_its_arrays(recorded: RecordedRun, name: str) -> None:
    figure, whole = FILMS[name], in_memory(recorded)
    found, known = figure.film(recorded, 1), figure.film(whole, 1)
    assert np.array_equal(found.steps, known.steps)
    for frame in range(len(known.steps)):
        assert np.array_equal(found.frame(frame), known.frame(frame))
    kept = range(len(known.steps))
    assert scene_of(found, name, "pack", kept) == scene_of(known, name, "pack", kept)
    assert figure.alt(recorded, EN) == figure.alt(whole, EN)
    if hasattr(figure, "csv"):
        assert figure.csv(recorded) == figure.csv(whole)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_of_a_recording_is_that_of_its_arrays(recorded: RecordedRun, name: str) -> None:
    figure, whole = CHARTS[name], in_memory(recorded)
    assert figure.csv(recorded) == figure.csv(whole)
    assert figure.alt(recorded, EN) == figure.alt(whole, EN)


def test_sizes_follow_from_all_snapshots_at_once(recorded: RecordedRun) -> None:
    view = recorded.views["conv"]
    norms = Norms(model="m", views=["conv"]).csv(recorded).split()
    known = np.linalg.norm(view.astype(np.float64), axis=(1, 2))
    assert [float(line.split(",")[1]) for line in norms[1:]] == pytest.approx(known, rel=1e-8)
    counts, edges = Histogram(model="m").counts(recorded, "conv")
    assert np.abs(view).max() <= edges[-1] and counts.sum() == view.size


def test_packs_and_downloads_of_a_recording_are_those_of_its_arrays(recorded: RecordedRun) -> None:
    whole = in_memory(recorded)
    assert pack_of(recorded) == pack_of(whole)
    assert snapshot_arrays(recorded) == snapshot_arrays(whole)


def test_a_worker_opens_the_recording_and_reads_what_was_read_here(tmp_path: Path) -> None:
    path = tmp_path / "r.safetensors"
    recorder = record(path, close=False)
    run = run_at(path)
    sent = pickle.dumps(run.views)
    recorder.snapshot(500, W=np.ones((9, 7), np.float32), conv=np.ones((4, 3, 2)), b=np.arange(5))
    assert len(sent) < 1000
    assert pickle.loads(sent)["W"].shape == (12, 9, 7)
    recorder.close()
    with pytest.raises(ConfigError, match="was replaced while it was drawn"):
        pickle.loads(sent)
    path.unlink()
    with pytest.raises(ConfigError, match=r"r\.safetensors"):
        pickle.loads(sent)


@pytest.mark.parametrize("change", ["completed", "replaced", "removed"])
def test_a_worker_gets_values_of_a_file_that_is_gone(tmp_path: Path, change: str) -> None:
    path = tmp_path / "r.safetensors"
    recorder = record(path, close=change != "completed")
    run = run_at(path)
    known = dict(run.views)
    if change == "removed":
        path.unlink()
    elif change == "completed":
        recorder.close()
    else:
        record(path, scale=2.0)
    found = pickle.loads(pickle.dumps(run))
    for name, values in known.items():
        assert np.array_equal(found.views[name], values, equal_nan=True)
        assert np.array_equal(found.view_at(name, [2, -1]), values[[2, -1]], equal_nan=True)


MEGABYTE = 2**20
SNAPSHOTS = 60
MOST = 40
"""Megabytes: some snapshots of 1 MB with the copies that each drawing needs; a pack has four."""


@pytest.fixture(scope="module", params=["complete", "in progress"])
def large(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RecordedRun, RecordedRun]]:
    """A recording of 60 MB, and one of its first two snapshots."""
    folder = tmp_path_factory.mktemp("large")
    random = np.random.default_rng(0)
    with Recorder(folder / "60.safetensors") as recorder, Recorder(folder / "2.safetensors") as two:
        for step in range(SNAPSHOTS):
            values = random.standard_normal((256, 1024), np.float32)
            recorder.snapshot(step, W=values)
            if step < 2:
                two.snapshot(step, W=values)
        if request.param == "complete":
            recorder.close()
        yield run_at(folder / "60.safetensors"), run_at(folder / "2.safetensors")


DRAWN: dict[str, Callable[[RecordedRun], object]] = {
    "film": lambda run: Layers(model="m", rows="::8", columns="::16").film(run, 1),
    "text": lambda run: Layers(model="m", rows="::8", columns="::16").alt(run, EN),
    "histogram": lambda run: Histogram(model="m").film(run, 1),
    "plane": lambda run: EmbeddingPlane(model="m", coordinates=[0, 1]).film(run, 1),
    "table of a plane": lambda run: EmbeddingPlane(model="m", coordinates=[0, 1]).csv(run),
    "norms": lambda run: Norms(model="m").csv(run),
    "pack": pack_of,
    "download": snapshot_arrays,
    "sent to a worker": pickle.dumps,
}


@pytest.mark.parametrize("name", DRAWN)
def test_drawing_a_recording_takes_a_part_of_its_memory(
    large: tuple[RecordedRun, RecordedRun], name: str
) -> None:
    run, short = large
    DRAWN[name](short)  # imports what it needs
    tracemalloc.start()
    try:
        DRAWN[name](run)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST * MEGABYTE, f"{peak / MEGABYTE:.0f} MB of {SNAPSHOTS}"


def test_a_whole_view_is_in_memory_once(large: tuple[RecordedRun, RecordedRun]) -> None:
    tracemalloc.start()
    try:
        view = large[0].views["W"]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert view.nbytes == SNAPSHOTS * MEGABYTE
    assert peak < view.nbytes + 6 * MEGABYTE
