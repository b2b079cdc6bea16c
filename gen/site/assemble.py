"""Puts pages, films, charts and data together into the files of a site."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gen.analysis.sweep_outcomes import SweepRun, sweep_table
from gen.charts.chart import series_names
from gen.experiments.runs import ModelRun
from gen.figures.figure import (
    ChartFigure,
    Drawn,
    FilmFigure,
    FormulaFigure,
    FormulaFilm,
    MapFigure,
    Moving,
)
from gen.site import films
from gen.site.figure_views import figure_views
from gen.site.pages.facts import FACTS_FILE
from gen.site.provenance import provenance
from gen.site.results import Results, TrainedSweep
from gen.site.sources import REFERENCES
from gen.store.store import Entry
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.analysis.types import Fact
    from gen.config.reader import Config
    from gen.i18n import Words
    from gen.site.pages.figures import BySeed, PlacedFigure
    from gen.site.sources import Sources

_FILM_INFO = ("width", "height", "frames", "seconds")


@dataclass(frozen=True)
class PreparedAssets:
    """All of a site that does not change with its pages: figures, facts and data.

    Attributes:
        subjects: what figures picture, by model or sweep.
        drawn: the stored films, by what their files are called.
        facts: by model, sweep and formula.
        files: path inside the site to its content, or to the file to copy.
        placed: by language, the figures by id, and those that readers choose from.
    """

    config: Config
    subjects: Results
    drawn: Mapping[str, Entry]
    facts: Mapping[str, Mapping[str, Fact]]
    files: Mapping[str, bytes | Path]
    placed: Mapping[str, tuple[dict[str, PlacedFigure], BySeed]]


def site_files(
    config: Config,
    sources: Sources,
    subjects: Results,
    drawn: Mapping[str, Entry],
) -> dict[str, bytes | Path]:
    """All files of a site.

    Args:
        subjects: what figures picture, by model or sweep.
        drawn: the stored films, by what their files are called.

    Returns:
        Path inside the site to its content, or to the file to copy.
    """
    return with_prepared_assets(prepare_assets(config, subjects, drawn), sources)


def prepare_assets(config: Config, subjects: Results, drawn: Mapping[str, Entry]) -> PreparedAssets:
    """Whatever is computed and drawn for a site before its pages are read."""
    from gen.i18n import Words

    files: dict[str, bytes | Path] = {}
    facts = all_facts(config, subjects)
    files[FACTS_FILE] = _json(facts)
    for each in figure_views(config.figures, subjects):
        figure, run, stem = each.figure, each.run, each.stem
        if isinstance(figure, Moving):
            files |= _film_files(stem, drawn[stem])
        if isinstance(figure, FilmFigure) and each.seed is None:
            files[f"data/{stem}.npz"] = _arrays(run)
        elif isinstance(figure, ChartFigure):
            files[f"data/{stem}.csv"] = _table(*figure.table(run))
        elif isinstance(figure, Drawn | FormulaFilm):
            files[f"data/{stem}.csv"] = figure.csv(run).encode()
    for name, subject in subjects.items():
        if isinstance(subject, TrainedSweep):
            files[f"data/{name}.csv"] = sweep_table(subject.run).encode()
    by_language: dict[str, tuple[dict[str, PlacedFigure], BySeed]] = {}
    charts: dict[str, bytes | Path] = {}
    for place, language in enumerate(config.site.languages):
        suffix = "" if place == 0 else f".{language}"
        placed, by_seed, drawings = _place(config, subjects, drawn, files, Words(language), suffix)
        by_language[language] = placed, by_seed
        charts |= drawings
    return PreparedAssets(config, subjects, drawn, facts, files | charts, by_language)


def with_prepared_assets(house: PreparedAssets, sources: Sources) -> dict[str, bytes | Path]:
    """All files of a site, its pages among them.

    Args:
        sources: of the same config, but for its `[site]` table, which may have changed since.

    Raises:
        ConfigError: a page says something unknown or untrue; it names file and line.
    """
    from gen.i18n import Words
    from gen.site.pages.addresses import add_versions
    from gen.site.pages.references import read_references
    from gen.site.pages.render import render_pages
    from gen.site.pages.sitemap import sitemap

    files: dict[str, bytes | Path] = {**sources.assets, **house.files}
    made_from = provenance(house.config, house.subjects, house.drawn, sources.commit)
    files["data/provenance.json"] = _json(made_from)
    site = sources.config.site
    works = read_references(sources.references, str(sources.config.folder / REFERENCES))
    rendered: list[str] = []
    for language in site.languages:
        placed, by_seed = house.placed[language]
        pages = render_pages(
            site=site,
            language=language,
            sources=sources.pages[language],
            figures=placed,
            by_seed=by_seed,
            references=works,
            facts=house.facts,
            words=Words(language),
            templates=sources.templates,
            originals=sources.pages[site.languages[0]] if language != site.languages[0] else None,
            assets=sources.assets,
        )
        files |= {path: text.encode() for path, text in pages.items()}
        rendered += [path for path in pages if path.endswith(".html")]
    if site.base_url:
        files["sitemap.xml"] = sitemap(site.base_url, sorted(rendered)).encode()
    return add_versions(files)


def all_facts(config: Config, subjects: Results) -> dict[str, Mapping[str, Fact]]:
    """What is known of every model, sweep and formula of a site, by its name."""
    return {
        **{name: subject.facts for name, subject in subjects.items()},
        **{
            name: figure.facts()
            for name, figure in config.figures.items()
            if isinstance(figure, FormulaFigure)
        },
    }


def _place(
    config: Config,
    subjects: Results,
    drawn: Mapping[str, Entry],
    files: Mapping[str, bytes | Path],
    words: Words,
    suffix: str,
) -> tuple[dict[str, PlacedFigure], BySeed, dict[str, bytes | Path]]:
    """The figures as the pages of one language show them, and that language's chart files.

    Returns:
        The figures by id; those that readers choose from; paths and contents of the charts.
    """
    from gen.charts.svg import standalone_svg, to_svg
    from gen.config.snippet import recipe
    from gen.site.pages.figures import PlacedChart, PlacedFilm, PlacedWidget
    from gen.site.timing import chart_timing, film_timing

    placed: dict[str, PlacedFigure] = {}
    by_seed: BySeed = {}
    charts: dict[str, bytes | Path] = {}
    for each in figure_views(config.figures, subjects):
        name, stem, figure, run = each.name, each.stem, each.figure, each.run
        alt = figure.alt(run, words)
        if isinstance(figure, Moving):
            entry = drawn[stem]
            data = _data_of_film(stem, figure, run)
            gif = f"media/{stem}.gif"
            made = PlacedFilm(
                id=name,
                model=figure.subject,
                mp4=f"media/{stem}.mp4",
                gif=gif if gif in files else None,
                poster=f"media/{stem}.png",
                data=data if data in files else None,
                mp4_bytes=_size(files[f"media/{stem}.mp4"]),
                gif_bytes=_size(files.get(gif)),
                data_bytes=_size(files.get(data)),
                alt=alt,
                recipe=recipe(config, name),
                timing=None if isinstance(figure, FormulaFilm) else film_timing(entry, run, words),
                **{key: entry.info[key] for key in _FILM_INFO},
            )
        elif isinstance(figure, ChartFigure):
            chart = figure.chart(run, words)
            path = f"media/{stem}{suffix}.svg"
            charts[path] = standalone_svg(chart, alt).encode()
            made = PlacedChart(
                id=name,
                model=figure.subject,
                svg=to_svg(chart, name, alt),
                file=path,
                data=f"data/{stem}.csv",
                data_bytes=_size(files[f"data/{stem}.csv"]),
                alt=alt,
                timing=chart_timing(chart, run, words),
                lines=series_names(chart),
            )
        elif isinstance(figure, Drawn | MapFigure):
            data = f"data/{stem if isinstance(figure, Drawn) else figure.subject}.csv"
            made = PlacedWidget(
                id=name,
                model=figure.subject,
                template=figure.template,
                drawing=figure.draw(run, words),
                data=data,
                data_bytes=_size(files[data]),
                alt=alt,
            )
        else:
            raise TypeError(f"{type(figure).__name__} is no kind of figure that has a place")
        if each.seed is None:
            placed[name] = made
        if each.choice is not None:
            by_seed.setdefault(figure.subject, {}).setdefault(each.choice, {})[name] = made
    return placed, by_seed, charts


def _data_of_film(stem: str, figure: Moving, run: object) -> str:
    """Path inside the site of the numbers that a film shows."""
    if isinstance(run, SweepRun):
        return f"data/{run.name}.csv"
    return f"data/{stem}.{'csv' if isinstance(figure, FormulaFilm) else 'npz'}"


def _film_files(stem: str, entry: Entry) -> dict[str, bytes | Path]:
    return {films.path_of(stem, file): entry.file(file) for file in films.files_of(entry)}


def _arrays(run: ModelRun) -> bytes:
    arrays = io.BytesIO()
    order = {"numbers": run.task.numbers} if isinstance(run.task, Modular) else {}
    np.savez_compressed(arrays, allow_pickle=False, steps=run.snapshot_steps, **order, **run.views)
    return arrays.getvalue()


def _table(header: tuple[str, ...], rows: np.ndarray) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for row in rows.tolist():
        writer.writerow([int(x) if float(x).is_integer() else f"{x:.9g}" for x in row])
    return text.getvalue().encode()


def _size(content: bytes | Path | None) -> int:
    if content is None:
        return 0
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _json(value: Any) -> bytes:
    """JSON as the standard has it: it knows no infinity, and no number that is not one."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
