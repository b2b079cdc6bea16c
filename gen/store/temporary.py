"""Temporary folders, removed after use or, if their process was killed, by the next command."""

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
def temporary_folder(purpose: str) -> Iterator[Path]:
    """Create a folder and remove it when the `with` block ends, also if a signal ends it.

    A signal raises one exception, which may interrupt the removal; then the folder is removed
    again. The folder is locked, so that `sweep` of another process does not remove it.

    Args:
        purpose: a word for the folder's name.
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
    """Create a folder that only this user can read; its name has the machine and process id."""
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}-{purpose}-{machine_id()}-{os.getpid()}-"))


def sweep() -> None:
    """Remove the folders that killed processes of this user on this machine left."""
    with suppress(OSError):
        for folder in sorted(Path(tempfile.gettempdir()).iterdir()):
            if _is_abandoned(folder):
                with suppress(OSError), _locked(folder):
                    remove_tree(folder)


def _is_abandoned(folder: Path) -> bool:
    name = re.fullmatch(rf"{_PREFIX}-[a-z]+-{machine_id()}-(\d+)-\w+", folder.name)
    if name is None or is_running(int(name[1])):
        return False
    try:
        status = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Lock a folder: process ids of another container say nothing in this one.

    Raises:
        BlockingIOError: another process has locked it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise
        except OSError:
            pass  # without locks, the process id has to suffice
        yield
    finally:
        os.close(descriptor)
