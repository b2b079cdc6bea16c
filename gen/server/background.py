"""Train and draw in a separate process while the server runs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from gen.errors import GenError, as_gen_error
from gen.plugins.failures import plugin_failure
from gen.recording.reader import limit_sizes
from gen.site.context import BuildContext
from gen.workers.exceptions import pack_exception, unpack_exception
from gen.workers.processes import ending_with_parent, process_death_error, start_ignoring_interrupts

_EXIT_TIMEOUT = 5.0
"""Seconds that a process may take to exit after it has closed its pipe."""

OpenContext = Callable[[], AbstractContextManager[BuildContext]]
"""Opens the context of a build; it can be pickled."""


class BackgroundBuild:
    """A process that trains and draws whatever is stale, and publishes nothing.

    Args:
        open_context: opens the context, in that process.
        on_stage: called after each stage, when more runs and films are stored.
        on_end: called at the end, with the error if it failed.
        target: the models and figures that this build is for; see `LiveSite`.
        sizes: how much to read of recordings that are still being written.
    """

    def __init__(
        self,
        open_context: OpenContext,
        on_stage: Callable[[], None],
        on_end: Callable[[BackgroundBuild, GenError | None], None],
        target: Any,
        sizes: Mapping[Path, int],
    ) -> None:
        self.target = target
        self._callbacks = on_stage, on_end
        ours, theirs = get_context("spawn").Pipe(duplex=False)
        arguments = (open_context, theirs, os.getpid(), sizes)
        self._process = get_context("spawn").Process(target=_main, args=arguments)
        start_ignoring_interrupts(self._process)
        theirs.close()
        self._listener = threading.Thread(target=self._listen, args=(ours,), daemon=True)
        self._listener.start()

    def stop(self) -> None:
        """Stop the process; finished runs and films are kept."""
        self._process.terminate()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _listen(self, pipe: Connection) -> None:
        on_stage, on_end = self._callbacks
        with pipe:
            try:
                while (message := pipe.recv()) == "stage":
                    on_stage()
                raised = None if message is None else unpack_exception(message)
                error = raised and (as_gen_error(raised) or GenError(str(raised)))
            except (EOFError, OSError):
                self._process.join(_EXIT_TIMEOUT)
                error = process_death_error("the background build", self._process.exitcode)
        on_end(self, error)


def _main(
    open_context: OpenContext, pipe: Connection, parent: int, sizes: Mapping[Path, int]
) -> None:
    """Main function of the process."""
    with ending_with_parent(parent):
        message: bytes | None = None
        limit_sizes(sizes)
        try:
            _build_all(open_context, pipe)
        except Exception as raised:
            error = as_gen_error(raised) or plugin_failure(raised)
            if error is None:
                raise
            message = pack_exception(error)
        with suppress(OSError):
            pipe.send(message)


def _build_all(open_context: OpenContext, pipe: Connection) -> None:
    from gen.commands.build import build_stages
    from gen.commands.train import Trainings
    from gen.experiments.train import training_executor

    with (
        open_context() as context,
        context.locked(),
        training_executor(context.training) as trainers,
        context.processes() as painters,
    ):
        for _ in build_stages(context, Trainings(context, trainers), painters):
            pipe.send("stage")
