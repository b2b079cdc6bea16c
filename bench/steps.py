"""A step of an ensemble, or a part of one, timed now and as it was formerly, in turns."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence

import numpy as np
import torch
from jaxtyping import Float

from bench.training import ratio_text
from gen.networks.batch import Batch
from gen.optimisers.optimiser import Step, ensemble_step
from gen.training.loop import Ensemble

WARM_UP = 10
"""Steps before the clock starts."""

Tensors = dict[str, torch.Tensor]


def prepared(ensemble: Ensemble) -> tuple[Batch, Tensors, Tensors]:
    """Return the training rows of an ensemble, its parameters, and gradients of zeros."""
    rows = ensemble.task.data(ensemble.seeds).train
    batch = Batch(torch.from_numpy(rows.inputs), torch.from_numpy(rows.labels))
    parameters = {
        name: torch.from_numpy(array).float()
        for name, array in ensemble.network.init_ensemble(ensemble.task, ensemble.seeds).items()
    }
    return batch, parameters, {name: torch.zeros_like(each) for name, each in parameters.items()}


def seconds_per_step(
    ensemble: Ensemble,
    parameters: Tensors,
    gradients: Tensors,
    differentiate: Callable[[], None],
    steps: int,
    optimiser: Callable[..., Step] = ensemble_step,
) -> float:
    """Return seconds per model-step of the gradient and the optimiser."""
    update = optimiser(parameters, gradients, ensemble.optimisers)

    def step() -> None:
        differentiate()
        update()

    return seconds_of(step, steps) / len(ensemble.seeds)


def seconds_of(step: Callable[[], None], steps: int) -> float:
    """Return the mean seconds of a step."""
    for _ in range(WARM_UP):
        step()
    start = time.perf_counter()
    for _ in range(steps):
        step()
    return (time.perf_counter() - start) / steps


def options_of(description: str | None, steps: int) -> argparse.Namespace:
    """Return the `rounds` and `steps` of the command line, and prepare this process for timing."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=steps)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    return parser.parse_args()


def timed_in_turns(
    forms: Sequence[Callable[[], float]], rounds: int
) -> Float[np.ndarray, "round form"]:
    """Return the seconds that each form reports, one after the other in every round."""
    return np.array([[form() for form in forms] for _ in range(rounds)])


def heading(first: str) -> str:
    """Return the heading of a table of `ratio_line`."""
    return f"{first:<14}{'now':>16}{'former':>16}{'ratio':>8}  quartiles of the ratio"


def ratio_line(name: str, seconds: Float[np.ndarray, "round 2"], digits: int = 0) -> str:
    """Return medians of now and former in microseconds, and the ratio within rounds."""
    now, former = 1e6 * np.median(seconds, axis=0)
    ratio = ratio_text(seconds[:, 1].tolist(), seconds[:, 0].tolist())
    return f"{name:<14}{now:>13.{digits}f} us{former:>13.{digits}f} us{ratio}"
