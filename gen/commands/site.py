"""Write the site from stored runs and films (`gen site`)."""

from __future__ import annotations

from gen.errors import SetupError
from gen.site import orders
from gen.site.context import BuildContext
from gen.site.draw import drawing_orders, stored_options
from gen.site.results import read_sweeps, recorded_results, stored_models
from gen.site.sources import Sources
from gen.site.stored_facts import with_stored_facts
from gen.site.write import log_address, size_summary, write_site
from gen.store.store import Entry


def write_stored_site(context: BuildContext) -> None:
    """Write the site from the store; train and draw nothing.

    Raises:
        SetupError: a run or a film is missing from the store.
    """
    context.raise_if_locked()
    sources = Sources.gather(context)
    with context.locked(output=True):
        recorded = recorded_results(context.config)
        subjects = {**stored_models(context), **recorded, **read_sweeps(context)}
        drawn: dict[str, Entry] = {}
        for order in drawing_orders(context.config, subjects):
            entry = context.store.get(orders.FAMILY, order.key)
            if entry is None:
                raise SetupError(
                    f"the {order.what} {order.name} is missing or stale "
                    f"({orders.why_stale(context.store, order)})",
                    where=str(context.store.root),
                    hint="run gen render",
                )
            drawn[order.name] = entry
        drawn |= stored_options(context, subjects)
        known = with_stored_facts(subjects, drawn)
        log_address(context, write_site(context, sources, known, drawn))
    context.report.done("site", size_summary(context.config))
