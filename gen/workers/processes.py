"""Where work runs: in processes of this machine, side by side, one thread each.

One thread a process keeps a result independent of how many cores there are. A job is a
function of this package with its arguments; what it returns comes back by its place in the
list. A job that raises ends the whole, and the processes with it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

from gen.errors import MORE_MEMORY, SetupError
from gen.workers.environment import WORKER, fixed_environment
from gen.workers.exceptions import pack_exception, unpack_exception
from gen.workers.pipes import receive, send

if TYPE_CHECKING:
    from gen.report import Report, TaskReport

_PATIENCE = 5.0
"""Seconds in which a process that is asked to end may clean up before it is killed."""


@dataclass(frozen=True)
class Job:
    """A piece of work.

    Attributes:
        name: for people, such as `modular, seeds 0 to 3`.
        function: a function at the top level of a module. It gets the arguments, and as
            `on_progress` a function to call with the number of units done so far.
        total: how many units of progress it will tell.
        unit: what is counted, in the plural.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    total: int
    unit: str


@dataclass(frozen=True)
class Done:
    """A finished job: its place in the list, what it returned, and the seconds it took."""

    place: int
    result: Any
    seconds: float


@dataclass(frozen=True)
class GivenUp:
    """A job that has no result: its place in the list, and why.

    Attributes:
        again: whether another process may have better luck.
    """

    place: int
    reason: str
    again: bool = False


class Executor(Protocol):
    """Anything that runs jobs side by side."""

    @property
    def width(self) -> int:
        """How many jobs run side by side."""
        ...

    def run(self, jobs: Sequence[Job]) -> Iterator[Done | GivenUp]:
        """Runs the jobs, earlier ones first, and gives back each as soon as it has ended."""
        ...


@dataclass
class _Worker:
    """A process, the job it works on, and the progress bar of that job."""

    process: BaseProcess
    pipe: Connection
    place: int = -1
    shown: ExitStack = field(default_factory=ExitStack)
    task: TaskReport | None = None


class ProcessPool:
    """A fixed number of processes that take jobs as they become free.

    Use it as a context manager; leaving it ends the processes. They are started when first
    needed.
    """

    def __init__(self, count: int, report: Report) -> None:
        self._count = count
        self._report = report
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(self, *exception: object) -> None:
        workers = [*self._idle, *self._busy.values()]
        for worker in workers:
            worker.shown.close()
            worker.pipe.close()
            worker.process.terminate()
        deadline = time.monotonic() + _PATIENCE
        for worker in workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._idle, self._busy = [], {}

    @property
    def width(self) -> int:
        """How many jobs run side by side."""
        return self._count

    def run(self, jobs: Sequence[Job]) -> Iterator[Done]:
        """Runs the jobs, earlier ones first, and gives back each as soon as it is done.

        Raises:
            BaseException: what a job raised; the other jobs are given up.
        """
        waiting = list(enumerate(jobs))
        while waiting or self._busy:
            while waiting and len(self._busy) < self._count:
                self._give(*waiting.pop(0))
            for pipe in wait(list(self._busy)):
                assert isinstance(pipe, Connection)
                done = self._hear(self._busy[pipe])
                if done is not None:
                    yield done
                    del done  # what it holds may be large

    def _give(self, place: int, job: Job) -> None:
        worker = self._idle.pop() if self._idle else self._start()
        worker.place = place
        progress = self._report.task(job.name, job.total, unit=job.unit)
        worker.task = worker.shown.enter_context(progress)
        self._busy[worker.pipe] = worker
        try:
            send(worker.pipe, (job.function, job.arguments))
        except OSError:
            raise self._died(worker) from None

    def _start(self) -> _Worker:
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(
            target=_serve, args=(theirs, os.getpid()), daemon=True
        )
        with fixed_environment(**WORKER):
            start_ignoring_interrupts(process)
        theirs.close()
        return _Worker(process, ours)

    def _hear(self, worker: _Worker) -> Done | None:
        try:
            kind, content = receive(worker.pipe)
        except (EOFError, OSError):
            raise self._died(worker) from None
        if kind == "progress":
            assert worker.task is not None
            worker.task.advance_to(content)
            return None
        del self._busy[worker.pipe]
        worker.shown.close()
        self._idle.append(worker)
        if kind == "raised":
            raise unpack_exception(content)
        result, seconds = content
        return Done(worker.place, result, seconds)

    def _died(self, worker: _Worker) -> SetupError:
        del self._busy[worker.pipe]
        worker.shown.close()
        worker.process.join(_PATIENCE)
        return process_death_error("a worker process", worker.process.exitcode)


def process_death_error(what: str, code: int | None) -> SetupError:
    """What to tell of a process that has died.

    Args:
        code: how it has ended, as `multiprocessing` and `subprocess` tell it.
    """
    if code == -signal.SIGKILL:
        reason = f"{what} was killed, as the system does where memory runs out"
        return SetupError(reason, hint=MORE_MEMORY)
    return SetupError(
        f"{what} died (exit code {code})", hint=f"memory may have run out: {MORE_MEMORY}"
    )


def default_jobs() -> int:
    """As many processes as this process may use cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_ignoring_interrupts(process: BaseProcess) -> None:
    """Starts a process that is to enter `under_parent` first.

    A Ctrl-C that comes before that waits, and does not end a half-started process with a
    traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        process.start()
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def ending_with_parent(parent: int) -> Iterator[None]:
    """Lets the parent alone decide when this process ends, which then cleans up.

    A terminal sends Ctrl-C, and that it is closed, to every process: only the parent may know.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # there is nothing left to clean up


class _Leaving(SystemExit):
    """Raised where a process is asked to end; no job has raised it."""


def _leave(*_: object) -> NoReturn:
    """Ends this process as an exception does: what is open is closed, folders are removed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Leaving(128 + signal.SIGTERM)


def _leave_with(parent: int) -> None:
    """Ends this process when its parent is gone, so that a killed build leaves nothing."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE)
    os._exit(1)


def _serve(pipe: Connection, parent: int) -> None:
    """The life of a worker process: takes jobs until the pipe closes."""
    with ending_with_parent(parent):
        while _take(pipe):
            pass


def _take(pipe: Connection) -> bool:
    """Does the next job; says whether there may be more."""
    try:
        function, arguments = receive(pipe)
    except (EOFError, OSError):
        return False
    kind, content = attempt(function, arguments, lambda done: send(pipe, ("progress", done)))
    try:
        send(pipe, (kind, content))
    except OSError:
        return False  # the parent does not want it any more
    except Exception as error:  # what the job returned cannot be sent
        send(pipe, ("raised", pack_exception(error)))
    return True


def attempt(
    function: Callable[..., Any], arguments: tuple[Any, ...], on_progress: Callable[[int], None]
) -> tuple[str, Any]:
    """Does a job.

    Returns:
        `done` with what it returned and the seconds it took, or `raised` with its exception,
        as `gen.workers.exceptions` packs it.
    """
    start = time.monotonic()
    try:
        result = function(*arguments, on_progress=on_progress)
    except _Leaving:
        raise
    except BaseException as error:
        return "raised", pack_exception(error)
    return "done", (result, time.monotonic() - start)
