"""Recorded models: trainings that ran elsewhere, one recording for each seed."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.errors import ConfigError
from gen.experiments.runs import Run
from gen.networks.view import ViewShape
from gen.recording.reader import RecordedView, Recording, read_again, read_recording
from gen.settings import Settings
from gen.text import Line

MAX_BYTES = 4 * 2**30
"""Largest size of the views of one recording; a plugin may have a whole view in memory."""

_DIGITS = re.compile(r"(\d+)")
_Axes = Annotated[tuple[Line, Line], Field(strict=False)]


class RecordedTask(Settings):
    """What is known of the task of a recorded model.

    Attributes:
        chance: accuracy of guessing, 0 to 1.
        axes: what the rows and columns of views are for, in place of what the recording says.
    """

    chance: Annotated[float, Field(ge=0.0, le=1.0)] | None = None
    axes: dict[str, _Axes] | None = None


class RecordedSettings(Settings):
    """The keys of a recorded model's table.

    Attributes:
        recording: path of a recording, from the folder of the config; with `*`, one for each seed.
        shown: the seed that figures show: the place of its file in natural order, from 0.
        task: what is known of the task.
    """

    recording: Annotated[Line, Field(min_length=1, max_length=500)]
    shown: Annotated[int, Field(ge=0)] | None = None
    task: RecordedTask = RecordedTask()


@dataclass(frozen=True)
class RecordedModel:
    """A configured model whose runs are recordings.

    Attributes:
        files: a recording for each seed.
        settings: its table.
    """

    name: str
    files: tuple[Path, ...]
    settings: RecordedSettings

    @cached_property
    def runs(self) -> tuple[RecordedRun, ...]:
        """The run of every file, in the order of the seeds.

        Raises:
            ConfigError: a file is missing, damaged, or has other views or metrics than the others.
        """
        found = tuple(
            RecordedRun.of(self.name, seed, read_recording(path), self.settings.task)
            for seed, path in enumerate(self.files)
        )
        first = found[0]
        for run in found[1:]:
            if (run.shapes, set(run.metrics)) != (first.shapes, set(first.metrics)):
                raise ConfigError(
                    f"its views or metrics differ from those of {first.path.name}",
                    where=str(run.path),
                    hint="record the same tensors and metrics with every seed",
                )
        return found

    @property
    def identity(self) -> dict[str, Any]:
        """Everything that can change what is shown of it, as JSON values."""
        return {
            "runs": [[run.key, run.complete, run.path.name] for run in self.runs],
            "table": self.settings.model_dump(mode="json"),
        }

    @property
    def seeds(self) -> tuple[int, ...]:
        """A number for each file."""
        return tuple(range(len(self.files)))


def find_recordings(folder: Path, pattern: str) -> tuple[Path, ...]:
    """Return the files that a path or pattern names, in natural order: 2 before 10."""
    if "*" not in pattern:
        return (folder / pattern,)
    # Path.glob takes no absolute pattern.
    names = glob.glob(str(folder / pattern), recursive=True)  # noqa: PTH207
    return tuple(sorted((path for path in map(Path, names) if path.is_file()), key=_natural))


def _natural(path: Path) -> list[tuple[int, str]]:
    parts = _DIGITS.split(path.as_posix())
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


class RecordedViews(Mapping[str, np.ndarray]):
    """The views of a recording as float32 matrices, read when they are asked for.

    A tensor of one axis is a matrix of one row; further axes are joined to columns. A pickled
    object says which file it is, and how much of it was read: a worker draws what was read here,
    whatever is recorded since. It holds the values if the file was removed or replaced meanwhile.
    """

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def __getitem__(self, name: str) -> Float[np.ndarray, "snapshot _row _column"]:
        return self.at(name, range(len(self._recording.snapshot_steps)))

    def at(
        self,
        name: str,
        snapshots: Sequence[int] | Int[np.ndarray, " frame"],
        rows: Int[np.ndarray, " row"] | None = None,
        columns: Int[np.ndarray, " column"] | None = None,
    ) -> Float[np.ndarray, "frame row column"]:
        """Return some rows and columns of a view at some snapshots; only they are kept in memory.

        Raises:
            KeyError: there is no such view.
        """
        if name not in self._recording.views:
            raise KeyError(name)
        (height, width), _ = _matrix(self._recording.views[name])
        shape = (height if rows is None else len(rows), width if columns is None else len(columns))
        found = np.empty((len(snapshots), *shape), np.float32)
        for place, index in enumerate(snapshots):
            one = self._recording.snapshot(name, int(index)).reshape(height, width)
            one = one if rows is None else one.take(rows, 0)
            one = one if columns is None else one.take(columns, 1)
            found[place] = one.astype(np.float32, copy=False)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self._recording.views

    def __iter__(self) -> Iterator[str]:
        return iter(self._recording.views)

    def __len__(self) -> int:
        return len(self._recording.views)

    def __reduce__(self) -> tuple[Any, ...]:
        read = self._recording
        if not read.is_at_path():
            return dict, (dict(self),)
        return _read_again, (read.path.absolute(), read.size, read.identity)


def _read_again(path: Path, size: int | None, identity: tuple[int, int]) -> RecordedViews:
    return RecordedViews(read_again(path, size, identity))


@dataclass(frozen=True, eq=False, kw_only=True)
class RecordedRun(Run):
    """The run of a recording.

    Attributes:
        path: the file.
        complete: whether its recorder was closed; if not, it may still be recording.
        size: bytes of the file that were read if it is not complete, otherwise None.
        key: digest of what was read.
        recorded_shapes: size and axes of each view.
        note: what its author says of it.
        script: name and SHA-256 of the script that recorded it, if known.
    """

    path: Path
    complete: bool
    size: int | None
    key: str
    recorded_shapes: dict[str, ViewShape]
    note: str
    script: dict[str, str]

    @classmethod
    def of(cls, name: str, seed: int, recording: Recording, task: RecordedTask) -> RecordedRun:
        """Return the run of a recording.

        Raises:
            ConfigError: it has no snapshot yet, is too large, or lacks a view that `task` names.
        """
        where = str(recording.path)
        _check_size(recording, where)
        axes = task.axes or {}
        for view in axes:
            if view not in recording.views:
                known = ", ".join(recording.views)
                raise ConfigError(f'has no view "{view}"', where=where, hint=f"it has {known}")
        shapes = {view: _shape(known, axes.get(view)) for view, known in recording.views.items()}
        steps, metrics = recording.aligned_metrics()
        return cls(
            name=name,
            seed=seed,
            logged_steps=steps,
            metrics=metrics,
            snapshot_steps=recording.snapshot_steps,
            views=RecordedViews(recording),
            axes={view: shape.axes for view, shape in shapes.items()},
            chance=task.chance,
            path=recording.path,
            complete=recording.complete,
            size=recording.size,
            key=recording.digest(),
            recorded_shapes=shapes,
            note=recording.note,
            script=recording.script,
        )

    def view_at(
        self,
        name: str,
        snapshots: Sequence[int] | Int[np.ndarray, " frame"],
        rows: Int[np.ndarray, " row"] | None = None,
        columns: Int[np.ndarray, " column"] | None = None,
    ) -> Float[np.ndarray, "frame row column"]:
        """Return some rows and columns of a view at some snapshots; nothing else is read."""
        if isinstance(self.views, RecordedViews):
            return self.views.at(name, snapshots, rows, columns)
        return super().view_at(name, snapshots, rows, columns)

    def logged(self, metric: str) -> tuple[Int[np.ndarray, " log"], Float[np.ndarray, " log"]]:
        """Return the steps at which a metric was taken, and its values without NaN."""
        values = self.metrics[metric]
        present = ~np.isnan(values)
        return self.logged_steps[present], values[present]

    @property
    def shapes(self) -> dict[str, ViewShape]:
        """Size and axes of each view; nothing is read for them."""
        return self.recorded_shapes

    @property
    def last_step(self) -> int:
        """The last step of which anything was recorded."""
        return int(max([*self.snapshot_steps[-1:], *self.logged_steps[-1:]]))


def _check_size(recording: Recording, where: str) -> None:
    if not len(recording.snapshot_steps) or not recording.views:
        hint = "call snapshot at least once" if recording.complete else "wait for the first one"
        raise ConfigError("has no snapshot", where=where, hint=hint)
    numbers = sum(int(np.prod(view.shape, dtype=float)) for view in recording.views.values())
    size = 4 * numbers * len(recording.snapshot_steps)
    if size > MAX_BYTES:
        raise ConfigError(
            f"its views take {size / 2**30:,.0f} GiB, more than {MAX_BYTES // 2**30} GiB",
            where=where,
            hint="record fewer snapshots, or the part of a tensor that figures show",
        )


def _shape(view: RecordedView, axes: tuple[str, str] | None) -> ViewShape:
    (rows, columns), found = _matrix(view)
    return ViewShape(rows, columns, *(axes or found))


def _matrix(view: RecordedView) -> tuple[tuple[int, int], tuple[str, str]]:
    """Return the size and the axes of a view as a matrix."""
    shape, axes = view.shape, view.axes
    if len(shape) == 1:
        return (1, shape[0]), ("row", axes[0])
    columns = int(np.prod(shape[1:], dtype=np.int64))
    return (shape[0], columns), (axes[0], " \u00d7 ".join(axes[1:]))
