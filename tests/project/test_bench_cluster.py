"""The benchmark of clusters trains on a real one, and calculates larger ones by simple rules."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench import cluster
from tests.support.article import article_config

SWEEP = article_config().sweeps["parity-sweep"]


def test_its_shards_are_equal_but_for_their_seeds() -> None:
    first, second = cluster.equal_shards(SWEEP, 2, 40)
    assert first.key != second.key
    assert first.ensemble.network == second.ensemble.network
    assert first.ensemble.optimisers == second.ensemble.optimisers
    assert not set(first.ensemble.seeds) & set(second.ensemble.seeds)


@pytest.mark.xdist_group("cluster")
@pytest.mark.usefixtures("event_loop")
def test_a_cluster_of_separate_processes_trains_all_shards(tmp_path: Path) -> None:
    found = cluster.measure(SWEEP, workers=2, count=3, steps=20, folder=tmp_path)
    assert found.seconds >= found.shard > 0
    assert found.scheduler > 0 and found.client > 0
    assert found.received > 1000


def test_a_sweep_takes_no_less_than_its_longest_shard_and_its_share_of_all() -> None:
    draw = random.Random(0)
    for workers in (1, 2, 7, 100):
        seconds = [draw.uniform(1, 50) for _ in range(40)]
        found = cluster.calculated(seconds, 0.0, workers)
        least = max(*seconds, sum(seconds) / workers)
        assert least - 1e-9 <= found <= sum(seconds) / workers + max(seconds)
        if workers >= len(seconds):
            assert found == max(seconds)
    assert cluster.calculated([1.0] * 40, 3.0, 100) == 120.0
