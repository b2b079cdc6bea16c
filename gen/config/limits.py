"""Check before training that a model does not need too much memory, disk space or logging."""

from __future__ import annotations

from gen.config.toml import Location
from gen.experiments.model import Model
from gen.training.loop import METRICS

MAX_SHARD_BYTES = 4 * 2**30
"""Stored size of the models that train together."""

MAX_TRAINING_BYTES = 16 * 2**30
"""Memory that these models need while they train."""

MAX_RECORDED_STEPS = 100_000
"""Number of steps that a training may log, and of steps that it may keep as snapshots."""

_FLOAT, _DOUBLE = 4, 8
_COPIES = 2
"""Float32 numbers in memory for each learned number: itself and its gradient; the optimiser's
state comes on top."""

SNAPSHOT_COPIES = 4
"""Copies of all snapshots in the memory estimate. At most three exist at once: those of a training,
their copy on the way to the main process, and those of the previous shard while they are written
to disk; the fourth allows for fragmentation."""


def check_limits(model: Model, models: int, location: Location) -> None:
    """Check the size of a model's snapshots, logs and training memory.

    Args:
        models: how many such models train together.
        location: of the model in the config.

    Raises:
        ConfigError: one of them is above its limit.
    """
    training, task, network = model.training, model.task, model.network
    snapshots = training.snapshots
    logged = training.steps // training.log_every + 2
    pictured = sum(shape.rows * shape.columns for shape in network.view_shapes(task).values())
    snapshot_bytes = _FLOAT * models * snapshots * pictured
    row_bytes = _FLOAT * models * sum(task.rows) * (task.inputs + task.outputs)
    if snapshot_bytes + row_bytes > MAX_SHARD_BYTES:
        raise location.at("training", training.snapshot_key).error(
            f"{snapshots:,} snapshots of {models} models would take "
            f"{_gib(snapshot_bytes + row_bytes)}",
            "use fewer snapshots, a smaller shard or fewer rows",
        )
    for key, steps in ((training.snapshot_key, snapshots), ("log_every", logged)):
        if steps > MAX_RECORDED_STEPS:
            raise location.at("training", key).error(
                f"a training would be recorded {steps:,} times",
                f"at most {MAX_RECORDED_STEPS:,}: use a larger number",
            )
    trained_rows = task.rows[0] if training.batch_size is None else training.batch_size
    outputs = (models * trained_rows + max(task.rows)) * network.activations(task)
    memory = (
        _FLOAT * outputs
        + ((_COPIES + model.optimiser.state) * _FLOAT + _DOUBLE)
        * models
        * network.learned_numbers(task)
        + len(METRICS) * _DOUBLE * models * logged
        + SNAPSHOT_COPIES * snapshot_bytes
    )
    if memory > MAX_TRAINING_BYTES:
        raise location.at("network").error(
            f"{models} models that train together would take {_gib(memory)} of memory",
            "use fewer neurons, rows or snapshots, or a smaller shard",
        )


def _gib(size: int) -> str:
    return f"{size / 2**30:,.0f} GiB"
