"""What a model asks of the machine, told before it is trained: entries, snapshots and memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gen.training.loop import METRICS

if TYPE_CHECKING:
    from gen.experiments.model import Model

MOST_SHARD_BYTES = 4 * 2**30
"""Of what is kept of models that train together."""

MOST_TRAINING_BYTES = 16 * 2**30
"""Of what they hold in memory while they train."""

MOST_LOOKS = 100_000
"""How often a training may be logged, or pictured."""

_FLOAT, _DOUBLE = 4, 8
_COPIES = 4
"""Float32 numbers held for each that is learned: itself, its slope, and two moments."""

PICTURE_COPIES = 4
"""Copies of all snapshots that are reckoned with. At most three exist at once: single and joined
where they are trained, while those of the shard before are written to the disk; the fourth is
for what lies unused between them. Measured are 2.4 to 3.0."""


@dataclass(frozen=True)
class Excess:
    """Too much of something.

    Attributes:
        key: of the setting to change, below the model.
    """

    key: tuple[str, ...]
    what: str
    hint: str


def excess(model: Model, models: int) -> Excess | None:
    """What a model asks for that no machine should be asked for, if anything.

    Args:
        models: how many train together.
    """
    training, task, network = model.training, model.task, model.network
    snapshots = training.steps // training.snapshot_every + 2
    logged = training.steps // training.log_every + 2
    shapes = list(network.view_shapes(task).values())
    _, neurons = shapes[0]
    pictured = sum(rows * columns for rows, columns in shapes)
    pictures = _FLOAT * models * snapshots * pictured
    kept = pictures + _FLOAT * models * sum(task.rows) * (task.inputs + task.outputs)
    if kept > MOST_SHARD_BYTES:
        return Excess(
            ("training", "snapshot_every"),
            f"{snapshots:,} snapshots of {models} models would take {_gib(kept)}",
            "take fewer snapshots, a smaller shard or fewer rows",
        )
    for key, looks in (("snapshot_every", snapshots), ("log_every", logged)):
        if looks > MOST_LOOKS:
            what = f"a training would be looked at {looks:,} times"
            return Excess(("training", key), what, f"at most {MOST_LOOKS:,}: give a larger number")
    answers = models * task.rows[0] * (2 * neurons + task.outputs) + max(task.rows) * neurons
    learned = models * network.learned_numbers(task)
    held = (
        _FLOAT * answers
        + (_COPIES * _FLOAT + _DOUBLE) * learned
        + len(METRICS) * _DOUBLE * models * logged
        + PICTURE_COPIES * pictures
    )
    if held > MOST_TRAINING_BYTES:
        return Excess(
            ("network",),
            f"{models} models that train together would take {_gib(held)} of memory",
            "take fewer neurons, rows or snapshots, or a smaller shard",
        )
    return None


def _gib(size: int) -> str:
    return f"{size / 2**30:,.0f} GiB"
