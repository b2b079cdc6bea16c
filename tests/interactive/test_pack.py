"""Packs: the snapshots of a run for the page, at full rate while they fit into a budget."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as some

from gen.experiments.recorded import RecordedRun, RecordedTask
from gen.experiments.runs import ModelRun
from gen.interactive.pack import MOST_NUMBERS, kept_snapshots, pack_of, pack_script, with_views
from gen.networks.view import ViewShape
from gen.recording.reader import read_recording
from tests.support.line_runs import waves_run
from tests.support.recordings import record
from tests.support.scene_values import read_script, views_of


def shapes(*sizes: int) -> dict[str, ViewShape]:
    return {f"view {n}": ViewShape(size, 1, "row", "column") for n, size in enumerate(sizes)}


@given(some.lists(some.integers(1, MOST_NUMBERS), min_size=1, max_size=3), some.integers(2, 3000))
def test_snapshots_of_a_large_run_are_thinned_evenly(sizes: list[int], count: int) -> None:
    kept = kept_snapshots(shapes(*sizes), count)
    assert kept[0] == 0 and kept[-1] == count - 1
    gaps = np.diff(kept)
    assert (gaps[:-1] == gaps[0]).all() and 0 < gaps[-1] <= gaps[0]
    numbers = len(kept) * sum(sizes)
    assert numbers <= MOST_NUMBERS or len(kept) == 2
    if sum(sizes) * count <= MOST_NUMBERS:
        assert len(kept) == count


def test_the_budget_is_the_one_that_is_stated() -> None:
    assert MOST_NUMBERS == 2**20
    assert kept_snapshots(shapes(MOST_NUMBERS // 201), 201).tolist() == list(range(201))
    assert kept_snapshots(shapes(MOST_NUMBERS // 200), 201).tolist() == list(range(0, 201, 2))
    assert kept_snapshots(shapes(5), 1).tolist() == [0]


def test_a_pack_holds_every_view_of_every_snapshot() -> None:
    run = waves_run(snapshots=12)
    registry, name, content = read_script(pack_script("mod.run-3", pack_of(run)))
    assert (registry, name) == ("packs", "mod.run-3")
    assert content["steps"] == run.snapshot_steps.tolist()
    found = views_of(content)
    assert found.keys() == run.views.keys()
    for shown in content["views"]:
        view = run.views[shown["name"]]
        assert (shown["rows"], shown["columns"]) == view.shape[1:]
        assert tuple(shown["axes"]) == run.axes.get(shown["name"], ("row", "column"))
        step = np.abs(view).max(axis=(1, 2), keepdims=True) / 127
        assert (np.abs(found[shown["name"]] - view) <= step / 2 + 1e-6).all()


@given(some.sets(some.sampled_from(["A", "B", "C"])))
def test_a_pack_can_be_cut_to_some_views_and_keeps_their_values(names: set[str]) -> None:
    script = pack_script("many.run-0", pack_of(_three_views()))
    _, name, content = read_script(with_views(script, frozenset(names)))
    _, _, whole = read_script(script)
    assert name == "many.run-0" and content["steps"] == whole["steps"]
    found, known = views_of(content), views_of(whole)
    assert found.keys() == names
    assert all(np.array_equal(found[each], known[each]) for each in names)
    if names == known.keys():
        assert with_views(script, frozenset(names)) == script


def _three_views() -> ModelRun:
    """A run with views of several sizes, of 8 and of 16 bits."""
    run = waves_run(snapshots=5)
    generator = np.random.default_rng(0)
    views = {
        "A": generator.normal(size=(5, 30, 20)),
        "B": np.geomspace(100, 1, 5)[:, None, None] * generator.normal(size=(5, 40, 10)),
        "C": generator.normal(size=(5, 3, 7)),
    }
    return replace(run, views={name: each.astype(np.float32) for name, each in views.items()})


def test_a_pack_is_the_same_at_every_build() -> None:
    assert pack_of(waves_run(snapshots=9)) == pack_of(waves_run(snapshots=9))


def test_the_pack_of_a_recording_has_its_matrices_and_axes(tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    record(file)
    run = RecordedRun.of("net", 0, read_recording(file), RecordedTask())
    _, _, content = read_script(pack_script("net.run-0", pack_of(run)))
    found = views_of(content)
    assert content["steps"] == [0, 2, 4]
    axes = {view["name"]: view["axes"] for view in content["views"]}
    assert axes["W"] == ["neuron", "input"] and found["b"].shape == (3, 1, 4)
    np.testing.assert_allclose(found["W"][:, 1, 2], [0, 2, 4], atol=1e-6)
    np.testing.assert_allclose(found["b"][2, 0], np.arange(4.0), atol=3 / 254 + 1e-6)
