"""Training loop: full-batch steps, logged metrics, snapshots. It reads and writes no files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Bool, Float, Int
from pydantic import Field

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.hidden_layer import Score
from gen.networks.network import Network
from gen.settings import Settings
from gen.tasks.task import Rows, Task
from gen.training.adamw import EnsembleAdamW, Optimiser

METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")

MOST_STEPS = 100_000_000

DIVERGED = 1e4
"""A model has diverged if its train loss exceeds this many times its first one."""


class Training(Settings):
    """How long a model trains, and how often metrics and snapshots are taken; all in steps."""

    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)]
    log_every: Annotated[int, Field(ge=1, le=MOST_STEPS)]
    snapshot_every: Annotated[int, Field(ge=1, le=MOST_STEPS)]


@dataclass(frozen=True)
class Ensemble:
    """Models of one shape that train together; they differ in seed and optimiser settings.

    Attributes:
        seeds: one for each model.
        optimisers: one for each model, in the order of `seeds`.
    """

    task: Task
    network: Network
    training: Training
    seeds: tuple[int, ...]
    optimisers: tuple[Optimiser, ...]


@dataclass(frozen=True)
class Trained:
    """Result of training an ensemble.

    Attributes:
        logged_steps: the steps at which metrics were taken.
        metrics: by the names of `METRICS`; losses in nats, accuracies 0 to 1.
        snapshot_steps: the steps at which views were taken.
        views: the matrices of `Network.view` at every snapshot.
        parameters: the learned tensors after the last step.
        failed_at: the first logged step at which a model's train loss is non-finite or has
            diverged; -1 for a valid model.
    """

    logged_steps: Int[np.ndarray, " log"]
    metrics: dict[str, Float[np.ndarray, "model log"]]
    snapshot_steps: Int[np.ndarray, " snapshot"]
    views: dict[str, Float[np.ndarray, "model snapshot _rows _columns"]]
    parameters: dict[str, Float[np.ndarray, "model ..."]]
    failed_at: Int[np.ndarray, " model"]


def steps_every(interval: int, last: int) -> Int[np.ndarray, " step"]:
    """Return 0, interval, 2 interval, ... and `last`, even if it is no multiple."""
    return np.union1d(np.arange(0, last + 1, interval), [last])


def train(
    ensemble: Ensemble,
    *,
    device: str = "cpu",
    on_step: Callable[[int], None] = lambda step: None,
) -> Trained:
    """Train every model of an ensemble on all of its rows at every step.

    Denormal numbers are flushed to zero during the training: in the tails of softmax and of the
    second moments they would make late steps several times slower.

    `on_step` is called at every logged step. A model that diverges is marked in `failed_at` and
    does not affect the others.
    """
    torch.set_flush_denormal(True)
    try:
        return _train(ensemble, device, on_step)
    finally:
        torch.set_flush_denormal(False)


def _train(ensemble: Ensemble, device: str, on_step: Callable[[int], None]) -> Trained:
    task, network = ensemble.task, ensemble.network
    data = task.data(ensemble.seeds)
    batches = {"train": _batch(data.train, device), "test": _batch(data.test, device)}
    scores = {split: Score(batch, network.activation) for split, batch in batches.items()}
    parameters = {
        name: torch.from_numpy(array).to(device, torch.float32)
        for name, array in network.init(task, ensemble.seeds).items()
    }
    gradients = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}
    differentiate = network.differentiator(task, parameters, gradients, batches["train"])
    optimiser = EnsembleAdamW(parameters, gradients, ensemble.optimisers)

    settings = ensemble.training
    logged_steps = steps_every(settings.log_every, settings.steps)
    snapshot_steps = steps_every(settings.snapshot_every, settings.steps)
    logged: list[dict[str, np.ndarray]] = []
    views: list[dict[str, np.ndarray]] = []
    to_log, to_view = set(logged_steps.tolist()), set(snapshot_steps.tolist())
    for step in range(settings.steps + 1):
        if step in to_log:
            logged.append(_measure(scores, *network.matrices(task, parameters)))
            on_step(step)
        if step in to_view:
            views.append(_as_arrays(network.view(task, parameters)))
        if step < settings.steps:
            differentiate()
            optimiser.step()
    metrics = {name: np.stack([values[name] for values in logged], axis=1) for name in METRICS}
    return Trained(
        logged_steps=logged_steps,
        metrics=metrics,
        snapshot_steps=snapshot_steps,
        views={name: np.stack([view[name] for view in views], axis=1) for name in views[0]},
        parameters=_as_arrays(parameters),
        failed_at=_failed_at(logged_steps, metrics["train_loss"]),
    )


def _failed_at(
    steps: Int[np.ndarray, " log"], loss: Float[np.ndarray, "model log"]
) -> Int[np.ndarray, " model"]:
    with np.errstate(invalid="ignore"):
        failed: Bool[np.ndarray, "model log"] = ~(loss <= DIVERGED * loss[:, :1])
    return np.where(failed.any(axis=1), steps[failed.argmax(axis=1)], -1)


def _batch(rows: Rows, device: str) -> Batch:
    return Batch(torch.from_numpy(rows.inputs).to(device), torch.from_numpy(rows.labels).to(device))


def _as_arrays(tensors: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}


def _measure(
    scores: dict[str, Score],
    w_in: Float[torch.Tensor, "model input neuron"],
    w_out: Float[torch.Tensor, "model neuron output"],
) -> dict[str, Float[np.ndarray, " model"]]:
    measured: dict[str, np.ndarray] = {}
    for split, score in scores.items():
        loss, accuracy = score(w_in, w_out)
        measured[f"{split}_loss"] = loss.cpu().numpy()
        measured[f"{split}_accuracy"] = accuracy.cpu().numpy()
    return measured
