"""Log messages and progress: bars in a terminal, else plain lines, JSON or nothing."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Protocol, TextIO, runtime_checkable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from gen.errors import CONTROL, GenError, printable

Clock = Callable[[], float]

PLAIN_INTERVAL = 5.0
"""Seconds between two lines about the progress of one task."""

JSON_INTERVAL = 1.0
"""Seconds between two `progress` events of one task."""


@runtime_checkable
class TaskReport(Protocol):
    """The progress of one task; any thread may update it."""

    def advance_to(self, done: int) -> None:
        """Set how many units are done."""
        ...


@runtime_checkable
class Report(Protocol):
    """The log of a command. Errors are raised and not logged here."""

    def info(self, text: str) -> None:
        """Log a message."""
        ...

    def warn(self, text: str) -> None:
        """Log a warning."""
        ...

    def done(self, name: str, detail: str) -> None:
        """Log that a task is finished."""
        ...

    def task(self, name: str, total: int, *, unit: str) -> AbstractContextManager[TaskReport]:
        """Show the progress of a task while the `with` block runs."""
        ...


@contextmanager
def make_report(
    *,
    quiet: bool,
    json_log: bool,
    stream: TextIO,
    clock: Clock = time.monotonic,
    lines: bool = False,
) -> Iterator[Report]:
    """Open the report that fits the options and the stream.

    Args:
        quiet: log nothing.
        json_log: log one JSON object per line, even if `quiet`.
        stream: where to write; progress bars are drawn if it is a terminal.
        clock: a clock in seconds.
        lines: draw no bars, even in a terminal.
    """
    if json_log:
        yield JsonReport(stream, clock)
    elif quiet:
        yield SilentReport()
    elif stream.isatty() and not lines:
        with TerminalReport(stream) as report:
            yield report
    else:
        yield PlainReport(stream, clock)


class _Lines:
    """A stream to which several threads write whole lines."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, threading.Lock()

    def write(self, text: str) -> None:
        with self._lock:
            self._stream.write(f"{text}\n")
            self._stream.flush()


class _NoTask:
    def advance_to(self, done: int) -> None:
        pass


class SilentReport:
    """Logs nothing."""

    def info(self, text: str) -> None:
        """Do nothing."""

    def warn(self, text: str) -> None:
        """Do nothing."""

    def done(self, name: str, detail: str) -> None:
        """Do nothing."""

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """Yield a task that shows nothing."""
        yield _NoTask()


class PlainReport:
    """Logs plain lines, for log files and pipes."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._lines, self._clock = _Lines(stream), clock

    def info(self, text: str) -> None:
        """Write the text as a line."""
        self._lines.write(printable(text))

    def warn(self, text: str) -> None:
        """Write `warning: text`."""
        self.info(f"warning: {text}")

    def done(self, name: str, detail: str) -> None:
        """Write `name: detail`."""
        self.info(f"{name}: {detail}")

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """Yield a task that writes a line every few seconds."""
        yield _PlainTask(self, name, total, unit, self._clock)


class _PlainTask:
    def __init__(self, report: PlainReport, name: str, total: int, unit: str, clock: Clock) -> None:
        self._report, self._name, self._total, self._unit = report, name, total, unit
        self._clock, self._logged_at = clock, clock()
        self._first: tuple[float, int] | None = None

    def advance_to(self, done: int) -> None:
        now = self._clock()
        if not 0 < done < self._total:
            return
        if self._first is None:  # the time before is loading and compiling
            self._first = now, done
        if now - self._logged_at < PLAIN_INTERVAL:
            return
        self._logged_at = now
        first_time, first_done = self._first
        left = ""
        if done > first_done:
            seconds = (now - first_time) * (self._total - done) / (done - first_done)
            left = f", {duration(seconds)} left"
        self._report.info(f"{self._name}: {done:,} of {self._total:,} {self._unit}{left}")


class JsonReport:
    """Logs JSON, one object per line: `event`, `seconds` and the values of the event.

    Args:
        start: when the command started, by the clock; now if None.
    """

    def __init__(self, stream: TextIO, clock: Clock, start: float | None = None) -> None:
        self._lines, self._clock = _Lines(stream), clock
        self._start = clock() if start is None else start

    def info(self, text: str) -> None:
        """Write a `say` event."""
        self._write("say", text=text)

    def warn(self, text: str) -> None:
        """Write a `warn` event."""
        self._write("warn", text=text)

    def done(self, name: str, detail: str) -> None:
        """Write a `done` event."""
        self._write("done", name=name, detail=detail)

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """Yield a task that writes `begin`, `progress` and `end` events."""
        self._write("begin", name=name, total=total, unit=unit)
        yield _JsonTask(partial(self._write, "progress", name=name, total=total), self._clock)
        self._write("end", name=name)

    def error(self, error: GenError, code: int, trace: str = "") -> None:
        """Write an `error` event.

        Args:
            code: the exit code of the command.
            trace: the traceback, if it is to be shown.
        """
        parts = {"what": error.what, "where": error.where, "hint": error.hint, "code": code}
        self._write("error", **parts, **({"trace": trace} if trace else {}))

    def _write(self, event: str, **values: object) -> None:
        seconds = round(self._clock() - self._start, 3)
        line = json.dumps({"event": event, "seconds": seconds, **values}, ensure_ascii=False)
        self._lines.write(CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line))


class _JsonTask:
    def __init__(self, write: Callable[..., None], clock: Clock) -> None:
        self._write, self._clock, self._logged_at = write, clock, -math.inf

    def advance_to(self, done: int) -> None:
        now = self._clock()
        if now - self._logged_at >= JSON_INTERVAL:
            self._logged_at = now
            self._write(done=done)


class TerminalReport:
    """Draws progress bars with the time left, and log lines above them."""

    def __init__(self, stream: TextIO) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.completed:,.0f} of {task.total:,.0f} {task.fields[unit]}"),
            TimeRemainingColumn(compact=True),
            console=Console(file=stream, highlight=False),
            transient=True,
        )

    def __enter__(self) -> TerminalReport:
        self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._progress.stop()

    def info(self, text: str) -> None:
        """Write the text above the bars."""
        self._progress.console.print(printable(text), markup=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Write the text above the bars, in yellow."""
        self._progress.console.print(
            printable(f"warning: {text}"), style="yellow", markup=False, soft_wrap=True
        )

    def done(self, name: str, detail: str) -> None:
        """Write `name: detail` above the bars."""
        self.info(f"{name}: {detail}")

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """Yield a bar that disappears when the task is finished."""
        number = self._progress.add_task(printable(name), total=total, unit=unit)
        try:
            yield _Bar(self._progress, number)
        finally:
            self._progress.remove_task(number)


class _Bar:
    def __init__(self, progress: Progress, number: TaskID) -> None:
        self._progress, self._number = progress, number

    def advance_to(self, done: int) -> None:
        self._progress.update(self._number, completed=done)


def duration(seconds: float) -> str:
    """Return a duration as text: `41 s`, `3 min`, `1 h 20 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
