"""Worker processes train and draw with the classes of plugins, which they need not find on disk."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gen.commands.train import train
from gen.experiments.context import TrainingContext
from gen.plugins.importer import registrations
from gen.report import SilentReport
from gen.store.store import Store
from gen.workers.dask import Cluster
from gen.workers.processes import Done, Job, ProcessPool
from tests.conftest import Gen, stored_runs
from tests.support import plugin_site
from tests.support.jobs import first_labels
from tests.support.small_site import context_of

CONFIG = plugin_site.SITE + plugin_site.CLOCK + plugin_site.CHART


@pytest.fixture(scope="module")
def trained_here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The runs of the site, trained in this process."""
    folder = tmp_path_factory.mktemp("here")
    plugin_site.write(folder, CONFIG)
    train(context_of(folder), [])
    return stored_runs(folder / ".gen")


def test_a_worker_process_trains_a_task_of_a_plugin(
    tmp_path: Path, gen: Gen, trained_here: dict[str, str]
) -> None:
    options = plugin_site.write(tmp_path, CONFIG)
    outcome = gen("train", "--jobs", "2", *options)
    assert outcome.code == 0, outcome.err
    assert stored_runs(tmp_path / ".gen") == trained_here


def test_a_worker_process_draws_a_film_of_a_plugin(tmp_path: Path, gen: Gen) -> None:
    film = '\n[figures.clock-plain]\nkind = "plain"\nmodel = "clock"\nfps = 5\n'
    options = plugin_site.write(tmp_path, plugin_site.SITE + plugin_site.CLOCK + film)
    outcome = gen("build", "--jobs", "1", *options)
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "_site" / "media" / "clock-plain.mp4").stat().st_size > 0


@pytest.mark.xdist_group("cluster")
def test_a_dask_worker_trains_a_task_of_a_plugin_without_its_files(
    tmp_path: Path, trained_here: dict[str, str]
) -> None:
    plugin_site.write(tmp_path, CONFIG)
    context = context_of(tmp_path)
    shutil.rmtree(tmp_path / "site" / "kinds")
    store = Store(tmp_path / ".gen", on_damage=print)
    training = TrainingContext(store, SilentReport(), cluster="local:1")
    train(replace(context, training=training), [])
    assert stored_runs(tmp_path / ".gen") == trained_here


@pytest.mark.xdist_group("cluster")
def test_a_plugin_that_only_the_worker_cannot_import_is_named(tmp_path: Path) -> None:
    plugin_site.write(tmp_path, CONFIG)
    missing_in_children = (
        f"import os\nif os.getpid() != {os.getpid()}:\n    import absent_package\n"
    )
    path = tmp_path / "site" / "kinds" / "hours.py"
    path.write_text(missing_in_children + path.read_text())
    task = context_of(tmp_path).config.models["clock"].task
    jobs = [Job("draws", first_labels, (task,), 1, "steps")]
    with ProcessPool(1, SilentReport()) as pool, pytest.raises(Exception, match=r"hours\.py:3: "):
        list(pool.run(jobs))
    with (
        Cluster("local:1", SilentReport()) as cluster,
        pytest.raises(
            Exception, match="a Dask worker cannot load the job: No module named 'absent_package'"
        ),
    ):
        list(cluster.run(jobs))


def test_one_worker_runs_two_versions_of_a_plugin(tmp_path: Path) -> None:
    plugin_site.write(tmp_path, CONFIG)
    former = context_of(tmp_path).config.models["clock"].task
    path = tmp_path / "site" / "kinds" / "hours.py"
    path.write_text(path.read_text().replace("first + second", "first - second"))
    present = context_of(tmp_path).config.models["clock"].task
    jobs = [Job("draws", first_labels, (task,), 1, "steps") for task in (former, present, former)]
    with ProcessPool(1, SilentReport()) as pool:
        found = [done.result for done in pool.run(jobs) if isinstance(done, Done)]
    expected = [each.draw(0).train.labels[0].tolist() for each in (former, present, former)]
    assert found == expected and expected[0] != expected[1]


def test_a_pickled_task_is_restored_in_a_new_process(tmp_path: Path) -> None:
    plugin_site.write(tmp_path, CONFIG)
    task = context_of(tmp_path).config.models["clock"].task
    content = pickle.dumps((registrations(), task))
    shutil.rmtree(tmp_path / "site")
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer)[1].model_dump_json())"
    restored = subprocess.run(
        [sys.executable, "-c", code], input=content, capture_output=True, check=False
    )
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.decode().strip() == task.model_dump_json()
