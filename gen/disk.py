"""Bytes on their way to the disk: a file takes another's place as a whole, and lasts."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
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

    A file that was there before keeps its mode, and a link goes on leading where it led. What a
    killed process has left under the temporary name is overwritten by the next.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the former file stays.
    """
    target = path.resolve()
    part = partial(target)
    try:
        part.write_bytes(content)
        with suppress(FileNotFoundError):
            shutil.copymode(target, part)
        sync(part)
        part.replace(target)
        sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def partial(path: Path) -> Path:
    """The temporary name of a file that is being written."""
    return path.with_name(f".{path.name}.part")
