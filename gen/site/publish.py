"""Write, check and remove the published folder; it is replaced atomically."""

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
from gen.store.files import exchange, fsync_path, read_regular, remove_tree, walk
from gen.store.locks import OnWait, has_leftovers, hold_lock
from gen.store.store import convert_write_errors, file_digest

MANIFEST = "data/manifest.json"

_PROVENANCE = "data/provenance.json"
_UNFINISHED = ".unfinished-grokreel-site"
"""An empty file that marks an unfinished site of this tool."""


def key_of(output: Path) -> str | None:
    """Return the key of the published site; None if there is no site or no valid manifest."""
    manifest = _manifest(output)
    return None if manifest is None else manifest.key


def is_checked(output: Path) -> bool:
    """Whether the statements of the published site were checked, and nothing was found."""
    manifest = _manifest(output)
    return manifest is not None and manifest.checked


def is_fresh(output: Path, key: str) -> bool:
    """Whether a folder holds the site of a key, with every byte as it was written."""
    return key_of(output) == key and not damage(output)


def damage(output: Path) -> str:
    """Return which file of a published site is missing, new or changed; empty if none is.

    Only the first such file is named. An empty folder is not damaged.
    """
    if not output.is_dir() or not any(output.iterdir()):
        return ""
    manifest = _manifest(output)
    if manifest is None:
        return f"{MANIFEST} is damaged"
    present = {path.relative_to(output).as_posix() for path in _files(output)} - {MANIFEST}
    for name in sorted(present | manifest.files.keys()):
        if name not in manifest.files:
            return f"{name} does not belong to this site"
        if name not in present:
            return f"{name} is missing"
        if not _matches_digest(output / name, manifest.files[name]):
            return f"{name} is damaged"
    return ""


def _matches_digest(file: Path, digest: str) -> bool:
    try:
        return file_digest(file) == digest
    except OSError as error:
        if error.errno == errno.EINVAL:
            return False
        raise


@contextmanager
def locked(output: Path, on_wait: OnWait | None = None) -> Iterator[None]:
    """Lock an output folder, and repair what a killed process left.

    Args:
        on_wait: called if another process holds the lock; this process then waits.

    Raises:
        BusyError: another process holds the lock, and `on_wait` is None.
        SetupError: the parent folder cannot be written, or the output, or a folder beside it that
            is needed to replace it, contains other files.
    """
    _check_output(output)
    with ExitStack() as stack:
        with convert_write_errors(output):
            output.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(hold_lock(lock_of(output), output, on_wait))
            _restore(output)
        yield


def lock_of(output: Path) -> Path:
    """Return the lock file of an output folder, which is beside the folder."""
    return _sibling(output, "lock")


def tidy(output: Path) -> None:
    """Remove what a killed process left beside a site, unless the output is locked.

    Files of other programs stay; they are an error when the site is written next.
    """
    has_siblings = any(_sibling(output, what).exists() for what in ("part", "former"))
    if has_siblings or has_leftovers(lock_of(output)):
        with suppress(BusyError, SetupError), locked(output):
            pass


def publish(
    output: Path,
    key: str,
    files: Mapping[str, bytes | Path],
    digests: Mapping[str, str] | None = None,
    *,
    checked: bool = False,
) -> None:
    """Replace the published site atomically.

    Args:
        output: the folder; missing, empty, or a site of this tool.
        key: hash of all sources of the site.
        files: content, or a file to copy, by path in the site.
        digests: expected SHA-256 of copied files, if known, by path in the site.
        checked: whether its statements and translations were checked, and nothing was found.

    Raises:
        SetupError: the folder contains other files or cannot be written, or a copied file is
            damaged.
    """
    _check_output(output)
    _check_siblings(output)
    part, former = _sibling(output, "part"), _sibling(output, "former")
    with convert_write_errors(output):
        try:
            _write(part, _Manifest(key, {}, checked), files, digests or {})
            if not output.exists():
                part.rename(output)
            elif not exchange(part, output):
                output.rename(former)
                part.rename(output)
            fsync_path(output.parent)
        finally:
            _restore(output)


def _sibling(output: Path, what: str) -> Path:
    full = _absolute(output)
    return full.with_name(f".{full.name}.{what}")


def _absolute(output: Path) -> Path:
    """Return the absolute path without resolving links."""
    return Path(os.path.abspath(output))  # noqa: PTH100


def _restore(output: Path) -> None:
    """Restore a site that was moved away and not replaced; remove temporary folders."""
    _check_siblings(output)
    former, part = _sibling(output, "former"), _sibling(output, "part")
    if former.is_dir() and not former.is_symlink() and not output.exists():
        former.rename(output)
    for folder in (former, part):
        _remove_site(folder)


def _check_siblings(output: Path) -> None:
    for what in ("former", "part"):
        folder = _sibling(output, what)
        if not _may_remove(folder):
            raise SetupError(
                "is needed to replace the site, and holds files that this tool did not write",
                where=str(folder),
                hint="move it, or choose another --output",
            )


def _may_remove(path: Path) -> bool:
    """Whether a path beside the output is a complete or unfinished site of this tool.

    Links and folders without files may be removed too.
    """
    if path.is_symlink() or not path.exists():
        return True
    if not path.is_dir():
        return False
    return (path / _UNFINISHED).is_file() or _is_own_site(path) or not _files(path)


def _remove_site(site: Path) -> None:
    """Remove a site; the files that identify it go last, in case this process is killed."""
    if site.is_dir() and not site.is_symlink():
        markers = [site / name for name in (_UNFINISHED, _PROVENANCE, MANIFEST)]
        for file in _files(site):
            if file not in markers:
                file.unlink()
    remove_tree(site)


def remove(output: Path) -> bool:
    """Remove a published site; it is renamed first. Return False if there is none.

    Raises:
        SetupError: the folder contains other files.
    """
    if not output.exists():
        return False
    _check_output(output)
    part = _sibling(output, "part")
    with convert_write_errors(output):
        output.rename(part)
        _remove_site(part)
    return True


def _write(
    part: Path, of: _Manifest, files: Mapping[str, bytes | Path], expected: Mapping[str, str]
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
                f"{name} was damaged in the store before it was copied",
                where=str(content),
                hint="run the command again",
            )
    manifest = part / MANIFEST
    manifest.parent.mkdir(parents=True, exist_ok=True)
    content = {"key": of.key, "files": digests, "checked": of.checked}
    text = json.dumps(content, indent=1, sort_keys=True)
    manifest.write_text(text + "\n", encoding="utf-8")
    fsync_path(manifest)
    (part / _UNFINISHED).unlink()
    for folder in [part, *(path for path in walk(part) if path.is_dir())]:
        fsync_path(folder)


def _check_output(output: Path) -> None:
    if not _absolute(output).name:
        raise SetupError(
            "cannot be the output folder", where=str(output), hint="choose another --output"
        )
    if (output / ".git").exists():
        raise SetupError(
            "is a git repository, and the output folder is replaced as a whole",
            where=str(output),
            hint="choose another --output and copy the site to the repository",
        )
    if output.is_symlink():
        raise SetupError(
            "is a link, and the output folder is replaced as a whole",
            where=str(output),
            hint=f"pass --output {os.path.realpath(output)}",
        )
    if output.is_dir() and is_mount_point(output):
        raise SetupError(
            "is a mount point, and the output folder is replaced as a whole",
            where=str(output),
            hint=f"choose a folder below it: --output {output / 'site'}",
        )
    if output.exists() and not output.is_dir():
        raise SetupError("is not a folder", where=str(output), hint="choose another --output")
    if output.exists() and any(output.iterdir()) and not _is_own_site(output):
        raise SetupError(
            "holds files that this tool did not write",
            where=str(output),
            hint="choose another --output, or remove the files yourself",
        )


def _is_own_site(output: Path) -> bool:
    """Whether this tool wrote a folder: one of two files shows that, if the other is damaged."""
    try:
        provenance = json.loads(read_regular(output / _PROVENANCE))
    except (OSError, ValueError, RecursionError):
        provenance = None
    keys = provenance.keys() if isinstance(provenance, dict) else set()
    return {"libraries", "figures", "commit"} <= keys or _manifest(output) is not None


@dataclass(frozen=True)
class _Manifest:
    """The manifest of a published site: its key, and the digest of every file.

    Attributes:
        checked: whether its statements and translations were checked, and nothing was found.
    """

    key: str
    files: dict[str, str]
    checked: bool = False


def _manifest(output: Path) -> _Manifest | None:
    try:
        content = json.loads(read_regular(output / MANIFEST))
    except (OSError, ValueError, RecursionError):
        return None
    match content:
        case {"key": str(key), "files": dict(files), **rest} if rest.keys() <= {"checked"}:
            return _Manifest(key, files, rest.get("checked") is True)
        case _:
            return None


def _files(folder: Path) -> list[Path]:
    return [path for path in walk(folder) if path.is_symlink() or not path.is_dir()]
