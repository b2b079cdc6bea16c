"""One holder at a time: locks of the operating system, which end with their holder's process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from gen.disk import abandoned, replace
from gen.errors import BusyError

Waiting = Callable[[str], None]
"""Told whom this process waits for."""


@contextmanager
def held(file: Path, subject: Path, waiting: Waiting | None = None) -> Iterator[None]:
    """Holds `subject` for this process.

    Args:
        file: the lock; beside it, `NAME.holder` says who holds it.
        subject: what is held, for people.
        waiting: told if another process holds it, which is then waited for; None to give up.

    Raises:
        BusyError: another process holds it, and nobody waits.
    """
    holder = _beside(file)
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if waiting is None:
            raise _busy(file, subject) from None
        waiting(f"{subject} is in use by {_holder(holder)}; waiting")
        lock.acquire()
    try:
        replace(holder, f"process {os.getpid()}\n".encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def refuse_held(file: Path, subject: Path) -> None:
    """Tells early that `held` would be refused: before the work of finding out what to do.

    Nothing is written, and nothing is held afterwards. Where no holder has said so, nobody is
    asked: a process that only looks must not be in the way of one that begins.

    Raises:
        BusyError: another process holds it.
    """
    if not _beside(file).exists():
        return
    lock = FileLock(file)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise _busy(file, subject) from None
    except OSError:
        return
    lock.release()


def left_over(file: Path) -> bool:
    """Whether a killed process has left that it held a lock, or was about to say so."""
    holder = _beside(file)
    return holder.exists() or bool(abandoned(holder))


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.holder")


def _busy(file: Path, subject: Path) -> BusyError:
    return BusyError(
        f"in use by {_holder(_beside(file))}",
        where=str(subject),
        mend="wait until it has finished, or say --wait",
    )


def _holder(file: Path) -> str:
    try:
        return file.read_text().strip() or "another process"
    except OSError:
        return "another process"
