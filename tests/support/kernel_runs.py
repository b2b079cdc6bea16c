"""A small kernel machine that is trained, with accuracies and losses that a test chooses."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from gen.experiments.runs import ModelRun, model_runs
from gen.networks.kernel_machine import KernelMachine
from gen.optimisers.sgd import SGD
from gen.tasks.modular import Modular
from gen.training.loop import Ensemble, Training, train
from tests.support.line_runs import metrics, rise

_BELOW_CHANCE = 8
"""The last step at which all kept-back rows come out wrong."""


def kernel_run(*, memorises: float = 1.0, generalises: float = 10.0) -> ModelRun:
    """Return a machine that knows its rows from step 1 on, and the others at step 10 or later.

    Args:
        memorises: infinite for a machine that fits nothing; else step 1 is the first fit.
        generalises: infinite for one whose features stay without stripes; else about step 10.
    """
    run = _striped()
    steps = run.logged_steps
    learns = np.isfinite(generalises)
    found = metrics(steps, 1 / run.task.outputs, 0.5 if np.isfinite(memorises) else np.inf, 10.0)
    found["train_accuracy"] = np.where(
        (steps > 0) & np.isfinite(memorises), 1.0, 1 / run.task.outputs
    )
    found["train_loss"] = np.where((steps > 0) & np.isfinite(memorises), 1e-16, 0.06)
    test = rise(steps, 10.0, 0.3, 0.0) if learns else np.zeros(len(steps))
    found["test_accuracy"] = np.where((steps > 0) & (steps <= _BELOW_CHANCE), 0.0, test)
    if learns:
        return replace(run, metrics=found)
    noise = np.random.default_rng(0).normal(size=run.views["M_ab"].shape)
    return replace(run, metrics=found, views={**run.views, "M_ab": noise.astype(np.float32)})


@cache
def _striped() -> ModelRun:
    task = Modular(modulus=17, train_share=0.8, ordered=True)
    training = Training(steps=12, log_every=1, snapshot_every=1, loss="mean-squared-error")
    ensemble = Ensemble(task, KernelMachine(), training, (0,), (SGD(learning_rate=1.0),))
    (run,) = model_runs("kernel", ensemble, train(ensemble))
    return run
