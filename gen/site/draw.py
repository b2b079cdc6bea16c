"""Draw and compute what the store lacks: films with scenes and packs, and what saves time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from gen.config.reader import Config
from gen.site.context import BuildContext
from gen.site.downloads import DownloadOrder
from gen.site.figure_views import figure_views
from gen.site.films import FilmOrder
from gen.site.orders import FAMILY, Order, draw, save
from gen.site.results import Results, TrainedModel, missing_entry_error
from gen.site.stills import StillOrder
from gen.site.stored_facts import FactsOrder, facts_order
from gen.store.store import Entry
from gen.workers.processes import Done, Executor, Job

_COUNTED = {
    StillOrder.what: "charts and widgets",
    FactsOrder.what: "facts of models",
    DownloadOrder.what: "downloads",
}
"""Names in the log of what is only counted."""


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


def draw_films(
    context: BuildContext,
    executor: Executor,
    subjects: Results,
    only: Iterable[str] | None = None,
) -> dict[str, Entry]:
    """Draw the films that are missing from the store, with their scenes and packs.

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
        All films, scenes and packs by the stem of their file names, and all `optional_orders`.
    """
    config, wanted = context.config, list(only)
    films = drawing_orders(config, subjects, wanted)
    return _draw(context, executor, [*films, *optional_orders(config, subjects, wanted)])


def stored_options(context: BuildContext, subjects: Results) -> dict[str, Entry]:
    """Return the `optional_orders` that are stored, by name."""
    orders = optional_orders(context.config, subjects, context.config.figures)
    found = {order.name: context.store.get(FAMILY, order.key) for order in orders}
    return {name: entry for name, entry in found.items() if entry is not None}


def optional_orders(config: Config, subjects: Results, only: Iterable[str]) -> list[Order]:
    """Return what saves time when pages are written: facts, downloads and figures that do not move.

    Without them a site is the same.

    Args:
        only: ids of figures.
    """
    return [*facts_orders(subjects), *view_orders(config, subjects, only)]


def facts_orders(subjects: Results) -> Iterator[Order]:
    """Yield the facts of every trained model."""
    trained = (one for one in subjects.values() if isinstance(one, TrainedModel))
    orders = map(facts_order, trained)
    return (order for order in orders if order is not None)


def view_orders(config: Config, subjects: Results, only: Iterable[str]) -> Iterator[Order]:
    """Yield downloads, and the figures of one run that do not move.

    Args:
        only: ids of figures.
    """
    words = [config.words(language) for language in config.site.languages]
    for view in figure_views(config.figures, subjects, only):
        orders = view.still_order(config.theme, words), view.download_order()
        yield from (order for order in orders if order is not None)


def _draw(context: BuildContext, executor: Executor, orders: Sequence[Order]) -> dict[str, Entry]:
    missing = [order for order in orders if context.store.get(FAMILY, order.key) is None]
    # Films first: they take longest, and no core should wait for the last one.
    missing.sort(key=lambda order: not isinstance(order, FilmOrder))
    jobs = [Job(order.name, draw, (order,), len(order.files), "files") for order in missing]
    scripts: list[int] = []
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
        elif order.what in _COUNTED:
            counts[_COUNTED[order.what]] += 1
        else:
            scripts.append(size)
        for reason in entry.info.get("refused", ()):
            context.report.info(f"{order.name}: drawn with every site, because it holds {reason}")
    if scripts:
        what = "1 script" if len(scripts) == 1 else f"{len(scripts)} scripts"
        context.report.done("interactive", f"{what}, {sum(scripts) / 1e6:.1f} MB")
    for what, count in counts.items():
        context.report.done(what, f"{count} stored")
    return {order.name: _stored(context, order) for order in orders}


def _stored(context: BuildContext, order: Order) -> Entry:
    entry = context.store.get(FAMILY, order.key)
    if entry is None:
        raise missing_entry_error(context, f"the {order.what} of {order.name}")
    return entry
