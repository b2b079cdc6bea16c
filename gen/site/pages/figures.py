"""Figures as pages and templates use them: markup, paths and sizes of files, and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from gen.site.pages.arrows import Picture


@dataclass(frozen=True)
class FilmFiles:
    """The published files of a film.

    Attributes:
        width: in CSS pixels, like `height`.
        mp4: path inside the site, like `gif`, `poster`, and `small`, a small poster.
        frames: number of snapshots shown.
        seconds: duration, including held frames.
    """

    width: int
    height: int
    mp4: str
    gif: str
    poster: str
    small: str
    mp4_bytes: int
    gif_bytes: int
    frames: int
    seconds: float


@dataclass(frozen=True)
class PlacedScene:
    """The scripts from which the page paints a figure.

    Attributes:
        name: of the scene, under which its script registers it.
        steps: the training step of each of its frames.
        script: path inside the site, like `pack_script`.
        pack: name of the pack of the run; None if the figure shows no single run.
        packed: whether the figure is painted from numbers of the pack.
        layers: the types of its layers.
    """

    name: str
    steps: tuple[int, ...]
    script: str
    pack: str | None
    pack_script: str | None
    packed: bool
    layers: frozenset[str]


@dataclass(frozen=True)
class PlacedFilm:
    """A figure that moves: painted by the page, and filmed.

    Attributes:
        id: the figure's name in the config.
        model: id of the model or sweep whose training it shows; empty if it shows a formula.
        film: None for another seed than the usual one.
        scene: None if it can only be filmed.
        data: path inside the site; None for another seed.
        alt: text for readers who do not see it.
        recipe: the part of the config that makes it.
        timing: JSON for its timeline.
        places: what runs in the figure of a formula, and the texts of its places, as JSON values;
            None if it shows a training.
        picture: in which arrows find the places that they point at; None without a scene.
        single: address of the figure as one file in this language, from the root of the site; None
            without a scene.
    """

    template: ClassVar[str] = "film"

    id: str
    model: str
    film: FilmFiles | None
    scene: PlacedScene | None
    data: str | None
    data_bytes: int
    alt: str
    recipe: str
    timing: str
    places: dict[str, Any] | None = None
    picture: Picture | None = None
    single: str | None = None
    single_bytes: int = 0

    @property
    def layers(self) -> frozenset[str]:
        """The types of the layers that the page paints."""
        return frozenset() if self.scene is None else self.scene.layers

    @property
    def timeline(self) -> str:
        """The name of its timeline: the model or sweep, or its own id; they are all different."""
        return self.model or self.id

    @property
    def files(self) -> tuple[str, ...]:
        """Paths inside the site to which pages can link."""
        film = self.film
        paths = (film.mp4, film.gif, film.poster, film.small, self.data) if film else (self.data,)
        return tuple(path for path in paths if path)


@dataclass(frozen=True)
class PlacedChart:
    """A chart as markup, and its published files.

    Attributes:
        model: id of the model or sweep whose training it shows; its own id if it shows several
            models; empty if no training runs through it.
        svg: one `<svg>` element with live text, coloured by the page's stylesheet.
        file: path inside the site of the chart as a standalone file.
        data: path inside the site of its CSV file.
        timing: JSON for the timeline of the page; empty if no training runs through it.
        lines: names of its lines, in the order of the values below the chart; none without a
            timeline.
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
        painted: the films that its script paints.
        pack: name of the pack that its script computes with; None if it needs none.
        pack_script: path of that pack inside the site.
    """

    id: str
    model: str
    template: str
    drawing: Any
    data: str
    data_bytes: int
    alt: str
    painted: tuple[PlacedFilm, ...] = ()
    pack: str | None = None
    pack_script: str | None = None

    @property
    def layers(self) -> frozenset[str]:
        """The types of the layers that its script paints."""
        return frozenset[str]().union(*(film.layers for film in self.painted))

    @property
    def files(self) -> tuple[str, ...]:
        """Paths inside the site to which pages can link."""
        return (self.data,)


MARKUP: Mapping[str, Any] = {
    "caption": "",
    "broad": False,
    "opening": False,
    "first": False,
    "scripted": False,
}
"""What the template of a figure is told besides the figure, unless its page says otherwise."""

PlacedFigure: TypeAlias = PlacedFilm | PlacedChart | PlacedWidget

BySeed: TypeAlias = dict[str, dict[int, dict[str, PlacedFigure]]]
"""Figures that readers choose by seed: by model, seed and figure."""
