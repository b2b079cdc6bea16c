"""One holder at a time: locks of the operating system, which end with their holder's process."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gen.errors import BusyError, SetupError
from gen.store.files import abandoned_parts, read_regular, write_atomically

Waiting = Callable[[str], None]
"""Told whom this process waits for."""

_TRY_AGAIN = 0.1
"""Seconds between two attempts to get a lock that another process holds."""

_HELD = frozenset([errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES])
_UNSUPPORTED = frozenset(
    [errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOLCK]
)


@contextmanager
def held(file: Path, subject: Path, waiting: Waiting | None = None) -> Iterator[None]:
    """Holds `subject` for this process.

    Args:
        file: the lock; beside it, `NAME.holder` says who holds it.
        subject: what is held, for people.
        waiting: told if another process holds it, which is then waited for; None to give up.

    Raises:
        BusyError: another process holds it, and this one does not wait.
        EnvironmentFault: the file system has no locks.
    """
    holder = _beside(file)
    lock = _locked(file)
    if lock is None:
        if waiting is None:
            raise _busy(file, subject)
        waiting(f"{subject} is in use by {_holder(holder)}; waiting")
    while lock is None:
        time.sleep(_TRY_AGAIN)
        lock = _locked(file)
    try:
        write_atomically(holder, f"process {os.getpid()}\n".encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        os.close(lock)


def raise_if_locked(file: Path, subject: Path) -> None:
    """Tells early that `held` would be refused: before the work of finding out what to do.

    Nothing is written, and nothing is held afterwards. Where no holder has said so, nobody is
    asked: a process that only looks must not be in the way of one that begins.

    Raises:
        BusyError: another process holds it.
    """
    if not _beside(file).exists():
        return
    try:
        lock = _locked(file)
    except (OSError, SetupError):
        return
    if lock is None:
        raise _busy(file, subject)
    os.close(lock)


def left_over(file: Path) -> bool:
    """Whether a killed process has left that it held a lock, or was about to say so."""
    holder = _beside(file)
    return holder.exists() or bool(abandoned_parts(holder))


def _locked(file: Path) -> int | None:
    """Tries to lock a file, which is made where it is missing and is never removed.

    Returns:
        A descriptor that holds the lock until it is closed; None where another process holds it.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(file, flags, 0o644)
    try:
        if _lock(descriptor, file) and os.path.samestat(os.fstat(descriptor), file.stat()):
            return descriptor
    except FileNotFoundError:
        pass  # the folder was removed meanwhile: the lock is of a file that has no name
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _lock(descriptor: int, file: Path) -> bool:
    """Locks an open file by `flock` or, where the file system lacks that, by `lockf`.

    Returns:
        Whether this process has the lock now.

    Raises:
        EnvironmentFault: the file system has neither.
    """
    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return False
            if error.errno not in _UNSUPPORTED:
                raise
        else:
            return True
    raise SetupError(
        "cannot be locked: the file system has no locks",
        where=str(file),
        hint="choose a --store and an --output on another file system",
    )


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.holder")


def _busy(file: Path, subject: Path) -> BusyError:
    return BusyError(
        f"in use by {_holder(_beside(file))}",
        where=str(subject),
        hint="wait until it has finished, or say --wait",
    )


def _holder(file: Path) -> str:
    try:
        return read_regular(file).decode(errors="replace").strip() or "another process"
    except OSError:
        return "another process"
