"""Draw the films, scenes and packs that are missing from the store."""

from __future__ import annotations

from collections.abc import Iterable

from gen.config.reader import Config
from gen.site.context import BuildContext
from gen.site.figure_views import figure_views
from gen.site.films import FilmOrder
from gen.site.orders import FAMILY, Order, draw, save
from gen.site.results import Results, missing_entry_error
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
    orders = drawing_orders(context.config, subjects, only)
    missing = [order for order in orders if context.store.get(FAMILY, order.key) is None]
    jobs = [Job(order.name, draw, (order,), len(order.files), "files") for order in missing]
    scripts, script_bytes = 0, 0
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
        else:
            scripts, script_bytes = scripts + 1, script_bytes + size
    if scripts:
        what = "1 script" if scripts == 1 else f"{scripts} scripts"
        context.report.done("interactive", f"{what}, {script_bytes / 1e6:.1f} MB")
    return {order.name: _stored(context, order) for order in orders}


def _stored(context: BuildContext, order: Order) -> Entry:
    entry = context.store.get(FAMILY, order.key)
    if entry is None:
        raise missing_entry_error(context, f"the {order.what} of {order.name}")
    return entry
