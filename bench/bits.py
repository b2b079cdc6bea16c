"""A step of the sweep's networks against the former gradient, which took one row after another.

The networks are those of a shard of the sweep: 45 models in five settings. Each round times both
gradients on one core, and the ratio is taken within the round. What is timed is the gradient and
the step of the optimiser, without logging and snapshots.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch

from bench.row_by_row import RowByRow
from bench.sweep import ensembles
from bench.training import SITE, ratio_text
from gen.config.reader import load
from gen.networks.batch import Batch
from gen.networks.kernels.bit_gradient import BitGradient
from gen.optimisers.optimiser import ensemble_step
from gen.training.loop import Ensemble

Gradient = Callable[..., None]


def seconds_per_step(
    ensemble: Ensemble, kind: Callable[[Batch, int], Gradient], steps: int
) -> float:
    """Return seconds per model-step with one form of the gradient, on one core."""
    rows = ensemble.task.data(ensemble.seeds).train
    batch = Batch(torch.from_numpy(rows.inputs), torch.from_numpy(rows.labels))
    parameters = {
        name: torch.from_numpy(array).float()
        for name, array in ensemble.network.init_ensemble(ensemble.task, ensemble.seeds).items()
    }
    gradients = {name: torch.zeros_like(each) for name, each in parameters.items()}
    compute = kind(batch, parameters["W_in"].shape[2])
    update = ensemble_step(parameters, gradients, ensemble.optimisers)
    start = 0.0
    for step in range(-2, steps):
        if step == 0:
            start = time.perf_counter()
        compute(*parameters.values(), *gradients.values())
        update()
    return (time.perf_counter() - start) / steps / len(ensemble.seeds)


def main() -> None:
    """Print a row for each width, and one for the mean over widths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    print(f"step of the sweep's networks, one core, medians of {options.rounds} rounds")
    print(f"{'neurons':<14}{'now':>16}{'former':>16}{'ratio':>8}  quartiles of the ratio")
    measured: list[np.ndarray] = []
    for neurons, ensemble in ensembles(load(SITE).sweeps["parity-sweep"]).items():
        rounds = [
            [seconds_per_step(ensemble, kind, options.steps) for kind in (BitGradient, RowByRow)]
            for _ in range(options.rounds)
        ]
        measured.append(np.array(rounds))
        print(_line(str(neurons), measured[-1]), flush=True)
    print(_line("mean", np.mean(measured, axis=0)))


def _line(name: str, seconds: np.ndarray) -> str:
    """Return a row of the table from seconds of shape (round, now and former)."""
    now, former = 1e6 * np.median(seconds, axis=0)
    ratio = ratio_text(seconds[:, 1].tolist(), seconds[:, 0].tolist())
    return f"{name:<14}{now:>13.1f} us{former:>13.1f} us{ratio}"


if __name__ == "__main__":
    main()
