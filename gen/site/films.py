"""Draw films, and store them under a key of everything that can change a pixel."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from gen.drawing.frame_size import fits, too_large_message
from gen.errors import ConfigError
from gen.figures.figure import FilmFigure, Subject
from gen.site.orders import MP4, POSTER, Drawn, Order
from gen.store.code_digest import code_digest, versions
from gen.store.store import Entry, file_digest
from gen.store.temporary import temporary_folder

if TYPE_CHECKING:
    from gen.drawing.film import Film

GIF, SMALL = "film.gif", "small.webp"
FILES = (MP4, GIF, POSTER, SMALL)
LIBRARIES = (
    "numpy",
    "numba",
    "matplotlib",
    "imageio",
    "imageio-ffmpeg",
    "pillow",
    "font-source-sans-pro",
)

_INFO = ("width", "height", "frames", "seconds", "fps", "steps", "ticks")
"""What the store keeps of a film besides its files."""


@dataclass(frozen=True, kw_only=True)
class FilmOrder(Order, Generic[Subject]):
    """A film to draw.

    Attributes:
        subject: what the figure shows.
        source_key: what identifies the stored runs that are shown, as JSON values.
    """

    what: ClassVar[str] = "film"

    figure: FilmFigure[Subject]
    subject: Subject
    source_key: dict[str, Any]

    @property
    def files(self) -> tuple[str, ...]:
        return FILES

    @cached_property
    def ingredients(self) -> dict[str, Any]:
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
            "colours": self.theme.in_films,
        }

    def draw(self, *, on_progress: Callable[[int], None]) -> Drawn:
        """Draw MP4 and pictures at scale 2, and the GIF at scale 1."""
        from gen.encode.gif import write_gif
        from gen.encode.mp4 import write_mp4
        from gen.encode.poster import write_poster, write_small

        with temporary_folder("film") as folder:
            sharp = self._sharp_film()
            write_mp4(sharp, folder / MP4)
            on_progress(1)
            last = sharp.frame(-1)
            write_poster(last, folder / POSTER)
            write_small(last, folder / SMALL)
            on_progress(2)
            write_gif(self.figure.film(self.subject, 1), folder / GIF)
            on_progress(len(FILES))
            files = {file: (folder / file).read_bytes() for file in FILES}
        return Drawn(files, _info(sharp))

    def _sharp_film(self) -> Film:
        """Draw the film at scale 2.

        Raises:
            ConfigError: it is larger than phones can decode, and the figure did not check that.
        """
        film = self.figure.film(self.subject, 2)
        if not fits(*film.size):
            where = f'kind = "{type(self.figure).model_fields["kind"].default}"'
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
    """Return the names of the files of a stored film that are of use outside of a site."""
    return [file for file in FILES if file != SMALL and entry.file(file).exists()]
