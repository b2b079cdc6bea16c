"""Two folders change names in one step, where the system can: no moment without either."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_THIS_FOLDER = -100
_EXCHANGE = 2


def exchange(one: Path, other: Path) -> bool:
    """Gives each of two paths the other's name (Linux's renameat2, RENAME_EXCHANGE).

    Returns:
        Whether it was done; False where system or file system do not know how.
    """
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    names = os.fsencode(one), os.fsencode(other)
    return rename(_THIS_FOLDER, names[0], _THIS_FOLDER, names[1], _EXCHANGE) == 0
