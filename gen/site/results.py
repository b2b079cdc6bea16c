"""What figures picture: trained models and sweeps, as they are read back from the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from gen.analysis.facts import model_facts, without_non_finite
from gen.analysis.outcome import choose_run
from gen.analysis.seeds import Seeds
from gen.analysis.sweep_facts import sweep_facts
from gen.analysis.sweep_outcomes import SweepRun
from gen.analysis.types import Facts
from gen.errors import DivergedError, SetupError
from gen.experiments import runs
from gen.experiments.runs import ModelRun, Shard
from gen.training.loop import steps_every

if TYPE_CHECKING:
    from gen.experiments.model import Model
    from gen.experiments.sweep import Sweep
    from gen.site.context import BuildContext


@dataclass(frozen=True)
class TrainedModel:
    """A configured model after training.

    Attributes:
        runs: every seed's run, in the order of the seeds.
        chosen: the one that figures show.
        run_keys: the stored run in which each seed was trained.
    """

    model: Model
    runs: list[ModelRun]
    chosen: ModelRun
    run_keys: Mapping[int, str]

    @property
    def seeds(self) -> Seeds:
        """All its models, side by side."""
        return Seeds(tuple(self.runs), self.chosen.seed)

    @property
    def key(self) -> dict[str, Any]:
        """What tells the chosen model from any other."""
        return {"run": self.run_keys[self.chosen.seed], "seed": self.chosen.seed}

    def showing_each(self) -> Iterator[TrainedModel]:
        """The same model with each of its sound seeds as the one that figures show."""
        return (replace(self, chosen=run) for run in self.runs if run.failed_at is None)

    @cached_property
    def facts(self) -> Facts:
        """What may be said of it."""
        return model_facts(self.model, self.runs, self.chosen)


@dataclass(frozen=True)
class TrainedSweep:
    """A configured sweep, as far as it has been trained.

    Attributes:
        run_keys: the stored runs that are in it.
    """

    sweep: Sweep
    run: SweepRun
    run_keys: tuple[str, ...]

    @property
    def key(self) -> dict[str, Any]:
        """What tells this state of the sweep from any other."""
        return {"runs": list(self.run_keys), **self.sweep.reading}

    @cached_property
    def facts(self) -> Facts:
        """What may be said of it."""
        return without_non_finite(sweep_facts(self.sweep, self.run))


@dataclass(frozen=True)
class NoSubject:
    """What figures picture that are computed from their settings alone."""

    @property
    def key(self) -> dict[str, Any]:
        """There is only one."""
        return {}


Results: TypeAlias = Mapping[str, TrainedModel | TrainedSweep]
"""What figures picture, by the ids of models and sweeps."""


def read_models(context: BuildContext, names: Iterable[str]) -> dict[str, TrainedModel]:
    """Reads trained models back from the store.

    Raises:
        NumericalFault: no seed of one of them can be shown.
    """
    trained = {name: _read_model(context, context.config.models[name]) for name in names}
    unusable = [name for name, model in trained.items() if model is None]
    if unusable:
        raise _nothing_to_show(context, context.config.models[unusable[0]])
    return {name: model for name, model in trained.items() if model is not None}


def _nothing_to_show(context: BuildContext, model: Model) -> DivergedError:
    """The loss of the seed that is to be shown, or of all, was not finite or diverged."""
    if all(run.failed_at is not None for run, _ in _stored_runs(context, model)):
        return DivergedError(
            "no seed can be shown: the loss of each was not finite or diverged",
            where=f"models.{model.name}",
            hint="lower its learning_rate or add seeds",
        )
    return DivergedError(
        f"seed {model.shown} cannot be shown: its loss was not finite or diverged",
        where=f"models.{model.name}.shown",
        hint="name another seed, or take shown out to show the first that generalises",
    )


def read_sweeps(
    context: BuildContext, names: Iterable[str] | None = None
) -> dict[str, TrainedSweep]:
    """Reads what the store holds of sweeps, which may be nothing."""
    wanted = context.config.sweeps if names is None else names
    return {name: _read_sweep(context, context.config.sweeps[name]) for name in wanted}


def _read_sweep(context: BuildContext, sweep: Sweep) -> TrainedSweep:
    training = sweep.cells[0].training
    run = SweepRun.empty(sweep, steps_every(training.log_every, training.steps))
    keys: list[str] = []
    for shard, members in zip(runs.shards(sweep, context.device), sweep.members, strict=True):
        entry = context.store.get(runs.FAMILY, shard.key)
        if entry is not None:
            run.add(members, runs.read(entry, views=False))
            keys.append(shard.key)
    if run.failed.any():
        context.report.warn(
            f"{sweep.name}: {int(run.failed.sum())} models have unsound numbers and are marked"
        )
    return TrainedSweep(sweep, run, tuple(keys))


def first_stale_shard(context: BuildContext, model: Model) -> Shard | None:
    """The first of a model's shards that has not been trained as configured."""
    shards = runs.shards(model, context.device)
    return next((s for s in shards if context.store.get(runs.FAMILY, s.key) is None), None)


def valid_models(context: BuildContext) -> dict[str, TrainedModel]:
    """Those models that are trained as configured and have a seed that can be shown."""
    ready = [
        model for model in context.config.models.values() if not first_stale_shard(context, model)
    ]
    read = {model.name: _read_model(context, model) for model in ready}
    return {name: trained for name, trained in read.items() if trained is not None}


def stored_models(
    context: BuildContext, only: Iterable[str] | None = None
) -> dict[str, TrainedModel]:
    """Reads models back from the store, training nothing.

    Args:
        only: names of configured models; all of them if None.
    """
    names = list(context.config.models if only is None else only)
    for name in names:
        shard = first_stale_shard(context, context.config.models[name])
        if shard is not None:
            raise SetupError(
                f"{shard.name}: not trained as configured ({runs.why_stale(context.store, shard)})",
                where=str(context.store.root),
                hint="run gen train",
            )
    return read_models(context, names)


def _read_model(context: BuildContext, model: Model) -> TrainedModel | None:
    """All runs of a model; None where none of them is sound."""
    found: list[ModelRun] = []
    key_of: dict[int, str] = {}
    for run, key in _stored_runs(context, model):
        found.append(run)
        key_of[run.seed] = key
        if run.failed_at is not None:
            context.report.warn(
                f"{model.name}, seed {run.seed}: the numbers were unsound at step "
                f"{run.failed_at}; it is not shown"
            )
    chosen = choose_run(found, model.shown)
    return None if chosen is None else TrainedModel(model, found, chosen, key_of)


def _stored_runs(context: BuildContext, model: Model) -> Iterator[tuple[ModelRun, str]]:
    """Every seed's run, in the order of the seeds, with the key it is stored under."""
    for shard in runs.shards(model, context.device):
        entry = context.store.get(runs.FAMILY, shard.key)
        if entry is None:
            raise missing_entry_error(context, f"the run of {shard.name}")
        for run in runs.load(shard, entry):
            yield run, shard.key


def missing_entry_error(context: BuildContext, what: str) -> SetupError:
    """What was in the store a moment ago, and is not any longer."""
    where = str(context.store.root)
    return SetupError(f"{what} has vanished", where=where, hint="run this again")
