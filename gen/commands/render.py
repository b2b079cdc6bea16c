"""Draw films, and export figures as files for slides, papers and other programs (`gen render`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gen.commands.names import select_names
from gen.figures.figure import ChartFigure, Drawn, MapFigure, Moving
from gen.site import films
from gen.site.draw import draw_missing_films
from gen.site.figure_views import FigureView, figure_views
from gen.site.results import read_sweeps, stored_models
from gen.store import files
from gen.store.store import convert_write_errors

if TYPE_CHECKING:
    from gen.site.context import BuildContext
    from gen.site.results import Results
    from gen.store.store import Entry


def render_figures(context: BuildContext, names: Iterable[str], folder: Path | None) -> None:
    """Draw the films of some figures, or of all if none is named, that are missing from the store.

    Args:
        folder: where to write the files of these figures; None to write no files.

    Raises:
        ConfigError: a name is not in the config.
        SetupError: a run is missing from the store.
    """
    config = context.config
    wanted = select_names("figure", names, config.figures)
    with context.locked(), context.processes() as painters:
        needed = {config.figures[name].subject for name in wanted}
        models = [name for name in config.models if name in needed]
        sweeps = [name for name in config.sweeps if name in needed]
        subjects = {**stored_models(context, models), **read_sweeps(context, sweeps)}
        drawn = draw_missing_films(context, painters, subjects, wanted)
    if folder is not None:
        export(context, subjects, drawn, wanted, folder)
    context.report.info("1 film is fresh" if len(drawn) == 1 else f"{len(drawn)} films are fresh")
    still = sum(not isinstance(config.figures[name], Moving) for name in wanted)
    if still and folder is None:
        what = "1 figure is not a film" if still == 1 else f"{still} figures are not films"
        context.report.info(f"{what}; pass --to FOLDER to write the files")


def export(
    context: BuildContext,
    subjects: Results,
    drawn: Mapping[str, Entry],
    wanted: list[str],
    folder: Path,
) -> None:
    """Write films as MP4, GIF and PNG, charts as SVG and PNG, and interactive figures as CSV.

    Args:
        drawn: the stored films by the stem of their file names.
        wanted: ids of figures.

    Raises:
        SetupError: the folder cannot be written.
    """
    with convert_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for each in figure_views(context.config.figures, subjects, wanted):
        for name, content in _files(context, each, drawn):
            with convert_write_errors(folder):
                files.write_atomically(folder / name, content)
            context.report.info(str(folder / name))
        if isinstance(each.figure, Drawn | MapFigure):
            context.report.info(
                f"{each.stem}: is interactive and works only on a page; wrote its data"
            )


def _files(
    context: BuildContext, each: FigureView, drawn: Mapping[str, Entry]
) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of the files of one figure."""
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
    """Yield a chart in every language of the site, named like its download on a page."""
    from gen.charts.png import to_png
    from gen.charts.svg import standalone_svg
    from gen.i18n import Words

    for place, language in enumerate(context.config.site.languages):
        words = Words(language)
        svg = standalone_svg(figure.chart(each.run, words), figure.alt(each.run, words))
        name = each.stem if place == 0 else f"{each.stem}.{language}"
        yield f"{name}.svg", svg.encode()
        yield f"{name}.png", to_png(svg)
