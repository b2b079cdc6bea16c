"""Temporary folders: gone after their use, or with the next command if their process is killed."""

from __future__ import annotations

import fcntl
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gen.store.files import is_running, machine_id, remove_tree

_PREFIX = "grokreel"


@contextmanager
def temporary(purpose: str) -> Iterator[Path]:
    """A folder that is gone afterwards, even if this process is asked to end while it goes.

    That interrupts a process once, wherever it is. Should it be at the removal of the folder,
    the folder is removed again. The folder is locked meanwhile, so that `sweep` leaves it alone.

    Args:
        purpose: a word for its name.
    """
    folder = make(purpose)
    try:
        with _locked(folder):
            try:
                yield folder
            finally:
                remove_tree(folder)
    finally:
        remove_tree(folder)


def make(purpose: str) -> Path:
    """A folder that this user alone may read and write, whose name tells which process made it."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{purpose}-{machine_id()}-{os.getpid()}-"))


def sweep() -> None:
    """Removes the folders that killed processes of this user on this machine have left."""
    with suppress(OSError):
        for folder in sorted(Path(tempfile.gettempdir()).iterdir()):
            if _is_left(folder):
                with suppress(OSError), _locked(folder):
                    remove_tree(folder)


def _is_left(folder: Path) -> bool:
    name = re.fullmatch(rf"{_PREFIX}-[a-z]+-{machine_id()}-(\d+)-\w+", folder.name)
    if name is None or is_running(int(name[1])):
        return False
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Locks a folder: a process in another container may have a number that is free in this one.

    Raises:
        BlockingIOError: another process uses it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            pass  # the file system has no such locks: the number of the process has to do
        yield
    finally:
        os.close(descriptor)
