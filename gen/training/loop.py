"""Training loop: steps, logged metrics, snapshots. It reads and writes no files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped
from pydantic import Field, model_validator

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.losses import LossName
from gen.networks.network import Network, Scorer
from gen.optimisers.optimiser import Optimiser, ensemble_step
from gen.settings import Settings
from gen.tasks.task import Rows, Task
from gen.training.gradients import gradient_step, minibatch_step

METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")

MOST_STEPS = 100_000_000

DIVERGED = 1e4
"""A model has diverged if its train loss exceeds this many times its first one."""


_Steps = Annotated[int, Field(ge=1, le=MOST_STEPS)]


class Training(Settings):
    """How long a model trains, on what, and when metrics and snapshots are taken.

    Exactly one of `snapshot_every`, `snapshots_log` and `snapshots_at` says when snapshots are
    taken. The first and the last step always are.

    Attributes:
        steps: number of steps.
        log_every: steps from one measurement of the metrics to the next.
        snapshot_every: steps from one snapshot to the next.
        snapshots_log: number of snapshots after step 0, at ratios as equal as whole steps allow.
        snapshots_at: the steps of all snapshots.
        batch_size: rows of a step, drawn epoch by epoch; all training rows if left out.
        loss: what the training makes small, one of `gen.networks.losses`.
    """

    steps: _Steps
    log_every: _Steps
    snapshot_every: _Steps | None = None
    snapshots_log: Annotated[int, Field(ge=1, le=100_000)] | None = None
    snapshots_at: (
        Annotated[
            tuple[Annotated[int, Field(ge=0, le=MOST_STEPS)], ...],
            Field(min_length=1, max_length=100_000, strict=False),
        ]
        | None
    ) = None
    batch_size: Annotated[int, Field(ge=1)] | None = None
    loss: LossName = "cross-entropy"

    @model_validator(mode="after")
    def _check_snapshots(self) -> Training:
        keys = ("snapshot_every", "snapshots_log", "snapshots_at")
        given = [key for key in keys if getattr(self, key) is not None]
        if not given:
            raise ValueError("snapshot_every is missing; add it, or snapshots_log or snapshots_at")
        if len(given) > 1:
            raise ValueError(f"{given[0]} and {given[1]} exclude each other; remove one")
        if self.snapshots_at is not None and max(self.snapshots_at) > self.steps:
            raise ValueError(
                f"snapshots_at has step {max(self.snapshots_at)}, after the last one, {self.steps}"
            )
        return self

    def shortened(self, steps: int, *, log_every: int) -> Training:
        """Return a training of a few steps with a snapshot at the first and at the last."""
        others = dict.fromkeys(("snapshots_log", "snapshots_at"))
        changed = {"steps": steps, "log_every": log_every, "snapshot_every": steps}
        return self.model_copy(update=changed | others)

    @property
    def snapshot_steps(self) -> Int[np.ndarray, " snapshot"]:
        """The steps at which snapshots are taken, in ascending order."""
        if self.snapshots_at is not None:
            return np.union1d(self.snapshots_at, [0, self.steps])
        if self.snapshots_log is not None:
            spaced = np.geomspace(1, self.steps, self.snapshots_log).round().astype(np.int64)
            return np.union1d(spaced, [0, self.steps])
        assert self.snapshot_every is not None
        return steps_every(self.snapshot_every, self.steps)

    @property
    def snapshot_key(self) -> str:
        """The key that says when snapshots are taken."""
        keys = ("snapshots_at", "snapshots_log", "snapshot_every")
        return next(key for key in keys if getattr(self, key) is not None)

    @property
    def snapshots(self) -> int:
        """Number of snapshots, an upper bound that is quick to compute."""
        if self.snapshots_at is not None:
            return len(self.snapshots_at) + 2
        if self.snapshots_log is not None:
            return self.snapshots_log + 2
        assert self.snapshot_every is not None
        return self.steps // self.snapshot_every + 2


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
        views: the matrices of `Network.views` at every snapshot.
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
    """Train every model of an ensemble.

    Denormal numbers are flushed to zero during the training: in the tails of softmax and of the
    second moments they would make late steps several times slower.

    `on_step` is called at every logged step. A model that diverges is marked in `failed_at` and
    does not affect the others.
    """
    torch.set_flush_denormal(True)
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # `failed_at` tells
            return _train(ensemble, device, on_step)
    finally:
        torch.set_flush_denormal(False)


def _train(ensemble: Ensemble, device: str, on_step: Callable[[int], None]) -> Trained:
    task, network, settings = ensemble.task, ensemble.network, ensemble.training
    data = task.data(ensemble.seeds)
    batches = {"train": _batch(data.train, device), "test": _batch(data.test, device)}
    scorers = {
        split: network.scorer(task, batch, settings.loss) for split, batch in batches.items()
    }
    parameters = {
        name: torch.from_numpy(array).to(device, torch.float32).contiguous()
        for name, array in network.init_ensemble(task, ensemble.seeds).items()
    }
    gradients = {name: torch.zeros_like(tensor) for name, tensor in parameters.items()}
    differentiate = _differentiator(ensemble, parameters, gradients, batches["train"])
    update = ensemble_step(parameters, gradients, ensemble.optimisers)

    logged_steps = steps_every(settings.log_every, settings.steps)
    snapshot_steps = settings.snapshot_steps
    metrics = _Series(len(logged_steps))
    views = _Series(len(snapshot_steps))
    to_log, to_view = set(logged_steps.tolist()), set(snapshot_steps.tolist())
    for step in range(settings.steps + 1):
        if step in to_log:
            metrics.append(_measure(scorers, parameters))
            on_step(step)
        if step in to_view:
            views.append(_as_arrays(network.ensemble_views(task, parameters)))
        if step < settings.steps:
            differentiate()
            update()
    return Trained(
        logged_steps=logged_steps,
        metrics=metrics.arrays,
        snapshot_steps=snapshot_steps,
        views=views.arrays,
        parameters=_as_arrays(parameters),
        failed_at=_failed_at(logged_steps, metrics.arrays["train_loss"]),
    )


class _Series:
    """Named arrays (model, ...) at successive steps, joined to (model, step, ...).

    All memory is taken at the first step. Arrays that stay between the temporary ones of each step
    would keep the memory allocator from reusing what lies between them.

    Args:
        length: number of steps.
    """

    def __init__(self, length: int) -> None:
        self._length, self._filled = length, 0
        self.arrays: dict[str, np.ndarray] = {}

    def append(self, values: dict[str, Shaped[np.ndarray, "model ..."]]) -> None:
        """Add the arrays of the next step."""
        for name, array in values.items():
            if name not in self.arrays:
                models, *shape = array.shape
                self.arrays[name] = np.empty((models, self._length, *shape), array.dtype)
            self.arrays[name][:, self._filled] = array
        self._filled += 1


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
    scorers: dict[str, Scorer], parameters: dict[str, torch.Tensor]
) -> dict[str, Float[np.ndarray, " model"]]:
    measured: dict[str, np.ndarray] = {}
    for split, measure in scorers.items():
        loss, accuracy = measure(parameters)
        measured[f"{split}_loss"] = loss.cpu().numpy()
        measured[f"{split}_accuracy"] = accuracy.cpu().numpy()
    return measured


def _differentiator(
    ensemble: Ensemble,
    parameters: dict[str, torch.Tensor],
    gradients: dict[str, torch.Tensor],
    batch: Batch,
) -> Callable[[], None]:
    """Return the function that writes the gradients of the next step."""
    settings = ensemble.training
    of = (ensemble.network, ensemble.task, parameters, gradients, batch, settings.loss)
    if settings.batch_size is None:
        return gradient_step(*of)
    return minibatch_step(*of, seeds=ensemble.seeds, size=settings.batch_size)
