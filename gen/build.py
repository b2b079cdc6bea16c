"""The order of the work: train, draw, write; what is fresh, what is stale and why."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gen import films, output
from gen.analysis.sweep import OUTCOMES
from gen.assemble import all_facts, site_files
from gen.assets import large_pictures
from gen.config import load
from gen.errors import ConfigError, EnvironmentFault, suggestion
from gen.executors import Executor, Job, Workers
from gen.figures import Moving
from gen.films import FilmOrder
from gen.fingerprint import reread
from gen.pages.facts import FACTS_FILE, Fact
from gen.showings import showings
from gen.sources import Sources
from gen.subjects import (
    Subjects,
    TrainedModel,
    TrainedSweep,
    read_models,
    read_sweeps,
    stored_models,
    vanished,
)
from gen.trainers import foretell, missing_shards, train_shards, trainers

if TYPE_CHECKING:
    from gen.config import Config
    from gen.store import Entry
    from gen.studio import Studio


RENEW_EVERY = 120.0
"""Seconds between two renewals of a site whose sweeps are still training."""


def build(studio: Studio, *, kept: bool = True) -> None:
    """Trains, draws and writes whatever is not fresh.

    Args:
        kept: whether the site stays, so that its address is worth telling.

    Raises:
        GenError: what stopped it; the former site stays, and everything finished is kept.
    """
    start = time.monotonic()
    studio.refuse_busy()
    sources = Sources.gather(studio)
    published = _published_facts(studio) if output.is_fresh(studio.output, sources.key) else None
    if published is not None:
        _check_statements(studio, sources, published)
        output.tidy(studio.output)
        studio.report.say(f"all is fresh: {summary(studio.config)} in {studio.output}")
        return
    sources.check()
    with studio.held(output=True):
        damage = output.damage(studio.output)
        if damage:
            studio.report.warn(f"{studio.output}: {damage}; the site is written anew")
        with (
            trainers(studio) as executor,
            Workers(studio.jobs, studio.report) as painters,
        ):
            missing: list[str] = []
            for subjects, drawn in stretches(studio, executor, painters):
                missing = write_site(studio, sources, subjects, drawn)
                if kept:
                    _tell_address(studio, missing)
            if missing:
                raise vanished(studio, f"a run of {missing[0]}")
    studio.report.done("site", f"{summary(studio.config)} in {time.monotonic() - start:.0f} s")


def _tell_address(studio: Studio, unfinished: list[str]) -> None:
    """Says where a site that was just written can be opened, and which sweeps still train."""
    names = "index.html", f"{studio.config.site.pages[0]}.html"
    first = next((name for name in names if (studio.output / name).is_file()), "")
    address = (studio.output / first).resolve().as_uri()
    more = f" (without all models of {', '.join(unfinished)})" if unfinished else ""
    studio.report.done("written", f"{address}{more}")


def _published_facts(studio: Studio) -> dict[str, dict[str, Fact]] | None:
    """The facts of the published site; None where the file does not hold any."""
    try:
        facts = json.loads((studio.output / FACTS_FILE).read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    sound = isinstance(facts, dict) and all(isinstance(each, dict) for each in facts.values())
    return facts if sound else None


def stretches(
    studio: Studio, executor: Executor, painters: Workers
) -> Iterator[tuple[Subjects, dict[str, Entry]]]:
    """Trains and draws whatever is not fresh: the models first, then sweeps as they land.

    Films of a sweep that still lacks models are forgotten when the next stretch has theirs.

    Yields:
        After each stretch what figures picture, and the films.
    """
    trained = train(studio, executor)
    waiting = missing_shards(studio, studio.config.sweeps)

    def finished() -> tuple[Subjects, dict[str, Entry]]:
        subjects = {**trained, **read_sweeps(studio)}
        return subjects, render(studio, painters, subjects)

    stretch = finished()
    yield stretch
    renewed = time.monotonic()
    for left in train_shards(studio, executor, waiting):
        if not left or time.monotonic() - renewed > RENEW_EVERY:
            _, former = stretch
            stretch = finished()
            yield stretch
            for name, entry in former.items():
                if stretch[1][name].key != entry.key:
                    studio.store.remove(entry)
            renewed = time.monotonic()


def summary(config: Config) -> str:
    """The size of a site in words."""
    models = sum(len(model.seeds) for model in config.models.values())
    models += sum(sweep.models for sweep in config.sweeps.values())
    pages = len(config.site.pages) * len(config.site.languages)
    return f"{models:,} models, {len(config.figures)} figures, {pages} pages"


def train(
    studio: Studio, executor: Executor, only: Iterable[str] | None = None
) -> dict[str, TrainedModel]:
    """Trains what the store lacks and reads everything back.

    Args:
        only: names of configured models; all of them if None.

    Raises:
        NumericalFault: no seed of a model can be shown. All others are trained and kept first.
    """
    names = list(studio.config.models) if only is None else list(only)
    models = {name: studio.config.models[name] for name in names}
    for _ in train_shards(studio, executor, missing_shards(studio, models)):
        pass
    return read_models(studio, names)


def render(
    studio: Studio,
    painters: Workers,
    subjects: Subjects,
    only: Iterable[str] | None = None,
) -> dict[str, Entry]:
    """Draws the films that the store lacks.

    Args:
        only: ids of figures; all films if None.

    Returns:
        The stored films by what their files are called: the figure's id, or that and a seed.
    """
    orders = film_orders(studio.config, subjects, only)
    missing = [order for order in orders if studio.store.get(films.FAMILY, order.key) is None]
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
        order = missing[done.place]
        entry = films.save(studio.store, order, done.result)
        size = sum(map(len, done.result.files.values())) / 1e6
        studio.report.done(
            order.name, f"{entry.info['frames']} frames, {size:.1f} MB in {done.seconds:.1f} s"
        )
    return {order.name: _stored(studio, order) for order in orders}


def _stored(studio: Studio, order: FilmOrder) -> Entry:
    entry = studio.store.get(films.FAMILY, order.key)
    if entry is None:
        raise vanished(studio, f"the film of {order.name}")
    return entry


def _changed(what: str, where: str) -> ConfigError:
    return ConfigError(
        f"{what} was changed while it was at work; the result is not kept",
        where=where,
        mend="run this again",
    )


def write_site(
    studio: Studio,
    sources: Sources,
    subjects: Subjects,
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
    _check_statements(studio, sources, all_facts(studio.config, subjects), unfinished)
    files = site_files(studio.config, sources, subjects, drawn)
    reread()
    config = load(studio.config.path, studio.config.profile)
    if Sources.gather(replace(studio, config=config)).key != sources.key:
        raise _changed("the config, a page, a template or the code", str(config.path))
    key = sources.partial_key if unfinished else sources.key
    digests = {
        path: digest
        for name, entry in drawn.items()
        for path, digest in films.digests_of(name, entry).items()
    }
    output.publish(studio.output, key, files, digests)
    return unfinished


def _check_statements(
    studio: Studio,
    sources: Sources,
    facts: Mapping[str, Mapping[str, Fact]],
    unfinished: Iterable[str] = (),
) -> None:
    """Warns where claims do not hold or translations lack something; a strict build ends there."""
    from gen.pages.claims import false_claims
    from gen.pages.facts import FactBook
    from gen.pages.structure import differences
    from gen.words import Words

    for picture in large_pictures(sources.assets, studio.config.folder):
        studio.report.warn(picture)
    wrong = false_claims(sources.original, FactBook(facts, Words("en")), unfinished)
    wrong += differences(sources.pages)
    if studio.strict and wrong:
        for error in wrong[1:]:
            studio.report.warn(str(error))
        raise wrong[0]
    if wrong:
        more = f"; gen build --strict names {len(wrong) - 1} more" if len(wrong) > 1 else ""
        studio.report.warn(f"{wrong[0]}{more}")


def foretell_training(studio: Studio, names: Iterable[str] = ()) -> str:
    """What `train_models` would train, why, and about how long it would take; trains nothing.

    Raises:
        ConfigError: a name is not configured.
    """
    known = {**studio.config.models, **studio.config.sweeps}
    return foretell(studio, {name: known[name] for name in _known("model or sweep", names, known)})


def train_models(studio: Studio, names: Iterable[str] = ()) -> None:
    """Trains what the store lacks of some models, or of all if none is named.

    Raises:
        ConfigError: a name is not configured.
    """
    config = studio.config
    wanted = _known("model or sweep", names, {**config.models, **config.sweeps})
    sweeps = {name: config.sweeps[name] for name in wanted if name in config.sweeps}
    with studio.held(), trainers(studio) as executor:
        trained = train(studio, executor, [name for name in wanted if name in config.models])
        for _ in train_shards(studio, executor, missing_shards(studio, sweeps)):
            pass
        swept = read_sweeps(studio, sweeps)
    for name, model in trained.items():
        facts = model.facts
        studio.report.say(
            f"{name}: {facts['seeds_generalised']} of {facts['seeds']} seeds generalise; "
            f"seed {facts['shown_seed']} is shown"
        )
    for name, sweep in swept.items():
        counts = ", ".join(f"{sweep.facts[outcome]} {outcome}" for outcome in OUTCOMES[:-1])
        studio.report.say(f"{name}: {sweep.facts['trained']} models: {counts}")


def render_figures(studio: Studio, names: Iterable[str], folder: Path | None) -> None:
    """Draws what the store lacks of some figures' films, or of all if none is named.

    Args:
        folder: where files of all these figures go, named by figure, if anywhere.

    Raises:
        ConfigError: a name is not configured.
        EnvironmentFault: a model has not been trained.
    """
    from gen.export import export

    config = studio.config
    wanted = _known("figure", names, config.figures)
    with studio.held(), Workers(studio.jobs, studio.report) as painters:
        needed = {config.figures[name].subject for name in wanted}
        models = [name for name in config.models if name in needed]
        sweeps = [name for name in config.sweeps if name in needed]
        subjects = {**stored_models(studio, models), **read_sweeps(studio, sweeps)}
        drawn = render(studio, painters, subjects, wanted)
    if folder is not None:
        export(studio, subjects, drawn, wanted, folder)
    studio.report.say("1 film is fresh" if len(drawn) == 1 else f"{len(drawn)} films are fresh")
    still = sum(not isinstance(config.figures[name], Moving) for name in wanted)
    if still and folder is None:
        what = "1 figure does not move" if still == 1 else f"{still} figures do not move"
        studio.report.say(f"{what}; --to FOLDER writes its files")


def write_stored_site(studio: Studio) -> None:
    """Writes the site from what the store holds, training and drawing nothing.

    Raises:
        EnvironmentFault: a model has not been trained, or a film not been drawn.
    """
    studio.refuse_busy()
    sources = Sources.gather(studio)
    with studio.held(output=True):
        subjects = {**stored_models(studio), **read_sweeps(studio)}
        drawn: dict[str, Entry] = {}
        for order in film_orders(studio.config, subjects):
            entry = studio.store.get(films.FAMILY, order.key)
            if entry is None:
                raise EnvironmentFault(
                    f"{order.name} is not drawn as configured "
                    f"({films.why_stale(studio.store, order)})",
                    where=str(studio.store.root),
                    mend="run gen render",
                )
            drawn[order.name] = entry
        _tell_address(studio, write_site(studio, sources, subjects, drawn))
    studio.report.done("site", summary(studio.config))


def _known(kind: str, names: Iterable[str], known: Mapping[str, object]) -> list[str]:
    wanted = list(names) or list(known)
    for name in wanted:
        if name not in known:
            mend = suggestion(name, known) or f"there are: {', '.join(known)}"
            raise ConfigError(f'there is no {kind} "{name}"', mend=mend)
    return wanted


def film_orders(
    config: Config, subjects: Subjects, only: Iterable[str] | None = None
) -> list[FilmOrder]:
    """The films that a config wants, in the order of its figures."""
    return [
        FilmOrder(each.stem, each.figure, each.run, each.subject.key, each.seed is not None)
        for each in showings(config.figures, subjects, only)
        if isinstance(each.figure, Moving)
    ]
