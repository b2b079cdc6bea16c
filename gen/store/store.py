"""Content-addressed store: folders of files, named by a hash of all that can change them.

An entry is written under a temporary name and renamed into place. Its manifest holds a digest of
each file and one of the manifest itself. A damaged entry is moved aside and made again. The store
never reads a clock or a file time.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gen.errors import SetupError, system_error
from gen.store import temporary
from gen.store.files import fsync_path, open_regular, read_regular, remove_tree, write_atomically
from gen.store.locks import OnWait, hold_lock

SCHEMA = 2
_MANIFEST = "entry.json"
_TAG = "CACHEDIR.TAG"
_TAG_CONTENT = b"""Signature: 8a477f597d28d172789f06886806bc55
# grokreel keeps trained models and drawn films here, and makes them anew where they are gone.
"""
_KEY_NAME = re.compile(r"[0-9a-f]{24}")
_DAMAGED_NAME = re.compile(rf"(runs|media)-{_KEY_NAME.pattern}")
_PART_NAME = re.compile(
    rf"part-\d+-({_KEY_NAME.pattern}|({_DAMAGED_NAME.pattern}|{_KEY_NAME.pattern}|runs|media|damaged)-discarded)"
)
_OWN_NAME = re.compile(
    rf"runs|media|damaged|lock|\.?(lock\.holder|CACHEDIR\.TAG).*|{_PART_NAME.pattern}"
)
_NO_FILE = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EINVAL, errno.ENXIO}
"""Errors that mean there is no regular file; any other error is a problem of the disk."""


def content_key(ingredients: object) -> str:
    """Return the hash of some JSON values as 24 hex digits."""
    text = json.dumps(ingredients, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a regular file as hex digits."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Entry:
    """A stored result: a folder of files with its manifest.

    Attributes:
        ingredients: JSON values that can change the files; the key is their hash.
        info: further JSON values to keep with the files.
        digests: SHA-256 of the files by file name.
    """

    folder: Path
    key: str
    ingredients: dict[str, Any]
    info: dict[str, Any]
    digests: dict[str, str]

    def file(self, name: str) -> Path:
        """Return the path of one of the files."""
        return self.folder / name


class Family(str):
    """The name of a group of entries, with a check that their content can be used.

    Digests only show that files are as they were written, and not that this version can read them.

    Args:
        name: name of the folder in the store.
        is_usable: whether an entry has the expected content.
    """

    __slots__ = ("_is_usable",)

    def __new__(cls, name: str, is_usable: Callable[[Entry], bool]) -> Family:
        family = super().__new__(cls, name)
        family._is_usable = is_usable
        return family

    def can_use(self, entry: Entry) -> bool:
        """Whether an entry has the expected content; malformed values mean no.

        Raises:
            OSError: the entry cannot be read.
        """
        try:
            return self._is_usable(entry)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            return False


class Store:
    """A folder of entries, grouped by family (`runs`, `media`).

    Args:
        on_damage: called with a message when a damaged entry is moved aside.
    """

    def __init__(self, root: Path, *, on_damage: Callable[[str], None] = lambda text: None) -> None:
        self.root = root
        self._on_damage = on_damage

    @property
    def lock(self) -> Path:
        """The lock file of the store."""
        return self.root / "lock"

    @contextmanager
    def locked(self, on_wait: OnWait | None = None) -> Iterator[None]:
        """Lock the store, and remove what killed processes left in it.

        Args:
            on_wait: called if another process holds the lock; this process then waits.

        Raises:
            BusyError: another process holds the lock, and `on_wait` is None.
            SetupError: the folder cannot be written, or is not a store.
        """
        with ExitStack() as stack:
            with convert_write_errors(self.root):
                self._raise_if_foreign()
                self.root.mkdir(parents=True, exist_ok=True)
                stack.enter_context(hold_lock(self.lock, self.root, on_wait))
                if not self._is_tagged():
                    write_atomically(self.root / _TAG, _TAG_CONTENT)
                for abandoned in _matching(self.root, _PART_NAME):
                    remove_tree(abandoned)
                temporary.sweep()
            yield

    def get(self, family: str, key: str) -> Entry | None:
        """Return an entry after checking every byte, and its content if `family` is a `Family`.

        Returns None if there is no entry, or if it was damaged and moved aside.

        Raises:
            SetupError: the entry cannot be read.
        """
        folder = self.root / family / key
        if not os.path.lexists(folder):
            return None
        try:
            entry = self._read(folder)
            is_valid = (
                entry is not None
                and entry.key == key
                and (not isinstance(family, Family) or family.can_use(entry))
            )
        except OSError as error:
            raise system_error(error, "cannot be read", str(folder)) from error
        if not is_valid:
            self._move_aside(family, key)
            return None
        return entry

    def put(
        self,
        family: str,
        ingredients: dict[str, Any],
        info: dict[str, Any],
        write: Callable[[Path], None],
    ) -> Entry:
        """Store a new entry.

        Args:
            write: writes the files of the entry to the given folder.

        Raises:
            SetupError: the disk is full, or the folder cannot be written.
        """
        key = content_key(ingredients)
        final = self.root / family / key
        part = self.root / f"part-{os.getpid()}-{key}"
        with convert_write_errors(self.root):
            part.mkdir(parents=True)
            try:
                write(part)
                digests = self._write_manifest(part, key, ingredients, info)
                final.parent.mkdir(parents=True, exist_ok=True)
                self._discard(final)
                part.rename(final)
                fsync_path(final.parent)
            finally:
                remove_tree(part)
        return Entry(final, key, ingredients, info, digests)

    def entries(self, family: str) -> Iterator[Entry]:
        """Yield all entries of a family with a valid manifest, by key; files are not checked."""
        folder = self.root / family
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            manifest = _read_manifest(path)
            if manifest is not None:
                yield _entry(path, manifest)

    def remove(self, entry: Entry) -> None:
        """Remove an entry."""
        with convert_write_errors(self.root):
            self._discard(entry.folder)

    def prune(self, families: Iterable[str], wanted: Container[str]) -> int:
        """Remove all damaged entries and those without wanted keys; return the latters' number."""
        with convert_write_errors(self.root):
            self._remove_damaged()
            unwanted = [
                path
                for family in families
                for path in _matching(self.root / family, _KEY_NAME)
                if path.name not in wanted
            ]
            for path in unwanted:
                self._discard(path)
        return len(unwanted)

    def clear(self, families: Collection[str]) -> None:
        """Remove all entries of some families, and all damaged entries."""
        self.prune(families, ())
        with convert_write_errors(self.root):
            for family in families:
                _remove_empty(self.root / family)

    def _write_manifest(
        self, folder: Path, key: str, ingredients: dict[str, Any], info: dict[str, Any]
    ) -> dict[str, str]:
        files = sorted(path for path in folder.iterdir() if path.is_file())
        digests = {path.name: file_digest(path) for path in files}
        manifest = {
            "schema": SCHEMA,
            "key": key,
            "ingredients": ingredients,
            "info": info,
            "files": digests,
        }
        manifest["digest"] = content_key(manifest)
        (folder / _MANIFEST).write_text(
            json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
        for path in [*files, folder / _MANIFEST]:
            fsync_path(path)
        fsync_path(folder)
        return digests

    def _read(self, folder: Path) -> Entry | None:
        manifest = _read_manifest(folder)
        if manifest is None or content_key(manifest["ingredients"]) != manifest["key"]:
            return None
        if {path.name for path in folder.iterdir()} != {*manifest["files"], _MANIFEST}:
            return None
        for name, digest in manifest["files"].items():
            path = folder / name
            if not path.is_file() or file_digest(path) != digest:
                return None
        return _entry(folder, manifest)

    @property
    def _damaged(self) -> Path:
        return self.root / "damaged"

    def _discard(self, folder: Path) -> None:
        """Remove a folder; it is renamed first, so that a kill leaves no incomplete entry."""
        part = self.root / f"part-{os.getpid()}-{folder.name}-discarded"
        with suppress(FileNotFoundError):
            folder.rename(part)
            remove_tree(part)

    def _move_aside(self, family: str, key: str) -> None:
        with convert_write_errors(self.root):
            self._damaged.mkdir(parents=True, exist_ok=True)
            target = self._damaged / f"{family}-{key}"
            self._discard(target)
            with suppress(FileNotFoundError):
                (self.root / family / key).rename(target)
        self._on_damage(
            f"{family}/{key} is damaged or was written by another version; "
            f"moved to {target}, to be made again"
        )

    def _remove_damaged(self) -> None:
        for path in _matching(self._damaged, _DAMAGED_NAME):
            self._discard(path)
        _remove_empty(self._damaged)

    def _is_tagged(self) -> bool:
        """Whether the folder has the tag of this tool; other programs write such tags too."""
        try:
            return read_regular(self.root / _TAG) == _TAG_CONTENT
        except OSError:
            return False

    def _raise_if_foreign(self) -> None:
        """Raise if the folder is not a store, because files in a store get removed."""
        if not self.root.is_dir() or self._is_tagged():
            return
        names = {path.name for path in self.root.iterdir()}
        if _TAG in names or not all(map(_OWN_NAME.fullmatch, names)):
            raise SetupError(
                "holds files that this tool did not write",
                where=str(self.root),
                hint="choose another --store",
            )


@contextmanager
def convert_write_errors(folder: Path) -> Iterator[None]:
    """Convert an OSError in the `with` block to a SetupError that names `folder`."""
    try:
        yield
    except OSError as error:
        raise system_error(error, "cannot be written", str(folder)) from error


def _entry(folder: Path, manifest: dict[str, Any]) -> Entry:
    return Entry(
        folder, manifest["key"], manifest["ingredients"], manifest["info"], manifest["files"]
    )


def _matching(folder: Path, names: re.Pattern[str]) -> list[Path]:
    """Return the paths in a folder whose names match; none if the folder is missing."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if names.fullmatch(path.name))


def _remove_empty(folder: Path) -> None:
    """Remove a folder if it is empty."""
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _read_manifest(folder: Path) -> dict[str, Any] | None:
    """Read the manifest of an entry; None if it is missing or not as it was written."""
    try:
        manifest = json.loads(read_regular(folder / _MANIFEST))
        digest = manifest.pop("digest")
        is_valid = digest == content_key(manifest) and manifest["schema"] == SCHEMA
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise
    return manifest if is_valid else None
