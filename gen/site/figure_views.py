"""Figures with what they show: each figure of a site, and its variants for other seeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeAlias

from gen.analysis.seeds import SeedRuns
from gen.analysis.sweep_outcomes import SweepRun
from gen.experiments.runs import ModelRun, Run
from gen.figures.figure import Figure, FilmFigure, Subject
from gen.figures.formula_figure import FormulaFigure
from gen.figures.model_figure import ModelFigure, RunFigure
from gen.figures.models_figure import ModelsFigure
from gen.figures.sweep_figure import SweepFigure
from gen.site.downloads import (
    Download,
    DownloadOrder,
    can_be_downloaded,
    download_name,
    snapshot_arrays,
)
from gen.site.films import FilmOrder
from gen.site.orders import Order
from gen.site.results import ModelResult, Results, TrainedModel, TrainedSweep
from gen.site.scenes import PackOrder, SceneOrder, pack_name, scene_name
from gen.site.stills import Still, StillOrder, draw_still, still_name
from gen.theme import Theme

if TYPE_CHECKING:
    from gen.charts.chart import Chart, Stack
    from gen.drawing.film import Film
    from gen.figures.figure import Widget
    from gen.i18n import Words


@dataclass(frozen=True)
class FigureView(Generic[Subject]):
    """A figure and what it shows.

    Attributes:
        name: id of the figure.
        subject: what the methods of the figure take.
        source: the model or sweep that `subject` is part of; None for a formula or several models.
        seed: the seed that is shown instead of the usual one of the model, if any.
        choice: the seed for which readers can choose this view, if any.
    """

    name: str
    figure: Figure[Subject]
    subject: Subject
    source: ModelResult[Any] | TrainedSweep | None
    seed: int | None = None
    choice: int | None = None

    @property
    def key(self) -> dict[str, Any]:
        """What identifies the stored runs that are shown, as JSON values."""
        return {} if self.source is None else self.source.key

    @property
    def stem(self) -> str:
        """File name without suffix; ids have no dot, so it is unique."""
        return self.name if self.seed is None else f"{self.name}.seed-{self.seed}"

    @property
    def run(self) -> Run | None:
        """The run whose loss events are marked on a timeline, if one is shown."""
        return self.source.chosen if isinstance(self.source, ModelResult) else None

    @property
    def timeline(self) -> str:
        """The model or sweep whose steps the page runs through; empty for a formula."""
        return self.name if isinstance(self.figure, ModelsFigure) else self.figure.source

    @property
    def computes(self) -> bool:
        """Whether the script of the figure computes with the pack of the run."""
        return isinstance(self.figure, RunFigure) and self.figure.computes

    def still_order(self, theme: Theme, words: Iterable[Words]) -> StillOrder | None:
        """Return what has to be drawn of a figure of one run that does not move.

        Args:
            theme: the colours of the site.
            words: the languages of the site.
        """
        run = self.run
        moves = isinstance(self.figure, FilmFigure)
        if run is None or moves or not isinstance(self.figure, RunFigure):
            return None
        return StillOrder(
            name=still_name(self.stem),
            theme=theme,
            figure=self.figure,
            figure_name=self.name,
            run=run,
            run_key=self.key,
            words=tuple(words),
        )

    def still(self, words: Words) -> Still:
        """Draw a figure that does not move in the language of `words`."""
        return draw_still(self.figure, self.subject, words, name=self.name, run=self.run)

    def render(self, words: Words) -> Film | Chart | Stack | Widget[Any]:
        """Draw the figure in the language of `words`."""
        return self.figure.render(self.subject, words)

    def alt(self, words: Words) -> str:
        """Return the text for readers who do not see the figure."""
        return self.figure.alt(self.subject, words)

    def data(self) -> Download | None:
        """Return the data download; figures of other seeds have none.

        All figures of a run have the same one, unless they have numbers of their own.
        """
        text = self.figure.csv(self.subject)
        if text is not None:
            return Download(f"{self.stem}.csv", text.encode)
        if isinstance(self.source, TrainedSweep):
            table = self.source.table
            return Download(f"{self.source.sweep.name}.csv", lambda: table)
        run = self.run
        if run is not None and self.seed is None and can_be_downloaded(run):
            name = f"{run.name}.run-{run.seed}.npz"
            return Download(name, lambda: snapshot_arrays(run), download_name(run))
        return None

    def download_order(self) -> DownloadOrder | None:
        """Return the snapshots of the run to download; None if the figure has other numbers."""
        run = self.run
        has_own = type(self.figure).csv is not Figure.csv
        if run is None or has_own or self.seed is not None or not can_be_downloaded(run):
            return None
        return DownloadOrder(name=download_name(run), run=run, run_key=self.key)

    def orders(self, theme: Theme) -> Iterator[Order]:
        """Yield what has to be drawn.

        Of a film that is its scene, the pack of the run that it shows, and the film; other seeds
        of a model have no film. Of a figure whose script computes it is the pack.

        Args:
            theme: the colours of the site.
        """
        figure = self.figure
        run = self.run if isinstance(figure, RunFigure) else None
        if run is not None and self.computes:
            yield PackOrder(name=pack_name(run), run=run, run_key=self.key)
        if not isinstance(figure, FilmFigure):
            return
        shown: dict[str, Any] = {
            "figure": figure,
            "subject": self.subject,
            "source_key": self.key,
            "theme": theme,
        }
        if self.seed is None:
            yield FilmOrder(name=self.stem, **shown)
        yield SceneOrder(name=scene_name(self.stem), run=run, **shown)
        if run is not None:
            yield PackOrder(name=pack_name(run), run=run, run_key=self.key)


AnyView: TypeAlias = (
    FigureView[Any]
    | FigureView[SeedRuns]
    | FigureView[SweepRun]
    | FigureView[tuple[SeedRuns[ModelRun], ...]]
    | FigureView[None]
)


def figure_views(
    figures: Mapping[str, Figure], results: Results, only: Iterable[str] | None = None
) -> Iterator[AnyView]:
    """Yield a view for each figure, followed by its views of other seeds.

    Args:
        results: trained models and sweeps; figures of others are left out.
        only: ids of figures; all if None.
    """
    wanted = figures if only is None else set(only)
    for name, figure in figures.items():
        if name in wanted:
            if isinstance(figure, ModelsFigure):
                yield from _views_of_models(name, figure, results)
            else:
                yield from _views(name, figure, results.get(figure.source))


def _views(
    name: str, figure: Figure, source: ModelResult[Any] | TrainedSweep | None
) -> Iterator[AnyView]:
    if isinstance(figure, FormulaFigure):
        yield FigureView(name, figure, None, None)
    elif isinstance(figure, SweepFigure) and isinstance(source, TrainedSweep):
        yield FigureView(name, figure, source.run, source)
    elif isinstance(figure, ModelFigure) and isinstance(source, ModelResult):
        yield from _model_views(name, figure, source)


def _views_of_models(name: str, figure: ModelsFigure, results: Results) -> Iterator[AnyView]:
    """Yield a figure of several models, if all have results."""
    found = [results.get(source) for source in figure.sources]
    models = [one for one in found if isinstance(one, TrainedModel)]
    if len(models) == len(found):
        yield FigureView(name, figure, tuple(one.seeds for one in models), None)


def _model_views(name: str, figure: ModelFigure, source: ModelResult[Any]) -> Iterator[AnyView]:
    """Yield a figure of the seed that it shows, then of all others among which readers choose."""
    if figure.seed is not None:
        source = source.showing(figure.seed)
    shown = source.chosen.seed
    others = source.by_seed() if figure.every_seed else ()
    for one in (source, *(other for other in others if other.chosen.seed != shown)):
        seed = one.chosen.seed
        which = (None if seed == shown else seed, seed if figure.every_seed else None)
        if isinstance(figure, RunFigure):
            yield FigureView(name, figure, one.chosen, one, *which)
        else:
            yield FigureView(name, figure, one.seeds, one, *which)
