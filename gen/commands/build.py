"""Train, draw and write whatever is stale (`gen build`)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from gen.analysis.types import Fact
from gen.commands.train import train_models
from gen.experiments.train import missing_shards, train_shards, training_executor
from gen.site import publish
from gen.site.context import BuildContext
from gen.site.draw import draw_missing
from gen.site.pages.facts import FACTS_FILE
from gen.site.results import Results, missing_entry_error, read_sweeps, recorded_results
from gen.site.sources import Sources
from gen.site.write import check_statements, log_address, size_summary, write_site
from gen.store.store import Entry
from gen.workers.processes import Executor

REPUBLISH_EVERY = 120.0
"""Seconds between two versions of a site whose sweeps are still being trained."""


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
            missing: list[str] = []
            for subjects, drawn in build_stages(context, trainers, painters):
                missing = write_site(context, sources, subjects, drawn)
                if log_site:
                    log_address(context, missing)
            if missing:
                raise missing_entry_error(context, f"a run of {missing[0]}")
    seconds = context.clock() - start
    context.report.done("site", f"{size_summary(context.config)} in {seconds:.0f} s")


def build_stages(
    context: BuildContext, trainers: Executor, painters: Executor
) -> Iterator[tuple[Results, dict[str, Entry]]]:
    """Train and draw whatever is stale: first all models, then the shards of sweeps.

    When a stage has redrawn the film of an incomplete sweep, the former film is removed.

    Yields:
        After each stage: the results that figures show, and the films.
    """
    models = train_models(context, trainers, context.config.models)
    shards = missing_shards(context.training, context.config.sweeps)

    def draw_stage() -> tuple[Results, dict[str, Entry]]:
        recorded = recorded_results(context.config)
        subjects = {**models, **recorded, **read_sweeps(context)}
        return subjects, draw_missing(context, painters, subjects)

    stage = draw_stage()
    yield stage
    published = context.clock()
    for left in train_shards(context.training, trainers, shards):
        if not left or context.clock() - published > REPUBLISH_EVERY:
            _, former_films = stage
            stage = draw_stage()
            yield stage
            for name, entry in former_films.items():
                if stage[1][name].key != entry.key:
                    context.store.remove(entry)
            published = context.clock()


def _published_facts(context: BuildContext) -> dict[str, dict[str, Fact]] | None:
    """Return the facts of the published site; None if the file is not valid."""
    try:
        facts = json.loads((context.output / FACTS_FILE).read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return None
    is_valid = isinstance(facts, dict) and all(isinstance(each, dict) for each in facts.values())
    return facts if is_valid else None
