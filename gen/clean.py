"""Removes the site, and what no profile of the config asks for."""

from __future__ import annotations

from dataclasses import replace

from gen import films, output, runs
from gen.build import film_orders
from gen.config import load_profiles
from gen.hunt import parts, tried
from gen.studio import DEVICES, Studio
from gen.subjects import read_sweeps, sound_models

FAMILIES = (runs.FAMILY, films.FAMILY)


def clean(studio: Studio, *, everything: bool) -> None:
    """Removes the site, and from the store what no profile asks for.

    Args:
        everything: remove the store as a whole.

    Raises:
        BusyError: a build is under way.
        EnvironmentFault: the output folder is not one of this tool's sites.
    """
    with studio.held(output=True):
        if output.remove(studio.output):
            studio.report.say(f"removed {studio.output}")
        if everything:
            studio.store.clear(FAMILIES)
            studio.report.say(f"emptied {studio.store.root}")
            return
        removed = studio.store.prune(FAMILIES, _wanted(studio))
    studio.report.say(f"removed {removed} entries from {studio.store.root}")


def _wanted(studio: Studio) -> set[str]:
    """The keys of all that some profile of the config asks for."""
    wanted: set[str] = set()
    for config in load_profiles(studio.config.path).values():
        hunted = [tried(model) for model in config.models.values()]
        sources = [*config.models.values(), *config.sweeps.values()]
        for device in DEVICES:
            shards = [shard for source in sources for shard in runs.shards(source, device)]
            wanted |= {shard.key for shard in shards}
            of_profile = replace(studio, config=config, device=device)
            wanted |= {shard.key for model in hunted for shard in parts(of_profile, model)[0]}
            subjects = {**sound_models(of_profile), **read_sweeps(of_profile)}
            wanted |= {order.key for order in film_orders(config, subjects)}
    return wanted
