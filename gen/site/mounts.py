"""Which folders are mount points, bind mounts included."""

from __future__ import annotations

import os
import re
from pathlib import Path

_TABLE = Path("/proc/self/mountinfo")
_PLACE = 4
"""Which field of a line of the table, from 0, is the mount point."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


def is_mount_point(folder: Path) -> bool:
    """Whether something is mounted on a folder, which can then not be renamed.

    `os.path.ismount` does not see a folder that is mounted from the same file system, as
    `docker run -v` and `mount --bind` do; Linux lists all in a table.
    """
    return os.path.ismount(folder) or os.path.realpath(folder) in mount_points()


def mount_points(table: Path = _TABLE) -> set[str]:
    """The folders that a system lists as mount points; none where it keeps no such table."""
    try:
        lines = table.read_bytes().splitlines()
    except OSError:
        return set()
    places = (line.split()[_PLACE] for line in lines if len(line.split()) > _PLACE)
    return {os.fsdecode(_OCTAL.sub(_unescaped, place)) for place in places}


def _unescaped(found: re.Match[bytes]) -> bytes:
    """The table writes blanks and backslashes of names as octal numbers."""
    return bytes([int(found[1], 8)])
