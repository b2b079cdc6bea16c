"""What a build works with: the config, the folders, and everything outside of this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen.errors import SetupError
from gen.experiments.context import TrainingContext
from gen.site.publish import lock_of, locked
from gen.store.locks import raise_if_locked
from gen.workers.processes import Executor

if TYPE_CHECKING:
    from gen.config.reader import Config
    from gen.report import Report
    from gen.store.store import Store


@dataclass(frozen=True)
class BuildContext:
    """A config, and where and how it is made into a site.

    Attributes:
        training: where runs and films are stored, and how models are trained.
        templates: folder of the page templates.
        assets: folder of the assets that a site has unless it brings its own.
        output: folder of the published site.
        strict: whether a claim that does not hold, or a translation that lacks something,
            stops the build.
        wait: whether to wait for another process that holds the store or the output.
        clock: seconds from some moment on; tests pass one that they move.
    """

    config: Config
    training: TrainingContext
    output: Path
    templates: Path
    assets: Path
    wait: bool = False
    strict: bool = False
    clock: Callable[[], float] = time.monotonic

    @property
    def store(self) -> Store:
        """Where runs and films are stored."""
        return self.training.store

    @property
    def report(self) -> Report:
        """What is told to the user goes here."""
        return self.training.report

    @property
    def device(self) -> str:
        """The torch device that models are trained on."""
        return self.training.device

    def processes(self) -> AbstractContextManager[Executor]:
        """Processes of this machine that draw and encode films, as many as may work."""
        return self.training.executor(self.training.jobs, self.report)

    @contextmanager
    def held(self, *, output: bool = False) -> Iterator[None]:
        """Holds the store, and the output folder too if it is to be written.

        Raises:
            BusyError: another process holds one of them, and this one does not wait.
            EnvironmentFault: one of them holds something else, or lies where it must not.
        """
        self._refuse_places()
        waiting = self.report.say if self.wait else None
        with ExitStack() as stack:
            stack.enter_context(self.store.locked(waiting))
            if output:
                stack.enter_context(locked(self.output, waiting))
            yield

    def refuse_busy(self) -> None:
        """Ends what would be refused anyway, before sources are read and pages looked over.

        Raises:
            BusyError: another process holds the store or the output, and this one does not wait.
        """
        if not self.wait:
            raise_if_locked(self.store.lock, self.store.root)
            raise_if_locked(lock_of(self.output), self.output)

    def _refuse_places(self) -> None:
        """Sources, store and output lie beside each other, since two of them are cleaned away."""
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
                what = f"{inner} lies in {outer}" if inner != outer else f"{inner} is in use twice"
                raise SetupError(what, hint=f"choose another {option}")


def config_reloader(context: BuildContext) -> Callable[[], BuildContext]:
    """The same context with its config as the file says now; it is read where it has changed."""
    from gen.config.reader import load

    latest, text = context, context.config.path.read_bytes()

    def renewed() -> BuildContext:
        nonlocal latest, text
        path = context.config.path
        now = path.read_bytes() if path.is_file() else None
        if now is None or now != text:
            latest = replace(context, config=load(path, context.config.profile))
            text = now or b""
        return latest

    return renewed
