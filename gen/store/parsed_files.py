"""Results of parsing source files, kept in the user's cache folder from one command to the next.

Parsing all code of this package takes longer than everything else that a command does when all is
fresh. A result depends on the bytes of a file alone, so it is kept under their digest. Without a
cache folder that can be written, nothing is kept.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from gen.store.files import read_regular, write_atomically

_MOST = 5000
"""Number of results above which those that this command did not need are dropped."""


def user_cache(environment: Mapping[str, str] = os.environ) -> Path:
    """Return this tool's folder in the user's cache, which may not exist."""
    caches = environment.get("XDG_CACHE_HOME", "")
    if not Path(caches).is_absolute():
        caches = os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(caches) / "grokreel"


class ParsedFiles:
    """Results by the digest of what they were computed from.

    Args:
        salt: what the results also depend on: the version of Python and the code that parses.
    """

    def __init__(self, salt: bytes) -> None:
        self._salt = salt
        self._used: dict[str, Any] = {}
        self._is_new = False

    def key(self, *parts: bytes) -> str:
        """Return the key of a result that depends on these bytes."""
        lengths = repr([len(part) for part in parts]).encode()
        return hashlib.sha256(b"".join((self._salt, lengths, *parts))).hexdigest()

    def get(self, key: str) -> Any:
        """Return a result; None if it is not known."""
        found = self._kept.get(key)
        if found is not None:
            self._used[key] = found
        return found

    def put(self, key: str, result: Any) -> None:
        """Add a result, which JSON can hold."""
        self._used[key] = self._kept[key] = result
        self._is_new = True

    def save(self) -> None:
        """Write the file if a result was added; a folder that cannot be written is no error."""
        if not self._is_new or not self._file.is_absolute():  # "~" without a home
            return
        kept = self._kept if len(self._kept) <= _MOST else self._used
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, json.dumps(kept).encode())
        self._is_new = False

    @property
    def _file(self) -> Path:
        return user_cache() / "parsed.json"

    @cached_property
    def _kept(self) -> dict[str, Any]:
        with suppress(OSError, ValueError, RecursionError):
            content = json.loads(read_regular(self._file))
            if isinstance(content, dict):
                return content
        return {}
