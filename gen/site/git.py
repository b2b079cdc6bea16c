"""Find the git commit of a site's sources, without running programs that git's config names.

A downloaded site may contain a `.git/config`, and most git commands run programs that a config
names: filters, monitors, signature checkers, transports. So only commands are used that read the
object store (`rev-list`, `ls-tree`), fetching is disabled, and files are compared with the commit
here, by their blob ids.
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
"""Variables for git's settings, which are kept. Others, such as GIT_DIR and GIT_INDEX_FILE in a
hook, are removed, because they select another repository."""

_ENTRY = re.compile(r"(?P<mode>\d{6}) (?P<kind>\w+) (?P<id>[0-9a-f]+)\t(?P<name>.+)", re.DOTALL)
_LINK = "120000"


@dataclass(frozen=True)
class Commit:
    """The commit of a site's sources.

    Attributes:
        hash: the last commit that changed them; None without git or without a commit.
        edited: whether the sources differ from HEAD.
    """

    hash: str | None = None
    edited: bool = False

    @classmethod
    def of(cls, folder: Path, sources: Iterable[Path]) -> Commit:
        """Find the commit of a folder, and compare the sources with HEAD.

        Args:
            sources: the files below `folder` that the site is made from.
        """
        commit = (_run_git(folder, "rev-list", "-1", "HEAD", "--", ".") or "").strip()
        if not commit:
            return cls()
        listing = _run_git(folder, "ls-tree", "-r", "-z", "HEAD")
        return cls(commit, edited=listing is None or _differs(folder, sources, _tree(listing)))


@dataclass(frozen=True)
class _Blob:
    """A committed file: its mode, and the id of its content."""

    mode: str
    id: str

    def matches(self, content: bytes) -> bool:
        """Whether content has this id, unchanged or as git may have committed it.

        A checkout may have other line ends than the commit (`core.autocrlf`), and a large file may
        be committed as a pointer (git LFS). Changes by other filters count as edits.
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
    """Parse the output of `ls-tree`: every committed file by its path."""
    found = (_ENTRY.fullmatch(line) for line in listing.split("\0"))
    return {
        entry["name"]: _Blob(entry["mode"], entry["id"])
        for entry in found
        if entry is not None and entry["kind"] == "blob"
    }


def _differs(folder: Path, sources: Iterable[Path], tree: Mapping[str, _Blob]) -> bool:
    """Whether a source differs from its committed content, or a committed file is missing."""
    if any(not os.path.lexists(folder / name) for name in tree):
        return True
    return not all(_is_committed(folder, path, tree) for path in sources)


def _is_committed(folder: Path, path: Path, tree: Mapping[str, _Blob]) -> bool:
    """Whether a file, and every link on the path to it, is as committed."""
    root = os.path.realpath(folder)
    inside = path.relative_to(folder)
    for part in [inside, *inside.parents]:
        if part.name and (folder / part).is_symlink():
            blob = tree.get(part.as_posix())
            target = os.fsencode((folder / part).readlink())
            if blob is None or blob.mode != _LINK or not blob.matches(target):
                return False
    target = os.path.relpath(os.path.realpath(path), root)
    blob = tree.get(Path(target).as_posix())
    try:
        return blob is not None and blob.matches(read_regular(path))
    except OSError:
        return False


def _run_git(folder: Path, *arguments: str) -> str | None:
    """Return the output of git; None if it is missing, fails or takes too long."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or _KEPT.fullmatch(name)
    }
    try:
        finished = subprocess.run(
            ["git", *_OPTIONS, "-C", str(folder), *arguments],  # noqa: S607
            capture_output=True,
            stdin=subprocess.DEVNULL,
            env=kept | _NO_FETCH,
            check=True,
            timeout=10,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return os.fsdecode(finished.stdout)
