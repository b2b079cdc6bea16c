"""Bytes on their way to the disk: a file takes another's place as a whole, and lasts."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path


def sync(path: Path) -> None:
    """Brings a file, or a folder's list of names, from memory to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name beside its place, and then gives it its name.

    Each writer has a temporary name of its own, so that of two at once the later one wins as a
    whole. A file that was there before keeps its mode; a link is replaced and not followed. What a
    killed process of this machine has left is removed by the next.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the former file stays.
    """
    for left in abandoned(path):
        left.unlink(missing_ok=True)
    part = path.with_name(f".{path.name}.{_machine()}-{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
        if path.is_file() and not path.is_symlink():
            shutil.copymode(path, part)
        sync(part)
        part.replace(path)
        sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def abandoned(path: Path) -> list[Path]:
    """The temporary files of a file whose writers on this machine have been killed."""
    name = re.compile(rf"\.{re.escape(path.name)}\.{_machine()}-(\d+)-[0-9a-f]{{8}}\.part")
    try:
        beside = sorted(path.parent.iterdir())
    except OSError:
        return []
    found = [(each, name.fullmatch(each.name)) for each in beside]
    return [each for each, match in found if match and not _lives(int(match[1]))]


@cache
def _machine() -> str:
    """Tells apart the machines that write into one folder: a process has its number on one."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _lives(process: int) -> bool:
    if os.name == "nt":  # to ask is to end it there
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def erase(path: Path) -> None:
    """Removes a folder with all that is in it, a file, or a link; what links lead to stays."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def temporary(prefix: str) -> Iterator[Path]:
    """A folder that is gone afterwards, even if this process is asked to end while it goes.

    That interrupts a process once, wherever it is. Should it be at the removal of the folder,
    the folder is removed again.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        try:
            yield folder
        finally:
            erase(folder)
    finally:
        erase(folder)
