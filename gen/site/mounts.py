"""Find mount points, including bind mounts."""

from __future__ import annotations

import os
import re
from pathlib import Path

_TABLE = Path("/proc/self/mountinfo")
_MOUNT_POINT = 4
"""Index of the mount point in a line of the table."""

_OCTAL = re.compile(rb"\\([0-7]{3})")


def is_mount_point(folder: Path) -> bool:
    """Whether a folder is a mount point, and so cannot be renamed.

    `os.path.ismount` misses mounts from the same file system, as of `docker run -v` and
    `mount --bind`; Linux lists all mounts in a table.
    """
    return os.path.ismount(folder) or os.path.realpath(folder) in mount_points()


def mount_points(table: Path = _TABLE) -> set[str]:
    """Return the mount points in the table of the system; none if it has no such table."""
    try:
        lines = table.read_bytes().splitlines()
    except OSError:
        return set()
    paths = (line.split()[_MOUNT_POINT] for line in lines if len(line.split()) > _MOUNT_POINT)
    return {os.fsdecode(_OCTAL.sub(_unescape, path)) for path in paths}


def _unescape(found: re.Match[bytes]) -> bytes:
    """Decode an octal escape: the table escapes blanks and backslashes."""
    return bytes([int(found[1], 8)])
