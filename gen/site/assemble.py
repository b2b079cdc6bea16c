"""Assemble pages, films, charts and data into the files of a site."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gen.analysis.types import Fact
from gen.config.reader import Config
from gen.figures.figure import FilmFigure
from gen.figures.formula_figure import FormulaFigure
from gen.i18n import Words
from gen.site import films, orders
from gen.site.figure_views import AnyView, figure_views
from gen.site.pages.arrows import Picture
from gen.site.pages.facts import FACTS_FILE
from gen.site.pages.figures import (
    BySeed,
    FilmFiles,
    PlacedChart,
    PlacedFigure,
    PlacedFilm,
    PlacedScene,
    PlacedWidget,
)
from gen.site.provenance import provenance
from gen.site.results import Results, TrainedSweep
from gen.site.scenes import PACK, SCENE, pack_name, scene_name
from gen.site.sources import REFERENCES, SYNONYMS, Sources
from gen.site.stills import ChartStill, WidgetStill, still_name, stored_still
from gen.store.store import Entry
from gen.theme import using

_FILM_INFO = ("width", "height", "frames", "seconds")


@dataclass(frozen=True)
class PreparedAssets:
    """The parts of a site that do not depend on its pages: figures, facts and data.

    Attributes:
        results: trained models and sweeps.
        drawn: what is stored for pages, by the names of its orders.
        facts: by model, sweep and formula.
        files: by path inside the site, the content, or the file to copy.
        placed: by language, figures by id, and figures that readers choose by seed.
    """

    config: Config
    results: Results
    drawn: Mapping[str, Entry]
    facts: Mapping[str, Mapping[str, Fact]]
    files: Mapping[str, bytes | Path]
    placed: Mapping[str, tuple[dict[str, PlacedFigure], BySeed]]


def site_files(
    config: Config,
    sources: Sources,
    results: Results,
    drawn: Mapping[str, Entry],
) -> dict[str, bytes | Path]:
    """Return all files of a site by path: the content, or the file to copy.

    Args:
        results: trained models and sweeps.
        drawn: what is stored for pages, by the names of its orders.
    """
    return with_prepared_assets(prepare_assets(config, results, drawn), sources)


def prepare_assets(config: Config, results: Results, drawn: Mapping[str, Entry]) -> PreparedAssets:
    """Compute and draw everything of a site that does not depend on its pages."""
    with using(config.theme):
        return _prepare_assets(config, results, drawn)


def _prepare_assets(config: Config, results: Results, drawn: Mapping[str, Entry]) -> PreparedAssets:
    facts = all_facts(config, results)
    files: dict[str, bytes | Path] = {FACTS_FILE: _json(facts)}
    for name, result in results.items():
        if isinstance(result, TrainedSweep):
            files[f"data/{name}.csv"] = result.table
    views = list(figure_views(config.figures, results))
    data: dict[str, str] = {}
    for name, entry in drawn.items():
        files |= drawn_files(name, entry)
    for view in views:
        download = view.data()
        if download is not None:
            data[view.stem] = path = f"data/{download.name}"
            if path not in files:
                files[path] = download.content(drawn)
    by_language: dict[str, tuple[dict[str, PlacedFigure], BySeed]] = {}
    charts: dict[str, bytes | Path] = {}
    for place, language in enumerate(config.site.languages):
        suffix = "" if place == 0 else f".{language}"
        placer = Placer(config, drawn, files, data, config.words(language), suffix)
        by_language[language] = placer.place(views)
        charts |= placer.charts
    return PreparedAssets(config, results, drawn, facts, files | charts, by_language)


def with_prepared_assets(prepared: PreparedAssets, sources: Sources) -> dict[str, bytes | Path]:
    """Return all files of a site by path, with its pages.

    Args:
        sources: with the same config, except that its `[site]` table can be newer.

    Raises:
        ConfigError: a page has an error; the message names file and line.
    """
    from gen.site.pages.addresses import add_versions
    from gen.site.pages.references import read_references
    from gen.site.pages.render import render_pages
    from gen.site.pages.sitemap import sitemap
    from gen.site.pages.synonyms import read_synonyms
    from gen.site.single_files import with_single_files

    files: dict[str, bytes | Path] = {**sources.assets, **prepared.files}
    made_from = provenance(prepared.config, prepared.results, prepared.drawn, sources.commit)
    files["data/provenance.json"] = _json(made_from)
    site = sources.config.site
    first = site.languages[0]
    works = read_references(sources.references, str(sources.config.folder / REFERENCES))
    synonyms = read_synonyms(sources.synonyms, str(sources.config.folder / SYNONYMS))
    rendered: list[str] = []
    with using(sources.config.theme):
        original = {language: figures for language, (figures, _) in prepared.placed.items()}
        by_language, single = with_single_files(
            original, partial(read_file, prepared.files), sources, prepared.facts
        )
    for language, placed in by_language.items():
        with using(sources.config.theme):
            pages = render_pages(
                site=site,
                language=language,
                sources=sources.pages[language],
                figures=placed,
                by_seed=_replaced(prepared.placed[language][1], original[language], placed),
                references=works,
                synonyms=synonyms,
                facts=prepared.facts,
                words=sources.config.words(language),
                templates=sources.templates,
                own_templates=sources.own_templates,
                originals=None if language == first else sources.pages[first],
                assets=sources.assets,
                waiting=sources.waiting,
                changing=sources.changing,
            )
        files |= {path: text.encode() for path, text in pages.items()}
        rendered += [path for path in pages if path.endswith(".html")]
    if site.base_url:
        files["sitemap.xml"] = sitemap(site.base_url, sorted(rendered)).encode()
    # Files that load nothing have no addresses to which digests could be added.
    return add_versions(files) | single


def _replaced(
    by_seed: BySeed, former: Mapping[str, PlacedFigure], now: Mapping[str, PlacedFigure]
) -> BySeed:
    """Return figures by seed, those of the pages (`former`) replaced by what they are `now`."""
    return {
        model: {
            seed: {
                name: now[name] if former.get(name) is figure else figure
                for name, figure in placed.items()
            }
            for seed, placed in seeds.items()
        }
        for model, seeds in by_seed.items()
    }


def read_file(files: Mapping[str, bytes | Path], path: str) -> bytes:
    """Return the content of a file of a site."""
    content = files[path]
    return content.read_bytes() if isinstance(content, Path) else content


def all_facts(config: Config, results: Results) -> dict[str, Mapping[str, Fact]]:
    """Return the facts of every model, sweep and formula of a site, by its id."""
    return {
        **{name: result.facts for name, result in results.items()},
        **{
            name: figure.facts()
            for name, figure in config.figures.items()
            if isinstance(figure, FormulaFigure)
        },
    }


@dataclass
class Placer:
    """Places figures for the pages of one language.

    Attributes:
        files: by path inside the site, the content, or the file to copy.
        data: paths of data downloads by view.
        suffix: of the names of chart files in this language.
        charts: contents of the chart files of this language by path, filled by `place`.
        views: the figures by id, filled by `place`.
        recipes: of films by id, filled by `film`.
    """

    config: Config
    drawn: Mapping[str, Entry]
    files: Mapping[str, bytes | Path]
    data: Mapping[str, str]
    words: Words
    suffix: str
    charts: dict[str, bytes] = field(default_factory=dict)
    views: dict[str, AnyView] = field(default_factory=dict)
    recipes: dict[str, str] = field(default_factory=dict)

    def place(self, views: Sequence[AnyView]) -> tuple[dict[str, PlacedFigure], BySeed]:
        """Return the figures by id, and those that readers choose by seed."""
        self.views = {view.name: view for view in views if view.seed is None}
        placed: dict[str, PlacedFigure] = {}
        by_seed: BySeed = {}
        for view in views:
            figure = self._figure(view)
            if view.seed is None:
                placed[view.name] = figure
            if view.choice is not None:
                of_model = by_seed.setdefault(view.figure.source, {})
                of_model.setdefault(view.choice, {})[view.name] = figure
        return placed, by_seed

    def _figure(self, view: AnyView) -> PlacedFigure:
        if isinstance(view.figure, FilmFigure):
            return self.film(view)
        entry = self.drawn.get(still_name(view.stem))
        stored = None if entry is None else stored_still(entry, self.words.language)
        still = stored or view.still(self.words)
        if isinstance(still, ChartStill):
            return self._chart(view, still)
        return self._widget(view, still)

    def film(self, view: AnyView) -> PlacedFilm:
        """Return a figure that moves."""
        from gen.site.timing import film_timing

        entry, data = self.drawn.get(view.stem), self.data.get(view.stem)
        scene = self._scene(view)
        return PlacedFilm(
            id=view.name,
            model=view.figure.source,
            film=None if entry is None else self._film_files(view.stem, entry),
            scene=scene,
            data=data,
            data_bytes=self._size(data),
            alt=view.alt(self.words),
            recipe=self._recipe(view.name),
            timing=film_timing(entry, view.run, self.words),
            places=self._places(view, entry, scene),
            picture=self._picture(view, scene),
        )

    def _recipe(self, name: str) -> str:
        """Return the recipe of a figure, which is that of all seeds."""
        from gen.config.snippet import recipe

        if name not in self.recipes:
            self.recipes[name] = recipe(self.config, name)
        return self.recipes[name]

    def _picture(self, view: AnyView, scene: PlacedScene | None) -> Picture | None:
        """Return the picture in which arrows find their places, if the page paints it."""
        if scene is None or view.seed is not None:
            return None
        return Picture(lambda: read_file(self.files, scene.script).decode(), view.run)

    def _places(
        self, view: AnyView, entry: Entry | None, scene: PlacedScene | None
    ) -> dict[str, Any] | None:
        """Return the places of a figure in which no training runs, and their texts."""
        from gen.site.timing import place_words

        if not isinstance(view.figure, FormulaFigure):
            return None
        filmed = () if entry is None else entry.info["steps"]
        painted = () if scene is None else scene.steps
        return place_words(view.figure, sorted({*filmed, *painted}), self.words)

    def _film_files(self, stem: str, entry: Entry) -> FilmFiles:
        mp4, gif, poster, small = (orders.path_of(stem, file) for file in films.FILES)
        return FilmFiles(
            mp4=mp4,
            gif=gif,
            poster=poster,
            small=small,
            mp4_bytes=self._size(mp4),
            gif_bytes=self._size(gif),
            **{key: entry.info[key] for key in _FILM_INFO},
        )

    def _scene(self, view: AnyView) -> PlacedScene | None:
        """Return the scripts from which the page paints a figure, if it can."""
        name = scene_name(view.stem)
        script = orders.path_of(name, SCENE)
        if script not in self.files:
            return None
        info = self.drawn[name].info
        steps = tuple(info["shown_steps"])
        pack, source = self._pack(view)
        layers = frozenset(info["layers"])
        return PlacedScene(name, steps, script, pack, source, info["packed"], layers)

    def _pack(self, view: AnyView) -> tuple[str, str] | tuple[None, None]:
        """Return name and path of the pack of the run that is shown, if there is one."""
        if view.run is None:
            return None, None
        pack = pack_name(view.run)
        source = orders.path_of(pack, PACK)
        return (pack, source) if source in self.files else (None, None)

    def _chart(self, view: AnyView, chart: ChartStill) -> PlacedChart:
        data = self.data[view.stem]
        path = f"media/{view.stem}{self.suffix}.svg"
        self.charts[path] = chart.standalone.encode()
        return PlacedChart(
            id=view.name,
            model=view.timeline if chart.led else "",
            svg=chart.svg,
            file=path,
            data=data,
            data_bytes=self._size(data),
            alt=chart.alt,
            timing=chart.timing,
            lines=chart.lines,
        )

    def _widget(self, view: AnyView, widget: WidgetStill) -> PlacedWidget:
        data = self.data[view.stem]
        pack, pack_script = self._pack(view) if view.computes else (None, None)
        return PlacedWidget(
            id=view.name,
            model=view.figure.source,
            template=widget.template,
            drawing=widget.drawing,
            data=data,
            data_bytes=self._size(data),
            alt=widget.alt,
            painted=tuple(self.film(self.views[name]) for name in view.figure.paints),
            pack=pack,
            pack_script=pack_script,
        )

    def _size(self, path: str | None) -> int:
        content = None if path is None else self.files.get(path)
        if content is None:
            return 0
        return content.stat().st_size if isinstance(content, Path) else len(content)


def drawn_files(name: str, entry: Entry) -> dict[str, bytes | Path]:
    """Return the published files of a stored order by path inside the site."""
    return {path: entry.file(file) for file, path in orders.published_paths(name, entry).items()}


def _json(value: Any) -> bytes:
    """Return strict JSON, which has neither infinity nor NaN."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return f"{text}\n".encode()
