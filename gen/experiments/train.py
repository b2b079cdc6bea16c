"""Training of missing runs, in processes or on a cluster; each run is stored when it ends."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager

import numpy as np

from gen.errors import DivergedError, SetupError
from gen.experiments import runs
from gen.experiments.context import TrainingContext
from gen.experiments.estimate import expected_seconds
from gen.experiments.model import Model
from gen.experiments.runs import Shard, run_key
from gen.experiments.sweep import Sweep, work
from gen.report import duration
from gen.store.code_digest import clear_cache
from gen.training.loop import Ensemble, Trained
from gen.workers.processes import Done, Executor, Job

_SOON = 0.1
"""Share of all work in the cheap trainings that come first."""


@contextmanager
def training_executor(context: TrainingContext) -> Iterator[Executor]:
    """Start processes on this machine (one process for a GPU) or connect to the cluster.

    The processes train when no other wants the processor: figures that are drawn meanwhile, and
    all other work on the machine, come first.

    Raises:
        SetupError: torch finds no GPU, or the cluster cannot be used.
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
                "torch finds no GPU on this machine",
                hint="run gen doctor for details, or omit --device",
            )
    jobs = context.jobs if context.device == "cpu" else 1
    with context.executor(jobs, context.report, patient=True) as processes:
        yield processes


def missing_shards(context: TrainingContext, sources: Mapping[str, Model | Sweep]) -> list[Shard]:
    """Return the shards of some models or sweeps that have no stored run, in a good order.

    The cheapest, up to a part of all work, come first, so that something can be seen soon. Then
    come the dearest first, so that no process waits long for the last of the others.
    """
    shards = [shard for source in sources.values() for shard in runs.shards(source, context.device)]
    missing = [shard for shard in shards if context.store.get(runs.FAMILY, shard.key) is None]
    missing.sort(key=lambda shard: work(shard.ensemble))
    done = np.cumsum([work(shard.ensemble) for shard in missing], dtype=np.float64)
    first = int(np.searchsorted(done, _SOON * done[-1], side="right")) if missing else 0
    rest = sorted(missing[first:], key=lambda shard: -work(shard.ensemble))
    return [*missing[:first], *rest]


def train_shards(
    context: TrainingContext, executor: Executor, missing: list[Shard]
) -> Generator[Shard, None, None]:
    """Train shards and store each run as soon as it ends.

    Yields:
        Each shard whose run was stored.

    Raises:
        SetupError: some shards could not be trained; all others are stored before.
        DivergedError: a model diverged and `context.fail_fast` is set.
    """
    jobs = [shard_job(shard) for shard in missing]
    failed: list[str] = []
    for end in executor.run(jobs):
        shard = missing[end.place]
        if isinstance(end, Done):
            runs.save(context.store, shard, end.result, end.seconds)
            context.report.done(shard.name, f"trained in {end.seconds:.0f} s")
            if context.fail_fast:
                _raise_if_diverged(shard, end.result)
            del end  # free its snapshots before the next result is received
            yield shard
        else:
            failed.append(shard.name)
            context.report.warn(f"{shard.name}: not trained: {end.reason}")
    if failed:
        raise SetupError(
            f"not trained: {'; '.join(failed)}",
            hint="all others are stored; use a smaller shard or workers with more memory",
        )


def describe_estimate(context: TrainingContext, sources: Mapping[str, Model | Sweep]) -> str:
    """Return which shards are stale, why, and an estimate of their training time."""
    missing = missing_shards(context, sources)
    if not missing:
        return "all is fresh"
    lines = [f"{shard.name}: {runs.why_stale(context.store, shard)}" for shard in missing]
    models = sum(len(shard.ensemble.seeds) for shard in missing)
    with training_executor(context) as executor:
        width = executor.width
        seconds = expected_seconds(missing, executor)
    processes = "one process" if width == 1 else f"{width} processes"
    total = f"{models:,} models to train in {processes}, about {duration(seconds)}"
    return "\n".join([*lines, total])


def shard_job(shard: Shard) -> Job:
    """Return the training of a shard as an executor runs it."""
    arguments = (shard.ensemble, shard.device, shard.key)
    return Job(shard.name, train_shard, arguments, shard.ensemble.training.steps, "steps")


def train_shard(
    ensemble: Ensemble, device: str, key: str, *, on_progress: Callable[[int], None]
) -> Trained:
    """Train one shard in a worker process.

    Raises:
        SetupError: the worker has other code or libraries than the process that made `key`.
    """
    _check_code(ensemble, device, key)
    from gen.lazy import torch
    from gen.training.loop import train

    torch.set_num_threads(1)
    trained = train(ensemble, device=device, on_step=on_progress)
    _check_code(ensemble, device, key)
    return trained


def _check_code(ensemble: Ensemble, device: str, key: str) -> None:
    """Raise if code or libraries give another key; called before and after a training."""
    clear_cache()
    if run_key(ensemble, device) != key:
        raise SetupError(
            "a worker has another version of this tool, torch, numpy or numba, "
            "or the code changed during the training",
            hint="install the same versions on all workers and start again",
        )


def _raise_if_diverged(shard: Shard, trained: Trained) -> None:
    for place in np.flatnonzero(trained.failed_at >= 0).tolist():
        raise DivergedError(
            f"seed {shard.ensemble.seeds[place]}: the loss is non-finite or has diverged at step "
            f"{trained.failed_at[place]}",
            where=shard.name,
            hint="lower its learning_rate, or omit --fail-fast to continue without this model",
        )
