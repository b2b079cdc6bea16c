"""Synthetic runs for tests of facts and alt texts: every task with every outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from gen.experiments.model import Hunt, Model
from gen.experiments.runs import ModelRun
from gen.networks.embedded import Embedded
from gen.networks.network import Network
from gen.networks.perceptron import Perceptron
from gen.optimisers.adamw import AdamW
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from gen.training.loop import Training
from tests.support.line_runs import metrics, rise

TaskName = Literal["add", "subtract", "multiply", "parity", "circle"]
End = Literal["generalised", "memorised", "never fit", "one diverged"]
TASKS: tuple[TaskName, ...] = get_args(TaskName)
ENDS: tuple[End, ...] = get_args(End)

STEPS = np.linspace(0, 4000, 41).round().astype(np.int64)
FREQUENCIES = (1, 2, 4)
NEURONS = 5
"""Neurons of each frequency, evenly spread."""


@dataclass(frozen=True, eq=False)
class Case:
    """A configured model, its runs, and the shown run."""

    model: Model
    runs: list[ModelRun]
    chosen: ModelRun


def task_of(name: TaskName) -> Task:
    """Return a small task of a kind."""
    if name == "parity":
        return SparseParity(bits=7, signal_bits=2, train_rows=80, test_rows=100)
    if name == "circle":
        return Modular(modulus=11, train_share=0.5)
    modulus = 13 if name == "multiply" else 11
    return Modular(operation=name, modulus=modulus, train_share=0.5)


def case(name: TaskName, end: End) -> Case:
    """Return a model of two seeds with an outcome."""
    shown = _run(name, end, seed=3)
    other = _run(name, "memorised", seed=4)
    if end == "one diverged":
        other = diverged(other)
    model = Model(
        name="any",
        seeds=(3, 4),
        shard=2,
        shown=3,
        task=shown.task,
        network=shown.network,
        optimiser=AdamW(learning_rate=0.01, betas=(0.9, 0.98), weight_decay=0.3),
        training=Training(steps=4000, log_every=100, snapshot_every=100),
        hunt=Hunt(where="gap > 3", seeds=9, fit=2) if end == "generalised" else None,
    )
    return Case(model, [shown, other], shown)


def diverged(run: ModelRun) -> ModelRun:
    """Return the run with non-finite numbers from the middle on."""
    broken = {name: values.copy() for name, values in run.metrics.items()}
    for values in broken.values():
        values[20:] = np.nan
    views = {name: view.copy() for name, view in run.views.items()}
    for view in views.values():
        view[20:] = np.nan
    return replace(run, metrics=broken, views=views, failed_at=int(STEPS[20]))


def _run(name: TaskName, end: End, seed: int) -> ModelRun:
    task = task_of(name)
    solved = end in {"generalised", "one diverged"}
    memorises = np.inf if end == "never fit" else 500.0
    return ModelRun(
        name="any",
        seed=seed,
        task=task,
        network=_network(name),
        logged_steps=STEPS,
        metrics=_bumpy(
            metrics(STEPS, task.chance, memorises, 2500.0 if solved else np.inf), solved
        ),
        snapshot_steps=STEPS,
        views=(views := _views(name, task, solved, seed)),
        failed_at=None,
        parameters=_learned(views, task) if name == "subtract" else {},
    )


def _learned(views: dict[str, np.ndarray], task: Task) -> dict[str, np.ndarray]:
    """Return parameters of a network for differences; its views lack the weights of b."""
    numbers, width = task.outputs, 16
    table = np.eye(numbers, width)
    second = _solution("subtract", task)["second"]
    second = second + np.random.default_rng(7).normal(size=second.shape) * 0.2
    wide = [
        np.pad(matrix, ((0, width - numbers), (0, 0))) for matrix in (views["W_in"][-1], second)
    ]
    out = np.pad(views["W_out"][-1], ((0, 0), (0, width - numbers)))
    return {"E": table, "A": np.concatenate(wide), "B": out}


def _bumpy(found: dict[str, np.ndarray], solved: bool) -> dict[str, np.ndarray]:
    """Return a test loss that falls, rises and falls again when a network generalises."""
    loss = found["test_loss"].copy()
    if solved:
        loss[12:20] *= 0.2
    return {**{key: value.astype(np.float32) for key, value in found.items()}, "test_loss": loss}


def _network(name: TaskName) -> Network:
    if name == "parity":
        return Perceptron(hidden=8)
    if name == "circle":
        return Embedded(embedding="circle", hidden=NEURONS)
    return Embedded(embedding="learned", width=16, hidden=NEURONS * len(FREQUENCIES))


def _views(name: TaskName, task: Task, solved: bool, seed: int) -> dict[str, np.ndarray]:
    final = _solution(name, task)
    random = np.random.default_rng(seed)
    grown = rise(STEPS, 2000.0, 200.0, 0)[:, None, None] if solved else np.zeros((41, 1, 1))
    views = {}
    final.pop("second", None)
    for view, matrix in final.items():
        noise = random.normal(size=(41, *matrix.shape)) * 0.1 + random.normal(size=matrix.shape)
        views[view] = (noise * (1 - grown) + matrix * grown).astype(np.float32)
    return views


def _solution(name: TaskName, task: Task) -> dict[str, np.ndarray]:
    if name == "parity":
        w_in = np.zeros((task.inputs, 8))
        w_in[:2, :3] = [[2.0, -2.0, 1.5], [2.0, -2.0, -1.5]]
        w_in[2, 3], w_in[3, 0] = 0.06, 0.02
        w_in[-1, :3] = [-1.0, 1.0, 0.2]
        return {"W_in": w_in, "W_out": np.linspace(-2, 2, 8)[:, None]}
    angle = 2 * np.pi * np.arange(NEURONS) / NEURONS
    if name == "circle":
        pair = np.stack([np.cos(angle + 0.1), np.sin(angle + 0.1)])
        twice = np.stack([np.cos(2 * angle + 0.3), np.sin(2 * angle + 0.3)], axis=1)
        return {"A": 9 * pair, "B": 8 * twice}
    numbers = task.outputs
    k = np.repeat(FREQUENCIES, NEURONS)
    phase = np.tile(angle, len(FREQUENCIES))
    turn = 2 * np.pi * k * np.arange(numbers)[:, None] / numbers
    loud = np.repeat((2.2, 2.0, 1.8), NEURONS)
    first, out = loud * np.cos(turn - phase), 2 * np.cos(turn - 2 * phase).T
    if name == "subtract":
        return {"W_in": first, "W_out": out, "second": loud * np.cos(turn + phase)}
    return {"W_in": first, "W_out": out}
