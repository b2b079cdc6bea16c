"""Add content digests to the addresses of assets and scripts, against stale browser caches.

A browser may cache a script for days and would run the old script on a page that was published
again. A new address makes it load the new script. A query also works on pages that are opened
from a folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

_ATTRIBUTE = re.compile(r'( (?:href|src|data-scripts?|data-indexes)=")([^"]*)(?=")')
_ADDRESS = re.compile(r"(?:\.\./)*((?:assets|seeds)/[^?#]+)")
_VERSIONED = re.compile(r"assets/|(?:.*/)?seeds/")
"""The files whose addresses get a digest: few and small beside the data of a site."""

_DIGEST_LENGTH = 10


def add_versions(files: Mapping[str, bytes | Path]) -> dict[str, bytes | Path]:
    """Return the same files; pages load each asset and script by its name and content digest.

    Args:
        files: path inside the site to content.
    """
    digests = {
        path: sha256(content).hexdigest()[:_DIGEST_LENGTH]
        for path, content in files.items()
        if isinstance(content, bytes) and _VERSIONED.match(path)
    }

    def address(written: str, folder: str) -> str:
        found = _ADDRESS.fullmatch(written)
        if found is None:
            return written
        path = unquote(found[1])
        digest = digests.get(path if path.startswith("assets/") else folder + path)
        return written if digest is None else f"{written}?v={digest}"

    def versioned(page: str, folder: str) -> str:
        return _ATTRIBUTE.sub(
            lambda found: found[1] + " ".join(address(one, folder) for one in found[2].split(" ")),
            page,
        )

    return {
        path: versioned(content.decode(), _folder(path)).encode()
        if isinstance(content, bytes) and _is_page(path)
        else content
        for path, content in files.items()
    }


def _is_page(path: str) -> bool:
    """Whether a file is a page of the site; HTML among the assets is published unchanged."""
    return path.endswith(".html") and not path.startswith("assets/")


def _folder(path: str) -> str:
    folder, slash, _ = path.rpartition("/")
    return folder + slash
