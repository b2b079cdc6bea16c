"""Atomic, fsynced file replacement, and other file system helpers."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import platform
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BufferedReader, BufferedWriter
from pathlib import Path

_CANNOT_SYNC_FOLDERS = frozenset([errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS])
"""Errors of file systems without fsync for folders: CIFS, vboxsf, some FUSE systems."""

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def fsync_path(path: Path) -> None:
    """Flush a file, or the entries of a folder, to disk.

    Does nothing for a folder if the file system does not support that.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC_FOLDERS or not path.is_dir():
            raise
    finally:
        os.close(descriptor)


@contextmanager
def open_regular(path: Path) -> Iterator[BufferedReader]:
    """Open a regular file for reading; a pipe is refused, because reading it could block forever.

    Raises:
        OSError: the file does not exist, cannot be read, or is a pipe, socket or device.
    """
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield file


def read_regular(path: Path) -> bytes:
    """Return the content of a regular file; raise what `open_regular` raises."""
    with open_regular(path) as file:
        return file.read()


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by a new one with this content; see `replacement`.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the former file is kept.
    """
    with replacement(path) as file:
        file.write(content)


@contextmanager
def replacement(path: Path) -> Iterator[BufferedWriter]:
    """Yield a temporary file in the same folder; afterwards, fsync it and rename it to `path`.

    Each writer uses its own temporary name, so with two concurrent writers the later rename wins.
    The mode of a replaced file is kept; a link is replaced and not followed. Temporary files of
    killed processes of this machine are removed first.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the former file is kept.
    """
    for abandoned in abandoned_parts(path):
        abandoned.unlink(missing_ok=True)
    part = path.with_name(f".{path.name}.{machine_id()}-{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            yield file
        if path.is_file() and not path.is_symlink():
            shutil.copymode(path, part)
        fsync_path(part)
        part.replace(path)
        fsync_path(path.parent)
    finally:
        part.unlink(missing_ok=True)


def exchange(one: Path, other: Path) -> bool:
    """Swap the names of two paths in one atomic step (Linux's renameat2, RENAME_EXCHANGE).

    Returns False if the system or the file system does not support it.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0


def abandoned_parts(path: Path) -> list[Path]:
    """Return the temporary files of `path` that killed processes of this machine left."""
    name = re.compile(rf"\.{re.escape(path.name)}\.{machine_id()}-(\d+)-[0-9a-f]{{8}}\.part")
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return []
    found = [(each, name.fullmatch(each.name)) for each in beside]
    return [each for each, match in found if match and not is_running(int(match[1]))]


@cache
def machine_id() -> str:
    """Return an id of this machine; process ids are unique on one machine only."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def is_running(process: int) -> bool:
    """Whether a process with this id is running.

    A zombie does not count. The init process of a container may never reap its children.
    """
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return True
    return state not in {"Z", "X"}


def remove_tree(path: Path) -> None:
    """Remove a folder and its content, a file, or a link; links are not followed."""
    if not _is_folder(path):
        path.unlink(missing_ok=True)
        return
    folders = [path]
    for each in walk(path):
        if _is_folder(each):
            folders.append(each)
        else:
            each.unlink(missing_ok=True)
    for folder in reversed(folders):
        folder.rmdir()


def walk(folder: Path) -> Iterator[Path]:
    """Yield everything in a folder, parents before children; links are not followed.

    `Path.rglob` and `shutil.rmtree` of Python 3.11 recurse and fail if folders are nested 1,000
    deep.
    """
    waiting = [folder]
    while waiting:
        found = sorted(waiting.pop().iterdir())
        yield from found
        waiting.extend(path for path in found if _is_folder(path))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
