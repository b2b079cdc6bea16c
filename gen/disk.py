"""Bytes on their way to the disk: a file takes another's place as a whole, and lasts."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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

    A file that was there before keeps its mode; a link is replaced and not followed. What a killed
    process has left under the temporary name is removed by the next.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the former file stays.
    """
    part = partial(path)
    part.unlink(missing_ok=True)
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


def partial(path: Path) -> Path:
    """The temporary name of a file that is being written."""
    return path.with_name(f".{path.name}.part")


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
