"""Figures as pages and templates use them: markup, paths and sizes of files, and texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias


@dataclass(frozen=True)
class PlacedFilm:
    """A film and its published files.

    Attributes:
        id: the figure's name in the config.
        model: id of the model or sweep whose training it shows.
        width: in CSS pixels, like `height`.
        mp4: path inside the site, like `gif`, `poster` and `data`; films of other
            seeds have no `gif` and no `data`.
        frames: number of snapshots shown.
        seconds: duration, including held frames.
        alt: text for readers who do not see it.
        recipe: the part of the config that makes it.
        timing: JSON for the timeline of the page; None if the film shows no training.
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
        """Paths inside the site to which pages can link."""
        return tuple(path for path in (self.mp4, self.gif, self.poster, self.data) if path)


@dataclass(frozen=True)
class PlacedChart:
    """A chart as markup, and its published files.

    Attributes:
        svg: one `<svg>` element with live text, coloured by the page's stylesheet.
        file: path inside the site of the chart as a standalone file.
        data: path inside the site of its CSV file.
        timing: JSON for the timeline of the page.
        lines: names of its lines, in the order of the values below the chart.
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
        """Paths inside the site to which pages can link."""
        return self.file, self.data


@dataclass(frozen=True)
class PlacedWidget:
    """An interactive figure with its own template.

    Attributes:
        template: file name of the template, without `.html.jinja`.
        drawing: what the template inserts.
        data: path inside the site of its CSV file.
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
        """Paths inside the site to which pages can link."""
        return (self.data,)


PlacedFigure: TypeAlias = PlacedFilm | PlacedChart | PlacedWidget

BySeed: TypeAlias = dict[str, dict[int, dict[str, PlacedFigure]]]
"""Figures that readers choose by seed: by model, seed and figure."""
