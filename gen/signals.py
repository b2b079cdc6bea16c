"""How a command ends that somebody else ends: by a signal, or by no longer listening."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

import click

UNREAD = 141
"""Exit code where nobody reads what is said any longer, as of a program that SIGPIPE ends."""

_CLEAN_UP = 10.0
"""Seconds after a signal in which further ones change nothing; then they count again."""

_SAID = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}


class Ended(SystemExit):
    """Somebody has asked this process to end; no error, and no business of anyone but `main`."""


class CommandGroup(click.Group):
    """Commands that end without a word when nobody reads what they say any longer."""

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:
        with _read():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> Any:
        with _read():
            return super().invoke(ctx)


@contextmanager
def _read() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)  # or what is left to be written would fail at the very end
        raise SystemExit(UNREAD) from None


class Signals:
    """Turns a signal that asks this process to end into an exception.

    What is open is thereby closed, and an impatient second Ctrl-C does not disturb that. Signals
    that are ignored already, as `nohup` has it, stay so. Use it as a context manager; where a
    signal came, signals are ignored after it, since all that is left is to end.
    """

    def __init__(self) -> None:
        self._came: signal.Signals | None = None
        self._when = 0.0
        self._former: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Signals:
        for number in (signal.Signals[name] for name in _SAID if hasattr(signal, name)):
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._former[number] = signal.signal(number, self._come)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former if self._came is None else signal.SIG_IGN)

    @property
    def said(self) -> str:
        """What has come, in words; empty if nothing has."""
        return "" if self._came is None else _SAID[self._came.name]

    @property
    def code(self) -> int:
        """The exit code, as shells have it."""
        return 128 + (self._came or 0)

    def _come(self, number: int, _: FrameType | None) -> None:
        now = time.monotonic()
        if self._came is not None and now - self._when < _CLEAN_UP:
            return
        self._came, self._when = signal.Signals(number), now
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise Ended
