"""Orders: what is drawn for a site, stored under a key of everything that can change it."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

from gen.errors import ConfigError
from gen.store.code_digest import clear_cache
from gen.store.store import Entry, Family, Store, content_key
from gen.theme import Theme, using


@dataclass(frozen=True)
class Drawn:
    """The files of an order, and what pages need to know about it.

    Attributes:
        files: content by name.
        info: JSON values that the store keeps besides the files.
    """

    files: dict[str, bytes]
    info: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Order(ABC):
    """Something to draw.

    Attributes:
        what: what it is called in messages.
        name: file name without suffix.
        theme: the colours.
    """

    what: ClassVar[str]

    name: str
    theme: Theme = field(default_factory=Theme)

    @property
    @abstractmethod
    def files(self) -> tuple[str, ...]:
        """Names of its files in the store."""

    @cached_property
    @abstractmethod
    def ingredients(self) -> dict[str, Any]:
        """Everything that can change the result, as JSON values."""

    @cached_property
    def key(self) -> str:
        """Its key in the store."""
        return content_key(self.ingredients)

    @abstractmethod
    def draw(self, *, on_progress: Callable[[int], None]) -> Drawn:
        """Draw it, with its theme as the current one."""


MP4, POSTER = "film.mp4", "poster.png"
_OF_FILMS = {MP4, POSTER}


def _is_usable(entry: Entry) -> bool:
    """Return whether there are files, and whether those of JSON can be read.

    A film has a poster, and tells steps and durations.
    """
    found = entry.digests.keys()
    for name in found:
        if name.endswith(".json"):
            json.loads(entry.file(name).read_bytes())
    if _OF_FILMS.isdisjoint(found):
        return bool(found)
    frames = entry.info["frames"]
    numbers = [entry.info[name] for name in ("width", "height", "seconds", "fps")]
    return (
        found >= _OF_FILMS
        and all(isinstance(value, int | float) for value in numbers)
        and all(len(entry.info[name]) == frames for name in ("steps", "ticks"))
    )


FAMILY = Family("media", _is_usable)


def draw(order: Order, *, on_progress: Callable[[int], None]) -> Drawn:
    """Draw an order. Runs in a worker process.

    Raises:
        SetupError: the encoder is missing or failed.
        ConfigError: the source code differs from that of the main process.
    """
    _check_code(order)
    with using(order.theme):
        drawn = order.draw(on_progress=on_progress)
    _check_code(order)
    return drawn


def _check_code(order: Order) -> None:
    """Raise ConfigError if the code on disk no longer leads to the key of the order."""
    clear_cache()
    if replace(order).key != order.key:
        raise ConfigError(
            "the code changed during the build; the result was discarded",
            where=order.name,
            hint="run this again",
        )


def save(store: Store, order: Order, drawn: Drawn) -> Entry:
    """Store what was drawn."""

    def write(folder: Path) -> None:
        for name, content in drawn.files.items():
            (folder / name).write_bytes(content)

    return store.put(FAMILY, order.ingredients, {"figure": order.name, **drawn.info}, write)


def digests_of(name: str, entry: Entry) -> dict[str, str]:
    """Return the digests of the published files of a stored order by path inside the site."""
    paths = published_paths(name, entry)
    return {path: entry.digests[file] for file, path in paths.items()}


def published_paths(name: str, entry: Entry) -> dict[str, str]:
    """Return the paths inside the site by file; none for a scene that can only be filmed."""
    if not entry.info.get("painted", True):
        return {}
    return {file: path_of(name, file) for file in entry.digests}


def path_of(name: str, file: str) -> str:
    """Return the path of a file of an order inside the site."""
    return f"media/{name_of(name, file)}"


def name_of(name: str, file: str) -> str:
    """Return the name of a file of an order outside of the store."""
    return f"{name}{Path(file).suffix}"


def why_stale(store: Store, order: Order) -> str:
    """Return what changed since the order was last drawn."""
    wanted = order.ingredients
    reasons = [
        ", ".join(part for part in wanted if entry.ingredients.get(part) != wanted[part])
        for entry in store.entries(FAMILY)
        if entry.info.get("figure") == order.name
    ]
    return f"changed: {min(reasons, key=len)}" if reasons else "never drawn"
