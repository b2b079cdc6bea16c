"""Show a figure of a run in a notebook: `gen.show("runs/mnist.safetensors", "layers")`.

`show` returns an object with the methods that IPython looks for, so a cell displays it; IPython
itself is not imported. Figures that pages paint are embedded as an HTML document in a frame, where
they can be scrubbed and read; other films as MP4, charts as SVG. So a saved notebook shows them
without any other file.
"""

from __future__ import annotations

import warnings
from base64 import b64encode
from contextlib import ExitStack
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from gen.analysis.outcome import choose_run
from gen.analysis.seeds import SeedRuns
from gen.charts.chart import Chart, Stack
from gen.charts.svg import standalone_svg
from gen.config.models import read_kind
from gen.config.reader import Config
from gen.config.reader import load as load_config
from gen.config.toml import Location
from gen.drawing.film import Film
from gen.drawing.frame_size import fits, too_large_message
from gen.encode.mp4 import write_mp4
from gen.errors import ConfigError, SetupError, suggestion
from gen.experiments import runs
from gen.experiments.context import DEVICES
from gen.experiments.model import Model
from gen.experiments.recorded import RecordedModel, RecordedRun, RecordedTask
from gen.experiments.runs import ModelRun, Run
from gen.figures.any_run_figure import OfAnyRun
from gen.figures.figure import Figure, FilmFigure, figure_kinds
from gen.figures.metrics import Metrics
from gen.figures.model_figure import ModelFigure, RunFigure
from gen.i18n import Words
from gen.recording.reader import read_recording
from gen.resources import templates_folder
from gen.settings import adding_kinds
from gen.site.own_templates import NO_TEMPLATES, read_own_templates
from gen.site.pages.standalone import (
    StandaloneFigure,
    Surroundings,
    frame,
    theme_assets,
)
from gen.site.pages.templates import load_templates
from gen.site.scenes import PACK, SCENE, PackOrder, SceneOrder, pack_name, scene_name
from gen.site.timing import film_timing
from gen.store.store import Store
from gen.store.temporary import temporary_folder
from gen.theme import using

_SCALE = 2
"""Device pixels per CSS pixel of a film."""


@dataclass(frozen=True)
class Shown:
    """A drawn figure that a notebook displays.

    Attributes:
        data: an HTML, MP4 or SVG file.
        media_type: `text/html`, `video/mp4` or `image/svg+xml`.
        width: CSS pixels; None for a chart, which is as wide as the cell.
        height: CSS pixels; None for a chart.
        alt: the text for readers who do not see the figure.
    """

    data: bytes
    media_type: str
    width: int | None
    height: int | None
    alt: str

    def save(self, path: str | Path) -> None:
        """Write the HTML, MP4 or SVG file."""
        Path(path).write_bytes(self.data)

    def _repr_html_(self) -> str:
        if self.media_type == "text/html":
            assert self.width is not None
            assert self.height is not None
            return frame("srcdoc", self.data.decode(), self.width, self.height, self.alt)
        source = f"data:{self.media_type};base64,{b64encode(self.data).decode()}"
        alt = escape(self.alt)
        if self.media_type == "video/mp4":
            size = f'width="{self.width}" height="{self.height}" style="max-width:100%;height:auto"'
            options = f'controls loop muted playsinline {size} aria-label="{alt}"'
            return f'<video {options} src="{source}">{alt}</video>'
        return f'<img style="max-width:100%" alt="{alt}" src="{source}">'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the figure by media type; IPython filters them by itself."""
        return {"text/html": self._repr_html_(), "text/plain": self.alt}

    def __repr__(self) -> str:
        return self.alt


def show(
    source: str | Path,
    kind: str,
    *,
    seed: int | None = None,
    store: str | Path | None = None,
    language: str = "en",
    video: bool = False,
    **settings: Any,
) -> Shown:
    """Draw a figure of a recording, or of a model of a config, for a notebook.

    Args:
        source: path of a recording, or config and model, such as `site/gen.toml:parity`.
        kind: a kind of figure that is a film or a chart, such as `layers` or `loss`.
        seed: the seed to show; by default the one that figures of the site show.
        store: folder of stored runs; by default `.gen` here, beside the config or above it.
        language: of the texts of charts and of the alt text.
        video: whether a film is an MP4 in any case, for viewers that run no scripts of a notebook.
        **settings: the other keys of the figure's table in the config, such as `fps=20`.

    Raises:
        ConfigError: there is no such config, model, kind or setting, or the kind cannot show it.
        SetupError: the model is not trained as configured, or the encoder is missing.
    """
    run, config = _load(source, seed, store)
    with ExitStack() as stack:
        if config is not None:
            stack.enter_context(adding_kinds(config.plugins.kinds))
            stack.enter_context(using(config.theme))
        figure = _figure(run, kind, settings)
        words = Words(language) if config is None else config.words(language)
        painted = None if video else _painted(figure, run, words, config)
        return painted or _draw(figure, run, words, kind)


def _painted(figure: ModelFigure, run: Run, words: Words, config: Config | None) -> Shown | None:
    """Return a film as a document that paints it; None for other figures."""
    if not isinstance(figure, FilmFigure):
        return None
    subject: Any = run if isinstance(figure, RunFigure) else SeedRuns((run,), run.seed)
    content = _content(figure, subject, run, words)
    if content is None:
        return None
    templates = templates_folder()
    own = NO_TEMPLATES if config is None else read_own_templates(config.folder, templates)
    around = Surroundings(
        load_templates(templates, own),
        theme_assets(templates, own),
        words,
        title="" if config is None else config.site.title,
        link="" if config is None else config.site.base_url or "",
    )
    document = around.document(content).encode()
    return Shown(document, "text/html", content.width, content.height, content.alt)


def _content(figure: FilmFigure, subject: Any, run: Run, words: Words) -> StandaloneFigure | None:
    """Return a film with its scene and pack; None if it can only be filmed."""
    kind = str(type(figure).model_fields["kind"].default)
    shown = run if isinstance(figure, RunFigure) else None
    order = SceneOrder(
        name=scene_name(kind), figure=figure, subject=subject, source_key={}, run=shown
    )
    drawn = order.draw(on_progress=lambda _: None)
    if not drawn.info["painted"]:
        return None
    script = drawn.files[SCENE].decode()
    pack, data = None, (script,)
    if drawn.info["packed"]:
        pack = pack_name(run)
        packed = PackOrder(name=pack, run=run, run_key={}).draw(on_progress=lambda _: None)
        data = (packed.files[PACK].decode(), script)
    width, height = drawn.info["size"]
    return StandaloneFigure(
        id=kind,
        timeline=run.name,
        width=width,
        height=height,
        alt=figure.alt(subject, words),
        recipe="",
        timing=film_timing(None, run, words),
        scene=order.name,
        steps=tuple(drawn.info["shown_steps"]),
        pack=pack,
        layers=frozenset(drawn.info["layers"]),
        data=data,
    )


def _draw(figure: ModelFigure, run: Run, words: Words, kind: str) -> Shown:
    subject: Any = run if isinstance(figure, RunFigure) else SeedRuns((run,), run.seed)
    if isinstance(figure, FilmFigure):
        drawn = figure.film(subject, _SCALE)
    else:
        drawn = figure.render(subject, words)
    alt = figure.alt(subject, words)
    if isinstance(drawn, Film):
        return Shown(_as_mp4(drawn, kind), "video/mp4", *drawn.size, alt)
    if isinstance(drawn, Chart | Stack):
        svg = standalone_svg(drawn, alt)
        return Shown(svg.encode(), "image/svg+xml", None, None, alt)
    raise _error(kind, "it is interactive and works only on a page", "put it on a page of a site")


def load(source: str | Path, *, seed: int | None = None, store: str | Path | None = None) -> Run:
    """Return the run that a source names.

    Args:
        source: see `show`.
        seed: see `show`.
        store: see `show`.

    Raises:
        ConfigError: there is no such recording, config, model or seed.
        SetupError: the model is not trained as configured.
    """
    return _load(source, seed, store)[0]


def _load(
    source: str | Path, seed: int | None, store: str | Path | None
) -> tuple[Run, Config | None]:
    """Return a run, and the config that it belongs to; none for the file of a recording."""
    path, _, name = str(source).rpartition(":")
    if str(source).endswith(".toml"):
        raise ConfigError("it names no model", where=str(source), hint=f'write "{source}:MODEL"')
    if not path.endswith(".toml"):
        if seed is not None:
            raise ConfigError("a recording has one seed", where=f'"{source}"', hint="omit seed")
        return RecordedRun.of("recording", 0, read_recording(Path(source)), RecordedTask()), None
    config = load_config(Path(path))
    if name in config.recordings:
        return _recorded_run(config.recordings[name], seed), config
    if name not in config.models:
        known = [*config.models, *config.recordings]
        hint = suggestion(name, known) or f"its models are: {', '.join(known)}"
        raise ConfigError(f'there is no model "{name}"', where=path, hint=hint)
    return _stored_run(_store(Path(path), store), config.models[name], seed), config


def _store(config: Path, folder: str | Path | None) -> Store:
    """Return the given store, or the first that exists here, beside the config or above it."""
    if folder is None:
        near = [Path(), *config.absolute().parents[:2]]
        folder = next((at / ".gen" for at in near if (at / ".gen").is_dir()), Path(".gen"))
    return Store(Path(folder), on_damage=lambda text: warnings.warn(text, stacklevel=2))


def _recorded_run(model: RecordedModel, seed: int | None) -> RecordedRun:
    if seed is not None and seed not in model.seeds:
        known = ", ".join(map(str, model.seeds))
        raise ConfigError(f"{model.name} has no seed {seed}", hint=f"its seeds are: {known}")
    chosen = choose_run(model.runs, model.settings.shown if seed is None else seed)
    assert chosen is not None  # no recording counts as diverged
    return chosen


def _stored_run(store: Store, model: Model, seed: int | None) -> ModelRun:
    if seed is not None and seed not in model.seeds:
        known = ", ".join(map(str, model.seeds))
        raise ConfigError(f"{model.name} has no seed {seed}", hint=f"its seeds are: {known}")
    found: list[ModelRun] = []
    for number, shard in enumerate(runs.shards(model, DEVICES[0])):
        same = (runs.shards(model, device)[number] for device in DEVICES)
        entries = (store.get(runs.FAMILY, each.key) for each in same)
        entry = next((entry for entry in entries if entry is not None), None)
        if entry is None:
            raise SetupError(
                f"{shard.name}: not trained as configured ({runs.why_stale(store, shard)})",
                where=str(store.root),
                hint=f"run gen train {model.name}, or name the folder: store=...",
            )
        found += runs.load(shard, entry)
    chosen = choose_run(found, model.shown if seed is None else seed)
    if chosen is None:
        which = "every seed" if seed is None and model.shown is None else "this seed"
        raise ConfigError(f"{model.name}: {which} diverged", hint="choose another seed")
    return chosen


def _figure(run: Run, kind: str, settings: dict[str, Any]) -> ModelFigure:
    """Return a checked figure of a run."""
    location = Location(f'gen.show(..., "{kind}")')
    table = {"kind": kind, "model": run.name, **settings}
    if "seeds" in settings:
        raise _error(kind, "it shows one run", "name the seed with seed")
    figure = read_kind(Figure, figure_kinds(), table, location)
    if not isinstance(figure, RunFigure) and not isinstance(figure, Metrics):
        raise _error(kind, "it does not show a single run", "choose another kind")
    try:
        if isinstance(run, ModelRun):
            figure.check(run.task, run.network)
        elif isinstance(figure, OfAnyRun):
            figure.check_views(run.shapes, tuple(run.metrics))
        else:
            raise _error(kind, "it needs task and network, which no recording has", "try layers")
    except ValueError as error:
        raise location.error(str(error)) from None
    return figure


def _as_mp4(film: Film, kind: str) -> bytes:
    if not fits(*film.size):
        raise _error(kind, too_large_message(*film.size), "use a smaller model")
    with temporary_folder("film") as folder:
        path = folder / "film.mp4"
        write_mp4(film, path)
        return path.read_bytes()


def _error(kind: str, what: str, hint: str) -> ConfigError:
    return ConfigError(what, where=f'gen.show(..., "{kind}")', hint=hint)
