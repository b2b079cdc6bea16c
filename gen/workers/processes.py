"""Run jobs in parallel processes of this machine, one thread each.

With one thread per process, results do not depend on the number of cores. A job is a function with
its arguments; its result is identified by its place in the list of jobs. If a job raises, all
processes are stopped.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, NoReturn, Protocol, runtime_checkable

from gen.errors import MORE_MEMORY, SetupError
from gen.plugins.failures import plugin_failure
from gen.plugins.importer import registrations
from gen.report import Report, TaskReport
from gen.workers.background import Background, Item
from gen.workers.environment import WORKER_VARIABLES, fixed_environment
from gen.workers.exceptions import pack_exception, unpack_exception
from gen.workers.pipes import receive, send

_KILL_AFTER = 5.0
"""Seconds that a process has to clean up after SIGTERM before it is killed."""

_STARTING = threading.Lock()
"""Held while a process is started with other variables, which are those of this whole process."""

_PATIENCE = 10
"""Niceness of processes that let all others come first, of 19 at most."""


@dataclass(frozen=True)
class Job:
    """A function to run in another process, with its arguments.

    Attributes:
        name: name in the log, such as `modular, seeds 0 to 3`.
        function: a function at the top level of a module. It also gets `on_progress`, a function
            to call with the number of units done so far.
        total: total number of units.
        unit: name of the unit, in the plural.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    total: int
    unit: str


@dataclass(frozen=True)
class Done:
    """A finished job: its place in the list, its result, and the seconds it took."""

    place: int
    result: Any
    seconds: float


@dataclass(frozen=True)
class GivenUp:
    """A job without a result: its place in the list, and the reason.

    Attributes:
        retry: whether the job may succeed in another process.
    """

    place: int
    reason: str
    retry: bool = False


@runtime_checkable
class Executor(Protocol):
    """Runs jobs in parallel."""

    @property
    def width(self) -> int:
        """Number of jobs that run in parallel."""
        ...

    def run(self, jobs: Sequence[Job]) -> Iterator[Done | GivenUp]:
        """Run jobs in order; yield the outcome of each as soon as it has ended."""
        ...

    def in_background(self, items: Generator[Item, None, None]) -> Iterator[Item]:
        """Iterate in a thread, which is ended on leaving, so that `run` in it goes on meanwhile."""
        ...


@dataclass
class _Worker:
    """A process, the place of its job, and the progress bar of that job."""

    process: BaseProcess
    pipe: Connection
    place: int = -1
    bar: ExitStack = field(default_factory=ExitStack)
    task: TaskReport | None = None

    def close(self) -> None:
        """Remove the progress bar and close the pipe."""
        self.bar.close()
        self.pipe.close()


class ProcessPool:
    """Context manager with a fixed number of processes, each of which runs one job at a time.

    Processes are started when first needed, and stopped on leaving.

    Args:
        count: number of processes.
        patient: whether other processes of the machine come first, where the system can do that.

    Attributes:
        width: number of processes.
    """

    def __init__(self, count: int, report: Report, *, patient: bool = False) -> None:
        self.width = count
        self._report = report
        self._patient = patient
        self._idle: list[_Worker] = []
        self._busy: dict[Connection, _Worker] = {}
        self._background = Background()

    def __enter__(self) -> ProcessPool:
        return self

    def __exit__(self, *exception: object) -> None:
        workers = [*self._idle, *self._busy.values()]
        _end(workers)
        self._background.close()
        later = [one for one in (*self._idle, *self._busy.values()) if one not in workers]
        _end(later)  # a thread has started them meanwhile
        for worker in (*workers, *later):
            worker.close()
        self._idle, self._busy = [], {}

    def run(self, jobs: Sequence[Job]) -> Generator[Done, None, None]:
        """Run jobs in order; yield the result of each as soon as it is done.

        Raises:
            BaseException: the exception of a job. The others are cancelled, at the latest by the
                next `run`.
        """
        self._end_former_run()
        waiting = list(enumerate(jobs))
        while waiting or self._busy:
            while waiting and len(self._busy) < self.width:
                self._send_job(*waiting.pop(0))
            for pipe in wait(list(self._busy)):
                assert isinstance(pipe, Connection)
                done = self._receive(self._busy[pipe])
                if done is not None:
                    yield done
                    del done  # results may be large

    def in_background(self, items: Generator[Item, None, None]) -> Iterator[Item]:
        """Iterate in a thread, which is ended on leaving."""
        return self._background.iterate(items)

    def _end_former_run(self) -> None:
        """End the workers of a run that was not read to its end, with their results."""
        former = list(self._busy.values())
        _end(former)
        for worker in former:
            worker.close()
        self._busy = {}

    def _send_job(self, place: int, job: Job) -> None:
        worker = self._idle.pop() if self._idle else self._start()
        worker.place = place
        progress = self._report.task(job.name, job.total, unit=job.unit)
        worker.task = worker.bar.enter_context(progress)
        self._busy[worker.pipe] = worker
        try:
            send(worker.pipe, (registrations(), job.function, job.arguments))
        except OSError:
            raise self._death_error(worker) from None

    def _start(self) -> _Worker:
        ours, theirs = get_context("spawn").Pipe()
        process = get_context("spawn").Process(
            target=_worker_main, args=(theirs, os.getpid(), self._patient), daemon=True
        )
        with _STARTING, fixed_environment(**WORKER_VARIABLES):
            start_ignoring_interrupts(process)
        theirs.close()
        return _Worker(process, ours)

    def _receive(self, worker: _Worker) -> Done | None:
        try:
            kind, content = receive(worker.pipe)
        except (EOFError, OSError):
            raise self._death_error(worker) from None
        if kind == "progress":
            assert worker.task is not None
            worker.task.advance_to(content)
            return None
        del self._busy[worker.pipe]
        worker.bar.close()
        self._idle.append(worker)
        if kind == "raised":
            raise unpack_exception(content)
        result, seconds = content
        return Done(worker.place, result, seconds)

    def _death_error(self, worker: _Worker) -> SetupError:
        del self._busy[worker.pipe]
        worker.bar.close()
        worker.process.join(_KILL_AFTER)
        return process_death_error("a worker process", worker.process.exitcode)


def _end(workers: Sequence[_Worker]) -> None:
    """End processes; those that do not clean up in time are killed."""
    for worker in workers:
        worker.process.terminate()
    deadline = time.monotonic() + _KILL_AFTER
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def process_death_error(what: str, code: int | None) -> SetupError:
    """Return the error for a process, such as `a worker process`, that died with an exit code."""
    if code == -signal.SIGKILL:
        reason = f"{what} was killed, probably because memory ran out"
        return SetupError(reason, hint=MORE_MEMORY)
    return SetupError(
        f"{what} died (exit code {code})", hint=f"memory may have run out: {MORE_MEMORY}"
    )


def default_jobs() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_ignoring_interrupts(process: BaseProcess) -> None:
    """Start a process with SIGINT blocked until it enters `ending_with_parent`.

    Otherwise Ctrl-C could interrupt its start and print a traceback.
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
    """Ignore SIGINT and SIGHUP, clean up on SIGTERM, and end when the parent ends.

    A terminal sends SIGINT and SIGHUP to all its processes; only the parent handles them.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _exit_on_sigterm)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_end_after_parent, args=(parent,), daemon=True).start()
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)  # there is nothing left to clean up


class _Terminated(SystemExit):
    """Raised on SIGTERM; not an exception of a job."""


def _exit_on_sigterm(*_: object) -> NoReturn:
    """Raise, so that open files are closed and temporary folders are removed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise _Terminated(128 + signal.SIGTERM)


def _end_after_parent(parent: int) -> None:
    """End this process after its parent has ended, for example by SIGKILL."""
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_KILL_AFTER)
    os._exit(1)


def _worker_main(pipe: Connection, parent: int, patient: bool) -> None:
    """Main function of a worker process: run jobs until the pipe closes."""
    if patient and hasattr(os, "nice"):
        os.nice(_PATIENCE)
    with ending_with_parent(parent):
        while _run_next_job(pipe):
            pass


def _run_next_job(pipe: Connection) -> bool:
    """Run the next job; return False if the pipe is closed."""
    try:
        _, function, arguments = receive(pipe)
    except (EOFError, OSError):
        return False
    except Exception as error:  # a class of a plugin cannot be imported here
        send(pipe, ("raised", pack_exception(plugin_failure(error) or error)))
        return True
    kind, content = run_job(function, arguments, lambda done: send(pipe, ("progress", done)))
    try:
        send(pipe, (kind, content))
    except OSError:
        return False  # the parent has ended
    except Exception as error:  # the result cannot be pickled
        send(pipe, ("raised", pack_exception(error)))
    return True


def run_job(
    function: Callable[..., Any], arguments: tuple[Any, ...], on_progress: Callable[[int], None]
) -> tuple[str, Any]:
    """Run a job; return `done`, result and seconds, or `raised` and the packed exception."""
    start = time.monotonic()
    try:
        result = function(*arguments, on_progress=on_progress)
    except _Terminated:
        raise
    except BaseException as error:
        return "raised", pack_exception(plugin_failure(error) or error)
    return "done", (result, time.monotonic() - start)
