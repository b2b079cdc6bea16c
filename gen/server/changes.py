"""Tells when anything that a site is read from changes, wherever links of the disk lead."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from threading import Event

_MOST_LINKS = 40
"""Links that lead to one another before the system gives up, as Linux has it."""

Watched = dict[Path, set[str] | None]
"""Folders by their real paths, and the names in them that count; None for all."""


def changes(
    config: Path, beside: Iterable[str], own: Iterable[Path], stop: Event
) -> Iterator[None]:
    """Yields whenever something that a site is read from may have changed.

    Folders are watched one by one and not as trees, so that folders which links lead to are
    watched as well, whatever the folders above them are called.

    Args:
        config: the site's gen.toml, which may be a link.
        beside: names of the files and folders beside it that are read.
        own: further folders that are read with all that is below.
        stop: ends this when it is set.
    """
    from watchfiles import watch

    beside, own = list(beside), list(own)
    while not stop.is_set():
        watched = places(config, beside, own)
        try:
            for changed in watch(
                *watched,
                recursive=False,
                stop_event=stop,
                watch_filter=lambda _, path, watched=watched: _counts(Path(path), watched),
                raise_interrupt=False,
            ):
                yield
                again = any(Path(path) in watched for _, path in changed)
                if again or places(config, beside, own) != watched:
                    break
        except FileNotFoundError:
            stop.wait(0.05)  # a folder went between the look at it and the watch over it
        if not stop.is_set():
            yield


def places(config: Path, beside: Iterable[str], own: Iterable[Path]) -> Watched:
    """Every folder in which something lies that a site is read from."""
    watched: Watched = {}
    root = Path(os.path.realpath(config.parent))
    for path in (config, *(config.parent / name for name in beside)):
        _follow(path, watched)
        _descend(path, [root], watched)
    for folder in own:
        _descend(folder, [Path(os.path.realpath(folder))], watched)
    return watched


def _descend(folder: Path, roots: Collection[Path], watched: Watched) -> None:
    """Adds a folder and all below, also through links, but nothing outside of the roots."""
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
            continue  # the code that reads the folder says why that fails
        for entry in entries:
            if entry.is_symlink():
                _follow(Path(entry.path), watched)
            if entry.is_symlink() or entry.is_dir():
                waiting.append(Path(entry.path))


def _follow(path: Path, watched: Watched) -> None:
    """Adds the place of a path and, where it is a link, every place that it leads through."""
    for _ in range(_MOST_LINKS):
        folder = Path(os.path.realpath(path.parent))
        if folder.is_dir():
            names = watched.setdefault(folder, set())
            if names is not None:
                names.add(path.name)
        try:
            path = folder / path.readlink()
        except OSError:
            return


def _counts(path: Path, watched: Watched) -> bool:
    if path in watched:
        return True
    names = watched.get(path.parent, set())
    return names is None or path.name in names
