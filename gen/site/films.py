"""Films in the store: drawn once, kept under the key of everything that can change a pixel."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen.drawing.frame_size import fits, too_large_message
from gen.errors import ConfigError
from gen.figures.figure import Moving
from gen.store.code_digest import clear_cache, code_digest, versions
from gen.store.store import Entry, Family, Store, content_key, file_digest
from gen.store.temporary import temporary_folder

if TYPE_CHECKING:
    from gen.analysis.sweep_outcomes import SweepRun
    from gen.drawing.film import Film
    from gen.experiments.runs import ModelRun

MP4, GIF, POSTER = "film.mp4", "film.gif", "poster.png"
FILES = (MP4, GIF, POSTER)
BRIEF_FILES = (MP4, POSTER)
BRIEF_FRAMES, BRIEF_QUALITY, BRIEF_COLOURS, BRIEF_KEY_FRAME_EVERY = 36, 28, 64, 12
"""Films of other seeds are many: fewer frames, less true colours, and no GIF."""
LIBRARIES = (
    "numpy",
    "matplotlib",
    "imageio",
    "imageio-ffmpeg",
    "pillow",
    "font-source-sans-pro",
)


_TOLD = ("width", "height", "frames", "seconds", "fps", "steps", "ticks")
"""What is kept of a film beside its files."""


def _is_usable(entry: Entry) -> bool:
    """Whether a stored film has its files, and says of each frame when it is shown."""
    told = [entry.info[name] for name in _TOLD]
    frames = entry.info["frames"]
    return (
        {MP4, POSTER} <= entry.digests.keys()
        and all(isinstance(value, int | float) for value in told[:5])
        and all(len(entry.info[name]) == frames for name in ("steps", "ticks"))
    )


FAMILY = Family("media", _is_usable)

_BRIEF = [BRIEF_FRAMES, BRIEF_QUALITY, BRIEF_COLOURS, BRIEF_KEY_FRAME_EVERY]


@dataclass(frozen=True)
class FilmOrder:
    """A film that is wanted: a figure of one model's run.

    Attributes:
        name: what its files are called.
        run: the model or sweep that is pictured.
        pictured: what tells the pictured model or sweep from any other, as plain JSON values.
        brief: whether it is one of many that readers choose from, and therefore small.
    """

    name: str
    figure: Moving
    run: ModelRun | SweepRun | None
    pictured: dict[str, Any]
    brief: bool = False

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it consists of."""
        return BRIEF_FILES if self.brief else FILES

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        """Everything that can change the film, as plain JSON values."""
        return {
            "figure": self.figure.model_dump(mode="json", exclude={"every_seed"}),
            "pictured": self.pictured,
            "code": code_digest(
                type(self.figure).__module__,
                "gen.encode.mp4",
                "gen.encode.gif",
                "gen.encode.poster",
            ),
            "versions": versions(*LIBRARIES),
            "encoder": encoder_of_ones_own(),
            "told": list(_TOLD),
            **({"brief": _BRIEF} if self.brief else {}),
        }

    @cached_property
    def key(self) -> str:
        """Where the film is, or will be, in the store."""
        return content_key(self.ingredients)


@dataclass(frozen=True)
class Drawn:
    """A film as files, with what a page needs to know of it.

    Attributes:
        info: width and height in CSS pixels, frames, seconds, ticks a second, and of every frame
            its training step and how many ticks it stands.
    """

    files: dict[str, bytes]
    info: dict[str, Any]


def draw(order: FilmOrder, *, on_progress: Callable[[int], None]) -> Drawn:
    """Draws a film, in the process that has been given it.

    Raises:
        EnvironmentFault: the encoder is missing or failed.
        ConfigError: the code that draws is not, or no longer, that of who asks.
    """
    _refuse_other_code(order)
    draw_it = _draw_brief if order.brief else _draw_whole
    drawn = draw_it(order.figure, order.run, on_progress=on_progress)
    _refuse_other_code(order)
    return drawn


def _refuse_other_code(order: FilmOrder) -> None:
    """Asked before a film is drawn and after it, so that none is kept under another's key."""
    clear_cache()
    if replace(order).key != order.key:
        raise ConfigError(
            "the code changed during the build; the result was discarded",
            where=order.name,
            hint="run this again",
        )


def _draw_whole(
    figure: Moving, run: ModelRun | SweepRun | None, *, on_progress: Callable[[int], None]
) -> Drawn:
    """A figure's film: MP4 and poster at twice the size, the GIF at once."""
    from gen.encode.gif import write_gif
    from gen.encode.mp4 import write_mp4
    from gen.encode.poster import write_poster

    with temporary_folder("film") as folder:
        sharp = _filmed(figure, run)
        write_mp4(sharp, folder / MP4)
        on_progress(1)
        write_poster(sharp, folder / POSTER)
        on_progress(2)
        write_gif(figure.film(run, 1), folder / GIF)
        on_progress(3)
        files = {file: (folder / file).read_bytes() for file in FILES}
    return Drawn(files, _info(sharp))


def _draw_brief(
    figure: Moving, run: ModelRun | SweepRun | None, *, on_progress: Callable[[int], None]
) -> Drawn:
    """A figure's film as one of many: the same picture, a fraction of time and bytes."""
    from gen.encode.mp4 import write_mp4
    from gen.encode.poster import write_poster

    with temporary_folder("film") as folder:
        film = _filmed(figure, run).thinned(BRIEF_FRAMES)
        film = replace(film, key_frame_every=BRIEF_KEY_FRAME_EVERY)
        write_mp4(film, folder / MP4, BRIEF_QUALITY)
        on_progress(1)
        write_poster(film, folder / POSTER, BRIEF_COLOURS)
        on_progress(2)
        files = {file: (folder / file).read_bytes() for file in BRIEF_FILES}
    return Drawn(files, _info(film))


def _filmed(figure: Moving, run: ModelRun | SweepRun | None) -> Film:
    """The film at twice its size.

    Raises:
        ConfigError: it is larger than phones decode, which its kind should have refused.
    """
    film = figure.film(run, 2)
    if not fits(*film.size):
        where = f'kind = "{type(figure).model_fields["kind"].default}"'
        raise ConfigError(too_large_message(*film.size), where=where, hint="let it picture less")
    return film


def _info(film: Film) -> dict[str, Any]:
    width, height = film.size
    told = (
        width,
        height,
        len(film.steps),
        film.seconds,
        film.pacing.fps,
        film.steps.tolist(),
        film.ticks.tolist(),
    )
    return dict(zip(_TOLD, told, strict=True))


def save(store: Store, order: FilmOrder, drawn: Drawn) -> Entry:
    """Keeps a film."""

    def write(folder: Path) -> None:
        for name, content in drawn.files.items():
            (folder / name).write_bytes(content)

    return store.put(FAMILY, order.ingredients, {"figure": order.name, **drawn.info}, write)


def digests_of(name: str, entry: Entry) -> dict[str, str]:
    """What the files of a stored film have to come to, by their paths inside the site."""
    return {path_of(name, file): entry.digests[file] for file in files_of(entry)}


def path_of(name: str, file: str) -> str:
    """Where a file of a film is published."""
    return f"media/{name_of(name, file)}"


def name_of(name: str, file: str) -> str:
    """What a file of a film is called outside of the store."""
    return f"{name}{Path(file).suffix}"


def encoder_of_ones_own() -> str | None:
    """Digest of the encoder that the environment names; None where the package's own is used."""
    named = os.environ.get("IMAGEIO_FFMPEG_EXE")
    if not named:
        return None
    try:
        return file_digest(Path(named))
    except OSError:
        return named


def files_of(entry: Entry) -> list[str]:
    """Which files a stored film has."""
    return [file for file in FILES if entry.file(file).exists()]


def why_stale(store: Store, order: FilmOrder) -> str:
    """Says what changed since this figure was last drawn."""
    wanted = order.ingredients
    reasons = [
        ", ".join(part for part in wanted if entry.ingredients.get(part) != wanted[part])
        for entry in store.entries(FAMILY)
        if entry.info.get("figure") == order.name
    ]
    return f"changed: {min(reasons, key=len)}" if reasons else "never drawn"
