"""The content-addressed store: folders of files under the key of everything that made them.

An entry is written under a temporary name and renamed into place as a whole. It carries a
digest of each of its files, and one of all that it says of itself. What is found damaged is set
aside and made anew. No clock and no file time is ever consulted.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gen.errors import SetupError, system_error
from gen.store import temporary
from gen.store.files import fsync_path, open_regular, read_regular, remove_tree, write_atomically
from gen.store.locks import Waiting, held

SCHEMA = 2
_MANIFEST = "entry.json"
_TAG = "CACHEDIR.TAG"
_TAGGED = b"""Signature: 8a477f597d28d172789f06886806bc55
# grokreel keeps trained models and drawn films here, and makes them anew where they are gone.
"""
_KEY = re.compile(r"[0-9a-f]{24}")
_DAMAGED = re.compile(rf"(runs|media)-{_KEY.pattern}")
_PART = re.compile(
    rf"part-\d+-({_KEY.pattern}|({_DAMAGED.pattern}|{_KEY.pattern}|runs|media|damaged)-discarded)"
)
_OURS = re.compile(rf"runs|media|damaged|lock|\.?(lock\.holder|CACHEDIR\.TAG).*|{_PART.pattern}")
_NO_FILE = (
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP),
    *(errno.EINVAL, errno.ENXIO),
)
"""What the system says where no regular file is; other errors are of the disk, not the entry."""


def content_key(ingredients: object) -> str:
    """The key of what is made from `ingredients` (plain JSON values): 24 hex digits."""
    text = json.dumps(ingredients, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def file_digest(path: Path) -> str:
    """SHA-256 of a regular file's bytes, in hex."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Entry:
    """Something that was made: its files, and what is known of it.

    Attributes:
        info: whatever its maker wanted to keep beside the files (plain JSON values).
        ingredients: what the key was made of.
        digests: SHA-256 of its files, by their names.
    """

    folder: Path
    key: str
    ingredients: dict[str, Any]
    info: dict[str, Any]
    digests: dict[str, str]

    def file(self, name: str) -> Path:
        """The path of one of the entry's files."""
        return self.folder / name


class Family(str):
    """The name of a group of entries, which knows what their files have to hold.

    A digest tells that files are as they were written; not that they can be used.

    Args:
        name: of the folder inside the store.
        is_usable: whether an entry holds what is read from it.
    """

    __slots__ = ("_is_usable",)

    def __new__(cls, name: str, is_usable: Callable[[Entry], bool]) -> Family:
        family = super().__new__(cls, name)
        family._is_usable = is_usable
        return family

    def can_use(self, entry: Entry) -> bool:
        """Whether an entry holds what is read from it; whatever is malformed in it, it does not.

        Raises:
            OSError: the system refuses to read it.
        """
        try:
            return self._is_usable(entry)
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError):
            return False


class Store:
    """A folder of entries, grouped by family (`runs`, `media`)."""

    def __init__(self, root: Path, *, on_damage: Callable[[str], None] = lambda text: None) -> None:
        self.root = root
        self._on_damage = on_damage

    @property
    def lock(self) -> Path:
        """The file whose holder holds the store."""
        return self.root / "lock"

    @contextmanager
    def locked(self, waiting: Waiting | None = None) -> Iterator[None]:
        """Holds the store for this process, and sweeps up what killed ones have left.

        Args:
            waiting: told if another process holds it, which is then waited for.

        Raises:
            BusyError: another process holds it, and this one does not wait.
            EnvironmentFault: the folder cannot be written, or is not known to be a store.
        """
        with ExitStack() as stack:
            with writing(self.root):
                self._refuse_foreign()
                self.root.mkdir(parents=True, exist_ok=True)
                stack.enter_context(held(self.lock, self.root, waiting))
                if not self._is_tagged():
                    write_atomically(self.root / _TAG, _TAGGED)
                self._sweep()
            yield

    def get(self, family: str, key: str) -> Entry | None:
        """Finds an entry and checks every byte of it, and its content where a `Family` asks for it.

        Returns:
            The entry, or None where there is none or where it was damaged and set aside.

        Raises:
            EnvironmentFault: the system refuses to read it.
        """
        folder = self.root / family / key
        if not os.path.lexists(folder):
            return None
        try:
            entry = self._read(folder)
            is_sound = entry is not None and entry.key == key and _can_use(family, entry)
        except OSError as error:
            raise system_error(error, "cannot be read", str(folder)) from error
        if not is_sound:
            self._set_aside(family, key)
            return None
        return entry

    def put(
        self,
        family: str,
        ingredients: dict[str, Any],
        info: dict[str, Any],
        write: Callable[[Path], None],
    ) -> Entry:
        """Keeps what `write` puts into the folder it is given.

        Raises:
            EnvironmentFault: the disk is full, or the folder cannot be written.
        """
        key = content_key(ingredients)
        final = self.root / family / key
        part = self.root / f"part-{os.getpid()}-{key}"
        with writing(self.root):
            part.mkdir(parents=True)
            try:
                write(part)
                digests = self._seal(part, key, ingredients, info)
                final.parent.mkdir(parents=True, exist_ok=True)
                self._discard(final)
                part.rename(final)
                fsync_path(final.parent)
            finally:
                remove_tree(part)
        return Entry(final, key, ingredients, info, digests)

    def entries(self, family: str) -> Iterator[Entry]:
        """All sound entries of a family, by key; their files' bytes are not checked."""
        folder = self.root / family
        for path in sorted(folder.iterdir()) if folder.is_dir() else []:
            manifest = _manifest(path)
            if manifest is not None:
                yield _entry(path, manifest)

    def remove(self, entry: Entry) -> None:
        """Forgets an entry."""
        with writing(self.root):
            self._discard(entry.folder)

    def prune(self, families: Iterable[str], wanted: Container[str]) -> int:
        """Forgets all entries but those of some keys, sound or not, and what was set aside.

        Returns:
            How many entries of these families were removed.
        """
        with writing(self.root):
            self._forget_damaged()
            unwanted = [
                path
                for family in families
                for path in _named(self.root / family, _KEY)
                if path.name not in wanted
            ]
            for path in unwanted:
                self._discard(path)
        return len(unwanted)

    def clear(self, families: Iterable[str]) -> None:
        """Forgets every entry of some families, and what was set aside."""
        with writing(self.root):
            self._forget_damaged()
            for family in families:
                for path in _named(self.root / family, _KEY):
                    self._discard(path)
                _remove_empty(self.root / family)

    def _seal(
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
        manifest = _manifest(folder)
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
        """Removes a folder, which is away at once: whoever is killed here leaves no half of it."""
        part = self.root / f"part-{os.getpid()}-{folder.name}-discarded"
        with suppress(FileNotFoundError):
            folder.rename(part)
            remove_tree(part)

    def _set_aside(self, family: str, key: str) -> None:
        with writing(self.root):
            self._damaged.mkdir(parents=True, exist_ok=True)
            target = self._damaged / f"{family}-{key}"
            self._discard(target)
            with suppress(FileNotFoundError):
                (self.root / family / key).rename(target)
        self._on_damage(
            f"{family}/{key} is damaged, or another version's; set aside as {target}, "
            "to be made anew"
        )

    def _forget_damaged(self) -> None:
        for path in _named(self._damaged, _DAMAGED):
            self._discard(path)
        _remove_empty(self._damaged)

    def _sweep(self) -> None:
        for path in _named(self.root, _PART):
            remove_tree(path)
        temporary.sweep()

    def _is_tagged(self) -> bool:
        """Whether the folder holds this tool's own tag; other programs tag theirs, too."""
        try:
            return read_regular(self.root / _TAG) == _TAGGED
        except OSError:
            return False

    def _refuse_foreign(self) -> None:
        """Refuses a folder that is not known to be a store: files are removed from a store."""
        if not self.root.is_dir() or self._is_tagged():
            return
        names = {path.name for path in self.root.iterdir()}
        if _TAG in names or not all(map(_OURS.fullmatch, names)):
            raise SetupError(
                "holds files that this tool did not write",
                where=str(self.root),
                hint="choose another --store",
            )


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns what a full or forbidden disk says into the tool's own error.

    Raises:
        EnvironmentFault: with the system's reason, naming `folder`.
    """
    try:
        yield
    except OSError as error:
        raise system_error(error, "cannot be written", str(folder)) from error


def _can_use(family: str, entry: Entry) -> bool:
    return not isinstance(family, Family) or family.can_use(entry)


def _entry(folder: Path, manifest: dict[str, Any]) -> Entry:
    return Entry(
        folder, manifest["key"], manifest["ingredients"], manifest["info"], manifest["files"]
    )


def _named(folder: Path, names: re.Pattern[str]) -> list[Path]:
    """What a folder holds under names that this tool gives; a missing folder holds nothing."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if names.fullmatch(path.name))


def _remove_empty(folder: Path) -> None:
    """Removes a folder in which nothing is left."""
    if folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir()):
        folder.rmdir()


def _manifest(folder: Path) -> dict[str, Any] | None:
    """What an entry says of itself; None where it says nothing, or not what was written."""
    try:
        manifest = json.loads(read_regular(folder / _MANIFEST))
        digest = manifest.pop("digest")
        sound = digest == content_key(manifest) and manifest["schema"] == SCHEMA
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return None
    except OSError as error:
        if error.errno in _NO_FILE:
            return None
        raise
    return manifest if sound else None
