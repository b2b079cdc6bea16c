"""The order of the work: train, draw, write; what is fresh, what is stale and why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen.analysis.sweep_outcomes import OUTCOMES
from gen.analysis.types import Fact
from gen.config.reader import load
from gen.errors import ConfigError, SetupError, suggestion
from gen.experiments.train import describe_estimate, missing_shards, train_shards, training_executor
from gen.figures.figure import Moving
from gen.site import films, publish
from gen.site.assemble import all_facts, site_files
from gen.site.assets import large_pictures
from gen.site.figure_views import figure_views
from gen.site.films import FilmOrder
from gen.site.pages.facts import FACTS_FILE
from gen.site.results import (
    Results,
    TrainedModel,
    TrainedSweep,
    missing_entry_error,
    read_models,
    read_sweeps,
    stored_models,
)
from gen.site.sources import Sources
from gen.store.code_digest import clear_cache
from gen.workers.processes import Done, Executor, Job

if TYPE_CHECKING:
    from gen.config.reader import Config
    from gen.site.context import BuildContext
    from gen.store.store import Entry


RENEW_EVERY = 120.0
"""Seconds between two renewals of a site whose sweeps are still training."""


def build(context: BuildContext, *, kept: bool = True) -> None:
    """Trains, draws and writes whatever is not fresh.

    Args:
        kept: whether the site stays, so that its address is worth telling.

    Raises:
        GenError: what stopped it; the former site stays, and everything finished is kept.
    """
    start = context.clock()
    context.refuse_busy()
    sources = Sources.gather(context)
    published = _published_facts(context) if publish.is_fresh(context.output, sources.key) else None
    if published is not None:
        _check_statements(context, sources, published)
        publish.tidy(context.output)
        context.report.say(f"all is fresh: {summary(context.config)} in {context.output}")
        return
    sources.check()
    with context.held(output=True):
        damage = publish.damage(context.output)
        if damage:
            context.report.warn(f"{context.output}: {damage}; the site is written anew")
        with (
            training_executor(context.training) as executor,
            context.processes() as painters,
        ):
            missing: list[str] = []
            for subjects, drawn in build_stages(context, executor, painters):
                missing = write_site(context, sources, subjects, drawn)
                if kept:
                    _tell_address(context, missing)
            if missing:
                raise missing_entry_error(context, f"a run of {missing[0]}")
    context.report.done("site", f"{summary(context.config)} in {context.clock() - start:.0f} s")


def _tell_address(context: BuildContext, unfinished: list[str]) -> None:
    """Says where a site that was just written can be opened, and which sweeps still train."""
    names = "index.html", f"{context.config.site.pages[0]}.html"
    first = next((name for name in names if (context.output / name).is_file()), "")
    address = (context.output / first).resolve().as_uri()
    more = f" (without all models of {', '.join(unfinished)})" if unfinished else ""
    context.report.done("written", f"{address}{more}")


def _published_facts(context: BuildContext) -> dict[str, dict[str, Fact]] | None:
    """The facts of the published site; None where the file does not hold any."""
    try:
        facts = json.loads((context.output / FACTS_FILE).read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    sound = isinstance(facts, dict) and all(isinstance(each, dict) for each in facts.values())
    return facts if sound else None


def build_stages(
    context: BuildContext, executor: Executor, painters: Executor
) -> Iterator[tuple[Results, dict[str, Entry]]]:
    """Trains and draws whatever is not fresh: the models first, then sweeps as they land.

    Films of a sweep that still lacks models are forgotten when the next stretch has theirs.

    Yields:
        After each stretch what figures picture, and the films.
    """
    trained = train(context, executor)
    waiting = missing_shards(context.training, context.config.sweeps)

    def finished() -> tuple[Results, dict[str, Entry]]:
        subjects = {**trained, **read_sweeps(context)}
        return subjects, render(context, painters, subjects)

    stretch = finished()
    yield stretch
    renewed = context.clock()
    for left in train_shards(context.training, executor, waiting):
        if not left or context.clock() - renewed > RENEW_EVERY:
            _, former = stretch
            stretch = finished()
            yield stretch
            for name, entry in former.items():
                if stretch[1][name].key != entry.key:
                    context.store.remove(entry)
            renewed = context.clock()


def summary(config: Config) -> str:
    """The size of a site in words."""
    models = sum(len(model.seeds) for model in config.models.values())
    models += sum(sweep.models for sweep in config.sweeps.values())
    pages = len(config.site.pages) * len(config.site.languages)
    return f"{models:,} models, {len(config.figures)} figures, {pages} pages"


def train(
    context: BuildContext, executor: Executor, only: Iterable[str] | None = None
) -> dict[str, TrainedModel]:
    """Trains what the store lacks and reads everything back.

    Args:
        only: names of configured models; all of them if None.

    Raises:
        NumericalFault: no seed of a model can be shown. All others are trained and kept first.
    """
    names = list(context.config.models) if only is None else list(only)
    models = {name: context.config.models[name] for name in names}
    for _ in train_shards(context.training, executor, missing_shards(context.training, models)):
        pass
    return read_models(context, names)


def render(
    context: BuildContext,
    painters: Executor,
    subjects: Results,
    only: Iterable[str] | None = None,
) -> dict[str, Entry]:
    """Draws the films that the store lacks.

    Args:
        only: ids of figures; all films if None.

    Returns:
        The stored films by what their files are called: the figure's id, or that and a seed.
    """
    orders = film_orders(context.config, subjects, only)
    missing = [order for order in orders if context.store.get(films.FAMILY, order.key) is None]
    jobs = [
        Job(
            order.name,
            films.draw,
            (order,),
            len(order.files),
            "files",
        )
        for order in missing
    ]
    for done in painters.run(jobs):
        assert isinstance(done, Done)  # processes of this machine give no job up
        order = missing[done.place]
        entry = films.save(context.store, order, done.result)
        size = sum(map(len, done.result.files.values())) / 1e6
        context.report.done(
            order.name, f"{entry.info['frames']} frames, {size:.1f} MB in {done.seconds:.1f} s"
        )
    return {order.name: _stored(context, order) for order in orders}


def _stored(context: BuildContext, order: FilmOrder) -> Entry:
    entry = context.store.get(films.FAMILY, order.key)
    if entry is None:
        raise missing_entry_error(context, f"the film of {order.name}")
    return entry


def _changed(what: str, where: str) -> ConfigError:
    return ConfigError(
        f"{what} was changed while it was at work; the result is not kept",
        where=where,
        hint="run this again",
    )


def write_site(
    context: BuildContext,
    sources: Sources,
    subjects: Results,
    drawn: dict[str, Entry],
) -> list[str]:
    """Puts pages, pictures and data together and swaps the published folder.

    Returns:
        Names of sweeps that lack models; the site is then kept under a key of its own.

    Raises:
        ConfigError: something that the site is made of was changed meanwhile, or, in a strict
            build, a page claims what the facts do not bear out.
    """
    sweeps = {name: each for name, each in subjects.items() if isinstance(each, TrainedSweep)}
    unfinished = [name for name, sweep in sweeps.items() if not sweep.facts["complete"]]
    _check_statements(context, sources, all_facts(context.config, subjects), unfinished)
    files = site_files(context.config, sources, subjects, drawn)
    clear_cache()
    config = load(context.config.path, context.config.profile)
    if Sources.gather(replace(context, config=config)).key != sources.key:
        raise _changed("the config, a page, a template or the code", str(config.path))
    key = sources.partial_key if unfinished else sources.key
    digests = {
        path: digest
        for name, entry in drawn.items()
        for path, digest in films.digests_of(name, entry).items()
    }
    publish.publish(context.output, key, files, digests)
    return unfinished


def _check_statements(
    context: BuildContext,
    sources: Sources,
    facts: Mapping[str, Mapping[str, Fact]],
    unfinished: Iterable[str] = (),
) -> None:
    """Warns where claims do not hold or translations lack something; a strict build ends there."""
    from gen.i18n import Words
    from gen.site.pages.claims import false_claims
    from gen.site.pages.facts import FactBook
    from gen.site.pages.translations import differences

    for picture in large_pictures(sources.assets, context.config.folder):
        context.report.warn(picture)
    wrong = false_claims(sources.original, FactBook(facts, Words("en")), unfinished)
    wrong += differences(sources.pages)
    if context.strict and wrong:
        for error in wrong[1:]:
            context.report.warn(str(error))
        raise wrong[0]
    if wrong:
        more = f"; gen build --strict names {len(wrong) - 1} more" if len(wrong) > 1 else ""
        context.report.warn(f"{wrong[0]}{more}")


def estimate_training(context: BuildContext, names: Iterable[str] = ()) -> str:
    """What `train_models` would train, why, and about how long it would take; trains nothing.

    Raises:
        ConfigError: a name is not configured.
    """
    known = {**context.config.models, **context.config.sweeps}
    return describe_estimate(
        context.training, {name: known[name] for name in _known("model or sweep", names, known)}
    )


def train_models(context: BuildContext, names: Iterable[str] = ()) -> None:
    """Trains what the store lacks of some models, or of all if none is named.

    Raises:
        ConfigError: a name is not configured.
    """
    config = context.config
    wanted = _known("model or sweep", names, {**config.models, **config.sweeps})
    sweeps = {name: config.sweeps[name] for name in wanted if name in config.sweeps}
    with context.held(), training_executor(context.training) as executor:
        trained = train(context, executor, [name for name in wanted if name in config.models])
        for _ in train_shards(context.training, executor, missing_shards(context.training, sweeps)):
            pass
        swept = read_sweeps(context, sweeps)
    for name, model in trained.items():
        facts = model.facts
        context.report.say(
            f"{name}: {facts['seeds_generalised']} of {facts['seeds']} seeds generalise; "
            f"seed {facts['shown_seed']} is shown"
        )
    for name, sweep in swept.items():
        counts = ", ".join(f"{sweep.facts[outcome]} {outcome}" for outcome in OUTCOMES[:-1])
        context.report.say(f"{name}: {sweep.facts['trained']} models: {counts}")


def render_figures(context: BuildContext, names: Iterable[str], folder: Path | None) -> None:
    """Draws what the store lacks of some figures' films, or of all if none is named.

    Args:
        folder: where files of all these figures go, named by figure, if anywhere.

    Raises:
        ConfigError: a name is not configured.
        EnvironmentFault: a model has not been trained.
    """
    from gen.commands.render import export

    config = context.config
    wanted = _known("figure", names, config.figures)
    with context.held(), context.processes() as painters:
        needed = {config.figures[name].subject for name in wanted}
        models = [name for name in config.models if name in needed]
        sweeps = [name for name in config.sweeps if name in needed]
        subjects = {**stored_models(context, models), **read_sweeps(context, sweeps)}
        drawn = render(context, painters, subjects, wanted)
    if folder is not None:
        export(context, subjects, drawn, wanted, folder)
    context.report.say("1 film is fresh" if len(drawn) == 1 else f"{len(drawn)} films are fresh")
    still = sum(not isinstance(config.figures[name], Moving) for name in wanted)
    if still and folder is None:
        what = "1 figure does not move" if still == 1 else f"{still} figures do not move"
        context.report.say(f"{what}; --to FOLDER writes its files")


def write_stored_site(context: BuildContext) -> None:
    """Writes the site from what the store holds, training and drawing nothing.

    Raises:
        EnvironmentFault: a model has not been trained, or a film not been drawn.
    """
    context.refuse_busy()
    sources = Sources.gather(context)
    with context.held(output=True):
        subjects = {**stored_models(context), **read_sweeps(context)}
        drawn: dict[str, Entry] = {}
        for order in film_orders(context.config, subjects):
            entry = context.store.get(films.FAMILY, order.key)
            if entry is None:
                raise SetupError(
                    f"{order.name} is not drawn as configured "
                    f"({films.why_stale(context.store, order)})",
                    where=str(context.store.root),
                    hint="run gen render",
                )
            drawn[order.name] = entry
        _tell_address(context, write_site(context, sources, subjects, drawn))
    context.report.done("site", summary(context.config))


def _known(kind: str, names: Iterable[str], known: Mapping[str, object]) -> list[str]:
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            hint = suggestion(name, known) or f"there are: {', '.join(known)}"
            raise ConfigError(f'there is no {kind} "{name}"', hint=hint)
    return wanted


def film_orders(
    config: Config, subjects: Results, only: Iterable[str] | None = None
) -> list[FilmOrder]:
    """The films that a config wants, in the order of its figures."""
    return [
        FilmOrder(each.stem, each.figure, each.run, each.subject.key, each.seed is not None)
        for each in figure_views(config.figures, subjects, only)
        if isinstance(each.figure, Moving)
    ]
