"""Draw the films that are missing from the store."""

from __future__ import annotations

from collections.abc import Iterable

from gen.config.reader import Config
from gen.site import films
from gen.site.context import BuildContext
from gen.site.figure_views import figure_views
from gen.site.films import FilmOrder
from gen.site.results import Results, missing_entry_error
from gen.store.store import Entry
from gen.workers.processes import Done, Executor, Job


def film_orders(
    config: Config, subjects: Results, only: Iterable[str] | None = None
) -> list[FilmOrder]:
    """Return the films that a config needs, in the order of its figures.

    Args:
        only: ids of figures; all figures if None.
    """
    views = figure_views(config.figures, subjects, only)
    orders = (view.film_order(config.theme) for view in views)
    return [order for order in orders if order is not None]


def draw_missing_films(
    context: BuildContext,
    executor: Executor,
    subjects: Results,
    only: Iterable[str] | None = None,
) -> dict[str, Entry]:
    """Draw the films that are missing from the store.

    Args:
        only: ids of figures; all figures if None.

    Returns:
        All stored films by the stem of their file names: the figure's id, or the id and a seed.
    """
    orders = film_orders(context.config, subjects, only)
    missing = [order for order in orders if context.store.get(films.FAMILY, order.key) is None]
    jobs = [Job(order.name, films.draw, (order,), len(order.files), "files") for order in missing]
    for done in executor.run(jobs):
        assert isinstance(done, Done)  # local processes never return GivenUp
        order = missing[done.place]
        entry = films.save(context.store, order, done.result)
        size = sum(map(len, done.result.files.values())) / 1e6
        context.report.done(
            order.name, f"{entry.info['frames']} frames, {size:.1f} MB in {done.seconds:.1f} s"
        )
    return {order.name: _stored_film(context, order) for order in orders}


def _stored_film(context: BuildContext, order: FilmOrder) -> Entry:
    entry = context.store.get(films.FAMILY, order.key)
    if entry is None:
        raise missing_entry_error(context, f"the film of {order.name}")
    return entry
