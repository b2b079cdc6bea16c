"""Writes figures as files into a folder: for slides, papers and other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gen.figures.figure import ChartFigure, Drawn, MapFigure, Moving
from gen.site import films
from gen.site.figure_views import FigureView, figure_views
from gen.store import files
from gen.store.store import writing

if TYPE_CHECKING:
    from gen.site.context import BuildContext
    from gen.site.results import Results
    from gen.store.store import Entry


def export(
    context: BuildContext,
    subjects: Results,
    drawn: Mapping[str, Entry],
    wanted: list[str],
    folder: Path,
) -> None:
    """Writes films as MP4, GIF and PNG, charts as SVG and PNG, and the data of interactive figures.

    Args:
        drawn: the stored films, by what their files are called.
        wanted: ids of figures.

    Raises:
        EnvironmentFault: the folder cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for each in figure_views(context.config.figures, subjects, wanted):
        for name, content in _files(context, each, drawn):
            with writing(folder):
                files.write_atomically(folder / name, content)
            context.report.say(str(folder / name))
        if isinstance(each.figure, Drawn | MapFigure):
            context.report.say(
                f"{each.stem}: is interactive and drawn only on a page; its data is written"
            )


def _files(
    context: BuildContext, each: FigureView, drawn: Mapping[str, Entry]
) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files of one figure."""
    figure = each.figure
    if isinstance(figure, Moving):
        entry = drawn[each.stem]
        for file in films.files_of(entry):
            yield films.name_of(each.stem, file), entry.file(file).read_bytes()
    elif isinstance(figure, ChartFigure):
        yield from _chart_files(context, each, figure)
    elif isinstance(figure, MapFigure):
        from gen.analysis.sweep_outcomes import sweep_table

        yield f"{each.stem}.csv", sweep_table(each.run).encode()
    elif isinstance(figure, Drawn):
        yield f"{each.stem}.csv", figure.csv(each.run).encode()


def _chart_files(
    context: BuildContext, each: FigureView, figure: ChartFigure
) -> Iterator[tuple[str, bytes]]:
    """A chart in every language of the site, called as its download on a page."""
    from gen.charts.png import to_png
    from gen.charts.svg import standalone_svg
    from gen.i18n import Words

    for place, language in enumerate(context.config.site.languages):
        words = Words(language)
        svg = standalone_svg(figure.chart(each.run, words), figure.alt(each.run, words))
        name = each.stem if place == 0 else f"{each.stem}.{language}"
        yield f"{name}.svg", svg.encode()
        yield f"{name}.png", to_png(svg)
