"""Figures: what of a run is pictured, one kind in one file of this package.

A film is drawn by `gen.drawing` and written by `gen.media`; a chart is described here and
written as SVG. The files that declare a figure's settings import what draws it only inside
the method that draws, because a build in which all is fresh draws nothing.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.settings import Kind, Settings, kinds

if TYPE_CHECKING:
    from gen.analysis.sweep_outcomes import SweepRun
    from gen.analysis.types import Facts
    from gen.charts.chart import Chart, Stack
    from gen.drawing.film import Film, Pacing
    from gen.experiments.runs import ModelRun
    from gen.experiments.sweep import Sweep
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task
    from gen.widgets.sweep_map import SweepMap

MOST_AXES = 3
"""A film of a sweep has panels, columns and rows."""


class Figure(Kind):
    """A family of figures; the subclasses are the kinds."""

    @property
    @abstractmethod
    def subject(self) -> str:
        """The configured model or sweep that it pictures."""

    @abstractmethod
    def pictured(self, subject: Any) -> Any:
        """What of the trained model or sweep it shows: the `run` of all its other methods."""

    @abstractmethod
    def alt(self, run: Any, words: Words) -> str:
        """What the figure shows of `run`, for readers who do not see it."""


class ModelFigure(Figure):
    """A figure of one model.

    Attributes:
        model: the configured model it pictures.
        every_seed: whether it is made of every sound seed, for readers to choose from.
    """

    model: Annotated[str, Field(min_length=1, max_length=80)]
    every_seed: bool = False

    @property
    def subject(self) -> str:
        return self.model

    def pictured(self, subject: Any) -> Any:
        return subject.chosen

    def check(self, task: Task, network: Network) -> None:
        """Raises ValueError where this figure cannot picture `network` put to `task`."""


class FormulaFigure(Figure):
    """A figure of something that is computed and not trained: its settings are all there is."""

    @property
    def subject(self) -> str:
        return ""

    def pictured(self, subject: Any) -> None:
        return None

    def check(self) -> None:
        """Raises ValueError where its settings contradict each other."""

    @abstractmethod
    def facts(self) -> Facts:
        """What may be said of it; pages call the facts by the figure's id."""


class SweepFigure(Figure):
    """A figure of all models of a sweep.

    Attributes:
        sweep: the configured sweep it pictures.
    """

    sweep: Annotated[str, Field(min_length=1, max_length=80)]

    @property
    def subject(self) -> str:
        return self.sweep

    def pictured(self, subject: Any) -> SweepRun:
        return subject.run

    def check(self, sweep: Sweep) -> None:
        """Raises ValueError where this figure cannot picture `sweep`."""

    def counts(self, run: SweepRun, words: Words) -> str:
        """How many models came to each end, in words."""
        from gen.analysis.sweep_outcomes import OUTCOMES, UNTRAINED

        outcomes = run.outcomes()
        return words.listed(
            [
                words(
                    "map.count",
                    count=int((outcomes == number).sum()),
                    outcome=words(f"outcome.{name}"),
                )
                for number, name in enumerate(OUTCOMES[:UNTRAINED])
            ]
        )


class Moving(Settings):
    """What all films have: how fast they run.

    Attributes:
        fps: frames a second.
        hold_first: seconds the first frame stands.
        hold_last: seconds the last frame stands.
    """

    fps: Annotated[int, Field(ge=5, le=50)] = 30
    hold_first: Annotated[float, Field(ge=0.0, le=10.0)] = 0.6
    hold_last: Annotated[float, Field(ge=0.0, le=10.0)] = 2.0

    def pacing(self) -> Pacing:
        """How fast the film runs, and which snapshots it shows."""
        from gen.drawing.film import Pacing

        return Pacing(self.fps, self.hold_first, self.hold_last)

    @abstractmethod
    def film(self, run: Any, scale: int) -> Film:
        """Draws the background and lays the layers out.

        Args:
            run: the model, or the sweep, that is shown.
            scale: device pixels in a CSS pixel, 1 or 2.
        """


class FilmFigure(ModelFigure, Moving):
    """A model's figure that moves: a frame for each snapshot, the first and last one held."""


class FormulaFilm(FormulaFigure, Moving):
    """A moving figure of something that is computed, with a table of what it shows."""

    @abstractmethod
    def csv(self, run: Any) -> str:
        """What is shown, as the download holds it."""


class SweepFilmFigure(SweepFigure, Moving):
    """A sweep's figure that moves: a frame for each logged step, the first and last one held."""

    def check(self, sweep: Sweep) -> None:
        if len(sweep.axes) > MOST_AXES:
            raise ValueError(
                f"{sweep.name} varies {len(sweep.axes)} settings, and a film shows {MOST_AXES}; "
                f"the kind sweep-map shows any number"
            )
        for axis in sweep.axes:
            for text in (axis.key, *filter(lambda value: isinstance(value, str), axis.values)):
                self._check_letters(text)

    @staticmethod
    def _check_letters(text: str) -> None:
        """Films use only typefaces that are installed with the tool."""
        if text.isascii():
            return
        from gen.drawing.fonts import unsupported_character

        letter = unsupported_character(text)
        if letter is not None:
            raise ValueError(
                f'the typefaces of films lack "{letter}" in "{text}"; '
                f"name it in Latin, Greek or Cyrillic letters, or use the kind sweep-map"
            )


class ChartFigure(ModelFigure):
    """A figure that stands still and carries text in the page's language."""

    @abstractmethod
    def chart(self, run: ModelRun, words: Words) -> Chart | Stack:
        """Axes, series and marks, in the language of `words`."""

    @abstractmethod
    def table(self, run: ModelRun) -> tuple[tuple[str, ...], Float[np.ndarray, "row column"]]:
        """What is plotted, as the download holds it: the columns' names and the rows."""


class Drawn(Figure):
    """A figure that stands still, is laid out by a template of its own, and can be asked.

    Attributes:
        template: name of the template, without `.html.jinja`.
    """

    template: ClassVar[str]

    @abstractmethod
    def draw(self, run: Any, words: Words) -> Any:
        """What the template shows, in the language of `words`: markup, and data for a script."""

    @abstractmethod
    def csv(self, run: Any) -> str:
        """What is shown, as the download holds it."""


class DrawnFigure(ModelFigure, Drawn):
    """A model's figure that is laid out by a template of its own."""


class MapFigure(SweepFigure):
    """A figure that stands still and can be asked about every model."""

    template: ClassVar[str] = "map"

    @abstractmethod
    def draw(self, run: SweepRun, words: Words) -> SweepMap:
        """The map as markup, in the language of `words`, and the data that it is asked about."""


def figure_kinds() -> dict[str, type[Any]]:
    """Every kind of figure by its name."""
    return kinds("gen.figures", Figure)
