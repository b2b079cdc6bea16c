"""The order of trainings: something can be seen soon, and no process waits long at the end."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from gen.commands.train import Trainings
from gen.experiments.context import TrainingContext
from gen.experiments.runs import Shard
from gen.experiments.sweep import work
from gen.experiments.train import missing_shards
from gen.report import SilentReport
from gen.store.store import Store
from gen.workers.processes import Done, Job
from tests.support import small_site
from tests.support.article import article_config
from tests.support.inline_executor import InlineExecutor

SWEEP = """
[sweeps.grid]
base = "odd"
seeds = 2

[sweeps.grid.grid]
network.hidden = [4, 8, 16]
task.train_rows = [20, 30]
"""


@pytest.fixture(scope="module")
def sweeps(tmp_path_factory: pytest.TempPathFactory) -> list[Shard]:
    context = TrainingContext(Store(tmp_path_factory.mktemp("empty")), SilentReport())
    return missing_shards(context, article_config().sweeps)


def ends(shards: Sequence[Shard], processes: int) -> list[float]:
    """Return when each process has nothing more to do, in units of all work over processes."""
    total = sum(work(shard.ensemble) for shard in shards)
    busy = [0.0] * processes
    for shard in shards:
        heapq.heapreplace(busy, busy[0] + work(shard.ensemble) * processes / total)
    return sorted(busy)


@pytest.mark.parametrize("processes", [1, 2, 4])
def test_processes_end_at_nearly_the_same_time(sweeps: list[Shard], processes: int) -> None:
    found = ends(sweeps, processes)
    assert found[-1] - found[0] < 0.05
    if processes > 1:
        cheapest_first = ends(sorted(sweeps, key=lambda one: work(one.ensemble)), processes)
        assert cheapest_first[-1] - cheapest_first[0] > 0.1


def test_every_shard_is_trained_and_the_first_is_the_cheapest(sweeps: list[Shard]) -> None:
    works = [work(shard.ensemble) for shard in sweeps]
    assert len({shard.key for shard in sweeps}) == len(sweeps)
    assert works[0] == min(works)
    dearest = works.index(max(works))
    assert works[:dearest] == sorted(works[:dearest])
    assert works[dearest:] == sorted(works[dearest:], reverse=True)
    assert sum(works[:dearest]) <= 0.1 * sum(works) < sum(works[:dearest]) + sorted(works)[dearest]


def test_sweeps_wait_in_the_same_queue_behind_the_models(tmp_path: Path) -> None:
    queued: list[list[str]] = []

    class Watched(InlineExecutor):
        def run(self, jobs: Sequence[Job]) -> Iterator[Done]:
            queued.append([job.name for job in jobs])
            return super().run(jobs)

    small_site.write(tmp_path, small_site.CONFIG + SWEEP)
    context = small_site.context_of(tmp_path)
    trainings = Trainings(context, Watched(1, context.report), ["sum", "odd"])
    assert (trainings.models_left, trainings.sweeps_left) == (3, 6)
    left: list[tuple[int, int]] = []
    while trainings.sweeps_left:
        trainings.wait()
        left.append((trainings.models_left, trainings.sweeps_left))
    assert left == [(2, 6), (1, 6), (0, 6), (0, 5), (0, 4), (0, 3), (0, 2), (0, 1), (0, 0)]
    (names,) = queued
    assert not any(name.startswith("grid") for name in names[:3])
    assert all(name.startswith("grid") for name in names[3:])
    assert not missing_shards(context.training, context.config.sweeps)
