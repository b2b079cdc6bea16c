"""Train the models and sweeps that are missing from the store (`gen train`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gen.analysis.sweep_outcomes import OUTCOMES
from gen.commands.names import select_names
from gen.commands.probe import check_own_facts
from gen.experiments.model import Model
from gen.experiments.runs import Shard
from gen.experiments.sweep import Sweep, work
from gen.experiments.train import describe_estimate, missing_shards, train_shards, training_executor
from gen.site.context import BuildContext
from gen.site.partly_trained import needed_shards
from gen.site.results import (
    TrainedModel,
    first_stale_shard,
    read_models,
    read_sweeps,
)
from gen.workers.processes import Executor

_LITTLE = 0.01
"""Share of all work up to which a shard is trained before larger ones of earlier pages."""


def train(context: BuildContext, names: Iterable[str] = ()) -> None:
    """Train some models and sweeps, or all if none is named, and print a summary of each.

    Raises:
        ConfigError: a name is not in the config.
        DivergedError: all seeds of a model diverged. All other models are trained first.
    """
    config = context.config
    sources = _select_sources(context, names)
    sweeps = {name: config.sweeps[name] for name in sources if name in config.sweeps}
    with context.locked(), training_executor(context.training) as executor:
        models = train_models(context, executor, [name for name in sources if name not in sweeps])
        _train_missing(context, executor, sweeps)
        trained_sweeps = read_sweeps(context, sweeps)
    for name, model in models.items():
        facts = model.facts
        context.report.info(
            f"{name}: {facts['seeds_generalised']} of {facts['seeds']} seeds generalise; "
            f"seed {facts['shown_seed']} is shown"
        )
    for name, sweep in trained_sweeps.items():
        counts = ", ".join(f"{sweep.facts[outcome]} {outcome}" for outcome in OUTCOMES[:-1])
        context.report.info(f"{name}: {sweep.facts['trained']} models: {counts}")


def estimate_training(context: BuildContext, names: Iterable[str] = ()) -> str:
    """Return what `train` would train, why, and the estimated time; train nothing.

    Raises:
        ConfigError: a name is not in the config.
    """
    return describe_estimate(context.training, _select_sources(context, names))


def train_models(
    context: BuildContext, executor: Executor, names: Iterable[str]
) -> dict[str, TrainedModel]:
    """Train the missing shards of some models; return all runs of these models.

    Raises:
        ConfigError: a task or network of the user's own returned a wrong fact.
        DivergedError: all seeds of a model diverged. All other models are trained first.
    """
    models = {name: context.config.models[name] for name in names}
    _check_models(context, models.values())
    _train_missing(context, executor, models)
    return read_models(context, models)


def train_in_order(
    context: BuildContext, executor: Executor, order: Sequence[str]
) -> Iterator[Shard]:
    """Train the missing shards of all models; yield each shard that is stored.

    The shards that a first site needs come first, those of little work before all; then the
    further seeds.

    Args:
        order: of the models whose shards take more work.
    """
    models = context.config.models
    _check_models(context, models.values())
    missing = missing_shards(context.training, models)
    little = _LITTLE * sum(work(shard.ensemble) for shard in missing)
    needed = {name: needed_shards(context.config, model) for name, model in models.items()}

    def place(shard: Shard) -> tuple[bool, int]:
        further = shard.number >= needed[shard.source]
        if not further and work(shard.ensemble) <= little:
            return False, -1
        return further, order.index(shard.source)

    yield from train_shards(context.training, executor, sorted(missing, key=place))


def _check_models(context: BuildContext, models: Iterable[Model]) -> None:
    """Raise ConfigError if a model that is not trained has a task or network with a wrong fact."""
    for model in models:
        if first_stale_shard(context, model) is not None:
            check_own_facts(model)


def _train_missing(
    context: BuildContext, executor: Executor, sources: dict[str, Model] | dict[str, Sweep]
) -> None:
    missing = missing_shards(context.training, sources)
    for _ in train_shards(context.training, executor, missing):
        pass


def _select_sources(context: BuildContext, names: Iterable[str]) -> dict[str, Model | Sweep]:
    known = {**context.config.models, **context.config.sweeps}
    return {name: known[name] for name in select_names("model or sweep", names, known)}
