"""Where the sources of a site stand in git, asked without running what git's config names.

An archive of a site may bring a `.git/config` of its own, and most git commands run programs that
a config names: filters, monitors, signature checkers, transports. So git is only asked for what it
reads from its object store (`rev-list`, `ls-tree`), is forbidden to fetch, and files are compared
with the commit here, by their blob ids.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gen.store.files import read_regular

_OPTIONS = (
    *("--no-pager", "--no-optional-locks", "--literal-pathspecs"),
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "protocol.allow=never"),
)
_NO_FETCH = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}
_KEPT = re.compile(
    r"GIT_(EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|CONFIG_(?!PARAMETERS).+)"
)
"""Variables that say how git finds its settings. All others, such as the GIT_DIR and
GIT_INDEX_FILE of a hook, would have git answer for another repository."""

_ENTRY = re.compile(r"(?P<mode>\d{6}) (?P<kind>\w+) (?P<id>[0-9a-f]+)\t(?P<name>.+)", re.DOTALL)
_LINK = "120000"


@dataclass(frozen=True)
class Commit:
    """Where the sources of a site stand under version control.

    Attributes:
        hash: the last commit that touched them; None without git, or where nothing is committed.
        edited: whether the site is made of something else than what that commit holds.
    """

    hash: str | None = None
    edited: bool = False

    @classmethod
    def of(cls, folder: Path, sources: Iterable[Path]) -> Commit:
        """Asks git about a folder, and compares files with what is committed.

        Args:
            sources: the files below `folder` that the site is made of.
        """
        commit = (_asked(folder, "rev-list", "-1", "HEAD", "--", ".") or "").strip()
        if not commit:
            return cls()
        listing = _asked(folder, "ls-tree", "-r", "-z", "HEAD")
        return cls(commit, edited=listing is None or _differs(folder, sources, _tree(listing)))


@dataclass(frozen=True)
class _Blob:
    """A committed file: how git keeps it, and the id of its content."""

    mode: str
    id: str

    def is_of(self, content: bytes) -> bool:
        """Whether some content has this id, as it is or as git keeps it.

        A checkout may have other line ends than the commit (`core.autocrlf`), and a large file is
        committed as a pointer (git LFS). What other filters do counts as an edit.
        """
        return any(self.id == self._id(form) for form in _committed_forms(content))

    def _id(self, content: bytes) -> str:
        algorithm = "sha256" if len(self.id) == 64 else "sha1"
        digest = hashlib.new(algorithm, b"blob %d\0" % len(content), usedforsecurity=False)
        digest.update(content)
        return digest.hexdigest()


def _committed_forms(content: bytes) -> Iterator[bytes]:
    yield content
    if b"\r\n" in content:
        yield content.replace(b"\r\n", b"\n")
    digest = hashlib.sha256(content).hexdigest()
    yield (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(content)}\n"
    ).encode()


def _tree(listing: str) -> dict[str, _Blob]:
    """Every committed file below a folder, by its path from there."""
    found = (_ENTRY.fullmatch(line) for line in listing.split("\0"))
    return {
        entry["name"]: _Blob(entry["mode"], entry["id"])
        for entry in found
        if entry is not None and entry["kind"] == "blob"
    }


def _differs(folder: Path, sources: Iterable[Path], tree: Mapping[str, _Blob]) -> bool:
    """Whether a source is not as it is committed, or a committed file is gone."""
    if any(not os.path.lexists(folder / name) for name in tree):
        return True
    return not all(_is_committed(folder, path, tree) for path in sources)


def _is_committed(folder: Path, path: Path, tree: Mapping[str, _Blob]) -> bool:
    """Whether a file is committed as it is, and so is every link on the way to it."""
    root = os.path.realpath(folder)
    inside = path.relative_to(folder)
    for way in [inside, *inside.parents]:
        if way.name and (folder / way).is_symlink():
            blob = tree.get(way.as_posix())
            target = os.fsencode((folder / way).readlink())
            if blob is None or blob.mode != _LINK or not blob.is_of(target):
                return False
    target = os.path.relpath(os.path.realpath(path), root)
    blob = tree.get(Path(target).as_posix())
    try:
        return blob is not None and blob.is_of(read_regular(path))
    except OSError:
        return False


def _asked(folder: Path, *question: str) -> str | None:
    """What git says; None where it is not there, fails, or takes too long."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or _KEPT.fullmatch(name)
    }
    try:
        asked = subprocess.run(
            ["git", *_OPTIONS, "-C", str(folder), *question],  # noqa: S607
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=kept | _NO_FETCH,
            check=True,
            timeout=10,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return os.fsdecode(asked.stdout)
