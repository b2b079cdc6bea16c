"""Models some of whose seeds are trained, while others are still being trained.

A first site shows such a model as soon as it is known which seed its figures show in the end, or
at once if no figure shows it alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import starmap

from gen.analysis.outcome import generalised_at
from gen.config.reader import Config
from gen.experiments import runs
from gen.experiments.model import Model
from gen.experiments.runs import Shard
from gen.site.context import BuildContext
from gen.site.results import TrainedModel, read_runs
from gen.store.store import Entry


def needed_shards(config: Config, model: Model) -> int:
    """Return how many of a model's shards, from the first, hold the seeds that are named.

    The config names a seed as `shown` of a model and as a seed of a figure. Without any, it is the
    first shard.
    """
    figures = config.figures.values()
    named = {seed for one in figures if model.name in one.sources for seed in one.named_seeds}
    if model.shown is not None:
        named.add(model.shown)
    places = [model.seeds.index(seed) for seed in named if seed in model.seeds]
    return 1 + max(places, default=0) // model.shard


def showable(context: BuildContext, *, whole: bool) -> set[str]:
    """Return the ids of the models which a first site can show.

    Args:
        whole: whether all seeds of a model must be trained.
    """
    models = context.config.models.values()
    return {model.name for model in models if _is_showable(context, model, whole=whole)}


def read_trained_part(context: BuildContext, names: Iterable[str]) -> dict[str, TrainedModel]:
    """Read models as far as they are trained: the seeds before the first one that is missing.

    A model without a valid seed is left out.
    """
    read = {}
    for name in names:
        model = context.config.models[name]
        read[name] = read_runs(
            context, model, [shard for shard, _ in _first_stored(context, model)]
        )
    return {name: trained for name, trained in read.items() if trained is not None}


def _is_showable(context: BuildContext, model: Model, *, whole: bool) -> bool:
    """Return whether the stored runs tell which seed the figures of a model show, if any does."""
    stored = _first_stored(context, model)
    if len(stored) == len(model.shards):
        return True
    if whole or len(stored) < needed_shards(context.config, model):
        return False
    pictured = any(model.name == figure.source for figure in context.config.figures.values())
    return model.shown is not None or not pictured or any(starmap(_one_generalises, stored))


def _one_generalises(shard: Shard, entry: Entry) -> bool:
    """Return whether a seed of a stored shard generalises; the first that does so is shown."""
    trained = runs.read(entry, views=False)
    found = runs.model_runs(shard.source, shard.ensemble, trained)
    return any(run.failed_at is None and generalised_at(run) is not None for run in found)


def _first_stored(context: BuildContext, model: Model) -> list[tuple[Shard, Entry]]:
    """Return the shards of a model up to the first one that is not stored, and their entries."""
    found: list[tuple[Shard, Entry]] = []
    for shard in runs.shards(model, context.device):
        entry = context.store.get(runs.FAMILY, shard.key)
        if entry is None:
            break
        found.append((shard, entry))
    return found
