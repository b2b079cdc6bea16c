"""Training of the sweep against a plain loop, JAX, and the peak of the machine.

Each width of the sweep is measured with 1,250 rows and 45 models, as in a shard. Each round runs
every alternative with all cores. The share of the peak divides the two matrix products of a step,
124 N H operations, by the fastest matrix product of torch on all cores; tables of sums need fewer
operations, so it may exceed 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median

import torch

from bench.training import SITE, plain_seconds, shard_seconds
from gen.config.reader import load
from gen.experiments.sweep import Sweep
from gen.report import make_report
from gen.training.loop import Ensemble
from gen.workers.processes import Job, ProcessPool, default_jobs

ROWS = 1250
JAX_STEPS = 20
LEAST_STEPS, MOST_STEPS = 400, 3000


def ensembles(sweep: Sweep) -> dict[int, Ensemble]:
    """Return an ensemble of each width, by width."""
    wanted = {}
    for _, ensemble in sweep.shards:
        shape = ensemble.network.view_shapes(ensemble.task)["W_in"]
        if ensemble.task.rows[0] == ROWS:
            steps = min(MOST_STEPS, LEAST_STEPS * 258 // shape[1])
            training = ensemble.training.model_copy(update={"steps": steps})
            wanted[shape[1]] = Ensemble(
                ensemble.task, ensemble.network, training, ensemble.seeds, ensemble.optimisers
            )
    return wanted


def multiplied(side: int, *, on_progress: Callable[[int], None]) -> float:
    """Return operations per second of the matrix product of torch with one thread."""
    torch.set_num_threads(1)
    left, right, out = (torch.randn(side, side) for _ in range(3))
    best = 0.0
    for _ in range(12):
        start = time.perf_counter()
        for _ in range(4):
            torch.mm(left, right, out=out)
        best = max(best, 4 * 2 * side**3 / (time.perf_counter() - start))
        on_progress(1)
    return best


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    torch.set_flush_denormal(True)
    cores = default_jobs()
    sweep = load(SITE).sweeps["parity-sweep"]
    print(f"sweep, {cores} cores, torch {torch.__version__}, {ROWS} rows, {rounds} rounds")
    print(f"{'neurons':>7}  {'us a model-step: ours':>22}{'plain loop':>12}{'JAX':>8}", end="")
    print(f"{'plain/ours':>12}{'JAX/ours':>10}{'of peak':>9}")
    if find_spec("jax") is None or find_spec("optax") is None:
        print("JAX is left out: pip install -e '.[bench]'")
    silent = make_report(quiet=True, json_log=False, stream=sys.stderr)
    rows: list[list[float]] = []
    with silent as report, ProcessPool(cores, report) as workers:
        for neurons, ensemble in ensembles(sweep).items():
            figures = _compare(sweep, ensemble, workers, rounds)
            rows.append([*figures, 124.0 * ROWS * neurons])
            print(_line(str(neurons), rows[-1]), flush=True)
    print(_line("mean", [sum(column) / len(rows) for column in zip(*rows, strict=True)]))


def _line(name: str, figures: list[float]) -> str:
    ours, plain, jax, peak, operations = figures
    return (
        f"{name:>7}  {1e6 * ours:>22.0f}{1e6 * plain:>12.0f}{1e6 * jax:>8.0f}"
        f"{plain / ours:>12.1f}{jax / ours:>10.1f}{operations / ours / peak:>9.2f}"
    )


def _compare(sweep: Sweep, ensemble: Ensemble, workers: ProcessPool, rounds: int) -> list[float]:
    """Return seconds per model-step of the trainer, plain loop and JAX, and the peak."""
    cores, models = workers.width, len(ensemble.seeds)
    cell = next(
        cell
        for cell in sweep.cells
        if (cell.task, cell.network) == (ensemble.task, ensemble.network)
    )
    jax = _jax(ensemble)
    measured: list[list[float]] = []
    for _ in range(rounds):
        peaks = workers.run([Job("peak", multiplied, (1024,), 1, "products")] * cores)
        peak = sum(done.result for done in peaks)
        jobs = [Job("ours", shard_seconds, (ensemble,), 2, "lengths")] * cores
        ours = max(done.result for done in workers.run(jobs)) / (cores * models)
        plain = min(plain_seconds(cell, 100, threads) for threads in {1, cores})
        measured.append([ours, plain, jax() / (JAX_STEPS * models), peak])
    return [median(column) for column in zip(*measured, strict=True)]


def _jax(ensemble: Ensemble) -> Callable[[], float]:
    if find_spec("jax") is None or find_spec("optax") is None:
        return lambda: float("nan")
    from bench.rival import scanned

    return scanned(ensemble, JAX_STEPS)


if __name__ == "__main__":
    main()
