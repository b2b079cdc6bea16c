"""Bytes on their way to the disk: a file takes another's place as a whole, and lasts."""

from __future__ import annotations

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
from io import BufferedReader
from pathlib import Path

_CANNOT_SYNC_FOLDERS = frozenset([errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS])
"""What file systems answer that have no fsync for folders: CIFS, vboxsf, some of FUSE."""


def fsync_path(path: Path) -> None:
    """Brings a file, or a folder's list of names, from memory to the disk.

    A folder is left as it is where the file system cannot do that for folders.
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
    """Opens a regular file for reading; a pipe in its place would keep a reader waiting for ever.

    Raises:
        OSError: there is no such file, it cannot be read, or it is a pipe, socket or device.
    """
    with open(path, "rb", opener=_unwaiting) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield file


def _unwaiting(path: str, flags: int) -> int:
    """Opens a file; of a pipe, without waiting for a writer."""
    return os.open(path, flags | os.O_NONBLOCK)


def read_regular(path: Path) -> bytes:
    """The content of a regular file.

    Raises:
        OSError: as for `regular`.
    """
    with open_regular(path) as file:
        return file.read()


def write_atomically(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name beside its place, and then gives it its name.

    Each writer has a temporary name of its own, so that of two at once the later one wins as a
    whole. A file that was there before keeps its mode; a link is replaced and not followed. What a
    killed process of this machine has left is removed by the next.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the former file stays.
    """
    for left in abandoned_parts(path):
        left.unlink(missing_ok=True)
    part = path.with_name(f".{path.name}.{machine_id()}-{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        if path.is_file() and not path.is_symlink():
            shutil.copymode(path, part)
        fsync_path(part)
        part.replace(path)
        fsync_path(path.parent)
    finally:
        part.unlink(missing_ok=True)


def abandoned_parts(path: Path) -> list[Path]:
    """The temporary files of a file whose writers on this machine have been killed."""
    name = re.compile(rf"\.{re.escape(path.name)}\.{machine_id()}-(\d+)-[0-9a-f]{{8}}\.part")
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return []
    found = [(each, name.fullmatch(each.name)) for each in beside]
    return [each for each, match in found if match and not is_running(int(match[1]))]


@cache
def machine_id() -> str:
    """Tells apart the machines that write into one folder: a process has its number on one."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def is_running(process: int) -> bool:
    """Whether there is a process of this number that has not ended.

    One that was killed keeps its number until its parent asks for its exit code, which the first
    process of a container may never do.
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
    """Removes a folder with all that is in it, a file, or a link; what links lead to stays."""
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
    """Everything in a folder, however deep: a folder before what it holds. Links are not followed.

    `Path.rglob` and `shutil.rmtree` of Python 3.11 recurse, and fail in folders a thousand deep.
    """
    waiting = [folder]
    while waiting:
        found = sorted(waiting.pop().iterdir())
        yield from found
        waiting.extend(path for path in found if _is_folder(path))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
