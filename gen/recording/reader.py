"""Read recordings, complete or still being written, one view of one snapshot at a time."""

from __future__ import annotations

import hashlib
import mmap
import os
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int, Shaped

from gen.errors import ConfigError, suggestion, unreadable_error
from gen.recording.contents import (
    MAX_JSON,
    MAX_STEP,
    METADATA,
    METRIC_STEPS,
    METRICS,
    SNAPSHOT_STEPS,
    VIEWS,
    About,
    check_names,
    damaged,
    from_json,
    is_view,
    not_a_recording,
)
from gen.recording.files import metadata, open_safetensors
from gen.recording.journal import (
    MAGIC,
    Log,
    MetricNames,
    Snapshot,
    ViewFormats,
    replay,
)
from gen.store.arrays import DTYPES, ArrayFormat
from gen.store.files import open_regular

_NUMPY_NAMES = {short: name for name, short in DTYPES.items()}
"""The name that numpy has for a dtype, by the one of safetensors."""

Select = tuple[slice | int, ...]
"""Which part of a view is meant, as in `values[select]`."""


class Series(NamedTuple):
    """A metric: its values, and the steps at which they were logged, which increase."""

    steps: Int[np.ndarray, " log"]
    values: Float[np.ndarray, " log"]


@dataclass(frozen=True)
class RecordedView:
    """A named tensor that every snapshot holds.

    Attributes:
        dtype: numpy's name of its dtype.
        shape: shape at one snapshot, 1 to 8 axes.
        axes: meaning of every axis; "row" and "column" for the last two if not given.
    """

    dtype: str
    shape: tuple[int, ...]
    axes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Recording:
    """A recording on disk; metrics are in memory, views are read when asked for.

    What was read here stays readable if the file is replaced or completed meanwhile.

    Attributes:
        path: the file.
        complete: whether the recorder was closed; if not, it may still be writing.
        size: bytes of the file that were read if it is not complete, otherwise None.
        snapshot_steps: steps of the snapshots.
        metrics: metrics by name, in the order of their first appearance.
        views: views by name, in their order.
        units: unit of a metric or view, by name.
        note: the note of its author, or an empty text.
        script: `name` and `sha256` of the script that made it; empty if not recorded.
        identity: device and number of the file, by which it is told from one that replaced it.
    """

    path: Path
    complete: bool
    size: int | None
    snapshot_steps: Int[np.ndarray, " snapshot"]
    metrics: dict[str, Series]
    views: dict[str, RecordedView]
    units: dict[str, str]
    note: str
    script: dict[str, str]
    identity: tuple[int, int]
    _read: Callable[[str, int], np.ndarray]

    def digest(self) -> str:
        """Return the SHA-256 of everything that was read; steps, names, values and texts."""
        found = hashlib.sha256(repr((self.views, self.units, self.note, self.script)).encode())
        for name, series in (("", Series(self.snapshot_steps, np.empty(0))), *self.metrics.items()):
            found.update(f"{name} {len(series.steps)}\n".encode())
            found.update(np.ascontiguousarray(series.steps).data)
            found.update(np.ascontiguousarray(series.values).data)
        for index in range(len(self.snapshot_steps)):
            for view in self.views:
                found.update(np.ascontiguousarray(self.snapshot(view, index)).data)
        return found.hexdigest()

    def snapshot(self, view: str, index: int) -> Shaped[np.ndarray, "..."]:
        """Return one view at one snapshot.

        Args:
            view: name of the view.
            index: number of the snapshot, from 0; negative numbers count from the end.

        Raises:
            ConfigError: there is no such view or snapshot.
        """
        if view not in self.views:
            hint = suggestion(view, self.views) or f"recorded are: {', '.join(self.views)}"
            raise ConfigError(f'there is no view "{view}"', where=str(self.path), hint=hint)
        count = len(self.snapshot_steps)
        if not -count <= index < count:
            raise ConfigError(f"there is no snapshot {index}; it has {count}", where=str(self.path))
        return self._read(view, index % count)

    def view(
        self, view: str, select: Select = (), snapshots: slice = slice(None)
    ) -> Shaped[np.ndarray, "snapshot ..."]:
        """Return a view, or a part of it, at all snapshots; only the result is kept in memory.

        Args:
            view: name of the view.
            select: the part, as in `values[select]`.
            snapshots: which snapshots, such as `slice(None, None, 10)`.

        Raises:
            ConfigError: there is no such view.
        """
        indices = range(len(self.snapshot_steps))[snapshots]
        if indices:
            first = self.snapshot(view, indices[0])[select]
            found = np.empty((len(indices), *first.shape), first.dtype)
            for place, index in enumerate(indices):
                found[place] = self.snapshot(view, index)[select]
            return found
        expected = self.views[view]
        one = np.broadcast_to(np.zeros((), expected.dtype), (1, *expected.shape))
        return one[:, *select][:0].copy()

    def is_at_path(self) -> bool:
        """Return whether its path is still the file that was read."""
        try:
            return _identity(self.path.stat()) == self.identity
        except OSError:
            return False

    def aligned_metrics(
        self,
    ) -> tuple[Int[np.ndarray, " log"], dict[str, Float[np.ndarray, " log"]]]:
        """Return all steps at which anything was logged, and every metric at these steps.

        A metric that was not logged at a step is NaN there.
        """
        logged = [series.steps for series in self.metrics.values()]
        steps = np.unique(np.concatenate([np.empty(0, np.int64), *logged]))
        aligned: dict[str, np.ndarray] = {}
        for name, series in self.metrics.items():
            aligned[name] = np.full(len(steps), np.nan)
            aligned[name][np.searchsorted(steps, series.steps)] = series.values
        return steps, aligned


_sizes: dict[Path, int] = {}


def limit_sizes(sizes: Mapping[Path, int]) -> None:
    """Let this process read of some recordings only what another process has read.

    Args:
        sizes: bytes of each file; those of a recording that has been completed since are ignored.
    """
    _sizes.update(sizes)


def read_recording(path: Path) -> Recording:
    """Open a recording; one that is still being written is read up to its last whole record.

    Raises:
        ConfigError: the file cannot be read, is no recording, is damaged, or is of a later version.
    """
    try:
        with open_regular(path) as file:
            return _read(path, file, _sizes.get(path))
    except OSError as error:
        raise unreadable_error(error, str(path)) from None


def read_again(path: Path, size: int | None, identity: tuple[int, int]) -> Recording:
    """Open what another process has read of a recording, by its `size` and `identity`.

    Raises:
        ConfigError: the file cannot be read, or another one has its path.
    """
    try:
        with open_regular(path) as file:
            if _identity(os.fstat(file.fileno())) == identity:
                return _read(path, file, size)
    except OSError as error:
        raise unreadable_error(error, str(path)) from None
    raise ConfigError("was replaced while it was drawn", where=str(path), hint="build again")


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _read(path: Path, file: BufferedReader, size: int | None) -> Recording:
    """Read an open recording; of a journal this many bytes at most."""
    identity = _identity(os.fstat(file.fileno()))
    if file.read(len(MAGIC)) == MAGIC:
        journal = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        return _read_journal(path, identity, memoryview(journal)[:size])
    # The path may be another file by now; the descriptor is still this one.
    return _read_complete(path, identity, f"/dev/fd/{file.fileno()}")


def _read_journal(path: Path, identity: tuple[int, int], content: memoryview) -> Recording:
    """Read a journal: metrics, and where its snapshots are."""
    where = str(path)
    about = About()
    names: list[str] = []
    series: list[tuple[array[int], array[float]]] = []
    formats: dict[str, ArrayFormat] = {}
    steps: list[int] = []
    data: list[memoryview] = []
    for record in replay(content, where):
        match record:
            case About():
                about = record
            case MetricNames(new):
                names.extend(new)
                series.extend((array("q"), array("d")) for _ in new)
            case ViewFormats(formats):
                pass
            case Log(step, values):
                for number, value in values:
                    series[number][0].append(step)
                    series[number][1].append(value)
            case Snapshot(step, values):
                steps.append(step)
                data.append(values)
    ends = np.cumsum([0, *(each.nbytes for each in formats.values())])
    starts = dict(zip(formats, ends[:-1].tolist(), strict=True))

    def read(view: str, index: int) -> np.ndarray:
        form, start = formats[view], starts[view]
        values = np.frombuffer(
            data[index][start : start + form.nbytes], np.dtype(form.dtype).newbyteorder("<")
        )
        return values.reshape(form.shape).astype(form.dtype)

    metrics = {
        name: Series(np.array(at, np.int64), np.array(values, np.float64))
        for name, (at, values) in zip(names, series, strict=True)
    }
    known = _Known(path, identity, len(content), about)
    return _recording(known, np.array(steps, np.int64), metrics, formats, read)


def _read_complete(path: Path, identity: tuple[int, int], opened: str) -> Recording:
    """Read a complete recording, a safetensors file; its views stay on disk."""
    where = str(path)
    file = open_safetensors(path, opened)
    text = metadata(file).get(METADATA)
    if text is None:
        raise not_a_recording(where)
    about, values = from_json(text[: MAX_JSON + 1].encode(errors="replace"), where)
    arrays = _Arrays(file, where)
    steps = arrays.series(SNAPSHOT_STEPS, "int64")
    metrics: dict[str, Series] = {}
    for name in check_names(values.get("metrics"), where):
        at = arrays.series(f"{METRIC_STEPS}{name}", "int64")
        metrics[name] = Series(at, arrays.series(f"{METRICS}{name}", "float64"))
        if len(at) != len(metrics[name].values):
            raise damaged(where, f"{name} has more steps than values, or fewer")
    formats: dict[str, ArrayFormat] = {}
    for name in check_names(values.get("views"), where):
        dtype, shape = arrays.format(f"{VIEWS}{name}")
        formats[name] = ArrayFormat(dtype, shape[1:])
        if shape[:1] != steps.shape or not is_view(formats[name]):
            raise damaged(where, f"the shape of {name} is wrong")

    def read(view: str, index: int) -> np.ndarray:
        # Copies this slice from the mapped file; nothing else is read.
        return file.get_slice(f"{VIEWS}{view}")[index : index + 1][0]

    return _recording(_Known(path, identity, None, about), steps, metrics, formats, read)


class _Arrays:
    """The arrays of an open safetensors file, with checks.

    Args:
        file: what `open_safetensors` returned.
        where: its path, for errors.
    """

    def __init__(self, file: Any, where: str) -> None:
        self._file = file
        self._names = set(file.keys())
        self._where = where

    def format(self, name: str) -> ArrayFormat:
        """Return the format of an array; its dtype is empty if numpy lacks it."""
        if name not in self._names:
            raise damaged(self._where, f"it lacks {name}")
        found = self._file.get_slice(name)
        return ArrayFormat(_NUMPY_NAMES.get(found.get_dtype(), ""), tuple(found.get_shape()))

    def series(self, name: str, dtype: str) -> Shaped[np.ndarray, " _length"]:
        """Return an array of one axis."""
        found = self.format(name)
        if found.dtype != dtype or len(found.shape) != 1:
            raise damaged(self._where, f"{name} is no list of {dtype}")
        return self._file.get_tensor(name)


class _Known(NamedTuple):
    """What is known of a file; `size` is None if it is complete."""

    path: Path
    identity: tuple[int, int]
    size: int | None
    about: About


def _recording(
    known: _Known,
    steps: np.ndarray,
    metrics: dict[str, Series],
    formats: dict[str, ArrayFormat],
    read: Callable[[str, int], np.ndarray],
) -> Recording:
    """Return a recording after the checks that both forms need."""
    path, identity, size, about = known
    where = str(path)
    for each in (steps, *(series.steps for series in metrics.values())):
        if len(each) and not (each[0] >= 0 and each[-1] <= MAX_STEP and (np.diff(each) > 0).all()):
            raise damaged(where, "its steps do not increase")
    views = {
        name: RecordedView(each.dtype, each.shape, about.axes.get(name) or _axes(len(each.shape)))
        for name, each in formats.items()
    }
    for name, view in views.items():
        if len(view.axes) != len(view.shape):
            raise damaged(where, f"the axes of {name} are wrong")
    return Recording(
        path=path,
        complete=size is None,
        size=size,
        snapshot_steps=steps,
        metrics=metrics,
        views=views,
        units=about.units,
        note=about.note,
        script=about.script,
        identity=identity,
        _read=read,
    )


def _axes(count: int) -> tuple[str, ...]:
    """Return the words for axes that have no meaning given."""
    last = ("row", "column")[:count]
    return (*(f"axis {number}" for number in range(1, count - 1)), *last)
