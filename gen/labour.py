"""Training and drawing beside a running server: in a process of its own, which can be ended."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from gen.carried import packed, unpacked
from gen.errors import GenError, in_words
from gen.executors import Workers, death, start_deaf, under_parent

if TYPE_CHECKING:
    from gen.studio import Studio

_PATIENCE = 5.0
"""Seconds in which a process that has closed its pipe ends."""

Opened = Callable[[], AbstractContextManager["Studio"]]
"""Opens a studio; it can be sent to another process."""


class Labour:
    """A process that trains and draws whatever is not fresh, and publishes nothing.

    Args:
        opened: opens the studio, in that process.
        on_stretch: told when there is more to show.
        on_end: told when all is done, or what went wrong.
        wants: what the work is for, to be compared with what is wanted later.
    """

    def __init__(
        self,
        opened: Opened,
        on_stretch: Callable[[], None],
        on_end: Callable[[Labour, GenError | None], None],
        wants: Any,
    ) -> None:
        self.wants = wants
        self._tell = on_stretch, on_end
        ours, theirs = get_context("spawn").Pipe(duplex=False)
        arguments = (opened, theirs, os.getpid())
        self._process = get_context("spawn").Process(target=_work, args=arguments)
        start_deaf(self._process)
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
                error = death("the process that trains and draws", self._process.exitcode)
        on_end(self, error)


def _told(message: bytes) -> GenError:
    error = unpacked(message)
    return in_words(error) or GenError(str(error))


def _work(opened: Opened, pipe: Connection, parent: int) -> None:
    """The life of the process."""
    with under_parent(parent):
        message: bytes | None = None
        try:
            _do_all(opened, pipe)
        except Exception as raised:
            error = in_words(raised)
            if error is None:
                raise
            message = packed(error)
        with suppress(OSError):
            pipe.send(message)


def _do_all(opened: Opened, pipe: Connection) -> None:
    from gen.build import stretches
    from gen.trainers import trainers

    with (
        opened() as studio,
        studio.held(),
        trainers(studio) as executor,
        Workers(studio.jobs, studio.report) as painters,
    ):
        for _ in stretches(studio, executor, painters):
            pipe.send("stretch")
