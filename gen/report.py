"""How the tool speaks: bars in a terminal, plain lines elsewhere, JSON, or not at all."""

from __future__ import annotations

import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from gen.errors import CONTROL, GenError, printable

Clock = Callable[[], float]

PLAIN_PAUSE = 5.0
"""Seconds between two plain lines about one task."""

JSON_PAUSE = 1.0
"""Seconds between two `progress` events of one task."""


class TaskReport(Protocol):
    """The progress of one piece of work; any thread may tell it."""

    def advance_to(self, done: int) -> None:
        """Tells how many units are done by now."""
        ...


class Report(Protocol):
    """What a build says. Errors are not said here; they are raised."""

    def say(self, text: str) -> None:
        """Tells something worth knowing."""
        ...

    def warn(self, text: str) -> None:
        """Tells something that should be looked at."""
        ...

    def done(self, name: str, detail: str) -> None:
        """Tells that a piece of work is finished."""
        ...

    def task(self, name: str, total: int, *, unit: str) -> AbstractContextManager[TaskReport]:
        """Shows the progress of a piece of work while the context lasts."""
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
    """The way of speaking that suits the stream and what was asked for.

    Args:
        quiet: say nothing.
        json_log: an object a line, even if `quiet`.
        stream: where it goes; bars are drawn if it is a terminal.
        clock: seconds, from any start.
        lines: draw no bars, even if it is a terminal.
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
    """Whole lines, whichever threads write them."""

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
    """Says nothing."""

    def say(self, text: str) -> None:
        """Nothing."""

    def warn(self, text: str) -> None:
        """Nothing."""

    def done(self, name: str, detail: str) -> None:
        """Nothing."""

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """A task that shows nothing."""
        yield _NoTask()


class PlainReport:
    """A line at a time, for logs and pipes."""

    def __init__(self, stream: TextIO, clock: Clock) -> None:
        self._lines, self._clock = _Lines(stream), clock

    def say(self, text: str) -> None:
        """Writes the text on a line of its own."""
        self._lines.write(printable(text))

    def warn(self, text: str) -> None:
        """Writes the text as a warning."""
        self.say(f"warning: {text}")

    def done(self, name: str, detail: str) -> None:
        """Writes `name: detail`."""
        self.say(f"{name}: {detail}")

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """A task that writes a line now and then."""
        yield _PlainTask(self, name, total, unit, self._clock)


class _PlainTask:
    def __init__(self, report: PlainReport, name: str, total: int, unit: str, clock: Clock) -> None:
        self._report, self._name, self._total, self._unit = report, name, total, unit
        self._clock, self._said = clock, clock()
        self._first: tuple[float, int] | None = None

    def advance_to(self, done: int) -> None:
        now = self._clock()
        if not 0 < done < self._total:
            return
        if self._first is None:  # what comes before is loading and compiling, and not the work
            self._first = now, done
        if now - self._said < PLAIN_PAUSE:
            return
        self._said = now
        start, begun = self._first
        left = ""
        if done > begun:
            seconds = (now - start) * (self._total - done) / (done - begun)
            left = f", {duration(seconds)} left"
        self._report.say(f"{self._name}: {done:,} of {self._total:,} {self._unit}{left}")


class JsonReport:
    """An object a line: `event`, and what belongs to it.

    Args:
        start: when the command began, by the clock; now, if it is not given.
    """

    def __init__(self, stream: TextIO, clock: Clock, start: float | None = None) -> None:
        self._lines, self._clock = _Lines(stream), clock
        self._start = clock() if start is None else start

    def say(self, text: str) -> None:
        """Writes a `say` event."""
        self._write("say", text=text)

    def warn(self, text: str) -> None:
        """Writes a `warn` event."""
        self._write("warn", text=text)

    def done(self, name: str, detail: str) -> None:
        """Writes a `done` event."""
        self._write("done", name=name, detail=detail)

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """A task whose progress is an event now and then, and its end another."""
        self._write("begin", name=name, total=total, unit=unit)
        yield _JsonTask(partial(self._write, "progress", name=name, total=total), self._clock)
        self._write("end", name=name)

    def error(self, fault: GenError, code: int, trace: str = "") -> None:
        """Writes an `error` event.

        Args:
            code: the exit code of the command.
            trace: where in the code it came from, if that is to be told.
        """
        parts = {"what": fault.what, "where": fault.where, "hint": fault.hint, "code": code}
        self._write("error", **parts, **({"trace": trace} if trace else {}))

    def _write(self, event: str, **values: object) -> None:
        seconds = round(self._clock() - self._start, 3)
        told = json.dumps({"event": event, "seconds": seconds, **values}, ensure_ascii=False)
        self._lines.write(CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", told))


class _JsonTask:
    def __init__(self, write: Callable[..., None], clock: Clock) -> None:
        self._write, self._clock, self._said = write, clock, -math.inf

    def advance_to(self, done: int) -> None:
        now = self._clock()
        if now - self._said >= JSON_PAUSE:
            self._said = now
            self._write(done=done)


class TerminalReport:
    """Bars with the time left, side by side, and lines above them."""

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

    def say(self, text: str) -> None:
        """Writes the text above the bars."""
        self._progress.console.print(printable(text), markup=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Writes the text above the bars, in yellow."""
        self._progress.console.print(
            printable(f"warning: {text}"), style="yellow", markup=False, soft_wrap=True
        )

    def done(self, name: str, detail: str) -> None:
        """Writes `name: detail` above the bars."""
        self.say(f"{name}: {detail}")

    @contextmanager
    def task(self, name: str, total: int, *, unit: str) -> Iterator[TaskReport]:
        """A bar that goes when the work is finished."""
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
    """A stretch of time as people say it: `41 s`, `3 min`, `1 h 20 min`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
