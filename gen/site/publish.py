"""The published folder: written beside its place, swapped in as a whole, checked by digest."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gen.errors import BusyError, SetupError
from gen.site.mounts import is_mount_point
from gen.store.exchange import exchange
from gen.store.files import fsync_path, read_regular, remove_tree, walk
from gen.store.locks import Waiting, held, left_over
from gen.store.store import file_digest, writing

MANIFEST = "data/manifest.json"

_PROVENANCE = "data/provenance.json"
_UNFINISHED = ".unfinished-grokreel-site"
"""An empty file that tells a site which is being written from a folder of another program."""


def key_of(output: Path) -> str | None:
    """What the published site was made from; None where there is none, or it does not say."""
    manifest = _manifest(output)
    return None if manifest is None else manifest.key


def is_fresh(output: Path, key: str) -> bool:
    """Whether a folder holds exactly the site of `key`, byte for byte."""
    return key_of(output) == key and not damage(output)


def damage(output: Path) -> str:
    """What is not as it was written in a published site, as a sentence; empty if all is.

    Only the first such file is named. A folder that holds nothing is not damaged.
    """
    if not output.is_dir() or not any(output.iterdir()):
        return ""
    manifest = _manifest(output)
    if manifest is None:
        return f"{MANIFEST} is damaged"
    present = {path.relative_to(output).as_posix() for path in _files(output)} - {MANIFEST}
    for name in sorted(present | manifest.files.keys()):
        if name not in manifest.files:
            return f"{name} is not of this site"
        if name not in present:
            return f"{name} is missing"
        if not _is_sound(output / name, manifest.files[name]):
            return f"{name} is damaged"
    return ""


def _is_sound(file: Path, digest: str) -> bool:
    try:
        return file_digest(file) == digest
    except OSError as error:
        if error.errno == errno.EINVAL:
            return False
        raise


@contextmanager
def locked(output: Path, waiting: Waiting | None = None) -> Iterator[None]:
    """Holds an output folder for this process, and completes what a killed one has left.

    Args:
        waiting: told if another process holds it, which is then waited for.

    Raises:
        BusyError: another process holds it, and this one does not wait.
        EnvironmentFault: its parent folder cannot be written, or it, or a folder beside it that
            is needed to replace it, holds something else.
    """
    _refuse_foreign(output)
    with ExitStack() as stack:
        with writing(output):
            output.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(held(lock_of(output), output, waiting))
            _hint(output)
        yield


def lock_of(output: Path) -> Path:
    """The file whose holder holds an output folder; it lies beside it."""
    return _beside(output, "lock")


def tidy(output: Path) -> None:
    """Removes what a killed process has left beside a site, unless another is at work there.

    What another program has put there stays, and is told when the site is to be written.
    """
    killed = any(_beside(output, what).exists() for what in ("part", "former"))
    if killed or left_over(lock_of(output)):
        with suppress(BusyError, SetupError), locked(output):
            pass


def publish(
    output: Path,
    key: str,
    files: Mapping[str, bytes | Path],
    digests: Mapping[str, str] | None = None,
) -> None:
    """Puts a site in the place of the former one, as a whole.

    Args:
        output: the folder; it may be absent, empty, or a site this tool has written.
        key: what the site was made from.
        files: path inside the site to content, or to a file that is copied.
        digests: what copies have to come to, by path inside the site, where it is known.

    Raises:
        EnvironmentFault: the folder holds something else or cannot be written, or a copy is not
            what it should be.
    """
    _refuse_foreign(output)
    _refuse_foreign_beside(output)
    part, former = _beside(output, "part"), _beside(output, "former")
    with writing(output):
        try:
            _write(part, key, files, digests or {})
            if not output.exists():
                part.rename(output)
            elif not exchange(part, output):
                output.rename(former)
                part.rename(output)
            fsync_path(output.parent)
        finally:
            _hint(output)


def _beside(output: Path, what: str) -> Path:
    full = _full(output)
    return full.with_name(f".{full.name}.{what}")


def _full(output: Path) -> Path:
    """The whole path of a folder; a link in it stays the name that it is."""
    return Path(os.path.abspath(output))  # noqa: PTH100


def _hint(output: Path) -> None:
    """Puts a site back that was taken from its place and not replaced; removes the rest."""
    _refuse_foreign_beside(output)
    former, part = _beside(output, "former"), _beside(output, "part")
    if former.is_dir() and not former.is_symlink() and not output.exists():
        former.rename(output)
    for rest in (former, part):
        _erase(rest)


def _refuse_foreign_beside(output: Path) -> None:
    for what in ("former", "part"):
        rest = _beside(output, what)
        if not _is_left_over(rest):
            raise SetupError(
                "is needed to replace the site, and holds files that this tool did not write",
                where=str(rest),
                hint="move it, or choose another --output",
            )


def _is_left_over(rest: Path) -> bool:
    """Whether a folder beside the output is a site, or a part of one that this tool has left.

    A link is no one's content and may be removed; a folder without any file, too.
    """
    if rest.is_symlink() or not rest.exists():
        return True
    if not rest.is_dir():
        return False
    return (rest / _UNFINISHED).is_file() or _is_ours(rest) or not _files(rest)


def _erase(site: Path) -> None:
    """Removes a site such that a process killed on the way leaves what is known for a site."""
    if site.is_dir() and not site.is_symlink():
        telling = [site / name for name in (_UNFINISHED, _PROVENANCE, MANIFEST)]
        for file in _files(site):
            if file not in telling:
                file.unlink()
    remove_tree(site)


def remove(output: Path) -> bool:
    """Removes a published site, which is away at once; False where there was none.

    Raises:
        EnvironmentFault: the folder holds something else.
    """
    if not output.exists():
        return False
    _refuse_foreign(output)
    part = _beside(output, "part")
    with writing(output):
        output.rename(part)
        _erase(part)
    return True


def _write(
    part: Path, key: str, files: Mapping[str, bytes | Path], expected: Mapping[str, str]
) -> None:
    digests: dict[str, str] = {}
    part.mkdir()
    (part / _UNFINISHED).touch()
    for name, content in sorted(files.items()):
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content)
        fsync_path(path)
        digests[name] = file_digest(path)
        if digests[name] != expected.get(name, digests[name]):
            raise SetupError(
                f"{name} was damaged before it was copied",
                where=str(content),
                hint="run this again",
            )
    manifest = part / MANIFEST
    manifest.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"key": key, "files": digests}, indent=1, sort_keys=True)
    manifest.write_text(text + "\n", encoding="utf-8")
    fsync_path(manifest)
    (part / _UNFINISHED).unlink()
    for folder in [part, *(path for path in walk(part) if path.is_dir())]:
        fsync_path(folder)


def _refuse_foreign(output: Path) -> None:
    if not _full(output).name:
        raise SetupError("cannot be a site", where=str(output), hint="choose another --output")
    if (output / ".git").exists():
        raise SetupError(
            "is a repository, and a site is replaced as a whole",
            where=str(output),
            hint="choose another --output, and copy the site from there",
        )
    if output.is_symlink():
        raise SetupError(
            "is a link, and a site is replaced as a whole",
            where=str(output),
            hint=f"say --output {os.path.realpath(output)}",
        )
    if output.is_dir() and is_mount_point(output):
        raise SetupError(
            "is a mount point, and a site is replaced as a whole",
            where=str(output),
            hint=f"choose a folder below it: --output {output / 'site'}",
        )
    if output.exists() and not output.is_dir():
        raise SetupError("is not a folder", where=str(output), hint="choose another --output")
    if output.exists() and any(output.iterdir()) and not _is_ours(output):
        raise SetupError(
            "holds files that this tool did not write",
            where=str(output),
            hint="choose another --output, or empty it yourself",
        )


def _is_ours(output: Path) -> bool:
    """Whether this tool has written a folder; either of two files tells, lest one be damaged."""
    try:
        told = json.loads(read_regular(output / _PROVENANCE))
    except (OSError, ValueError, RecursionError):
        told = None
    by_provenance = isinstance(told, dict) and {"libraries", "figures", "commit"} <= told.keys()
    return by_provenance or _manifest(output) is not None


@dataclass(frozen=True)
class _Manifest:
    """What a published site says of itself: its key, and the digest of every file."""

    key: str
    files: dict[str, str]


def _manifest(output: Path) -> _Manifest | None:
    try:
        told = json.loads(read_regular(output / MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
    match told:
        case {"key": str(key), "files": dict(files)} if len(told) == 2:
            return _Manifest(key, files)
        case _:
            return None


def _files(folder: Path) -> list[Path]:
    return [path for path in walk(folder) if path.is_symlink() or not path.is_dir()]
