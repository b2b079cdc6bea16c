"""Figures as a page sees them: where their files are, how large, and what they show in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias


@dataclass(frozen=True)
class PlacedFilm:
    """A film with its files in place.

    Attributes:
        id: the figure's name in the config.
        model: the configured model whose training it shows.
        width: in CSS pixels, like `height`.
        mp4: path inside the site, like `gif`, `poster` and `data`; films of other
            seeds have no `gif` and no `data`.
        frames: snapshots shown, one a frame.
        seconds: how long it plays, held frames included.
        alt: what is seen, in the page's language.
        recipe: the part of the config that makes it.
        timing: JSON that lets a timeline lead it; None where what moves is no training.
    """

    template: ClassVar[str] = "film"

    id: str
    model: str
    width: int
    height: int
    mp4: str
    gif: str | None
    poster: str
    data: str | None
    mp4_bytes: int
    gif_bytes: int
    data_bytes: int
    frames: int
    seconds: float
    alt: str
    recipe: str
    timing: str | None

    @property
    def files(self) -> tuple[str, ...]:
        """Paths inside the site that a page may link to."""
        return tuple(path for path in (self.mp4, self.gif, self.poster, self.data) if path)


@dataclass(frozen=True)
class PlacedChart:
    """A chart as markup, with its files in place.

    Attributes:
        svg: one `<svg>` element with live text, coloured by the page's stylesheet.
        file: path inside the site of the same chart standing alone.
        data: path inside the site of its numbers.
        timing: JSON that lets a timeline lead it.
        lines: names of its lines, in the order in which their values are read out below it.
    """

    template: ClassVar[str] = "chart"

    id: str
    model: str
    svg: str
    file: str
    data: str
    data_bytes: int
    alt: str
    timing: str
    lines: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Paths inside the site that a page may link to."""
        return self.file, self.data


@dataclass(frozen=True)
class PlacedWidget:
    """A figure that a template of its own lays out, with the data that it is asked about.

    Attributes:
        template: of the drawing, without `.html.jinja`.
        drawing: what the template shows.
        data: path inside the site of its table.
    """

    id: str
    model: str
    template: str
    drawing: Any
    data: str
    data_bytes: int
    alt: str

    @property
    def files(self) -> tuple[str, ...]:
        """Paths inside the site that a page may link to."""
        return (self.data,)


PlacedFigure: TypeAlias = PlacedFilm | PlacedChart | PlacedWidget

BySeed: TypeAlias = dict[str, dict[int, dict[str, PlacedFigure]]]
"""Figures among which readers may choose: by model, seed and figure."""
