"""Training and drawing beside a running server: in a process of its own, which can be ended."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from gen.errors import GenError, as_gen_error
from gen.workers.exceptions import pack_exception, unpack_exception
from gen.workers.processes import ending_with_parent, process_death_error, start_ignoring_interrupts

if TYPE_CHECKING:
    from gen.site.context import BuildContext

_PATIENCE = 5.0
"""Seconds in which a process that has closed its pipe ends."""

Opened = Callable[[], AbstractContextManager["BuildContext"]]
"""Opens a context; it can be sent to another process."""


class BackgroundBuild:
    """A process that trains and draws whatever is not fresh, and publishes nothing.

    Args:
        opened: opens the context, in that process.
        on_stretch: told when there is more to show.
        on_end: told when all is done, or what went wrong.
        wants: what the work is for, to be compared with what is wanted later.
    """

    def __init__(
        self,
        opened: Opened,
        on_stretch: Callable[[], None],
        on_end: Callable[[BackgroundBuild, GenError | None], None],
        wants: Any,
    ) -> None:
        self.wants = wants
        self._tell = on_stretch, on_end
        ours, theirs = get_context("spawn").Pipe(duplex=False)
        arguments = (opened, theirs, os.getpid())
        self._process = get_context("spawn").Process(target=_work, args=arguments)
        start_ignoring_interrupts(self._process)
        theirs.close()
        self._listener = threading.Thread(target=self._listen, args=(ours,), daemon=True)
        self._listener.start()

    def end(self) -> None:
        """Ends the work; what was finished is kept."""
        self._process.terminate()
        self._process.join(5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _listen(self, pipe: Connection) -> None:
        on_stretch, on_end = self._tell
        with pipe:
            try:
                while (message := pipe.recv()) == "stretch":
                    on_stretch()
                error = None if message is None else _told(message)
            except (EOFError, OSError):
                self._process.join(_PATIENCE)
                error = process_death_error(
                    "the process that trains and draws", self._process.exitcode
                )
        on_end(self, error)


def _told(message: bytes) -> GenError:
    error = unpack_exception(message)
    return as_gen_error(error) or GenError(str(error))


def _work(opened: Opened, pipe: Connection, parent: int) -> None:
    """The life of the process."""
    with ending_with_parent(parent):
        message: bytes | None = None
        try:
            _do_all(opened, pipe)
        except Exception as raised:
            error = as_gen_error(raised)
            if error is None:
                raise
            message = pack_exception(error)
        with suppress(OSError):
            pipe.send(message)


def _do_all(opened: Opened, pipe: Connection) -> None:
    from gen.commands.build import build_stages
    from gen.experiments.train import training_executor

    with (
        opened() as context,
        context.held(),
        training_executor(context.training) as executor,
        context.processes() as painters,
    ):
        for _ in build_stages(context, executor, painters):
            pipe.send("stretch")
