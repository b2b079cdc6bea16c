"""Remove the site, and the stored runs and films that no profile uses (`gen clean`)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from gen.commands.hunt import find_shards, hunted_model
from gen.config.reader import load_profiles
from gen.errors import DivergedError
from gen.experiments import runs
from gen.experiments.context import DEVICES
from gen.site import orders, publish
from gen.site.context import BuildContext
from gen.site.draw import drawing_orders, facts_orders, view_orders
from gen.site.results import read_sweeps, recorded_results, valid_models

FAMILIES = (runs.FAMILY, orders.FAMILY)


def clean(context: BuildContext, *, everything: bool) -> None:
    """Remove the site, and the stored runs and films that no profile of the config uses.

    Args:
        everything: remove all runs and films.

    Raises:
        BusyError: another process has locked the store or the output.
        SetupError: the output folder is not a site of this tool.
    """
    with context.locked(output=True):
        if publish.remove(context.output):
            context.report.info(f"removed {context.output}")
        if everything:
            context.store.clear(FAMILIES)
            context.report.info(f"emptied {context.store.root}")
            return
        removed = context.store.prune(FAMILIES, _used_keys(context))
    context.report.info(f"removed {removed} entries from {context.store.root}")


def _used_keys(context: BuildContext) -> set[str]:
    """Return the keys of all runs and films that some profile of the config uses."""
    keys: set[str] = set()
    for config in load_profiles(context.config.path).values():
        hunted = [hunted_model(model) for model in config.models.values()]
        sources = [*config.models.values(), *config.sweeps.values()]
        for device in DEVICES:
            shards = [shard for source in sources for shard in runs.shards(source, device)]
            keys |= {shard.key for shard in shards}
            training = replace(context.training, device=device)
            of_profile = replace(context, config=config, training=training)
            keys |= {shard.key for model in hunted for shard in find_shards(of_profile, model)[0]}
            models = {**valid_models(of_profile), **recorded_results(config)}
            subjects = {**models, **read_sweeps(of_profile)}
            keys |= {order.key for order in facts_orders(subjects)}
            for name in config.figures:
                with suppress(DivergedError):  # it has no film
                    keys |= {order.key for order in drawing_orders(config, subjects, [name])}
                    keys |= {order.key for order in view_orders(config, subjects, [name])}
    return keys
