"""Draw the films, scenes and packs that are missing from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gen.config.reader import Config
from gen.site.context import BuildContext
from gen.site.figure_views import figure_views
from gen.site.films import FilmOrder
from gen.site.orders import FAMILY, Order, draw, save
from gen.site.results import Results, TrainedModel, missing_entry_error
from gen.site.stills import StillOrder
from gen.site.stored_facts import FactsOrder, facts_order
from gen.store.store import Entry
from gen.workers.processes import Done, Executor, Job


def drawing_orders(
    config: Config, subjects: Results, only: Iterable[str] | None = None
) -> list[Order]:
    """Return what a config needs to be drawn, in the order of its figures, each once.

    Args:
        only: ids of figures; all figures if None.
    """
    views = figure_views(config.figures, subjects, only)
    orders = (order for view in views for order in view.orders(config.theme))
    return list({order.name: order for order in orders}.values())


def draw_missing(
    context: BuildContext,
    executor: Executor,
    subjects: Results,
    only: Iterable[str] | None = None,
) -> dict[str, Entry]:
    """Draw what is missing from the store.

    Args:
        only: ids of figures; all figures if None.

    Returns:
        All films, scenes and packs by the stem of their file names.
    """
    return _draw(context, executor, drawing_orders(context.config, subjects, only))


def draw_site(
    context: BuildContext, executor: Executor, subjects: Results, only: Iterable[str]
) -> dict[str, Entry]:
    """Draw and compute what the pages of a site need and the store lacks.

    Args:
        only: ids of figures.

    Returns:
        All films, scenes and packs by the stem of their file names, stills, and facts of models.
    """
    config, wanted = context.config, list(only)
    films = drawing_orders(config, subjects, wanted)
    return _draw(context, executor, [*films, *page_orders(config, subjects, wanted)])


def stored_for_pages(context: BuildContext, subjects: Results) -> dict[str, Entry]:
    """Return the stills and facts that are stored, by name."""
    orders = page_orders(context.config, subjects, context.config.figures)
    found = {order.name: context.store.get(FAMILY, order.key) for order in orders}
    return {name: entry for name, entry in found.items() if entry is not None}


def page_orders(config: Config, subjects: Results, only: Iterable[str]) -> list[Order]:
    """Return what saves time when pages are written: facts of models, and figures that do not move.

    Without them a site is the same.

    Args:
        only: ids of figures.
    """
    return [*facts_orders(subjects), *still_orders(config, subjects, only)]


def facts_orders(subjects: Results) -> Iterator[Order]:
    """Yield the facts of every trained model."""
    return (facts_order(one) for one in subjects.values() if isinstance(one, TrainedModel))


def still_orders(config: Config, subjects: Results, only: Iterable[str]) -> Iterator[Order]:
    """Yield the figures of one run that do not move; `only` has the ids of those to yield."""
    words = [config.words(language) for language in config.site.languages]
    for view in figure_views(config.figures, subjects, only):
        order = view.still_order(config.theme, words)
        if order is not None:
            yield order


def _draw(context: BuildContext, executor: Executor, orders: Sequence[Order]) -> dict[str, Entry]:
    missing = [order for order in orders if context.store.get(FAMILY, order.key) is None]
    jobs = [Job(order.name, draw, (order,), len(order.files), "files") for order in missing]
    scripts, script_bytes = 0, 0
    counts: Counter[str] = Counter()
    for done in executor.run(jobs):
        assert isinstance(done, Done)  # local processes never return GivenUp
        order = missing[done.place]
        entry = save(context.store, order, done.result)
        size = sum(map(len, done.result.files.values()))
        if isinstance(order, FilmOrder):
            context.report.done(
                order.name,
                f"{entry.info['frames']} frames, {size / 1e6:.1f} MB in {done.seconds:.1f} s",
            )
        elif isinstance(order, StillOrder | FactsOrder):
            counts[order.what] += 1
        else:
            scripts, script_bytes = scripts + 1, script_bytes + size
    if scripts:
        what = "1 script" if scripts == 1 else f"{scripts} scripts"
        context.report.done("interactive", f"{what}, {script_bytes / 1e6:.1f} MB")
    for what, count in counts.items():
        context.report.done(what, f"{count} stored")
    return {order.name: _stored(context, order) for order in orders}


def _stored(context: BuildContext, order: Order) -> Entry:
    entry = context.store.get(FAMILY, order.key)
    if entry is None:
        raise missing_entry_error(context, f"the {order.what} of {order.name}")
    return entry
