"""File locks between processes; the operating system releases them when their process ends."""

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

OnWait = Callable[[str], None]
"""Called once with a message if this process has to wait."""

_RETRY_AFTER = 0.1
"""Seconds between two attempts to take a lock."""

_LOCKED_BY_OTHER = frozenset([errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES])
_UNSUPPORTED = frozenset(
    [errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL, errno.ENOLCK]
)


@contextmanager
def hold_lock(file: Path, subject: Path, on_wait: OnWait | None = None) -> Iterator[None]:
    """Hold a lock while the `with` block runs.

    Args:
        file: the lock file. `NAME.holder` beside it names the process that holds the lock.
        subject: the locked folder, for messages.
        on_wait: called if another process holds the lock; this process then waits. None: fail.

    Raises:
        BusyError: another process holds the lock, and `on_wait` is None.
        SetupError: the file system does not support locks.
    """
    holder = _holder_file(file)
    lock = _try_lock(file)
    if lock is None:
        if on_wait is None:
            raise _busy_error(file, subject)
        on_wait(f"{subject} is locked by {_read_holder(holder)}; waiting")
    while lock is None:
        time.sleep(_RETRY_AFTER)
        lock = _try_lock(file)
    try:
        write_atomically(holder, f"process {os.getpid()}\n".encode())
        yield
    finally:
        holder.unlink(missing_ok=True)
        os.close(lock)


def raise_if_locked(file: Path, subject: Path) -> None:
    """Fail early if another process holds a lock.

    The lock is tried only if a holder file exists, because a try could make another process that
    starts at this moment fail.

    Raises:
        BusyError: another process holds the lock.
    """
    if not _holder_file(file).exists():
        return
    try:
        lock = _try_lock(file)
    except (OSError, SetupError):
        return
    if lock is None:
        raise _busy_error(file, subject)
    os.close(lock)


def has_leftovers(file: Path) -> bool:
    """Whether a killed process left its holder file, or a temporary file of it."""
    holder = _holder_file(file)
    return holder.exists() or bool(abandoned_parts(holder))


def _try_lock(file: Path) -> int | None:
    """Return a descriptor that holds the lock until it is closed; None if another process does.

    A missing file is created. Lock files are never removed.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(file, flags, 0o644)
    try:
        if _flock(descriptor, file) and os.path.samestat(os.fstat(descriptor), file.stat()):
            return descriptor
    except FileNotFoundError:
        pass  # the folder was removed: this is the lock of a deleted file
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _flock(descriptor: int, file: Path) -> bool:
    """Lock an open file by `flock` or else `lockf`; return whether this process holds it now.

    Raises:
        SetupError: the file system supports neither.
    """
    for lock in (fcntl.flock, fcntl.lockf):
        try:
            lock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _LOCKED_BY_OTHER:
                return False
            if error.errno not in _UNSUPPORTED:
                raise
        else:
            return True
    raise SetupError(
        "cannot be locked: the file system does not support locks",
        where=str(file),
        hint="choose a --store and an --output on another file system",
    )


def _holder_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.holder")


def _busy_error(file: Path, subject: Path) -> BusyError:
    return BusyError(
        f"locked by {_read_holder(_holder_file(file))}",
        where=str(subject),
        hint="try again later or pass --wait",
    )


def _read_holder(file: Path) -> str:
    try:
        return read_regular(file).decode(errors="replace").strip() or "another process"
    except OSError:
        return "another process"
