"""Removes the site, and what no profile of the config asks for."""

from __future__ import annotations

from dataclasses import replace

from gen.commands.build import film_orders
from gen.commands.hunt import parts, tried
from gen.config.reader import load_profiles
from gen.experiments import runs
from gen.experiments.context import DEVICES
from gen.site import films, publish
from gen.site.context import BuildContext
from gen.site.results import read_sweeps, valid_models

FAMILIES = (runs.FAMILY, films.FAMILY)


def clean(context: BuildContext, *, everything: bool) -> None:
    """Removes the site, and from the store what no profile asks for.

    Args:
        everything: remove the store as a whole.

    Raises:
        BusyError: a build is under way.
        EnvironmentFault: the output folder is not one of this tool's sites.
    """
    with context.held(output=True):
        if publish.remove(context.output):
            context.report.say(f"removed {context.output}")
        if everything:
            context.store.clear(FAMILIES)
            context.report.say(f"emptied {context.store.root}")
            return
        removed = context.store.prune(FAMILIES, _wanted(context))
    context.report.say(f"removed {removed} entries from {context.store.root}")


def _wanted(context: BuildContext) -> set[str]:
    """The keys of all that some profile of the config asks for."""
    wanted: set[str] = set()
    for config in load_profiles(context.config.path).values():
        hunted = [tried(model) for model in config.models.values()]
        sources = [*config.models.values(), *config.sweeps.values()]
        for device in DEVICES:
            shards = [shard for source in sources for shard in runs.shards(source, device)]
            wanted |= {shard.key for shard in shards}
            training = replace(context.training, device=device)
            of_profile = replace(context, config=config, training=training)
            wanted |= {shard.key for model in hunted for shard in parts(of_profile, model)[0]}
            subjects = {**valid_models(of_profile), **read_sweeps(of_profile)}
            wanted |= {order.key for order in film_orders(config, subjects)}
    return wanted
