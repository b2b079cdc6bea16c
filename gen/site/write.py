"""Check, render and publish a site from its sources, runs and films."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from gen.analysis.types import Fact
from gen.config.reader import Config, load
from gen.errors import ConfigError
from gen.site import orders, publish
from gen.site.assemble import all_facts, site_files
from gen.site.assets import large_pictures
from gen.site.context import BuildContext
from gen.site.ready import ready_part
from gen.site.results import Results, TrainedModel, TrainedSweep
from gen.site.sources import Sources
from gen.store.code_digest import clear_cache
from gen.store.store import Entry

_MOST_NAMED = 3
"""Pages that are named in the log while they wait for their models."""


def write_site(
    context: BuildContext,
    sources: Sources,
    subjects: Results,
    drawn: dict[str, Entry],
) -> list[str]:
    """Render all pages, pictures and data, and replace the published folder.

    Args:
        subjects: may lack models: pages that need them then say that they wait. Pages with models
            that lack seeds say that their numbers will change.
        drawn: what is stored for pages, by the names of its orders.

    Returns:
        The pages that wait for their models, or how many if they are many, and the models and
        sweeps that are not completely trained. If there are any, the site is published under a
        different key.

    Raises:
        ConfigError: a source changed during the build, or, with --strict, a page states a claim
            that the facts contradict.
    """
    sweeps = {name: each for name, each in subjects.items() if isinstance(each, TrainedSweep)}
    unfinished = [name for name, sweep in sweeps.items() if not sweep.facts["complete"]]
    growing = [
        name
        for name, each in subjects.items()
        if isinstance(each, TrainedModel) and not each.is_complete
    ]
    ready = ready_part(sources, subjects.keys(), growing)
    facts = all_facts(ready.config, subjects)
    checked = check_statements(context, ready, facts, [*growing, *unfinished])
    files = site_files(ready.config, ready, subjects, drawn)
    clear_cache()
    config = load(context.config.path, context.config.profile)
    if Sources.gather(replace(context, config=config)).key != sources.key:
        raise ConfigError(
            "the config, a page, a template or the code changed during the build; "
            "the result was discarded",
            where=str(config.path),
            hint="run the command again",
        )
    key = sources.key
    if ready.waiting or growing:
        key = sources.first_key
    elif unfinished:
        key = sources.partial_key
    digests = {
        path: digest
        for name, entry in drawn.items()
        for path, digest in orders.digests_of(name, entry).items()
    }
    publish.publish(context.output, key, files, digests, checked=checked)
    waiting = [page for page in ready.config.site.pages if page in ready.waiting]
    pages = waiting if len(waiting) <= _MOST_NAMED else [f"{len(waiting)} pages"]
    return [*pages, *growing, *unfinished]


def check_statements(
    context: BuildContext,
    sources: Sources,
    facts: Mapping[str, Mapping[str, Fact]],
    unfinished: Iterable[str] = (),
) -> bool:
    """Warn about false claims, incomplete translations and texts without a translation.

    Returns:
        Whether nothing was found.

    Raises:
        ConfigError: with --strict, the first such error.
    """
    from gen.i18n import Words
    from gen.site.pages.claims import false_claims
    from gen.site.pages.facts import FactBook
    from gen.site.pages.translations import differences
    from gen.site.wording import wording_errors

    pictures = large_pictures(sources.assets, context.config.folder)
    for picture in pictures:
        context.report.warn(picture)
    errors = false_claims(sources.original, FactBook(facts, Words("en")), unfinished)
    errors += differences(sources.pages)
    wording = wording_errors(context.config)
    if context.strict:
        errors += wording
    else:
        for error in wording:
            context.report.warn(str(error))
    if context.strict and errors:
        for error in errors[1:]:
            context.report.warn(str(error))
        raise errors[0]
    if errors:
        more = f"; gen build --strict lists {len(errors) - 1} more" if len(errors) > 1 else ""
        context.report.warn(f"{errors[0]}{more}")
    return not errors and not wording and not pictures


def log_address(context: BuildContext, unfinished: list[str]) -> None:
    """Log the address of the written site, and which pages and sweeps still wait for models."""
    names = "index.html", f"{context.config.site.pages[0]}.html"
    first = next((name for name in names if (context.output / name).is_file()), "")
    address = (context.output / first).resolve().as_uri()
    more = f" (without all models of {', '.join(unfinished)})" if unfinished else ""
    context.report.done("written", f"{address}{more}")


def size_summary(config: Config) -> str:
    """Return how many models, figures and pages a site has, such as `3 models, …`."""
    models = sum(len(model.seeds) for model in config.models.values())
    models += sum(len(model.files) for model in config.recordings.values())
    models += sum(sweep.models for sweep in config.sweeps.values())
    pages = len(config.site.pages) * len(config.site.languages)
    return f"{models:,} models, {len(config.figures)} figures, {pages} pages"
