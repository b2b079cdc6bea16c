"""Runs: results of training an ensemble, stored under a key of everything that affects them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float, Int

from gen.experiments.model import Model
from gen.experiments.sweep import Sweep
from gen.networks.network import Network
from gen.networks.view import ViewShape
from gen.optimisers.optimiser import Optimiser
from gen.store import arrays
from gen.store.code_digest import code_digest, versions
from gen.store.differences import differences
from gen.store.store import Entry, Family, Store, content_key
from gen.tasks.task import Task
from gen.training.loop import METRICS, Ensemble, Trained

_ARRAYS = "arrays.safetensors"


def _is_usable(entry: Entry) -> bool:
    """Return whether a stored run has all arrays, in shapes that fit each other."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(entry.file(_ARRAYS), framework="np") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    except SafetensorError:
        return False
    models = (len(entry.ingredients["seeds"]),)
    logs, snapshots = shapes["logged_steps"], shapes["snapshot_steps"]
    views = [shapes[f"views/{name}"] for name in entry.info["views"]]
    return (
        (len(logs), len(snapshots)) == (1, 1)
        and shapes["failed_at"] == models
        and all(shapes[f"metrics/{name}"] == models + logs for name in METRICS)
        and all(len(view) == 4 and view[:2] == models + snapshots for view in views)
    )


FAMILY = Family("runs", _is_usable)


@dataclass(frozen=True, eq=False, kw_only=True)
class Run:
    """What a training left of one model, for analysis and figures; compared by identity.

    Attributes:
        name: name of its configured model.
        logged_steps: steps at which metrics were taken.
        metrics: by name, such as `train_loss` (nats) or `test_accuracy` (0 to 1).
        snapshot_steps: steps at which views were taken.
        views: named matrices at every snapshot.
        axes: what the rows and the columns of each view are for, such as `input` and `neuron`.
        failed_at: the first logged step with a non-finite or diverged loss, or None.
        chance: accuracy of guessing, 0 to 1; None if it is not known.
    """

    name: str
    seed: int
    logged_steps: Int[np.ndarray, " log"]
    metrics: dict[str, Float[np.ndarray, " log"]]
    snapshot_steps: Int[np.ndarray, " snapshot"]
    views: Mapping[str, Float[np.ndarray, "snapshot _rows _columns"]]
    axes: dict[str, tuple[str, str]] = field(default_factory=dict)
    failed_at: int | None = None
    chance: float | None = None

    @property
    def shapes(self) -> dict[str, ViewShape]:
        """Size and axes of each view."""
        found: dict[str, ViewShape] = {}
        for name, view in self.views.items():
            _, rows, columns = view.shape
            found[name] = ViewShape(rows, columns, *self.axes.get(name, ("row", "column")))
        return found

    def logged(self, metric: str) -> tuple[Int[np.ndarray, " log"], Float[np.ndarray, " log"]]:
        """Return the steps at which a metric was taken, and its values."""
        return self.logged_steps, self.metrics[metric]

    def view_at(
        self,
        name: str,
        snapshots: Sequence[int] | Int[np.ndarray, " frame"],
        rows: Int[np.ndarray, " row"] | None = None,
        columns: Int[np.ndarray, " column"] | None = None,
    ) -> Float[np.ndarray, "frame row column"]:
        """Return some rows and columns of a view, all if None, at some snapshots.

        Of a recording nothing else is kept in memory, whereas `views[name]` is the whole view.
        """
        found = self.views[name][np.asarray(snapshots)]
        found = found if rows is None else found.take(rows, 1)
        return found if columns is None else found.take(columns, 2)

    def each_snapshot(self, name: str) -> Iterator[Float[np.ndarray, "rows columns"]]:
        """Yield a view at one snapshot after the other; a recording reads one at a time."""
        for place in range(len(self.snapshot_steps)):
            yield self.view_at(name, [place])[0]

    def final_view(self, name: str) -> Float[np.ndarray, "rows columns"]:
        """Return a view at the last snapshot, in float64."""
        return self.view_at(name, [-1])[0].astype(np.float64)


def every_nth(snapshots: int, most: int) -> Int[np.ndarray, " kept"]:
    """Return the indices of at most `most` snapshots, two or more: every n-th and the last."""
    return at_stride(snapshots, max(1, -(-(snapshots - 1) // (most - 1))))


def at_stride(snapshots: int, stride: int) -> Int[np.ndarray, " kept"]:
    """Return the indices of every n-th snapshot and of the last."""
    return np.append(np.arange(0, snapshots - 1, stride), snapshots - 1)


RunType = TypeVar("RunType", bound=Run)


@dataclass(frozen=True, eq=False, kw_only=True)
class ModelRun(Run):
    """What one model of a trained ensemble left.

    Attributes:
        parameters: the learned tensors after the last step.
        optimiser: its settings, if they are known.
    """

    task: Task
    network: Network
    parameters: dict[str, Float[np.ndarray, "..."]] = field(default_factory=dict)
    optimiser: Optimiser | None = None

    def __post_init__(self) -> None:
        if self.chance is None:
            object.__setattr__(self, "chance", self.task.chance)

    @property
    def input_weights(self) -> Float[np.ndarray, "snapshot input neuron"]:
        """Return the view of the weights into the neurons: `W_in`, or `A` on a circle."""
        return next(iter(self.views.values()))


@dataclass(frozen=True)
class Shard:
    """One ensemble of a configured model or sweep, trained or not.

    Attributes:
        source: name of the model or sweep.
        number: index among the shards of its source.
        name: label for messages, such as `modular, seeds 0 to 3`.
        ensemble: the models to train.
        device: torch device to train on, `cpu` or `cuda`.
    """

    source: str
    number: int
    name: str
    ensemble: Ensemble
    device: str

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        """Everything that can change the result of the training, as JSON values."""
        return _ingredients(self.ensemble, self.device)

    @cached_property
    def key(self) -> str:
        """Key of its run in the store."""
        return content_key(self.ingredients)


def run_key(ensemble: Ensemble, device: str) -> str:
    """Return the key of the run of an ensemble with the present code and libraries."""
    return content_key(_ingredients(ensemble, device))


def _ingredients(ensemble: Ensemble, device: str) -> dict[str, Any]:
    parts = (ensemble.task, ensemble.network, *ensemble.optimisers)
    kinds = sorted({type(part).__module__ for part in parts})
    return {
        "task": ensemble.task.model_dump(mode="json"),
        "network": ensemble.network.model_dump(mode="json"),
        "training": ensemble.training.model_dump(mode="json"),
        "optimisers": [settings.model_dump(mode="json") for settings in ensemble.optimisers],
        "seeds": list(ensemble.seeds),
        "device": device,
        "code": code_digest("gen.training.loop", *kinds),
        "versions": versions("torch", "numpy", "numba"),
    }


def shards(source: Model | Sweep, device: str) -> list[Shard]:
    """Return the shards of a configured model or sweep."""
    return [
        Shard(source.name, number, f"{source.name}, {label}", ensemble, device)
        for number, (label, ensemble) in enumerate(source.shards)
    ]


def save(store: Store, shard: Shard, trained: Trained, seconds: float) -> Entry:
    """Store the result of training a shard, which took `seconds`."""
    stored = {
        "logged_steps": trained.logged_steps,
        "snapshot_steps": trained.snapshot_steps,
        "failed_at": trained.failed_at,
        **{f"metrics/{name}": array for name, array in trained.metrics.items()},
        **{f"views/{name}": array for name, array in trained.views.items()},
        **{f"parameters/{name}": array for name, array in trained.parameters.items()},
    }

    info = {
        "source": shard.source,
        "shard": shard.number,
        "seconds": round(seconds, 2),
        "views": list(trained.views),
    }
    return store.put(
        FAMILY, shard.ingredients, info, lambda folder: arrays.write(folder / _ARRAYS, stored)
    )


def load(shard: Shard, entry: Entry) -> Iterator[ModelRun]:
    """Read a stored run, model by model, in the order of its seeds."""
    return model_runs(shard.source, shard.ensemble, read(entry))


def read(entry: Entry, *, views: bool = True) -> Trained:
    """Read a stored run, with or without the views, which take most of the memory."""
    from safetensors import safe_open

    with safe_open(entry.file(_ARRAYS), framework="np") as file:
        loaded: dict[str, np.ndarray] = {
            name: file.get_tensor(name)
            for name in file.keys()  # noqa: SIM118
            if views or not name.startswith("views/")
        }

    def below(prefix: str) -> dict[str, np.ndarray]:
        return {
            name.removeprefix(prefix): array
            for name, array in loaded.items()
            if name.startswith(prefix)
        }

    found = below("views/")
    return Trained(
        logged_steps=loaded["logged_steps"],
        metrics=below("metrics/"),
        snapshot_steps=loaded["snapshot_steps"],
        views={name: found[name] for name in entry.info["views"] if views},
        parameters=below("parameters/"),
        failed_at=loaded["failed_at"],
    )


def model_runs(name: str, ensemble: Ensemble, trained: Trained) -> Iterator[ModelRun]:
    """Split a trained ensemble of a configured model into its models, in the order of seeds."""
    shapes = ensemble.network.view_shapes(ensemble.task)
    axes = {view: shapes[view].axes for view in trained.views}
    for place, seed in enumerate(ensemble.seeds):
        failed_at = int(trained.failed_at[place])
        yield ModelRun(
            name=name,
            seed=seed,
            task=ensemble.task,
            network=ensemble.network,
            logged_steps=trained.logged_steps,
            metrics={metric: values[place] for metric, values in trained.metrics.items()},
            snapshot_steps=trained.snapshot_steps,
            views={view: values[place] for view, values in trained.views.items()},
            axes=axes,
            failed_at=None if failed_at < 0 else failed_at,
            parameters={key: values[place] for key, values in trained.parameters.items()},
            optimiser=ensemble.optimisers[place],
        )


def why_stale(store: Store, shard: Shard) -> str:
    """Compare a shard with the most similar stored run of its model.

    Returns:
        `never trained`, or what changed, with old and new values.
    """
    best: tuple[int, bool] | None = None
    changes: list[str] = []
    for entry in store.entries(FAMILY):
        if entry.info.get("source") != shard.source:
            continue
        found = differences(entry.ingredients, shard.ingredients)
        rank = len(found), entry.info.get("shard") != shard.number
        if best is None or rank < best:
            best, changes = rank, found
    if best is None:
        return "never trained"
    more = f" and {len(changes) - 3} more" if len(changes) > 3 else ""
    return f"{'; '.join(changes[:3])}{more}" if changes else "its run was damaged"
