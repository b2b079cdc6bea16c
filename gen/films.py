"""Films in the store: drawn once, kept under the key of everything that can change a pixel."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen.figures import ConstructedFilm, FilmFigure, Moving, SweepFilmFigure
from gen.fingerprint import code_digest, versions
from gen.store import Entry, Store, content_key

if TYPE_CHECKING:
    from gen.analysis.construction import Construction
    from gen.analysis.sweep import SweepRun
    from gen.runs import ModelRun

    Pictured = ModelRun | SweepRun | Construction

FAMILY = "media"
MP4, GIF, POSTER = "film.mp4", "film.gif", "poster.png"
FILES = (MP4, GIF, POSTER)
LIBRARIES = (
    "numpy",
    "matplotlib",
    "imageio",
    "imageio-ffmpeg",
    "pillow",
    "font-source-sans-pro",
)


@dataclass(frozen=True)
class FilmOrder:
    """A film that is wanted.

    Attributes:
        name: the figure's id.
        subject: id of what is pictured: a model, a sweep, or the figure itself.
        pictured: what tells the pictured from any other, as plain JSON values.
    """

    name: str
    figure: FilmFigure | SweepFilmFigure | ConstructedFilm
    subject: str
    pictured: dict[str, Any]

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        """Everything that can change the film, as plain JSON values."""
        return {
            "figure": self.figure.model_dump(mode="json"),
            "pictured": self.pictured,
            "code": code_digest(
                type(self.figure).__module__, "gen.media.mp4", "gen.media.gif", "gen.media.poster"
            ),
            "versions": versions(*LIBRARIES),
        }

    @cached_property
    def key(self) -> str:
        """Where the film is, or will be, in the store."""
        return content_key(self.ingredients)


@dataclass(frozen=True)
class Drawn:
    """A film as files, with what a page needs to know of it.

    Attributes:
        info: width and height in CSS pixels, frames, seconds, first_step, last_step.
    """

    files: dict[str, bytes]
    info: dict[str, Any]


def draw(figure: Moving, run: Pictured, *, on_progress: Callable[[int], None]) -> Drawn:
    """Draws a figure's film: MP4 and poster at twice the size, the GIF at once.

    Raises:
        EnvironmentFault: the encoder is missing or failed.
    """
    from gen.media.gif import write_gif
    from gen.media.mp4 import write_mp4
    from gen.media.poster import write_poster

    with tempfile.TemporaryDirectory(prefix="gen-film-") as name:
        folder = Path(name)
        sharp = figure.film(run, 2)
        write_mp4(sharp, folder / MP4)
        on_progress(1)
        write_poster(sharp, folder / POSTER)
        on_progress(2)
        write_gif(figure.film(run, 1), folder / GIF)
        on_progress(3)
        files = {file: (folder / file).read_bytes() for file in FILES}
    width, height = sharp.size
    info = {
        "width": width,
        "height": height,
        "frames": len(sharp.steps),
        "seconds": sharp.seconds,
        "first_step": int(sharp.steps[0]),
        "last_step": int(sharp.steps[-1]),
    }
    return Drawn(files, info)


def save(store: Store, order: FilmOrder, drawn: Drawn) -> Entry:
    """Keeps a film."""

    def write(folder: Path) -> None:
        for name, content in drawn.files.items():
            (folder / name).write_bytes(content)

    return store.put(FAMILY, order.ingredients, {"figure": order.name, **drawn.info}, write)


def why_stale(store: Store, order: FilmOrder) -> str:
    """Says what changed since this figure was last drawn."""
    wanted = order.ingredients
    reasons = [
        ", ".join(part for part in wanted if entry.ingredients.get(part) != wanted[part])
        for entry in store.entries(FAMILY)
        if entry.info.get("figure") == order.name
    ]
    return f"changed: {min(reasons, key=len)}" if reasons else "never drawn"
