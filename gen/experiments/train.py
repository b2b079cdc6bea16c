"""Trains what the store lacks, wherever it is to be trained, and keeps each run when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from gen.errors import DivergedError, SetupError
from gen.experiments import runs
from gen.experiments.estimate import expected_seconds
from gen.experiments.runs import Shard, run_key
from gen.experiments.sweep import work
from gen.report import duration
from gen.store.code_digest import clear_cache
from gen.workers.processes import Done, Job

if TYPE_CHECKING:
    from gen.experiments.context import TrainingContext
    from gen.experiments.model import Model
    from gen.experiments.sweep import Sweep
    from gen.training.loop import Ensemble, Trained
    from gen.workers.processes import Executor


@contextmanager
def training_executor(context: TrainingContext) -> Iterator[Executor]:
    """Who trains: processes here (a single one where they would share a GPU), or a cluster.

    Raises:
        EnvironmentFault: there is no such device, or no such cluster.
    """
    if context.cluster is not None:
        from gen.workers.dask import Cluster

        with Cluster(context.cluster, context.report) as cluster:
            yield cluster
        return
    if context.device == "cuda":
        from gen.lazy import torch

        if not torch.cuda.is_available():
            raise SetupError(
                "torch finds no GPU here", hint="gen doctor tells more; leave out --device"
            )
    jobs = context.jobs if context.device == "cpu" else 1
    with context.executor(jobs, context.report) as processes:
        yield processes


def missing_shards(context: TrainingContext, sources: Mapping[str, Model | Sweep]) -> list[Shard]:
    """What the store lacks of some models or sweeps, the cheap ones first."""
    shards = [shard for source in sources.values() for shard in runs.shards(source, context.device)]
    missing = [shard for shard in shards if context.store.get(runs.FAMILY, shard.key) is None]
    return sorted(missing, key=lambda shard: work(shard.ensemble))


def train_shards(
    context: TrainingContext, executor: Executor, missing: list[Shard]
) -> Iterator[int]:
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
            runs.save(context.store, shard, end.result, end.seconds)
            context.report.done(shard.name, f"trained in {end.seconds:.0f} s")
            if context.fail_fast:
                _refuse_unsound(shard, end.result)
            del end  # or its snapshots would be held while those of the next are received
            left -= 1
            yield left
        else:
            given_up.append(shard.name)
            context.report.warn(f"{shard.name}: {end.reason}; it is left out")
    if given_up:
        raise SetupError(
            f"left out: {'; '.join(given_up)}",
            hint="all others are kept; make its shard smaller or its workers larger",
        )


def describe_estimate(context: TrainingContext, sources: Mapping[str, Model | Sweep]) -> str:
    """What would be trained, why, and about how long it would take; trains nothing."""
    missing = missing_shards(context, sources)
    if not missing:
        return "all is fresh"
    lines = [f"{shard.name}: {runs.why_stale(context.store, shard)}" for shard in missing]
    models = sum(len(shard.ensemble.seeds) for shard in missing)
    with training_executor(context) as executor:
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
    from gen.training.loop import train

    torch.set_num_threads(1)
    trained = train(ensemble, device=device, on_step=on_progress)
    _refuse_other_code(ensemble, device, key)
    return trained


def _refuse_other_code(ensemble: Ensemble, device: str, key: str) -> None:
    """Asked before a training and after it, so that no run is kept under another's key."""
    clear_cache()
    if run_key(ensemble, device) != key:
        raise SetupError(
            "a worker runs another version of this tool, of torch, numpy or numba, "
            "or the code was changed meanwhile",
            hint="install the same versions on all workers and start again",
        )


def _refuse_unsound(shard: Shard, trained: Trained) -> None:
    for place in np.flatnonzero(trained.failed_at >= 0).tolist():
        raise DivergedError(
            f"seed {shard.ensemble.seeds[place]}: the numbers were unsound at step "
            f"{trained.failed_at[place]}",
            where=shard.name,
            hint="lower its learning_rate, or leave out --fail-fast to go on without it",
        )
