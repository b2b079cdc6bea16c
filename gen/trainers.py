"""Trains what the store lacks, wherever it is to be trained, and keeps each run when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from gen import runs
from gen.errors import EnvironmentFault, NumericalFault
from gen.estimate import expected_seconds
from gen.executors import Done, Job, Workers
from gen.fingerprint import reread
from gen.report import duration
from gen.runs import Shard, run_key
from gen.sweeps import work

if TYPE_CHECKING:
    from gen.executors import Executor
    from gen.models import Model
    from gen.studio import Studio
    from gen.sweeps import Sweep
    from gen.training import Ensemble, Trained


@contextmanager
def trainers(studio: Studio) -> Iterator[Executor]:
    """Who trains: processes here (a single one where they would share a GPU), or a cluster.

    Raises:
        EnvironmentFault: there is no such device, or no such cluster.
    """
    if studio.cluster is not None:
        from gen.cluster import Cluster

        with Cluster(studio.cluster, studio.report) as cluster:
            yield cluster
        return
    if studio.device == "cuda":
        from gen.lazy import torch

        if not torch.cuda.is_available():
            raise EnvironmentFault(
                "torch finds no GPU here", mend="gen doctor tells more; leave out --device"
            )
    with Workers(studio.jobs if studio.device == "cpu" else 1, studio.report) as workers:
        yield workers


def missing_shards(studio: Studio, sources: Mapping[str, Model | Sweep]) -> list[Shard]:
    """What the store lacks of some models or sweeps, the cheap ones first."""
    shards = [shard for source in sources.values() for shard in runs.shards(source, studio.device)]
    missing = [shard for shard in shards if studio.store.get(runs.FAMILY, shard.key) is None]
    return sorted(missing, key=lambda shard: work(shard.ensemble))


def train_shards(studio: Studio, executor: Executor, missing: list[Shard]) -> Iterator[int]:
    """Trains shards and keeps each as soon as it is done; tells how many are left.

    Raises:
        EnvironmentFault: some shards were given up; all others are trained and kept first.
        NumericalFault: a model has unsound numbers, and the first such ends the training.
    """
    jobs = [
        Job(
            shard.name,
            train_shard,
            (shard.ensemble, shard.device, shard.key),
            shard.ensemble.training.steps,
            "steps",
        )
        for shard in missing
    ]
    left = len(jobs)
    given_up: list[str] = []
    for end in executor.run(jobs):
        shard = missing[end.place]
        if isinstance(end, Done):
            runs.save(studio.store, shard, end.result, end.seconds)
            studio.report.done(shard.name, f"trained in {end.seconds:.0f} s")
            if studio.fail_fast:
                _refuse_unsound(shard, end.result)
            del end  # or its snapshots would be held while those of the next are received
            left -= 1
            yield left
        else:
            given_up.append(shard.name)
            studio.report.warn(f"{shard.name}: {end.reason}; it is left out")
    if given_up:
        raise EnvironmentFault(
            f"left out: {'; '.join(given_up)}",
            mend="all others are kept; make its shard smaller or its workers larger",
        )


def foretell(studio: Studio, sources: Mapping[str, Model | Sweep]) -> str:
    """What would be trained, why, and about how long it would take; trains nothing."""
    missing = missing_shards(studio, sources)
    if not missing:
        return "all is fresh"
    lines = [f"{shard.name}: {runs.why_stale(studio.store, shard)}" for shard in missing]
    models = sum(len(shard.ensemble.seeds) for shard in missing)
    with trainers(studio) as executor:
        width = executor.width
        seconds = expected_seconds(missing, executor)
    beside = "one process" if width == 1 else f"{width} processes"
    return "\n".join([*lines, f"{models:,} models to train in {beside}, about {duration(seconds)}"])


def train_shard(
    ensemble: Ensemble, device: str, key: str, *, on_progress: Callable[[int], None]
) -> Trained:
    """Trains one shard, in the process that has been given it.

    Raises:
        EnvironmentFault: this process has other code or other libraries than the one that asks.
    """
    _refuse_other_code(ensemble, device, key)
    from gen.lazy import torch
    from gen.training import train

    torch.set_num_threads(1)
    trained = train(ensemble, device=device, on_step=on_progress)
    _refuse_other_code(ensemble, device, key)
    return trained


def _refuse_other_code(ensemble: Ensemble, device: str, key: str) -> None:
    """Asked before a training and after it, so that no run is kept under another's key."""
    reread()
    if run_key(ensemble, device) != key:
        raise EnvironmentFault(
            "a worker runs another version of this tool, of torch, numpy or numba, "
            "or the code was changed meanwhile",
            mend="install the same versions on all workers and start again",
        )


def _refuse_unsound(shard: Shard, trained: Trained) -> None:
    for place in np.flatnonzero(trained.failed_at >= 0).tolist():
        raise NumericalFault(
            f"seed {shard.ensemble.seeds[place]}: the numbers were unsound at step "
            f"{trained.failed_at[place]}",
            where=shard.name,
            mend="lower its learning_rate, or leave out --fail-fast to go on without it",
        )
