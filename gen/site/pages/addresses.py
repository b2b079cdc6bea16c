"""Addresses that change with what they lead to.

A browser may keep a script for days. After a site was published anew it would then run the former
script on the new page; a different address makes it ask again. A query also works on pages that
are opened from a folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

_ATTRIBUTE = re.compile(r'( (?:href|src|data-script|data-indexes)=")([^"]*)(?=")')
_ADDRESS = re.compile(r"(?:\.\./)*((?:assets|seeds)/[^?#]+)")
_ASKED_FOR = re.compile(r"assets/|(?:.*/)?seeds/")
"""The files that pages ask for by a digest: few and small beside the data of a site."""

_DIGITS = 10


def with_versions(files: Mapping[str, bytes | Path]) -> dict[str, bytes | Path]:
    """The same files; pages ask for each asset and script by its name and a digest of its content.

    Args:
        files: path inside the site to content.
    """
    digests = {
        path: sha256(content).hexdigest()[:_DIGITS]
        for path, content in files.items()
        if isinstance(content, bytes) and _ASKED_FOR.match(path)
    }

    def address(written: str, folder: str) -> str:
        found = _ADDRESS.fullmatch(written)
        if found is None:
            return written
        path = unquote(found[1])
        digest = digests.get(path if path.startswith("assets/") else folder + path)
        return written if digest is None else f"{written}?v={digest}"

    def renamed(page: str, folder: str) -> str:
        return _ATTRIBUTE.sub(
            lambda found: found[1] + " ".join(address(one, folder) for one in found[2].split(" ")),
            page,
        )

    return {
        path: renamed(content.decode(), _folder(path)).encode()
        if isinstance(content, bytes) and _is_page(path)
        else content
        for path, content in files.items()
    }


def _is_page(path: str) -> bool:
    """An author's own HTML among the assets is published as it is."""
    return path.endswith(".html") and not path.startswith("assets/")


def _folder(path: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return folder + slash
