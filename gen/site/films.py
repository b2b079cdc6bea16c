"""Draw films and store them under a key of everything that can change a pixel."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic

from gen.drawing.frame_size import fits, too_large_message
from gen.errors import ConfigError
from gen.figures.figure import FilmFigure, Subject
from gen.store.code_digest import clear_cache, code_digest, versions
from gen.store.store import Entry, Family, Store, content_key, file_digest
from gen.store.temporary import temporary_folder
from gen.theme import Theme, using

if TYPE_CHECKING:
    from gen.drawing.film import Film

MP4, GIF, POSTER = "film.mp4", "film.gif", "poster.png"
FILES = (MP4, GIF, POSTER)
BRIEF_FILES = (MP4, POSTER)
BRIEF_FRAMES, BRIEF_QUALITY, BRIEF_COLOURS, BRIEF_KEY_FRAME_EVERY = 36, 28, 64, 12
"""Films of other seeds are many: they have fewer frames and colours, and no GIF."""
LIBRARIES = (
    "numpy",
    "matplotlib",
    "imageio",
    "imageio-ffmpeg",
    "pillow",
    "font-source-sans-pro",
)


_INFO = ("width", "height", "frames", "seconds", "fps", "steps", "ticks")
"""What the store keeps of a film besides its files."""


def _is_usable(entry: Entry) -> bool:
    """Return whether a stored film has its files, and a step and a duration for each frame."""
    info = [entry.info[name] for name in _INFO]
    frames = entry.info["frames"]
    return (
        {MP4, POSTER} <= entry.digests.keys()
        and all(isinstance(value, int | float) for value in info[:5])
        and all(len(entry.info[name]) == frames for name in ("steps", "ticks"))
    )


FAMILY = Family("media", _is_usable)

_BRIEF = [BRIEF_FRAMES, BRIEF_QUALITY, BRIEF_COLOURS, BRIEF_KEY_FRAME_EVERY]


@dataclass(frozen=True)
class FilmOrder(Generic[Subject]):
    """A film to draw.

    Attributes:
        name: file name without suffix.
        subject: what the figure shows.
        source_key: what identifies the stored runs that are shown, as JSON values.
        brief: whether it is a film of another seed, and therefore smaller.
        theme: the colours.
    """

    name: str
    figure: FilmFigure[Subject]
    subject: Subject
    source_key: dict[str, Any]
    brief: bool = False
    theme: Theme = field(default_factory=Theme)

    @property
    def files(self) -> tuple[str, ...]:
        """Names of its files in the store."""
        return BRIEF_FILES if self.brief else FILES

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        """Everything that can change the film, as JSON values."""
        return {
            "figure": self.figure.model_dump(mode="json", exclude={"every_seed"}),
            "pictured": self.source_key,
            "code": code_digest(
                type(self.figure).__module__,
                "gen.encode.mp4",
                "gen.encode.gif",
                "gen.encode.poster",
            ),
            "versions": versions(*LIBRARIES),
            "encoder": custom_encoder(),
            "told": list(_INFO),
            **({"brief": _BRIEF} if self.brief else {}),
            "colours": self.theme.in_films,
        }

    @cached_property
    def key(self) -> str:
        """Key of the film in the store."""
        return content_key(self.ingredients)


@dataclass(frozen=True)
class DrawnFilm:
    """The files of a film, and what pages need to know about it.

    Attributes:
        files: content by name.
        info: width and height in CSS pixels, number of frames, seconds, ticks per second, and
            for every frame its training step and its duration in ticks.
    """

    files: dict[str, bytes]
    info: dict[str, Any]


def draw(order: FilmOrder[Any], *, on_progress: Callable[[int], None]) -> DrawnFilm:
    """Draw and encode a film. Runs in a worker process.

    Raises:
        SetupError: the encoder is missing or failed.
        ConfigError: the source code differs from that of the main process.
    """
    _check_code(order)
    with using(order.theme):
        drawn = (_draw_brief if order.brief else _draw_full)(order, on_progress=on_progress)
    _check_code(order)
    return drawn


def _check_code(order: FilmOrder[Any]) -> None:
    """Raise ConfigError if the code on disk no longer leads to the key of the order."""
    clear_cache()
    if replace(order).key != order.key:
        raise ConfigError(
            "the code changed during the build; the result was discarded",
            where=order.name,
            hint="run this again",
        )


def _draw_full(order: FilmOrder[Any], *, on_progress: Callable[[int], None]) -> DrawnFilm:
    """Draw MP4 and poster at scale 2, and the GIF at scale 1."""
    from gen.encode.gif import write_gif
    from gen.encode.mp4 import write_mp4
    from gen.encode.poster import write_poster

    with temporary_folder("film") as folder:
        sharp = _sharp_film(order)
        write_mp4(sharp, folder / MP4)
        on_progress(1)
        write_poster(sharp, folder / POSTER)
        on_progress(2)
        write_gif(order.figure.film(order.subject, 1), folder / GIF)
        on_progress(3)
        files = {file: (folder / file).read_bytes() for file in FILES}
    return DrawnFilm(files, _info(sharp))


def _draw_brief(order: FilmOrder[Any], *, on_progress: Callable[[int], None]) -> DrawnFilm:
    """Draw a smaller MP4 and poster, both at scale 2."""
    from gen.encode.mp4 import write_mp4
    from gen.encode.poster import write_poster

    with temporary_folder("film") as folder:
        film = _sharp_film(order).thinned(BRIEF_FRAMES)
        film = replace(film, key_frame_every=BRIEF_KEY_FRAME_EVERY)
        write_mp4(film, folder / MP4, BRIEF_QUALITY)
        on_progress(1)
        write_poster(film, folder / POSTER, BRIEF_COLOURS)
        on_progress(2)
        files = {file: (folder / file).read_bytes() for file in BRIEF_FILES}
    return DrawnFilm(files, _info(film))


def _sharp_film(order: FilmOrder[Any]) -> Film:
    """Draw the film at scale 2.

    Raises:
        ConfigError: it is larger than phones can decode, and the figure did not check that.
    """
    film = order.figure.film(order.subject, 2)
    if not fits(*film.size):
        where = f'kind = "{type(order.figure).model_fields["kind"].default}"'
        raise ConfigError(
            too_large_message(*film.size), where=where, hint="use a smaller model or sweep"
        )
    return film


def _info(film: Film) -> dict[str, Any]:
    width, height = film.size
    return {
        "width": width,
        "height": height,
        "frames": len(film.steps),
        "seconds": film.seconds,
        "fps": film.pacing.fps,
        "steps": film.steps.tolist(),
        "ticks": film.ticks.tolist(),
    }


def save(store: Store, order: FilmOrder[Any], drawn: DrawnFilm) -> Entry:
    """Store a film."""

    def write(folder: Path) -> None:
        for name, content in drawn.files.items():
            (folder / name).write_bytes(content)

    return store.put(FAMILY, order.ingredients, {"figure": order.name, **drawn.info}, write)


def digests_of(name: str, entry: Entry) -> dict[str, str]:
    """Return the digests of the files of a stored film by path inside the site."""
    return {path_of(name, file): entry.digests[file] for file in files_of(entry)}


def path_of(name: str, file: str) -> str:
    """Return the path of a file of a film inside the site."""
    return f"media/{name_of(name, file)}"


def name_of(name: str, file: str) -> str:
    """Return the name of a file of a film outside of the store."""
    return f"{name}{Path(file).suffix}"


def custom_encoder() -> str | None:
    """Return the digest of the encoder named by IMAGEIO_FFMPEG_EXE, or None if it is unset."""
    named = os.environ.get("IMAGEIO_FFMPEG_EXE")
    if not named:
        return None
    try:
        return file_digest(Path(named))
    except OSError:
        return named


def files_of(entry: Entry) -> list[str]:
    """Return the names of the files of a stored film."""
    return [file for file in FILES if entry.file(file).exists()]


def why_stale(store: Store, order: FilmOrder[Any]) -> str:
    """Return what changed since the figure was last drawn."""
    wanted = order.ingredients
    reasons = [
        ", ".join(part for part in wanted if entry.ingredients.get(part) != wanted[part])
        for entry in store.entries(FAMILY)
        if entry.info.get("figure") == order.name
    ]
    return f"changed: {min(reasons, key=len)}" if reasons else "never drawn"
