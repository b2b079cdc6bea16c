"""Train, draw and write whatever is stale (`gen build`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gen.analysis.types import Fact
from gen.commands.train import Trainings
from gen.errors import GenError
from gen.experiments.train import training_executor
from gen.site import publish
from gen.site.context import BuildContext
from gen.site.draw import draw_site
from gen.site.pages.facts import FACTS_FILE
from gen.site.partly_trained import read_trained_part, showable
from gen.site.ready import reading_order, ready_part
from gen.site.results import (
    Results,
    TrainedModel,
    missing_entry_error,
    read_models,
    read_sweeps,
    recorded_results,
)
from gen.site.sources import FIRST, Sources
from gen.site.stored_facts import with_stored_facts
from gen.site.write import check_statements, log_address, size_summary, write_site
from gen.store.store import Entry
from gen.workers.processes import Executor

REPUBLISH_EVERY = 120.0
"""Least seconds between two versions of a site whose models are still being trained."""

_PAUSES = 4.0
"""Least time between two such versions, in multiples of the time that the former one took."""

FIRST_AFTER = 60.0
"""Seconds of training after which a first site may be published without all of its pages."""

Stage: TypeAlias = tuple[Results, dict[str, Entry]]
"""Results that figures show, and what is stored for their pages by name."""


def build(context: BuildContext, *, log_site: bool = True) -> None:
    """Train, draw and write whatever is stale.

    Args:
        log_site: whether to log the address of the site; False if the site is temporary.

    Raises:
        GenError: the build failed. The former site, and all finished runs and films, are kept.
    """
    start = context.clock()
    context.raise_if_locked()
    sources = Sources.gather(context)
    published = _published_facts(context) if publish.is_fresh(context.output, sources.key) else None
    if published is not None:
        if not publish.is_checked(context.output):
            check_statements(context, sources, published)
        publish.tidy(context.output)
        context.report.info(f"all is fresh: {size_summary(context.config)} in {context.output}")
        return
    sources.check()
    with context.locked(output=True):
        damage = publish.damage(context.output)
        if damage:
            context.report.warn(f"{context.output}: {damage}; the site is written again")
        with training_executor(context.training) as trainers, context.processes() as painters:
            trainings = Trainings(context, trainers, reading_order(sources))
            former: Mapping[str, Entry] = {}
            if log_site and _is_first(context):
                former = _publish_first_pages(context, sources, trainings, painters)
            missing: list[str] = []
            for subjects, drawn in build_stages(context, trainings, painters, former):
                missing = write_site(context, sources, subjects, drawn)
                if log_site:
                    log_address(context, missing)
            if missing:
                raise missing_entry_error(context, f"a run of {missing[0]}")
    seconds = context.clock() - start
    context.report.done("site", f"{size_summary(context.config)} in {seconds:.0f} s")


def build_stages(
    context: BuildContext,
    trainings: Trainings,
    painters: Executor,
    former: Mapping[str, Entry] = MappingProxyType({}),
) -> Iterator[Stage]:
    """Draw whatever is stale: when all models are trained, then as sweeps grow.

    What a stage draws anew, as the film of an incomplete sweep, is removed as it was before.

    Args:
        former: what was drawn when not all seeds of models were trained, by name.

    Yields:
        After each stage: the results that figures show, and what is stored for their pages.
    """
    while trainings.models_left:
        trainings.wait()
    models = read_models(context, context.config.models)
    stage = _draw_stage(context, painters, models)
    yield stage
    _remove_former(context, former, stage)
    due = context.clock() + REPUBLISH_EVERY
    while trainings.sweeps_left:
        trainings.wait()
        if not trainings.sweeps_left or context.clock() > due:
            start = context.clock()
            _, former = stage
            stage = _draw_stage(context, painters, models)
            yield stage
            _remove_former(context, former, stage)
            due = _next_version(start, context.clock())


def _is_first(context: BuildContext) -> bool:
    """Return whether no site with all pages is published."""
    former = publish.key_of(context.output)
    return former is None or former.startswith(FIRST)


def _publish_first_pages(
    context: BuildContext, sources: Sources, trainings: Trainings, painters: Executor
) -> Mapping[str, Entry]:
    """Wait for all models; publish pages as soon as the models that they name can be shown.

    An error of a part is logged and ends the publishing, not the training: the whole site will
    raise it if it has it too. Where the part has models with some of their seeds, it is tried
    once more when all their seeds are trained.

    Returns:
        What was drawn last, by name.
    """
    former: Mapping[str, Entry] = {}
    waiting = frozenset(sources.config.site.pages)
    due = context.clock() + FIRST_AFTER
    whole = False
    while trainings.models_left:
        trainings.wait()
        names = showable(context, whole=whole)
        still = ready_part(sources, names).waiting
        if not still < waiting or (still and context.clock() < due):
            continue
        models = read_trained_part(context, names)
        growing = any(not model.is_complete for model in models.values())
        if not still and not growing:
            continue  # this is the whole site, which is published next
        start = context.clock()
        try:
            stage = _draw_stage(context, painters, models)
            log_address(context, write_site(context, sources, *stage))
        except GenError as error:
            if growing:
                whole = True
            else:
                context.report.warn(f"the first pages are not published before all others: {error}")
                waiting = frozenset()
        else:
            waiting, due = still, _next_version(start, context.clock())
            _remove_former(context, former, stage)
            _, former = stage
    return former


def _remove_former(context: BuildContext, former: Mapping[str, Entry], stage: Stage) -> None:
    """Remove what a stage has replaced by something else of the same name."""
    _, drawn = stage
    used = {entry.key for entry in drawn.values()}
    for name, entry in former.items():
        if name in drawn and entry.key not in used:
            context.store.remove(entry)


def _next_version(start: float, end: float) -> float:
    """Return when the next version of a site may be written after one written in that time."""
    return end + max(REPUBLISH_EVERY, _PAUSES * (end - start))


def _draw_stage(
    context: BuildContext, painters: Executor, models: Mapping[str, TrainedModel]
) -> Stage:
    """Read the sweeps and recordings, and draw the figures of what is trained."""
    subjects = {**models, **recorded_results(context.config), **read_sweeps(context)}
    only = [
        name
        for name, figure in context.config.figures.items()
        if all(source in subjects for source in figure.sources)
    ]
    drawn = draw_site(context, painters, subjects, only)
    return with_stored_facts(subjects, drawn), drawn


def _published_facts(context: BuildContext) -> dict[str, dict[str, Fact]] | None:
    """Return the facts of the published site; None if the file is not valid."""
    try:
        facts = json.loads((context.output / FACTS_FILE).read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    is_valid = isinstance(facts, dict) and all(isinstance(each, dict) for each in facts.values())
    return facts if is_valid else None
