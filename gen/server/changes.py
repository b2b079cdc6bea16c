"""Watch the files and folders that a site is built from, including the targets of links."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from threading import Event

_MAX_LINKS = 40
"""Longest chain of links that Linux follows."""

MoreFiles = Callable[[Path], Iterable[Path]]
"""Returns further sources of a config."""

_READY_AFTER = 200
"""Milliseconds without a change after which a new watch counts as established."""

Watched = dict[Path, set[str] | None]
"""Real paths of folders, and the watched names in each; None for all names."""


def changes(
    config: Path,
    beside: Iterable[str],
    own: Iterable[Path],
    stop: Event,
    more: MoreFiles = lambda config: (),
) -> Iterator[None]:
    """Yield whenever a source of a site may have changed.

    Folders are watched one by one and not recursively, so that the targets of links are watched
    too. A folder may change after it was listed and before it is watched, so every new watch yields
    once when it is established.

    Args:
        config: the site's gen.toml, which may be a link.
        beside: names of the files and folders beside it that are sources, or patterns (`*.css`)
            of such names; the targets of links are watched for names only.
        own: further folders whose whole content is a source.
        stop: ends the iteration when it is set.
        more: returns the sources that the present config names; they need not exist.
    """
    from watchfiles import watch

    beside, own = list(beside), list(own)
    while not stop.is_set():
        watched = watched_folders(config, beside, own, more)
        established = False
        try:
            for changed in watch(
                *watched,
                recursive=False,
                stop_event=stop,
                watch_filter=lambda _, path, watched=watched: _is_watched(Path(path), watched),
                raise_interrupt=False,
                rust_timeout=_READY_AFTER,
                yield_on_timeout=True,
            ):
                if established and not changed:
                    continue
                established = True
                yield
                again = any(Path(path) in watched for _, path in changed)
                if again or watched_folders(config, beside, own, more) != watched:
                    break
        except FileNotFoundError:
            stop.wait(0.05)  # a folder was removed before it could be watched


def watched_folders(
    config: Path,
    beside: Iterable[str],
    own: Iterable[Path],
    more: MoreFiles = lambda config: (),
) -> Watched:
    """Return every folder that contains a source of a site."""
    watched: Watched = {}
    root = Path(os.path.realpath(config.parent))
    for path in more(config):
        _add_path(path, watched)
    for path in (config, *(config.parent / name for name in beside)):
        _add_path(path, watched)
        _add_tree(path, [root], watched)
    for folder in own:
        _add_tree(folder, [Path(os.path.realpath(folder))], watched)
    return watched


def _add_tree(folder: Path, roots: Collection[Path], watched: Watched) -> None:
    """Add a folder and all folders below it; links are followed, but not out of the roots."""
    waiting = [folder]
    while waiting:
        real = Path(os.path.realpath(waiting.pop()))
        inside = any(real.is_relative_to(root) for root in roots)
        if not inside or not real.is_dir() or watched.get(real, set()) is None:
            continue
        watched[real] = None
        try:
            entries = list(os.scandir(real))
        except OSError:
            continue  # the code that reads the folder reports the error
        for entry in entries:
            if entry.is_symlink():
                _add_path(Path(entry.path), watched)
            if entry.is_symlink() or entry.is_dir():
                waiting.append(Path(entry.path))


def _add_path(path: Path, watched: Watched) -> None:
    """Add a path and, if it is a link, every path of its chain of links."""
    for _ in range(_MAX_LINKS):
        folder = Path(os.path.realpath(path.parent))
        if folder.is_dir():
            names = watched.setdefault(folder, set())
            if names is not None:
                names.add(path.name)
        try:
            path = folder / path.readlink()
        except OSError:
            return


def _is_watched(path: Path, watched: Watched) -> bool:
    if path in watched:
        return True
    names = watched.get(path.parent, set())
    if names is None or path.name in names:
        return True
    return any(fnmatchcase(path.name, name) for name in names if name.startswith("*"))
