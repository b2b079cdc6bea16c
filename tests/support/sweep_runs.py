"""Synthetic runs of sweeps for maps and films, made without training."""

from __future__ import annotations

import numpy as np

from gen.analysis.sweep_outcomes import SweepRun
from gen.experiments.sweep import Axis, Sweep
from gen.experiments.thresholds import Thresholds
from tests.support.outcome_runs import case

STEPS = np.arange(0, 2001, 100)


def sweep_run(sweep: Sweep, world: str = "all") -> SweepRun:
    """Return a run with all outcomes in turn, or all `memorised`, `nothing` or `untrained`."""
    run = SweepRun.empty(sweep, STEPS)
    if world == "untrained":
        return run
    kinds = {"all": [0, 1, 2, 3], "memorised": [2], "nothing": [3]}[world]
    late = STEPS > 1000
    falls = {
        0: (STEPS > 300, late),
        1: (late, late),
        2: (STEPS > 300, STEPS < 0),
        3: (STEPS < 0, STEPS < 0),
    }
    for model, place in enumerate(np.ndindex(run.trained.shape)):
        kind = kinds[model % len(kinds)]
        train, test = falls[kind]
        run.train_loss[place] = np.where(train, 1e-7, 0.7)
        run.test_loss[place] = np.where(test, 1e-6, 0.8)
        run.memorised_at[place] = STEPS[train][0] if train.any() else -1
        run.generalised_at[place] = STEPS[test][0] if test.any() else -1
        run.final_train_accuracy[place] = 1.0 if train.any() else 0.5
        run.final_test_accuracy[place] = 1.0 if test.any() else 0.5
    run.trained[:] = True
    return run


def small_sweep_run() -> SweepRun:
    """Return a run of 18 models with every outcome: one diverges, and one is not trained."""
    axes = (
        Axis("task", "train_rows", (60, 80)),
        Axis("network", "hidden", (4, 8, 12)),
    )
    cells = (case("parity", "generalised").model,) * 6
    run = sweep_run(Sweep("grid", axes, (0, 1, 2), 4, cells, Thresholds()))
    run.failed_at[1, 0] = STEPS[5]
    run.trained[5, 2] = False
    return run
