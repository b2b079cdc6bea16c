"""Synthetic runs of many seeds that jump at different steps, or never, for tests of forecasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gen.experiments.runs import ModelRun
from gen.networks.embedded import Embedded
from gen.tasks.modular import Modular
from tests.support.line_runs import metrics

NEVER = float("inf")


def seeds_that_jump(
    jumps: Sequence[float], *, memorise: float = 400.0, stronger: float = 0.0
) -> list[ModelRun]:
    """Return a run for each step of a jump; NEVER for a seed that only memorises.

    Args:
        stronger: by how much one wave exceeds the noise in the weights of seeds that jump.
    """
    steps = np.arange(0, 6001, 250)
    found: list[ModelRun] = []
    for seed, jump in enumerate(jumps):
        random = np.random.default_rng(seed)
        wave = stronger * np.cos(2 * np.pi * 3 * np.arange(11) / 11)[:, None] * (jump < NEVER)
        w_in = random.normal(size=(len(steps), 11, 6)) + wave
        logged = metrics(steps, 1 / 11, memorise, jump)
        run = ModelRun(
            name="many",
            seed=seed,
            task=Modular(modulus=11, train_share=0.5),
            network=Embedded(embedding="learned", width=8, hidden=6),
            logged_steps=steps,
            metrics=logged | {"test_loss": logged["test_loss"] * random.uniform(0.8, 1.2)},
            snapshot_steps=steps,
            views={
                "W_in": w_in.astype(np.float32),
                "W_out": random.normal(size=(len(steps), 6, 11)).astype(np.float32),
            },
        )
        found.append(run)
    return found


def broken(run: ModelRun) -> ModelRun:
    """Return the run as one that diverged."""
    nothing = {name: np.full_like(values, np.nan) for name, values in run.metrics.items()}
    return replace(run, metrics=nothing, failed_at=250)
