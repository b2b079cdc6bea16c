"""What a Dask worker is given is done in a process beside it, whose environment is known.

A worker may have been started with variables that choose other instructions, and has perhaps
loaded the libraries that read them. Processes are kept for the next work: as many as the worker
has threads.
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
from gen.workers.environment import WORKER, known
from gen.workers.exceptions import pack_exception
from gen.workers.processes import attempt, ending_with_parent

_LENGTH = 8
"""Bytes before each message that tell how many follow."""

_IDLE: list[subprocess.Popen[bytes]] = []
_LOCK = threading.Lock()


def run(work: bytes) -> tuple[bytes | None, int]:
    """Does work that is pickled: a function and its arguments.

    Returns:
        The pickled outcome, as `attempt` gives it, or None where the process died; and the
        exit code of that.
    """
    with _LOCK:
        process = _IDLE.pop() if _IDLE else _started()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        _write(process.stdin, work)
        outcome = _read(process.stdout)
    except OSError:
        outcome = None
    if outcome is None:
        process.kill()
        with suppress(OSError), process:  # closes its pipes, in which work may be left
            pass
        return None, process.wait()
    with _LOCK:
        _IDLE.append(process)
    return outcome, 0


def _started() -> subprocess.Popen[bytes]:
    path = {"PYTHONPATH": os.pathsep.join(folder or str(Path.cwd()) for folder in sys.path)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=known(os.environ) | WORKER | path,
        start_new_session=True,
    )


def _main(parent: int) -> None:
    """The life of the process: takes work until the worker is gone."""
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what the work prints is no part of an outcome
    with ending_with_parent(parent):
        while (work := _read(source)) is not None:
            _write(target, _outcome(work))


def _outcome(work: bytes) -> bytes:
    """What comes of some work, pickled by the protocol that copies an array only once."""
    try:
        return pickle.dumps(attempt(_take, (work,), lambda done: None), protocol=5)
    except Exception as error:  # what the work returned cannot be sent
        return pickle.dumps(("raised", pack_exception(error)))


def _take(work: bytes, *, on_progress: Callable[[int], None]) -> Any:
    try:
        function, arguments = pickle.loads(work)  # noqa: S301 - it comes from the scheduler
    except (ImportError, AttributeError) as error:
        raise SetupError(
            f"a worker cannot take the work: {error}",
            hint="install the same versions on all workers and start again",
        ) from error
    return function(*arguments, on_progress=on_progress)


def _write(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_LENGTH, "big"))
    stream.write(message)
    stream.flush()


def _read(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the other end is closed."""
    length = stream.read(_LENGTH)
    if len(length) < _LENGTH:
        return None
    size = int.from_bytes(length, "big")
    message = stream.read(size)
    return message if len(message) == size else None


if __name__ == "__main__":
    _main(int(sys.argv[1]))
