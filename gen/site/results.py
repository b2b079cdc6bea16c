"""Read trained models and sweeps from the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeAlias

from gen.analysis.facts import model_facts, without_non_finite
from gen.analysis.outcome import choose_run
from gen.analysis.recorded_facts import recorded_facts
from gen.analysis.seeds import SeedRuns
from gen.analysis.sweep_facts import sweep_facts
from gen.analysis.sweep_outcomes import SweepRun, sweep_table
from gen.analysis.types import Facts
from gen.config.reader import Config
from gen.errors import DivergedError, SetupError
from gen.experiments import runs
from gen.experiments.model import Model
from gen.experiments.recorded import RecordedModel, RecordedRun
from gen.experiments.runs import ModelRun, RunType, Shard
from gen.experiments.sweep import Sweep
from gen.site.context import BuildContext
from gen.training.loop import steps_every


@dataclass(frozen=True)
class ModelResult(Generic[RunType]):
    """The runs of a configured model.

    Attributes:
        runs: the run of every seed, in the order of the seeds.
        chosen: the run that figures show.
        run_keys: the key of the run of each seed.
    """

    model: Model | RecordedModel
    runs: Sequence[RunType]
    chosen: RunType
    run_keys: Mapping[int, str]

    @property
    def seeds(self) -> SeedRuns[RunType]:
        """The runs of all seeds, side by side."""
        return SeedRuns(tuple(self.runs), self.chosen.seed)

    @property
    def key(self) -> dict[str, Any]:
        """What identifies the shown run, as JSON values."""
        return {"run": self.run_keys[self.chosen.seed], "seed": self.chosen.seed}

    def showing(self, seed: int) -> ModelResult[RunType]:
        """Return the model with a seed as the shown one.

        Raises:
            DivergedError: that seed diverged.
        """
        for one in self.by_seed():
            if one.chosen.seed == seed:
                return one
        raise DivergedError(
            f"seed {seed} cannot be shown: its loss was not finite or diverged",
            where=f"models.{self.model.name}",
            hint="name another seed in the figures of this model",
        )

    def by_seed(self) -> Iterator[ModelResult[RunType]]:
        """Yield the model once per valid seed, with that seed as the shown one."""
        return (self._with_shown(run) for run in self.runs if run.failed_at is None)

    def _with_shown(self, run: RunType) -> ModelResult[RunType]:
        return replace(self, chosen=run)


@dataclass(frozen=True)
class TrainedModel(ModelResult[ModelRun]):
    """A configured model after training; the keys are those of the store.

    Attributes:
        stored_facts: its facts with this shown run, if they were read from the store.
    """

    model: Model
    stored_facts: Facts | None = None

    @property
    def is_complete(self) -> bool:
        """Whether all seeds are trained."""
        return len(self.runs) == len(self.model.seeds)

    def _with_shown(self, run: ModelRun) -> TrainedModel:
        return replace(self, chosen=run, stored_facts=None)

    @cached_property
    def facts(self) -> Facts:
        """The facts that pages can cite."""
        if self.stored_facts is not None:
            return self.stored_facts
        return model_facts(self.model, list(self.runs), self.chosen)


@dataclass(frozen=True)
class RecordedResult(ModelResult[RecordedRun]):
    """A recorded model; the keys are digests of its recordings."""

    model: RecordedModel

    @property
    def key(self) -> dict[str, Any]:
        """What identifies the shown run, as JSON values."""
        axes = {view: list(names) for view, names in self.chosen.axes.items()}
        return {**super().key, "recorded": True, "axes": axes}

    @cached_property
    def facts(self) -> Facts:
        """The facts that pages can cite."""
        return recorded_facts(self.runs, self.chosen)


@dataclass(frozen=True)
class TrainedSweep:
    """A configured sweep, as far as it has been trained.

    Attributes:
        run_keys: the store keys of the runs in it.
    """

    sweep: Sweep
    run: SweepRun
    run_keys: tuple[str, ...]

    @property
    def key(self) -> dict[str, Any]:
        """What identifies this state of the sweep, as JSON values."""
        return {"runs": list(self.run_keys), **self.sweep.reading}

    @cached_property
    def table(self) -> bytes:
        """The CSV file of all its models."""
        return sweep_table(self.run).encode()

    @cached_property
    def facts(self) -> Facts:
        """The facts that pages can cite."""
        return without_non_finite(sweep_facts(self.sweep, self.run))


Results: TypeAlias = Mapping[str, TrainedModel | RecordedResult | TrainedSweep]
"""Trained models, recorded models and sweeps by id."""


def recorded_results(
    config: Config, names: Iterable[str] | None = None
) -> dict[str, RecordedResult]:
    """Return what was read of recorded models; of all if no names are given."""
    wanted = config.recordings if names is None else names
    return {name: _recorded_result(config.recordings[name]) for name in wanted}


def _recorded_result(model: RecordedModel) -> RecordedResult:
    chosen = choose_run(model.runs, model.settings.shown)
    assert chosen is not None  # no recording counts as diverged
    keys = {run.seed: run.key for run in model.runs}
    return RecordedResult(model, model.runs, chosen, keys)


def read_models(context: BuildContext, names: Iterable[str]) -> dict[str, TrainedModel]:
    """Read trained models from the store.

    Raises:
        DivergedError: no seed of one of them can be shown.
    """
    trained = {name: _read_model(context, context.config.models[name]) for name in names}
    unusable = [name for name, model in trained.items() if model is None]
    if unusable:
        raise _diverged_error(context, context.config.models[unusable[0]])
    return {name: model for name, model in trained.items() if model is not None}


def _diverged_error(context: BuildContext, model: Model) -> DivergedError:
    """Return the error for a model whose shown seed, or all of whose seeds, diverged."""
    stored = _stored_runs(context, runs.shards(model, context.device))
    if all(run.failed_at is not None for run, _ in stored):
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
    """Read what the store holds of sweeps; a sweep may have no trained model yet."""
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
        context.report.warn(f"{sweep.name}: {int(run.failed.sum())} models diverged and are marked")
    return TrainedSweep(sweep, run, tuple(keys))


def first_stale_shard(context: BuildContext, model: Model) -> Shard | None:
    """Return the first shard of a model that is not trained as configured."""
    shards = runs.shards(model, context.device)
    return next((s for s in shards if context.store.get(runs.FAMILY, s.key) is None), None)


def valid_models(
    context: BuildContext, only: Iterable[str] | None = None
) -> dict[str, TrainedModel]:
    """Read the models that are trained as configured and have a valid seed to show.

    Args:
        only: names of configured models; all if None.
    """
    models = context.config.models
    wanted = [models[name] for name in (models if only is None else only)]
    ready = [model for model in wanted if not first_stale_shard(context, model)]
    read = {model.name: _read_model(context, model) for model in ready}
    return {name: trained for name, trained in read.items() if trained is not None}


def stored_models(
    context: BuildContext, only: Iterable[str] | None = None
) -> dict[str, TrainedModel]:
    """Read models from the store, without training.

    Args:
        only: names of configured models; all if None.

    Raises:
        SetupError: a model is not trained as configured.
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
    return read_runs(context, model, runs.shards(model, context.device))


def read_runs(context: BuildContext, model: Model, shards: Iterable[Shard]) -> TrainedModel | None:
    """Read the runs of some shards of a model; return None if none of them is valid."""
    found: list[ModelRun] = []
    key_of: dict[int, str] = {}
    for run, key in _stored_runs(context, shards):
        found.append(run)
        key_of[run.seed] = key
        if run.failed_at is not None:
            context.report.warn(
                f"{model.name}, seed {run.seed}: diverged at step {run.failed_at}; it is not shown"
            )
    chosen = choose_run(found, model.shown)
    return None if chosen is None else TrainedModel(model, found, chosen, key_of)


def _stored_runs(context: BuildContext, shards: Iterable[Shard]) -> Iterator[tuple[ModelRun, str]]:
    """Yield the run of every seed, in order, and the store key of the run."""
    for shard in shards:
        entry = context.store.get(runs.FAMILY, shard.key)
        if entry is None:
            raise missing_entry_error(context, f"the run of {shard.name}")
        for run in runs.load(shard, entry):
            yield run, shard.key


def missing_entry_error(context: BuildContext, what: str) -> SetupError:
    """Return the error for an entry that disappeared from the store during a command."""
    where = str(context.store.root)
    return SetupError(f"{what} has vanished", where=where, hint="run this again")
