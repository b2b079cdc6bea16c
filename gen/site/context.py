"""The context of a build: config, folders, store, processes and clock."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from gen.config.reader import Config, load
from gen.errors import SetupError
from gen.experiments.context import TrainingContext
from gen.experiments.recorded import find_recordings
from gen.report import Report
from gen.site.publish import lock_of, locked
from gen.store.locks import raise_if_locked
from gen.store.store import Store
from gen.workers.processes import Executor


@dataclass(frozen=True)
class BuildContext:
    """A config, and where and how its site is built.

    Attributes:
        training: the store, and how models are trained.
        output: folder of the published site.
        templates: folder of the theme: page templates, scripts, styles and the icon.
        wait: whether to wait if another process has locked the store or the output.
        strict: whether a false claim or an incomplete translation is an error.
        clock: a clock in seconds.
    """

    config: Config
    training: TrainingContext
    output: Path
    templates: Path
    wait: bool = False
    strict: bool = False
    clock: Callable[[], float] = time.monotonic

    @property
    def store(self) -> Store:
        """The store of runs and films."""
        return self.training.store

    @property
    def report(self) -> Report:
        """The log."""
        return self.training.report

    @property
    def device(self) -> str:
        """The torch device that models are trained on."""
        return self.training.device

    def processes(self) -> AbstractContextManager[Executor]:
        """Start the local processes that draw and encode films."""
        return self.training.executor(self.training.jobs, self.report)

    @contextmanager
    def locked(self, *, output: bool = False) -> Iterator[None]:
        """Lock the store, and optionally the output folder.

        Raises:
            BusyError: another process holds a lock, and `wait` is False.
            SetupError: a folder contains other files, or sources, store and output overlap.
        """
        self._check_places()
        on_wait = self.report.info if self.wait else None
        with ExitStack() as stack:
            stack.enter_context(self.store.locked(on_wait))
            if output:
                stack.enter_context(locked(self.output, on_wait))
            yield

    def raise_if_locked(self) -> None:
        """Fail early, before sources are read, if the store or the output is locked.

        Raises:
            BusyError: another process holds a lock, and `wait` is False.
        """
        if not self.wait:
            raise_if_locked(self.store.lock, self.store.root)
            raise_if_locked(lock_of(self.output), self.output)

    def _check_places(self) -> None:
        """Raise if sources, store and output overlap, because files in two of them get removed."""
        sources, store, output = (
            Path(os.path.realpath(path))
            for path in (self.config.folder, self.store.root, self.output)
        )
        for option, inner, outer in (
            ("--output", sources, output),
            ("--store", sources, store),
            ("--output", store, output),
            ("--output", output, store),
            ("--output", output, sources / "pages"),
            ("--output", output, sources / "assets"),
            ("--store", store, sources / "pages"),
            ("--store", store, sources / "assets"),
        ):
            if inner.is_relative_to(outer):
                what = f"{inner} is inside {outer}" if inner != outer else f"{inner} is used twice"
                raise SetupError(what, hint=f"choose another {option}")


class ConfigReloader:
    """Returns the context with the present config when it is called.

    The config is read again if its text, the code of its plugins or one of its recordings has
    changed.

    Attributes:
        follows: whether a recording that grows counts as changed. It does not while a build draws
            what was recorded before, which would otherwise never end.
    """

    def __init__(self, context: BuildContext) -> None:
        self.follows = True
        self._context = self._latest = context
        self._text = context.config.path.read_bytes()
        self._recorded = _recorded_files(context.config)

    def __call__(self) -> BuildContext:
        config = self._latest.config
        text = config.path.read_bytes() if config.path.is_file() else None
        is_current = config.plugins.snapshot.is_current() and not (
            self.follows and self.has_grown()
        )
        if text is None or text != self._text or not is_current:
            recorded = _recorded_files(config)
            self._latest = replace(self._context, config=load(config.path, config.profile))
            self._text, self._recorded = text or b"", recorded
        return self._latest

    def has_grown(self) -> bool:
        """Whether a recording of the config has changed since it was read."""
        return _recorded_files(self._latest.config) != self._recorded


def _recorded_files(config: Config) -> list[tuple[Path, int, int]]:
    """Return all recordings of a config with size and time of the last change.

    They only decide when a file is read again; keys are made of what is read.
    """
    found: list[tuple[Path, int, int]] = []
    for model in config.recordings.values():
        for path in find_recordings(config.folder, model.settings.recording):
            with suppress(OSError):
                status = path.stat()
                found.append((path, status.st_size, status.st_mtime_ns))
    return found
