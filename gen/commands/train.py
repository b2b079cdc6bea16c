"""Train the models and sweeps that are missing from the store (`gen train`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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
        chosen = {name: config.models[name] for name in sources if name not in sweeps}
        _check_models(context, chosen.values())
        missing = [missing_shards(context.training, part) for part in (chosen, sweeps)]
        for _ in train_shards(context.training, executor, [*missing[0], *missing[1]]):
            pass
        models = read_models(context, chosen)
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


class Trainings:
    """All missing shards of a site, which are trained in the background, those of models first.

    Attributes:
        models_left: how many shards of models are missing.
        sweeps_left: how many shards of sweeps are missing.

    Args:
        order: of the models whose shards take more work; none in particular if None.

    Raises:
        ConfigError: a task or network of the user's own returned a wrong fact.
    """

    def __init__(
        self, context: BuildContext, executor: Executor, order: Sequence[str] | None = None
    ) -> None:
        config = context.config
        _check_models(context, config.models.values())
        if order is None:
            models = missing_shards(context.training, config.models)
        else:
            models = models_in_order(context, order)
        sweeps = missing_shards(context.training, config.sweeps)
        self.models_left, self.sweeps_left = len(models), len(sweeps)
        self._of_models = config.models.keys()
        trained = train_shards(context.training, executor, [*models, *sweeps])
        self._stored = executor.in_background(trained)

    def wait(self) -> None:
        """Wait until one more shard is stored.

        Raises:
            SetupError: some shards could not be trained; all others are stored before.
            DivergedError: a model diverged and the command stops at the first one.
        """
        if next(self._stored).source in self._of_models:
            self.models_left -= 1
        else:
            self.sweeps_left -= 1


def models_in_order(context: BuildContext, order: Sequence[str]) -> list[Shard]:
    """Return the missing shards of all models in the order in which a first site needs them.

    Those of little work come before all; after those that the site needs come the further seeds.

    Args:
        order: of the models whose shards take more work.
    """
    models = context.config.models
    missing = missing_shards(context.training, models)
    little = _LITTLE * sum(work(shard.ensemble) for shard in missing)
    needed = {name: needed_shards(context.config, model) for name, model in models.items()}

    def place(shard: Shard) -> tuple[bool, int, int]:
        further, own = shard.number >= needed[shard.source], work(shard.ensemble)
        if not further and own <= little:
            return False, -1, own
        return further, order.index(shard.source), shard.number

    return sorted(missing, key=place)


def _check_models(context: BuildContext, models: Iterable[Model]) -> None:
    """Raise ConfigError if a model that is not trained has a task or network with a wrong fact."""
    for model in models:
        if first_stale_shard(context, model) is not None:
            check_own_facts(model)


def _select_sources(context: BuildContext, names: Iterable[str]) -> dict[str, Model | Sweep]:
    known = {**context.config.models, **context.config.sweeps}
    return {name: known[name] for name in select_names("model or sweep", names, known)}
