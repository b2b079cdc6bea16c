"""Which figure shows which model: the one that pages speak of, and others to choose from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gen.figures.figure import Figure, FormulaFigure, ModelFigure
from gen.site.results import NoSubject, Results, TrainedModel, TrainedSweep


@dataclass(frozen=True)
class FigureView:
    """A figure and what it shows.

    Attributes:
        name: the figure's id.
        seed: the seed that is shown in the place of the one that pages speak of, if it is another.
    """

    name: str
    figure: Figure
    subject: TrainedModel | TrainedSweep | NoSubject
    seed: int | None = None

    @property
    def choice(self) -> int | None:
        """The seed that it shows, where readers may choose another; None where they may not."""
        figure, subject = self.figure, self.subject
        varied = isinstance(figure, ModelFigure) and figure.every_seed
        return subject.chosen.seed if varied and isinstance(subject, TrainedModel) else None

    @property
    def stem(self) -> str:
        """What its files are called: the dot tells them from those of any other figure."""
        return self.name if self.seed is None else f"{self.name}.seed-{self.seed}"

    @property
    def run(self) -> Any:
        """What of the subject is pictured."""
        return self.figure.pictured(self.subject)


def figure_views(
    figures: Mapping[str, Figure], subjects: Results, only: Iterable[str] | None = None
) -> Iterator[FigureView]:
    """All that a site shows, each figure followed by itself with every other seed.

    Args:
        subjects: trained models and sweeps; figures of others are left out.
        only: ids of figures; all if None.
    """
    wanted = figures if only is None else set(only)
    for name, figure in figures.items():
        free = isinstance(figure, FormulaFigure)
        subject = NoSubject() if free else subjects.get(figure.subject)
        if subject is None or name not in wanted:
            continue
        yield FigureView(name, figure, subject)
        if isinstance(figure, ModelFigure) and isinstance(subject, TrainedModel):
            for other in subject.showing_each() if figure.every_seed else ():
                if other.chosen.seed != subject.chosen.seed:
                    yield FigureView(name, figure, other, other.chosen.seed)
