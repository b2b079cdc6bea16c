"""Training of the models of the site against plain PyTorch loops.

Each round runs every alternative, so that changes in the load of the machine affect all; the
table gives medians over the rounds, and the median and the quartiles of the ratios within them.
The plain loops use one thread or all, whichever is faster; the trainer runs shards in parallel with
one thread each, as a build does.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

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
    """Return seconds per step of a shard, with logging and snapshots, without the setup.

    One training is timed from the first logged step after a quarter of the steps, or from step 0
    if there is none before the last.
    """
    torch.set_num_threads(1)
    last = ensemble.training.steps
    reached: dict[int, float] = {}

    def on_step(step: int) -> None:
        reached[step] = time.perf_counter()
        on_progress(step)

    train(ensemble, on_step=on_step)
    first = next((step for step in reached if last / 4 <= step < last), 0)
    return (reached[last] - reached[first]) / (last - first)


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
    parser.add_argument("--steps", type=int, default=1000, help="of this trainer")
    parser.add_argument("--models", nargs="*", help="all if left out")
    options = parser.parse_args()
    torch.set_flush_denormal(True)
    cores = default_jobs()
    print(f"training, {cores} cores, torch {torch.__version__}, {options.rounds} rounds")
    print(f"{'model':<14}{'way':<34}{'us/model-step':>14}{'ratio':>8}  quartiles")
    silent = make_report(quiet=True, json_log=False, stream=sys.stderr)
    with silent as report, ProcessPool(cores, report) as workers:
        models = load(SITE).models
        for name in options.models or models:
            model = models[name]
            reason = left_out(model)
            if reason:
                print(f"{name:<14}is left out: {reason}", flush=True)
                continue
            for line in _compare(model, workers, cores, options.rounds, options.steps):
                print(line, flush=True)


def _compare(model: Model, workers: ProcessPool, cores: int, rounds: int, steps: int) -> list[str]:
    ways: dict[str, Callable[[], float]] = {
        "this trainer, all cores": lambda: our_seconds(model, steps, workers, cores),
        "this trainer, one core": lambda: our_seconds(model, steps, workers, 1),
        "plain loop, one core": lambda: plain_seconds(model, steps // 5, 1),
        f"plain loop, {cores} threads": lambda: plain_seconds(model, steps // 5, cores),
    }
    if isinstance(model.network, Embedded):
        ways["notebook's way, one core"] = lambda: plain_seconds(
            model, steps // 25, 1, notebook=True
        )
        ways[f"notebook's way, {cores} threads"] = lambda: plain_seconds(
            model, steps // 25, cores, notebook=True
        )
    measured: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, measure in ways.items():
            measured[way].append(measure())
    ours = measured["this trainer, all cores"]
    return [
        f"{model.name:<14}{way:<34}{1e6 * median(seconds):>14.0f}{ratio_text(seconds, ours)}"
        for way, seconds in measured.items()
    ]


def ratio_text(seconds: Sequence[float], others: Sequence[float]) -> str:
    """Return the median of the ratios within rounds, and the quartiles around it."""
    ratios = [one / other for one, other in zip(seconds, others, strict=True)]
    if len(ratios) < 2:
        return f"{ratios[0]:>8.2f}"
    low, _, high = quantiles(ratios, n=4, method="inclusive")
    return f"{median(ratios):>8.2f}  {low:.2f} to {high:.2f}"


if __name__ == "__main__":
    main()
