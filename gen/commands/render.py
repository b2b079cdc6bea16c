"""Draw films, and export figures as files for slides, papers and other programs (`gen render`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from gen.charts.chart import Chart, Stack
from gen.commands.names import select_names
from gen.config.reader import Config
from gen.errors import ConfigError
from gen.figures.figure import FilmFigure
from gen.site import films, orders
from gen.site.context import BuildContext
from gen.site.draw import draw_films
from gen.site.figure_views import AnyView, figure_views
from gen.site.own_templates import read_own_templates
from gen.site.pages.figures import PlacedFilm
from gen.site.results import Results, read_sweeps, recorded_results, stored_models
from gen.store import files
from gen.store.store import Entry, convert_write_errors
from gen.store.text_files import read_text
from gen.theme import using


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
    with context.locked(), context.processes() as executor:
        needed = {source for name in wanted for source in config.figures[name].sources}
        models = [name for name in config.models if name in needed]
        sweeps = [name for name in config.sweeps if name in needed]
        recorded = recorded_results(config, [name for name in config.recordings if name in needed])
        stored = stored_models(context, models)
        results = {**stored, **recorded, **read_sweeps(context, sweeps)}
        drawn = draw_films(context, executor, results, wanted)
    if folder is not None:
        export(context, results, drawn, wanted, folder)
    still = sum(not isinstance(config.figures[name], FilmFigure) for name in wanted)
    films_drawn = sum(name in drawn for name in wanted)
    context.report.info("1 film is fresh" if films_drawn == 1 else f"{films_drawn} films are fresh")
    if still and folder is None:
        what = "1 figure is not a film" if still == 1 else f"{still} figures are not films"
        context.report.info(f"{what}; pass --to FOLDER to write the files")


def export(
    context: BuildContext,
    results: Results,
    drawn: Mapping[str, Entry],
    wanted: list[str],
    folder: Path,
) -> None:
    """Write films as MP4, GIF, PNG and HTML, charts as SVG and PNG, and the data of widgets.

    Args:
        results: trained models and sweeps.
        drawn: what is stored for pages, by the names of its orders.
        wanted: ids of figures.

    Raises:
        SetupError: the folder cannot be written.
    """
    with convert_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with using(context.config.theme):
        for view in figure_views(context.config.figures, results, wanted):
            for name, content in _files(context, view, drawn):
                with convert_write_errors(folder):
                    files.write_atomically(folder / name, content)
                context.report.info(str(folder / name))


def _files(
    context: BuildContext, view: AnyView, drawn: Mapping[str, Entry]
) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of the files of one figure; charts in every language."""
    if isinstance(view.figure, FilmFigure):
        entry = drawn.get(view.stem)
        if entry is None:  # another seed than that of the film
            return
        for file in films.files_of(entry):
            yield orders.name_of(view.stem, file), entry.file(file).read_bytes()
        yield from _single_file(context, view, drawn)
        return
    for place, language in enumerate(context.config.site.languages):
        words = context.config.words(language)
        rendered = view.render(words)
        if isinstance(rendered, Chart | Stack):
            suffix = "" if place == 0 else f".{language}"
            yield from _chart_files(f"{view.stem}{suffix}", rendered, view.alt(words))
        else:
            yield from _widget_files(context, view)
            return


def _single_file(
    context: BuildContext, view: AnyView, drawn: Mapping[str, Entry]
) -> Iterator[tuple[str, bytes]]:
    """Yield a figure that pages paint as one HTML file, in all languages."""
    from gen.site.assemble import Placer, drawn_files, read_file
    from gen.site.pages.standalone import Surroundings, documents, theme_assets
    from gen.site.pages.templates import load_templates

    config = context.config
    own = read_own_templates(config.folder, context.templates)
    assets = theme_assets(context.templates, own)
    templates = load_templates(context.templates, own)
    files: dict[str, bytes | Path] = {}
    for name, entry in drawn.items():
        files |= drawn_files(name, entry)
    figures: dict[str, tuple[Surroundings, dict[str, PlacedFilm]]] = {}
    for place, language in enumerate(config.site.languages):
        words = config.words(language)
        folder = f"{language}/" if place else ""
        link = f"{config.site.base_url}{folder}" if config.site.base_url else ""
        title, pages = _title_and_places(config, language)
        around = Surroundings(templates, assets, words, title, link, pages)
        film = Placer(config, drawn, files, {}, words, "").film(view)
        figures[language] = around, {view.stem: film}
    for name, text in documents(figures, partial(read_file, files)).items():
        yield f"{name}.html", text.encode()


def _title_and_places(config: Config, language: str) -> tuple[str, dict[str, str]]:
    """Return the title of a language and where figures are on the pages that can be read.

    Facts are not known here, so all branches of a page count.
    """
    from gen.site.pages.figure_places import figure_places
    from gen.site.pages.source import read_sources

    site = config.site
    paths = {name: config.folder / f"pages/{language}/{name}.md" for name in site.pages}
    title = site.title
    try:
        texts = {name: read_text(path) for name, path in paths.items() if path.is_file()}
        home = {name: text for name, text in texts.items() if name == site.pages[0]}
        if home and language != site.languages[0]:
            title = read_sources(language, home)[site.pages[0]].front.plain_title
        return title, figure_places(language, texts, config.figures)
    except ConfigError:
        return title, {}


def _chart_files(stem: str, chart: Chart | Stack, alt: str) -> Iterator[tuple[str, bytes]]:
    from gen.charts.png import to_png
    from gen.charts.svg import standalone_svg

    svg = standalone_svg(chart, alt)
    yield f"{stem}.svg", svg.encode()
    yield f"{stem}.png", to_png(svg)


def _widget_files(context: BuildContext, view: AnyView) -> Iterator[tuple[str, bytes]]:
    download = view.data()
    if download is not None:
        yield f"{view.stem}.csv", download.make()
        context.report.info(f"{view.stem}: is interactive and works only on a page; wrote its data")
