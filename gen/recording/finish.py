"""Turn a journal into one safetensors file, in memory that does not depend on its length."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gen.recording.contents import (
    METADATA,
    METRIC_STEPS,
    METRICS,
    SNAPSHOT_STEPS,
    VIEWS,
    About,
    to_json,
)
from gen.recording.journal import Log, MetricNames, Record, Snapshot, ViewFormats, replay
from gen.store import arrays
from gen.store.arrays import ArrayFormat
from gen.store.files import replacement

_BUFFERED = 512
"""Values of one metric that are written together."""

_MAPPED = 1 << 26
"""Bytes of the journal that are read before their pages are given back."""

_LOG_SIZE = 64
"""Bytes of a log, roughly."""


@dataclass
class _Counts:
    """What a journal holds.

    Attributes:
        metrics: number of values of each metric, in the order of their first appearance.
        views: format of one snapshot of each view, in their order.
        snapshots: number of snapshots.
    """

    about: About = field(default_factory=About)
    metrics: dict[str, int] = field(default_factory=dict)
    views: dict[str, ArrayFormat] = field(default_factory=dict)
    snapshots: int = 0

    def formats(self) -> dict[str, ArrayFormat]:
        """Return the formats of all arrays of the complete recording."""
        found = {SNAPSHOT_STEPS: ArrayFormat("int64", (self.snapshots,))}
        for name, count in self.metrics.items():
            found[f"{METRIC_STEPS}{name}"] = ArrayFormat("int64", (count,))
            found[f"{METRICS}{name}"] = ArrayFormat("float64", (count,))
        for name, each in self.views.items():
            found[f"{VIEWS}{name}"] = ArrayFormat(each.dtype, (self.snapshots, *each.shape))
        return found


def finish(descriptor: int, path: Path) -> None:
    """Replace a journal by the complete recording, in one step.

    The journal is read twice: to count what it holds, and to copy it.

    Args:
        descriptor: the journal, open for reading.
        path: where it is.

    Raises:
        OSError: the disk is full; the journal is kept.
        ConfigError: the journal is damaged.
    """
    journal = mmap.mmap(descriptor, 0, prot=mmap.PROT_READ)
    counts = _count(journal, str(path))
    names = {"metrics": list(counts.metrics), "views": list(counts.views)}
    metadata = {METADATA: to_json(counts.about, **names).decode()}
    layout = arrays.layout(counts.formats(), metadata)
    with replacement(path) as file:
        file.write(layout.head)
        file.flush()
        os.ftruncate(file.fileno(), layout.size)
        _copy(journal, str(path), counts, _Arrays(file.fileno(), dict(layout.starts)))


def _records(journal: mmap.mmap, where: str) -> Iterator[Record]:
    """Yield all records; give the memory of their pages back from time to time."""
    read = 0
    for record in replay(memoryview(journal), where):
        yield record
        read += len(record.data) if isinstance(record, Snapshot) else _LOG_SIZE
        if read > _MAPPED:
            read = 0
            journal.madvise(mmap.MADV_DONTNEED)


def _count(journal: mmap.mmap, where: str) -> _Counts:
    counts = _Counts()
    numbers: list[int] = []
    names: list[str] = []
    for record in _records(journal, where):
        match record:
            case About():
                counts.about = record
            case MetricNames(new):
                names.extend(new)
                numbers.extend(0 for _ in new)
            case ViewFormats(formats):
                counts.views = formats
            case Log(_, values):
                for number, _ in values:
                    numbers[number] += 1
            case Snapshot():
                counts.snapshots += 1
    counts.metrics = dict(zip(names, numbers, strict=True))
    return counts


def _copy(journal: mmap.mmap, where: str, counts: _Counts, out: _Arrays) -> None:
    metrics = [_Metric(out, name) for name in counts.metrics]
    for record in _records(journal, where):
        match record:
            case Log(step, values):
                for number, value in values:
                    metrics[number].add(step, value)
            case Snapshot(step, data):
                out.append(SNAPSHOT_STEPS, np.array([step], "<i8").data)
                start = 0
                for name, each in counts.views.items():
                    out.append(f"{VIEWS}{name}", data[start : start + each.nbytes])
                    start += each.nbytes
    for metric in metrics:
        metric.flush()


class _Arrays:
    """The arrays of a file; each is filled from its start.

    Args:
        descriptor: the open file.
        starts: where each array starts.
    """

    def __init__(self, descriptor: int, starts: dict[str, int]) -> None:
        self._descriptor = descriptor
        self._ends = starts

    def append(self, name: str, content: memoryview) -> None:
        """Write a content behind what is already in an array."""
        rest = content.cast("B")
        while rest:
            count = os.pwrite(self._descriptor, rest, self._ends[name])
            self._ends[name] += count
            rest = rest[count:]


class _Metric:
    """Collects some values of one metric before they are written."""

    def __init__(self, out: _Arrays, name: str) -> None:
        self._out = out
        self._name = name
        self._steps: list[int] = []
        self._values: list[float] = []

    def add(self, step: int, value: float) -> None:
        self._steps.append(step)
        self._values.append(value)
        if len(self._steps) == _BUFFERED:
            self.flush()

    def flush(self) -> None:
        """Write the collected values."""
        if self._steps:
            self._out.append(f"{METRIC_STEPS}{self._name}", np.array(self._steps, "<i8").data)
            self._out.append(f"{METRICS}{self._name}", np.array(self._values, "<f8").data)
            self._steps.clear()
            self._values.clear()
