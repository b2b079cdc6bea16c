"""Training of the models of the site against plain PyTorch loops.

Each round runs every alternative, so that changes in the load of the machine affect all; the
table gives medians over the rounds and ratios within them. The plain loops use one thread or all,
whichever is faster; the trainer runs shards in parallel with one thread each, as a build does.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import torch

from bench.plain import PlainLoop, left_out
from gen.config.reader import load
from gen.experiments.model import Model
from gen.networks.embedded import Embedded
from gen.report import make_report
from gen.training.loop import Ensemble, train
from gen.workers.processes import Job, ProcessPool, default_jobs

SITE = Path(__file__).parent.parent / "site" / "gen.toml"


def plain_seconds(model: Model, steps: int, threads: int, *, notebook: bool = False) -> float:
    """Return seconds per model-step of a plain loop with this many threads."""
    torch.set_num_threads(threads)
    loop = PlainLoop(model, notebook=notebook)
    for _ in range(max(3, steps // 10)):
        loop.step()
    start = time.perf_counter()
    for _ in range(steps):
        loop.step()
    return (time.perf_counter() - start) / steps


def shard_seconds(ensemble: Ensemble, *, on_progress: Callable[[int], None]) -> float:
    """Return seconds per step of a shard, with logging and snapshots.

    Two lengths are timed and subtracted, to exclude the setup.
    """
    torch.set_num_threads(1)
    lengths = (ensemble.training.steps // 4, ensemble.training.steps)
    seconds = []
    for steps in lengths:
        start = time.perf_counter()
        train(replace(ensemble, training=ensemble.training.model_copy(update={"steps": steps})))
        seconds.append(time.perf_counter() - start)
        on_progress(steps)
    return (seconds[1] - seconds[0]) / (lengths[1] - lengths[0])


def our_seconds(model: Model, steps: int, workers: ProcessPool, side_by_side: int) -> float:
    """Return seconds per model-step of the trainer, with this many shards in parallel."""
    training = model.training.model_copy(update={"steps": steps})
    ensemble = replace(model, training=training).shards[0][1]
    jobs = [Job(model.name, shard_seconds, (ensemble,), steps, "steps")] * side_by_side
    slowest = max(done.result for done in workers.run(jobs))
    return slowest / (side_by_side * len(ensemble.seeds))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    torch.set_flush_denormal(True)
    cores = default_jobs()
    print(f"training, {cores} cores, torch {torch.__version__}, medians of {rounds} rounds")
    print(f"{'model':<14}{'way':<34}{'us/model-step':>14}{'ratio':>8}")
    silent = make_report(quiet=True, json_log=False, stream=sys.stderr)
    with silent as report, ProcessPool(cores, report) as workers:
        for name, model in load(SITE).models.items():
            reason = left_out(model)
            if reason:
                print(f"{name:<14}is left out: {reason}", flush=True)
                continue
            for line in _compare(name, model, workers, cores, rounds):
                print(line, flush=True)


def _compare(name: str, model: Model, workers: ProcessPool, cores: int, rounds: int) -> list[str]:
    ways: dict[str, Callable[[], float]] = {
        "this trainer, all cores": lambda: our_seconds(model, 1000, workers, cores),
        "this trainer, one core": lambda: our_seconds(model, 1000, workers, 1),
        "plain loop, one core": lambda: plain_seconds(model, 200, 1),
        f"plain loop, {cores} threads": lambda: plain_seconds(model, 200, cores),
    }
    if isinstance(model.network, Embedded):
        ways["notebook's way, one core"] = lambda: plain_seconds(model, 40, 1, notebook=True)
        ways[f"notebook's way, {cores} threads"] = lambda: plain_seconds(
            model, 40, cores, notebook=True
        )
    measured: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, measure in ways.items():
            measured[way].append(measure())
    ours = measured["this trainer, all cores"]
    return [
        f"{name:<14}{way:<34}{1e6 * median(seconds):>14.0f}"
        f"{median(s / o for s, o in zip(seconds, ours, strict=True)):>8.1f}"
        for way, seconds in measured.items()
    ]


if __name__ == "__main__":
    main()
