"""The order of the work: train, draw, write; what is fresh, what is stale and why."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from gen import films, output, runs
from gen.analysis.facts import Facts, model_facts
from gen.analysis.outcome import shown
from gen.assemble import Sources, site_files
from gen.errors import ConfigError, EnvironmentFault, NumericalFault, suggestion
from gen.executors import Job, Workers
from gen.figures import FilmFigure
from gen.films import FilmOrder
from gen.runs import ModelRun, Shard
from gen.store import writing
from gen.sweeps import work

if TYPE_CHECKING:
    from gen.config import Config, Model
    from gen.report import Report
    from gen.store import Entry, Store
    from gen.training import Ensemble, Trained


@dataclass(frozen=True)
class TrainedModel:
    """A configured model after training.

    Attributes:
        runs: every seed's run, in the order of the seeds.
        chosen: the one that figures show.
        run_key: the stored run in which the chosen one was trained.
    """

    model: Model
    runs: list[ModelRun]
    chosen: ModelRun
    run_key: str

    @cached_property
    def facts(self) -> Facts:
        """What may be said of it."""
        return model_facts(self.model, self.runs, self.chosen)


@dataclass(frozen=True)
class Studio:
    """What a build works with: everything that touches the world comes in here.

    Attributes:
        templates: folder of the page templates.
        assets: folder of the assets that a site has unless it brings its own.
        output: folder of the published site.
        jobs: processes that work side by side.
    """

    config: Config
    store: Store
    output: Path
    templates: Path
    assets: Path
    jobs: int
    report: Report


def build(studio: Studio) -> None:
    """Trains, draws and writes whatever is not fresh.

    Raises:
        GenError: what stopped it; the former site stays, and everything finished is kept.
    """
    start = time.monotonic()
    sources = Sources.gather(studio.config, studio.templates, studio.assets)
    if output.is_fresh(studio.output, sources.key):
        studio.report.say(f"all is fresh: {summary(studio.config)} in {studio.output}")
        return
    with studio.store.locked(), Workers(studio.jobs, studio.report) as workers:
        trained = train(studio, workers)
        drawn = render(studio, workers, trained)
        write_site(studio, sources, trained, drawn)
    studio.report.done("site", f"{summary(studio.config)} in {time.monotonic() - start:.0f} s")


def summary(config: Config) -> str:
    """The size of a site in words."""
    models = sum(len(model.seeds) for model in config.models.values())
    pages = len(config.site.pages) * len(config.site.languages)
    return f"{models} models, {len(config.figures)} figures, {pages} pages"


def train(
    studio: Studio, workers: Workers, only: Iterable[str] | None = None
) -> dict[str, TrainedModel]:
    """Trains what the store lacks and reads everything back.

    Args:
        only: names of configured models; all of them if None.

    Raises:
        NumericalFault: no seed of a model can be shown. All others are trained and kept first.
    """
    names = list(studio.config.models) if only is None else list(only)
    shards = [shard for name in names for shard in runs.shards(studio.config.models[name])]
    missing = [shard for shard in shards if studio.store.get(runs.FAMILY, shard.key) is None]
    missing.sort(key=lambda shard: work(shard.ensemble))
    jobs = [
        Job(shard.name, _train_shard, (shard.ensemble,), shard.ensemble.training.steps, "steps")
        for shard in missing
    ]
    for done in workers.run(jobs):
        shard = missing[done.place]
        runs.save(studio.store, shard, done.result, done.seconds)
        studio.report.done(shard.name, f"trained in {done.seconds:.0f} s")
    return read_models(studio, names)


def read_models(studio: Studio, names: Iterable[str]) -> dict[str, TrainedModel]:
    """Reads trained models back from the store.

    Raises:
        NumericalFault: no seed of one of them can be shown.
    """
    trained = {name: _read_model(studio, studio.config.models[name]) for name in names}
    unusable = [name for name, model in trained.items() if model is None]
    if unusable:
        raise NumericalFault(
            "no seed can be shown: the loss of each was not finite or diverged",
            where=f"models.{unusable[0]}",
            mend="lower its learning_rate or add seeds",
        )
    return {name: model for name, model in trained.items() if model is not None}


def render(
    studio: Studio,
    workers: Workers,
    trained: dict[str, TrainedModel],
    only: Iterable[str] | None = None,
) -> dict[str, Entry]:
    """Draws the films that the store lacks.

    Args:
        only: ids of figures; all films if None.

    Returns:
        The stored films by figure.
    """
    orders = film_orders(studio.config, trained, only)
    missing = [order for order in orders if studio.store.get(films.FAMILY, order.key) is None]
    jobs = [
        Job(order.name, films.draw, (order.figure, trained[order.figure.model].chosen), 3, "files")
        for order in missing
    ]
    for done in workers.run(jobs):
        order = missing[done.place]
        entry = films.save(studio.store, order, done.result)
        size = sum(map(len, done.result.files.values())) / 1e6
        studio.report.done(
            order.name, f"{entry.info['frames']} frames, {size:.1f} MB in {done.seconds:.1f} s"
        )
    stored = {order.name: studio.store.get(films.FAMILY, order.key) for order in orders}
    return {name: entry for name, entry in stored.items() if entry is not None}


def write_site(
    studio: Studio,
    sources: Sources,
    trained: dict[str, TrainedModel],
    drawn: dict[str, Entry],
) -> None:
    """Puts pages, pictures and data together and swaps the published folder."""
    facts = {name: model.facts for name, model in trained.items()}
    chosen = {name: model.chosen for name, model in trained.items()}
    files = site_files(studio.config, sources, chosen, drawn, facts)
    output.publish(studio.output, sources.key, files)


def train_models(studio: Studio, names: Iterable[str] = ()) -> None:
    """Trains what the store lacks of some models, or of all if none is named.

    Raises:
        ConfigError: a name is not configured.
    """
    wanted = _known("model", names, studio.config.models)
    with studio.store.locked(), Workers(studio.jobs, studio.report) as workers:
        trained = train(studio, workers, wanted)
    for name, model in trained.items():
        facts = model.facts
        studio.report.say(
            f"{name}: {facts['seeds_generalised']} of {facts['seeds']} seeds generalise; "
            f"seed {facts['shown_seed']} is shown"
        )


def render_figures(studio: Studio, names: Iterable[str], folder: Path | None) -> None:
    """Draws what the store lacks of some films, or of all if none is named.

    Args:
        folder: where copies of the files go, named by figure, if anywhere.

    Raises:
        ConfigError: a name is not configured.
        EnvironmentFault: a model has not been trained.
    """
    wanted = _known("figure", names, studio.config.figures)
    with studio.store.locked(), Workers(studio.jobs, studio.report) as workers:
        trained = _stored_models(studio)
        drawn = render(studio, workers, trained, wanted)
    if folder is not None:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            for name, entry in drawn.items():
                for file in films.FILES:
                    target = folder / f"{name}{Path(file).suffix}"
                    shutil.copyfile(entry.file(file), target)
                    studio.report.say(str(target))
    studio.report.say("1 film is fresh" if len(drawn) == 1 else f"{len(drawn)} films are fresh")


def write_stored_site(studio: Studio) -> None:
    """Writes the site from what the store holds, training and drawing nothing.

    Raises:
        EnvironmentFault: a model has not been trained, or a film not been drawn.
    """
    sources = Sources.gather(studio.config, studio.templates, studio.assets)
    with studio.store.locked():
        trained = _stored_models(studio)
        drawn: dict[str, Entry] = {}
        for order in film_orders(studio.config, trained):
            entry = studio.store.get(films.FAMILY, order.key)
            if entry is None:
                raise EnvironmentFault(
                    f"{order.name} is not drawn as configured "
                    f"({films.why_stale(studio.store, order)})",
                    where=str(studio.store.root),
                    mend="run gen render",
                )
            drawn[order.name] = entry
        write_site(studio, sources, trained, drawn)
    studio.report.done("site", summary(studio.config))


def stale_shard(studio: Studio, model: Model) -> Shard | None:
    """The first of a model's shards that has not been trained as configured."""
    return next(
        (s for s in runs.shards(model) if studio.store.get(runs.FAMILY, s.key) is None), None
    )


def sound_models(studio: Studio) -> dict[str, TrainedModel]:
    """Those models that are trained as configured and have a seed that can be shown."""
    ready = [model for model in studio.config.models.values() if not stale_shard(studio, model)]
    read = {model.name: _read_model(studio, model) for model in ready}
    return {name: trained for name, trained in read.items() if trained is not None}


def _stored_models(studio: Studio) -> dict[str, TrainedModel]:
    """Reads every model back from the store, training nothing."""
    for model in studio.config.models.values():
        shard = stale_shard(studio, model)
        if shard is not None:
            raise EnvironmentFault(
                f"{shard.name}: not trained as configured ({runs.why_stale(studio.store, shard)})",
                where=str(studio.store.root),
                mend="run gen train",
            )
    return read_models(studio, studio.config.models)


def _known(kind: str, names: Iterable[str], known: Mapping[str, object]) -> list[str]:
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            mend = suggestion(name, known) or f"there are: {', '.join(known)}"
            raise ConfigError(f'there is no {kind} "{name}"', mend=mend)
    return wanted


def film_orders(
    config: Config, trained: dict[str, TrainedModel], only: Iterable[str] | None = None
) -> list[FilmOrder]:
    """The films that a config wants, in the order of its figures."""
    wanted = None if only is None else set(only)
    return [
        FilmOrder(name, figure, trained[figure.model].run_key, trained[figure.model].chosen.seed)
        for name, figure in config.figures.items()
        if isinstance(figure, FilmFigure)
        and figure.model in trained
        and (wanted is None or name in wanted)
    ]


def _train_shard(ensemble: Ensemble, *, on_progress: Callable[[int], None]) -> Trained:
    from gen.lazy import torch
    from gen.training import train as train_ensemble

    torch.set_num_threads(1)
    return train_ensemble(ensemble, on_step=on_progress)


def _read_model(studio: Studio, model: Model) -> TrainedModel | None:
    """All runs of a model; None where none of them is sound."""
    found: list[ModelRun] = []
    key_of: dict[int, str] = {}
    for shard in runs.shards(model):
        entry = studio.store.get(runs.FAMILY, shard.key)
        if entry is None:
            raise EnvironmentFault(
                f"the run of {shard.name} has vanished",
                where=str(studio.store.root),
                mend="run this again",
            )
        for run in runs.load(shard, entry):
            found.append(run)
            key_of[run.seed] = shard.key
            if run.failed_at is not None:
                studio.report.warn(
                    f"{model.name}, seed {run.seed}: the numbers were unsound at step "
                    f"{run.failed_at}; the others go on without it"
                )
    chosen = shown(found, model.shown)
    return None if chosen is None else TrainedModel(model, found, chosen, key_of[chosen.seed])
