"""Base classes of figures. Every kind of figure is one class in one file of this package.

A figure imports the code that draws it inside the method that draws, because a build in
which all is fresh draws nothing and must not load matplotlib.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import Field, PrivateAttr

from gen.settings import Kind, kinds

if TYPE_CHECKING:
    from gen.charts.chart import Chart, Stack
    from gen.drawing.film import Film, Pacing
    from gen.i18n import Words

Subject = TypeVar("Subject")
"""What a figure shows: a run, all seeds of a model, a sweep, or None for a formula."""

Drawing = TypeVar("Drawing")


@dataclass(frozen=True)
class Widget(Generic[Drawing]):
    """Interactive markup.

    Attributes:
        template: file name of the page template, without `.html.jinja`.
        drawing: what the template inserts: SVG, texts, and JSON for the script.
    """

    template: str
    drawing: Drawing


class Figure(Kind, Generic[Subject]):
    """A figure of a page."""

    @property
    @abstractmethod
    def source(self) -> str:
        """Id of the model or sweep that the figure shows; empty for a formula or several models."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of all models and sweeps that the figure shows."""
        return (self.source,) if self.source else ()

    @property
    def named_seeds(self) -> tuple[int, ...]:
        """The seeds of its models that the figure names."""
        return ()

    @abstractmethod
    def render(self, subject: Subject, words: Words, /) -> Film | Chart | Stack | Widget[Any]:
        """Draw the figure in the language of `words`."""

    @abstractmethod
    def alt(self, subject: Subject, words: Words, /) -> str:
        """Return the text for readers who do not see the figure."""

    @property
    def paints(self) -> tuple[str, ...]:
        """Ids of films which the script of the figure paints with numbers of its own."""
        return ()

    def csv(self, subject: Subject, /) -> str | None:
        """Return the numbers in the figure as CSV.

        None: the download holds all of the source, which is the snapshots of a run or the
        table of a sweep.
        """
        return None


class FilmFigure(Figure[Subject]):
    """A figure that is a film: it has no texts to translate and is stored under a key.

    Attributes:
        fps: frames per second.
        hold_first: seconds for which the first frame is shown.
        hold_last: seconds for which the last frame is shown.
        fits_any_run: whether the scene is right for another run of the same model, whose
            neurons are sorted in the same way; it must not depend on the run in anything else.
    """

    fits_any_run: ClassVar[bool] = False

    fps: Annotated[int, Field(ge=5, le=50)] = 30
    hold_first: Annotated[float, Field(ge=0.0, le=10.0)] = 0.6
    hold_last: Annotated[float, Field(ge=0.0, le=10.0)] = 2.0
    _kept: tuple[int, ...] | None = PrivateAttr(default=None)

    @abstractmethod
    def film(self, subject: Subject, scale: int, /) -> Film:
        """Draw the film.

        Args:
            scale: device pixels per CSS pixel, 1 or 2.
        """

    def render(self, subject: Subject, words: Words, /) -> Film:
        return self.film(subject, 1)

    def pacing(self) -> Pacing:
        """Return the frame rate, and with it which snapshots the film shows."""
        from gen.drawing.film import Pacing

        return Pacing(self.fps, self.hold_first, self.hold_last, self._kept)

    def showing(self, snapshots: Iterable[int]) -> FilmFigure[Subject]:
        """Return the figure with these snapshots as its frames, for pages that paint it."""
        other = self.model_copy()
        other._kept = tuple(snapshots)  # noqa: SLF001 - of the same class
        return other


def figure_kinds() -> Mapping[str, Any]:
    """Return all figure classes by their `kind`."""
    return kinds("gen.figures", Figure)
