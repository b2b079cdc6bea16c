"""Record metrics and tensors of any training: `from gen import Recorder`.

Needs numpy and safetensors alone; torch is not imported here, also if the tensors are torch's.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from gen.errors import BusyError, ConfigError, SetupError, suggestion
from gen.recording.contents import (
    MAX_NAMES,
    About,
    check_about,
    check_name,
    script_digest,
    to_json,
)
from gen.recording.files import refuse_other_file
from gen.recording.finish import finish
from gen.recording.journal import JournalWriter, Kind, pack_log, pack_step, record
from gen.recording.values import as_array, as_number, as_step
from gen.store.arrays import ArrayFormat
from gen.store.files import write_atomically
from gen.store.store import convert_write_errors


class Recorder:
    """Writes a recording of a training to one file.

    While it records, the file is a journal, which is readable up to the last call. `close`, or the
    end of the `with` block, turns it into a safetensors file. The memory needed is that of one
    tensor, however long the training is.

    Args:
        path: the file. Its folder is made; a former recording there is replaced.
        axes: meaning of every axis of a view, such as `{"W1": ("neuron", "input")}`.
        units: unit of a metric or view, such as `{"train_loss": "nats"}`.
        note: any text on the training.
        script: path of a script, usually `__file__`, whose SHA-256 is recorded.

    Raises:
        ConfigError: an argument is wrong, or the path is a file that is not a recording.
        BusyError: another recorder is writing this file.
        SetupError: the file cannot be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        axes: Any = None,
        units: Any = None,
        note: Any = None,
        script: str | os.PathLike[str] | None = None,
    ) -> None:
        self._path = Path(path).resolve()
        self._where = str(path)
        digest = None if script is None else script_digest(Path(script))
        self._about = check_about(self._where, axes, units, note, digest)
        self._step = 0
        self._metrics: dict[str, int] = {}
        self._logged_at: dict[str, int] = {}
        self._views: dict[str, ArrayFormat] = {}
        self._snapshot_at = -1
        self._file: FileIO | None = _start(self._path, self._about)
        self._journal = JournalWriter(self._file)

    def log(self, step: Any, /, **metrics: Any) -> None:
        """Record some metrics.

        Metrics need not be logged together or equally often.

        Args:
            step: number of training steps so far; not less than in any former call.
            metrics: numbers, or tensors of one value. Infinity and NaN are recorded as they are.

        Raises:
            ConfigError: the step decreases, a metric is not a number, or was logged at this step.
            SetupError: the file cannot be written.
        """
        where, at = self._check_step(step)
        values = {name: as_number(value, name, where) for name, value in metrics.items()}
        new = [check_name(name, where) for name in values if name not in self._metrics]
        if len(self._metrics) + len(new) > MAX_NAMES:
            raise ConfigError(f"more than {MAX_NAMES:,} metrics", where=where)
        for name in values:
            if self._logged_at.get(name) == at:
                hint = "log every metric once a step"
                raise ConfigError(f"{name} was already logged", where=where, hint=hint)
        with convert_write_errors(self._path):
            if new:
                self._journal.append(Kind.METRICS, _json(metrics=new))
                for name in new:
                    self._metrics[name] = len(self._metrics)
            payload = pack_log(at, [(self._metrics[name], value) for name, value in values.items()])
            # Set first: after Ctrl-C in between, a step may seem recorded, and never is so twice.
            former, self._step = self._step, at
            self._logged_at.update(dict.fromkeys(values, at))
            try:
                self._journal.append(Kind.LOG, payload)
            except OSError:
                self._step = former
                self._logged_at.update(dict.fromkeys(values, -1))
                raise

    def snapshot(self, step: Any, /, **tensors: Any) -> None:
        """Record some tensors, the views of this recording.

        Every snapshot has the same views in the same shapes.

        Args:
            step: number of training steps so far; not less than in any former call, and more than
                in the former snapshot.
            tensors: tensors of torch on any device, or whatever numpy reads as an array, with 1 to
                8 axes. They are read one after another. bfloat16 is recorded as float32.

        Raises:
            ConfigError: the step decreases, a view is missing or new, or its shape or type changed.
            SetupError: the file cannot be written.
        """
        where, at = self._check_step(step)
        if at == self._snapshot_at:
            hint = "pass all tensors of a step together"
            raise ConfigError("a snapshot was already recorded", where=where, hint=hint)
        views = self._views or self._new_views(tensors, where)
        if tensors.keys() != views.keys():
            _refuse_other_views(tensors, views, where)
        length = len(pack_step(at)) + sum(each.nbytes for each in views.values())
        with convert_write_errors(self._path):
            if not self._views:
                self._journal.append(Kind.VIEWS, _json(views=views))
                self._views = views
            parts = _snapshot_parts(at, tensors, views, where)
            former = self._step, self._snapshot_at
            self._step = self._snapshot_at = at
            try:
                self._journal.append_parts(Kind.SNAPSHOT, length, parts)
            except Exception:
                self._step, self._snapshot_at = former
                raise

    def close(self) -> None:
        """Complete the recording; does nothing the second time.

        Needs free space for a copy of the file.

        Raises:
            SetupError: the file cannot be written, or another file has its name. The journal is
                kept, and can be read.
        """
        if self._file is None:
            return
        file, self._file = self._file, None
        with file:
            _refuse_replaced(self._path, file.fileno(), self._where)
            with convert_write_errors(self._path):
                finish(file.fileno(), self._path)

    def __enter__(self) -> Recorder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _check_step(self, value: Any) -> tuple[str, int]:
        """Return the place for errors, and the step."""
        if self._file is None:
            raise ConfigError("the recording is closed", where=self._where)
        step = as_step(value, self._where)
        if step < self._step:
            what = f"step {step} comes after step {self._step}"
            hint = "count steps over the whole training, not in each epoch"
            raise ConfigError(what, where=self._where, hint=hint)
        return f"{self._where}: step {step}", step

    def _new_views(self, tensors: Mapping[str, Any], where: str) -> dict[str, ArrayFormat]:
        """Return the formats of the views of the first snapshot, after checking them."""
        if not tensors or len(tensors) > MAX_NAMES:
            raise ConfigError(f"pass 1 to {MAX_NAMES:,} tensors", where=where)
        formats: dict[str, ArrayFormat] = {}
        for name, tensor in tensors.items():
            array = as_array(tensor, check_name(name, where), where)
            formats[name] = ArrayFormat(array.dtype.name, array.shape)
        for name, words in self._about.axes.items():
            if name not in formats:
                hint = suggestion(name, formats) or f"recorded are: {', '.join(formats)}"
                raise ConfigError(f"axes name no view {name}", where=where, hint=hint)
            if len(words) != len(formats[name].shape):
                what = f"axes of {name} are {len(words)}, its shape is {formats[name].shape}"
                raise ConfigError(what, where=where, hint="name every axis")
        return formats


def _start(path: Path, about: About) -> FileIO:
    """Begin a journal; it is locked as long as it is open."""
    with convert_write_errors(path):
        refuse_other_file(path)
        if path.exists():
            _open_locked(path).close()
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, record(Kind.ABOUT, to_json(about)))
        return _open_locked(path)


def _open_locked(path: Path) -> FileIO:
    """Open and lock a file; raise BusyError if another recorder has locked it."""
    file = path.open("r+b", buffering=0)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            file.close()
            what = "is being recorded by another process"
            raise BusyError(what, where=str(path), hint="choose another file") from None
    return file


def refuse_recording_in_progress(path: Path) -> None:
    """Raise BusyError if another process is recording to a file."""
    if path.is_file():
        with convert_write_errors(path):
            _open_locked(path).close()


def _refuse_replaced(path: Path, descriptor: int, where: str) -> None:
    """Raise SetupError if the name belongs to another file by now; it may be missing."""
    try:
        is_same = os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return
    if not is_same:
        what = "was replaced while it was recorded; the recording is lost"
        raise SetupError(what, where=where, hint="record each training to a file of its own")


def _refuse_other_views(
    tensors: Mapping[str, Any], views: Mapping[str, ArrayFormat], where: str
) -> None:
    missing = [name for name in views if name not in tensors]
    new = [name for name in tensors if name not in views]
    what = f"{(missing or new)[0]} is {'missing' if missing else 'not in former snapshots'}"
    hint = f"every snapshot has the same tensors, here {', '.join(views)}"
    raise ConfigError(what, where=where, hint=hint)


def _snapshot_parts(
    step: int, tensors: Mapping[str, Any], views: Mapping[str, ArrayFormat], where: str
) -> Iterator[bytes | memoryview]:
    """Yield the payload of a snapshot, one tensor at a time."""
    yield pack_step(step)
    for name, expected in views.items():
        array = as_array(tensors[name], name, where)
        found = ArrayFormat(array.dtype.name, array.shape)
        if found != expected:
            what = f"{name} is {_words(found)}; former snapshots have {_words(expected)}"
            raise ConfigError(what, where=where, hint="record it under another name or file")
        yield array.reshape(-1).view(np.uint8).data


def _words(each: ArrayFormat) -> str:
    return f"{each.dtype} of shape {' × '.join(map(str, each.shape))}"


def _json(**values: Any) -> bytes:
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()
