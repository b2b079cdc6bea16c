"""Run the jobs of a Dask worker in child processes with a fixed environment.

The worker itself may have been started with variables that change results, and may have loaded
the libraries that read them. Child processes are reused; there are as many as the worker has
threads.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from gen.errors import SetupError
from gen.workers.environment import WORKER_VARIABLES, filtered_environment
from gen.workers.exceptions import pack_exception
from gen.workers.processes import ending_with_parent, run_job

_LENGTH = 8
"""Bytes of the length in front of each message."""

_IDLE: list[subprocess.Popen[bytes]] = []
_LOCK = threading.Lock()


def run_isolated(job: bytes) -> tuple[bytes | None, int]:
    """Run a pickled function with its arguments in a child process.

    Returns:
        The pickled outcome, as `run_job` returns it, or None if the process died; and its exit
        code.
    """
    with _LOCK:
        process = _IDLE.pop() if _IDLE else _start_process()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        _write(process.stdin, job)
        outcome = _read(process.stdout)
    except OSError:
        outcome = None
    if outcome is None:
        process.kill()
        with suppress(OSError), process:  # closes its pipes
            pass
        return None, process.wait()
    with _LOCK:
        _IDLE.append(process)
    return outcome, 0


def _start_process() -> subprocess.Popen[bytes]:
    path = {"PYTHONPATH": os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=filtered_environment(os.environ) | WORKER_VARIABLES | path,
        start_new_session=True,
    )


def _main(parent: int) -> None:
    """Main function of the child process: run jobs until the worker exits."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a job prints must not mix with outcomes
    with ending_with_parent(parent):
        while (job := _read(source)) is not None:
            _write(target, _outcome(job))


def _outcome(job: bytes) -> bytes:
    """Run a job; return its outcome, pickled by the protocol that copies arrays only once."""
    try:
        return pickle.dumps(run_job(_unpickle_and_run, (job,), lambda done: None), protocol=5)
    except Exception as error:  # the result cannot be pickled
        return pickle.dumps(("raised", pack_exception(error)))


def _unpickle_and_run(job: bytes, *, on_progress: Callable[[int], None]) -> Any:
    try:
        _, function, arguments = pickle.loads(job)  # noqa: S301 - it comes from the scheduler
    except (ImportError, AttributeError) as error:
        raise SetupError(
            f"a Dask worker cannot load the job: {error}",
            hint="install the same versions on all workers and run the command again",
        ) from error
    return function(*arguments, on_progress=on_progress)


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH, "big"))
    stream.write(message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    """Read the next message; None if the other end is closed."""
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    size = int.from_bytes(length, "big")
    message = stream.read(size)
    return message if len(message) == size else None


if __name__ == "__main__":
    _main(int(sys.argv[1]))
