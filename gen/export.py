"""Writes figures as files into a folder: for slides, papers and other programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gen import disk, films
from gen.figures import ChartFigure, Drawn, MapFigure, Moving
from gen.showings import Showing, showings
from gen.store import writing

if TYPE_CHECKING:
    from gen.store import Entry
    from gen.studio import Studio
    from gen.subjects import Subjects


def export(
    studio: Studio,
    subjects: Subjects,
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
    for each in showings(studio.config.figures, subjects, wanted):
        for name, content in _files(studio, each, drawn):
            with writing(folder):
                disk.replace(folder / name, content)
            studio.report.say(str(folder / name))
        if isinstance(each.figure, Drawn | MapFigure):
            studio.report.say(
                f"{each.stem}: is interactive and drawn only on a page; its data is written"
            )


def _files(
    studio: Studio, each: Showing, drawn: Mapping[str, Entry]
) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files of one figure."""
    figure = each.figure
    if isinstance(figure, Moving):
        entry = drawn[each.stem]
        for file in films.files_of(entry):
            yield films.name_of(each.stem, file), entry.file(file).read_bytes()
    elif isinstance(figure, ChartFigure):
        yield from _chart_files(studio, each, figure)
    elif isinstance(figure, MapFigure):
        from gen.analysis.sweep_table import sweep_table

        yield f"{each.stem}.csv", sweep_table(each.run).encode()
    elif isinstance(figure, Drawn):
        yield f"{each.stem}.csv", figure.csv(each.run).encode()


def _chart_files(studio: Studio, each: Showing, figure: ChartFigure) -> Iterator[tuple[str, bytes]]:
    """A chart in every language of the site, called as its download on a page."""
    from gen.media.raster import to_png
    from gen.media.svg import standalone_svg
    from gen.words import Words

    for place, language in enumerate(studio.config.site.languages):
        words = Words(language)
        svg = standalone_svg(figure.chart(each.run, words), figure.alt(each.run, words))
        name = each.stem if place == 0 else f"{each.stem}.{language}"
        yield f"{name}.svg", svg.encode()
        yield f"{name}.png", to_png(svg)
