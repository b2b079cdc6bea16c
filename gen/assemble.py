"""Puts pages, films, charts and data together into the files of a site."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gen import films, runs
from gen.analysis.sweep import SweepRun
from gen.analysis.sweep_table import sweep_table
from gen.errors import ConfigError
from gen.figures import (
    ChartFigure,
    Drawn,
    FilmFigure,
    FormulaFigure,
    FormulaFilm,
    MapFigure,
    Moving,
)
from gen.fingerprint import code_digest, versions
from gen.pages.facts import FACTS_FILE
from gen.provenance import commit_of, provenance
from gen.runs import ModelRun
from gen.showings import showings
from gen.store import Entry, content_key
from gen.subjects import Subjects, TrainedSweep
from gen.words import words_digest

if TYPE_CHECKING:
    from gen.config import Config
    from gen.pages.facts import Fact
    from gen.pages.figures import BySeed, PlacedFigure
    from gen.pages.source import Source
    from gen.studio import Studio
    from gen.words import Words

REFERENCES = "references.toml"
"""The works that pages cite, beside the config."""

_PAGE_LIBRARIES = (
    "Jinja2",
    "markdown-it-py",
    "mdit-py-plugins",
    "math-core",
    "numpy",
    "safetensors",
)

_FILM_INFO = ("width", "height", "frames", "seconds", "first_step", "last_step")


@dataclass(frozen=True)
class Sources:
    """Every file and setting that a site is made of, read once, before anything is done.

    Attributes:
        pages: Markdown by language and page.
        assets: files that are published as they are, by path inside the site.
        references: text of `references.toml`; empty where there is none.
        templates: folder of the page templates.
        device: what models are trained on.
        commit: the last one that touched the config's folder, if any.
    """

    config: Config
    pages: dict[str, dict[str, str]]
    assets: dict[str, bytes]
    references: str
    templates: Path
    device: str
    commit: str | None

    @classmethod
    def gather(cls, studio: Studio) -> Sources:
        """Reads the pages and assets that lie beside a config.

        Raises:
            ConfigError: a page is missing, a text is not UTF-8, or a link of the file system
                leads out of the config's folder.
        """
        config = studio.config
        _refuse_links_out(config.folder)
        pages = {
            language: {
                page: _page(config.folder / "pages" / language / f"{page}.md", page)
                for page in config.site.pages
            }
            for language in config.site.languages
        }
        files = {
            f"assets/{path.relative_to(folder).as_posix()}": path.read_bytes()
            for folder in (studio.assets, config.folder / "assets")
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        works = config.folder / REFERENCES
        references = _read(works) if works.is_file() else ""
        commit = commit_of(config.folder)
        return cls(config, pages, files, references, studio.templates, studio.device, commit)

    def read(self) -> list[Source]:
        """The pages of all languages, front matter and body told apart.

        Raises:
            ConfigError: the front matter of a page cannot be used.
        """
        from gen.pages.source import read_source

        return [
            read_source(name, f"pages/{language}/{name}.md", text)
            for language, pages in self.pages.items()
            for name, text in pages.items()
        ]

    @cached_property
    def key(self) -> str:
        """Changes with anything that can change the published site."""
        config = self.config
        figures = sorted({type(figure).__module__ for figure in config.figures.values()})
        return content_key(
            {
                "site": config.site.model_dump(mode="json"),
                "models": {
                    name: {
                        "runs": [shard.key for shard in runs.shards(model, self.device)],
                        "shown": model.shown,
                        "hunt": model.hunt and model.hunt.facts,
                    }
                    for name, model in config.models.items()
                },
                "sweeps": {
                    name: [shard.key for shard in runs.shards(sweep, self.device)]
                    for name, sweep in config.sweeps.items()
                },
                "figures": {
                    name: figure.model_dump(mode="json") for name, figure in config.figures.items()
                },
                "pages": self.pages,
                "references": self.references,
                "assets": {name: _digest(content) for name, content in self.assets.items()},
                "templates": {
                    path.relative_to(self.templates).as_posix(): _digest(path.read_bytes())
                    for path in sorted(self.templates.rglob("*"))
                    if path.is_file()
                },
                "words": words_digest(),
                "commit": self.commit,
                "code": code_digest("gen.build", *figures),
                "versions": versions(*_PAGE_LIBRARIES, *films.LIBRARIES),
            }
        )


def site_files(
    config: Config,
    sources: Sources,
    subjects: Subjects,
    drawn: Mapping[str, Entry],
) -> dict[str, bytes | Path]:
    """All files of a site.

    Args:
        subjects: what figures picture, by model or sweep.
        drawn: the stored films, by what their files are called.

    Returns:
        Path inside the site to its content, or to the file to copy.
    """
    from gen.pages.references import read_references
    from gen.pages.site import render_pages
    from gen.words import Words

    files: dict[str, bytes | Path] = dict(sources.assets)
    facts = all_facts(config, subjects)
    files[FACTS_FILE] = _json(facts)
    files["data/provenance.json"] = _json(provenance(config, subjects, drawn, sources.commit))
    for each in showings(config.figures, subjects):
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
    works = read_references(sources.references, str(config.folder / REFERENCES))
    for place, language in enumerate(config.site.languages):
        words = Words(language)
        suffix = "" if place == 0 else f".{language}"
        placed, by_seed, charts = _place(config, subjects, drawn, files, words, suffix)
        pages = render_pages(
            site=config.site,
            language=language,
            sources=sources.pages[language],
            figures=placed,
            by_seed=by_seed,
            references=works,
            facts=facts,
            words=words,
            templates=sources.templates,
        )
        files |= charts | {path: text.encode() for path, text in pages.items()}
    return files


def all_facts(config: Config, subjects: Subjects) -> dict[str, Mapping[str, Fact]]:
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
    subjects: Subjects,
    drawn: Mapping[str, Entry],
    files: Mapping[str, bytes | Path],
    words: Words,
    suffix: str,
) -> tuple[dict[str, PlacedFigure], BySeed, dict[str, bytes | Path]]:
    """The figures as the pages of one language show them, and that language's chart files.

    Returns:
        The figures by id; those that readers choose from; paths and contents of the charts.
    """
    from gen.media.svg import standalone_svg, to_svg
    from gen.pages.figures import PlacedChart, PlacedDrawing, PlacedFilm
    from gen.recipes import recipe

    placed: dict[str, PlacedFigure] = {}
    by_seed: BySeed = {}
    charts: dict[str, bytes | Path] = {}
    for each in showings(config.figures, subjects):
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
            )
        elif isinstance(figure, Drawn | MapFigure):
            data = f"data/{stem if isinstance(figure, Drawn) else figure.subject}.csv"
            made = PlacedDrawing(
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
    return {f"media/{stem}{Path(file).suffix}": entry.file(file) for file in films.files_of(entry)}


def _arrays(run: ModelRun) -> bytes:
    arrays = io.BytesIO()
    np.savez_compressed(arrays, allow_pickle=False, steps=run.snapshot_steps, **run.views)
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
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def _refuse_links_out(folder: Path) -> None:
    """What is published, or read for it, lies in the site's folder: nothing else is let in."""
    root = folder.resolve()
    beside = [folder / "pages", folder / "assets", folder / REFERENCES]
    for path in [*beside, *(below for each in beside for below in sorted(each.rglob("*")))]:
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            raise ConfigError(
                "is a link that leads out of the site's folder",
                where=str(path),
                mend="put the file itself there",
            )


def _page(path: Path, page: str) -> str:
    try:
        return _read(path)
    except FileNotFoundError:
        raise ConfigError(
            "there is no such page",
            where=str(path),
            mend=f'write it, or take "{page}" out of pages',
        ) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8"
        raise ConfigError(what, where=str(path), mend="save the file as UTF-8") from None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", where=str(path)) from None
