"""Training on a Dask cluster: how its time falls with workers, and what a larger one would take.

A scheduler and workers are started as processes of this machine and talk over TCP; a worker trains
with one thread. The job is a sweep of equal shards, without a store; each worker has trained a
shard before the clock starts. Beside the seconds stand the processor time that the scheduler and
the client need for a shard, and the bytes of its result.

Below it, larger clusters are calculated. A sweep takes the longer of two times: that of its shards,
which workers take in the order of the tool, and that of the scheduler and the client, which handle
one shard after the other. The network of a real cluster is not in it.
"""

from __future__ import annotations

import argparse
import heapq
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from bench.training import SITE
from gen.config.reader import load
from gen.experiments.context import TrainingContext
from gen.experiments.estimate import seconds_of_shards
from gen.experiments.runs import Shard, shards
from gen.experiments.sweep import Sweep
from gen.experiments.train import missing_shards, shard_job
from gen.report import SilentReport
from gen.store.store import Store
from gen.workers.dask import Cluster
from gen.workers.processes import Done, ProcessPool, default_jobs

NEURONS, ROWS = 32, 1250
LARGE = (64, 1000)
"""Numbers of workers for which times are calculated."""

_START_TIMEOUT = 60.0


@dataclass(frozen=True)
class Measured:
    """A sweep that a cluster has trained.

    Attributes:
        seconds: from the first job to the last result.
        scheduler: processor seconds of the scheduler for a shard.
        client: processor seconds of this process for a shard.
        shard: seconds in which a worker trained a shard, on average.
        received: bytes of the result of a shard.
    """

    seconds: float
    scheduler: float
    client: float
    shard: float
    received: int


def equal_shards(sweep: Sweep, count: int, steps: int) -> list[Shard]:
    """Return short trainings of networks of one shape, with other seeds in each."""
    found = next(one for one in shards(sweep, "cpu") if _is_measured(one))
    ensemble = found.ensemble
    training = ensemble.training.model_copy(
        update={"steps": steps, "snapshot_every": steps, "log_every": max(1, steps // 40)}
    )
    models = len(ensemble.seeds)
    return [
        replace(
            found,
            name=f"shard {number}",
            ensemble=replace(
                ensemble,
                training=training,
                seeds=tuple(range(number * models, (number + 1) * models)),
            ),
        )
        for number in range(count)
    ]


def _is_measured(shard: Shard) -> bool:
    ensemble = shard.ensemble
    neurons = ensemble.network.view_shapes(ensemble.task)["W_in"].columns
    return neurons == NEURONS and ensemble.task.rows[0] == ROWS


@contextmanager
def started(workers: int, folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    """Start a scheduler and workers; yield the address, and the process of the scheduler."""
    file = folder / f"scheduler-{workers}.json"
    place = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
    with _dask("scheduler", *place) as scheduler:
        _wait(lambda: file.is_file() and file.read_text().endswith("}"))
        address = json.loads(file.read_text())["address"]
        with ExitStack() as running:
            for _ in range(workers):
                running.enter_context(_dask("worker", address, "--nthreads", "1", "--no-nanny"))
            yield address, psutil.Process(scheduler.pid)


@contextmanager
def _dask(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while not until():
        if time.monotonic() > deadline:
            sys.exit("the cluster has not started")
        time.sleep(0.1)


def measure(sweep: Sweep, workers: int, count: int, steps: int, folder: Path) -> Measured:
    """Train a sweep of equal shards on a cluster of this machine."""
    jobs = [shard_job(shard) for shard in equal_shards(sweep, count, steps)]
    with (
        started(workers, folder) as (address, scheduler),
        Cluster(address, SilentReport()) as cluster,
    ):
        _wait(lambda: cluster.width == workers)
        for _ in cluster.run(jobs[:workers]):  # load and compile
            pass
        ours = psutil.Process(os.getpid())
        before = _processor(scheduler), _processor(ours), time.perf_counter()
        ends = [end for end in cluster.run(jobs) if isinstance(end, Done)]
        after = _processor(scheduler), _processor(ours), time.perf_counter()
    if len(ends) < count:
        sys.exit("a shard was not trained")
    of_scheduler, of_client, seconds = (now - then for now, then in zip(after, before, strict=True))
    return Measured(
        seconds=seconds,
        scheduler=of_scheduler / count,
        client=of_client / count,
        shard=sum(end.seconds for end in ends) / count,
        received=len(pickle.dumps(ends[0].result)),
    )


def _processor(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def calculated(seconds: Sequence[float], overhead: float, workers: int) -> float:
    """Return the time of a sweep.

    Args:
        seconds: of each shard, in the order in which they are submitted.
        overhead: seconds of the scheduler and the client for each shard.
    """
    free = [0.0] * workers
    for own in seconds:
        heapq.heapreplace(free, free[0] + own)
    return max(*free, overhead * len(seconds))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--shards", type=int, default=16)
    parser.add_argument("--steps", type=int, default=2000)
    options = parser.parse_args()
    sweep = load(SITE).sweeps["parity-sweep"]
    template = equal_shards(sweep, 1, options.steps)[0]
    sent = len(pickle.dumps(shard_job(template)))
    print(f"{options.shards} shards, {default_jobs()} cores; a job is {sent:,} bytes")
    print(f"{'workers':>7}{'seconds':>9}{'ratio':>7}{'shard':>8}", end="")
    print(f"{'scheduler':>11}{'client':>8}{'result':>9}   milliseconds a shard, kilobytes")
    found: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        for workers in options.workers:
            one = measure(sweep, workers, options.shards, options.steps, Path(folder))
            found.append(one)
            print(
                f"{workers:>7}{one.seconds:>9.1f}{found[0].seconds / one.seconds:>7.2f}"
                f"{one.shard:>8.2f}{1000 * one.scheduler:>11.1f}{1000 * one.client:>8.1f}"
                f"{one.received / 1000:>9.1f}",
                flush=True,
            )
    _print_calculated(found[0].scheduler + found[0].client)


def _print_calculated(overhead: float) -> None:
    """Print the times of larger clusters; a few steps of each shape are timed for them.

    Args:
        overhead: seconds of the scheduler and the client for each shard.
    """
    print(f"\n{'sweep':<28}{'shards':>7}{'longest':>9}", end="")
    print("".join(f"{workers:>9,}" for workers in (1, *LARGE)), "  workers: seconds, calculated")
    silent = SilentReport()
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPool(default_jobs(), silent) as processes,
    ):
        context = TrainingContext(Store(Path(folder)), silent)
        for profile in (None, "full"):
            for name, sweep in load(SITE, profile).sweeps.items():
                waiting = missing_shards(context, {name: sweep})
                expected = seconds_of_shards(waiting, processes)
                seconds = [expected[shard.key] for shard in waiting]
                times = [calculated(seconds, overhead, workers) for workers in (1, *LARGE)]
                label = name if profile is None else f"{name} ({profile})"
                print(f"{label:<28}{len(seconds):>7}{max(seconds):>9.0f}", end="")
                print("".join(f"{one:>9,.0f}" for one in times))


if __name__ == "__main__":
    main()
