"""Draw figures that do not move, as pages insert them, and store them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeAlias, cast

from gen.charts.chart import Chart, Stack, series_names
from gen.experiments.runs import Run
from gen.figures.figure import Figure, Subject, Widget
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.site.orders import Drawn, Order
from gen.site.plain_values import NotPlainError, from_json, to_json
from gen.store.code_digest import code_digest, versions
from gen.store.store import Entry


@dataclass(frozen=True)
class ChartStill:
    """A chart in one language.

    Attributes:
        svg: markup for a page.
        standalone: the chart as a file of its own.
        alt: text for readers who do not see it.
        led: whether the timeline of the page runs through it.
        timing: JSON for the timeline; empty if it does not run through the chart.
        lines: names of its lines; none if the timeline does not run through the chart.
    """

    svg: str
    standalone: str
    alt: str
    led: bool
    timing: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class WidgetStill:
    """A widget in one language.

    Attributes:
        template: file name of the page template, without `.html.jinja`.
        drawing: what the template inserts.
        alt: text for readers who do not see it.
    """

    template: str
    drawing: Any
    alt: str


Still: TypeAlias = ChartStill | WidgetStill


def draw_still(
    figure: Figure[Subject], subject: Subject, words: Words, *, name: str, run: Run | None
) -> Still:
    """Draw a figure that does not move.

    Args:
        name: id of the figure.
        run: the run whose loss events are marked on the timeline, if one is shown.

    Raises:
        TypeError: the figure draws a film.
    """
    rendered = figure.render(subject, words)
    alt = figure.alt(subject, words)
    match rendered:
        case Widget():
            return WidgetStill(rendered.template, rendered.drawing, alt)
        case Chart() | Stack():
            return _draw_chart(rendered, words, name, run, alt)
        case _:
            raise TypeError(f"{type(figure).__name__} draws a film and is no FilmFigure")


def _draw_chart(
    chart: Chart | Stack, words: Words, name: str, run: Run | None, alt: str
) -> ChartStill:
    from gen.charts.svg import inline_and_standalone
    from gen.site.timing import chart_timing

    svg, standalone = inline_and_standalone(chart, name, alt)
    led = isinstance(chart, Stack) or chart.over_steps
    timing = chart_timing(chart, run, words) if led else ""
    return ChartStill(svg, standalone, alt, led, timing, series_names(chart) if led else ())


@dataclass(frozen=True, kw_only=True)
class StillOrder(Order):
    """A figure of one run to draw in every language of the site.

    A widget whose values cannot be stored is not, and is drawn with each site.

    Attributes:
        figure_name: id of the figure.
        run_key: what identifies the stored run, as JSON values.
        words: the languages of the site.
    """

    what: ClassVar[str] = "still"

    figure: RunFigure
    figure_name: str
    run: Run
    run_key: dict[str, Any]
    words: tuple[Words, ...]

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(_file(each.language) for each in self.words)

    @cached_property
    def ingredients(self) -> dict[str, Any]:
        return {
            "still": self.name,
            "figure": self.figure.model_dump(mode="json", exclude={"every_seed"}),
            "pictured": self.run_key,
            "chance": self.run.chance,  # of a recording, it is a setting
            "texts": {each.language: each.digest for each in self.words},
            "code": code_digest(type(self.figure).__module__, "gen.site.stills", "gen.site.timing"),
            "versions": versions("numpy", "torch", "matplotlib", "font-source-sans-pro"),
            "colours": self.theme.as_json,
        }

    def draw(self, *, on_progress: Callable[[int], None]) -> Drawn:
        files: dict[str, bytes] = {}
        refused: set[str] = set()
        figure = cast(
            "Figure[Run]", self.figure
        )  # what it needs of a run was checked with the config
        for number, words in enumerate(self.words, 1):
            still = draw_still(figure, self.run, words, name=self.figure_name, run=self.run)
            try:
                content = _content(still)
            except NotPlainError as error:
                content = None
                refused.add(str(error))
            files[_file(words.language)] = json.dumps(content).encode()
            on_progress(number)
        return Drawn(files, {"painted": False, "refused": sorted(refused)})


def _content(still: Still) -> Any:
    """Return a still as JSON values.

    Raises:
        NotPlainError: they would lose a part of it.
    """
    return [isinstance(still, ChartStill), to_json(vars(still))]


def stored_still(entry: Entry, language: str) -> Still | None:
    """Return a still that was stored; None if its values cannot be stored."""
    content = json.loads(entry.file(_file(language)).read_bytes())
    if content is None:
        return None
    is_chart, values = content
    return (ChartStill if is_chart else WidgetStill)(**from_json(values))


def still_name(stem: str) -> str:
    """Return the name of a still of a figure; ids have no dot, so it is unique."""
    return f"{stem}.still"


def _file(language: str) -> str:
    return f"{language}.json"
