"""Turn signals into exceptions, and exit silently if standard output is closed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

import click

CLOSED_OUTPUT = 141
"""Exit code if standard output is closed, as for a program that SIGPIPE kills."""

_CLEAN_UP = 10.0
"""Seconds after a signal during which further signals are ignored."""

_DESCRIPTIONS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}


class Terminated(SystemExit):
    """Raised on SIGTERM or SIGHUP; handled only in `main`."""


class CommandGroup(click.Group):
    """A click group whose commands exit silently if standard output is closed."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with _exit_if_closed():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _exit_if_closed():
            return super().invoke(ctx)


@contextmanager
def _exit_if_closed() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)  # flushing buffers at exit would fail too
        raise SystemExit(CLOSED_OUTPUT) from None


class Signals:
    """Context manager that turns SIGINT, SIGTERM and SIGHUP into exceptions.

    So open files are closed and temporary folders removed, and a second Ctrl-C does not
    interrupt that. Signals that are already ignored, as under `nohup`, stay ignored. If a signal
    came, all signals are ignored on leaving, because the process is about to exit.
    """

    def __init__(self) -> None:
        self._received: signal.Signals | None = None
        self._received_at = 0.0
        self._former: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Signals:
        for number in (signal.Signals[name] for name in _DESCRIPTIONS if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._former[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former if self._received is None else signal.SIG_IGN)

    @property
    def description(self) -> str:
        """The received signal in words; empty if there was none."""
        return "" if self._received is None else _DESCRIPTIONS[self._received.name]

    @property
    def exit_code(self) -> int:
        """The exit code of a process that the received signal ended, by shell convention."""
        return 128 + (self._received or 0)

    def _handle(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self._received is not None and now - self._received_at < _CLEAN_UP:
            return
        self._received, self._received_at = signal.Signals(number), now
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise Terminated
