"""What figures picture: trained models and sweeps, as they are read back from the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from gen import runs
from gen.analysis.facts import Facts, finite, model_facts
from gen.analysis.outcome import shown
from gen.analysis.seeds import Seeds
from gen.analysis.sweep import SweepRun
from gen.analysis.sweep_facts import sweep_facts
from gen.errors import EnvironmentFault, NumericalFault
from gen.runs import ModelRun, Shard
from gen.training import steps_every

if TYPE_CHECKING:
    from gen.models import Model
    from gen.studio import Studio
    from gen.sweeps import Sweep


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
        return finite(sweep_facts(self.sweep, self.run))


@dataclass(frozen=True)
class Nothing:
    """What figures picture that are computed from their settings alone."""

    @property
    def key(self) -> dict[str, Any]:
        """There is only one."""
        return {}


Subjects: TypeAlias = Mapping[str, TrainedModel | TrainedSweep]
"""What figures picture, by the ids of models and sweeps."""


def read_models(studio: Studio, names: Iterable[str]) -> dict[str, TrainedModel]:
    """Reads trained models back from the store.

    Raises:
        NumericalFault: no seed of one of them can be shown.
    """
    trained = {name: _read_model(studio, studio.config.models[name]) for name in names}
    unusable = [name for name, model in trained.items() if model is None]
    if unusable:
        raise _nothing_to_show(studio, studio.config.models[unusable[0]])
    return {name: model for name, model in trained.items() if model is not None}


def _nothing_to_show(studio: Studio, model: Model) -> NumericalFault:
    """The loss of the seed that is to be shown, or of all, was not finite or diverged."""
    if all(run.failed_at is not None for run, _ in _stored_runs(studio, model)):
        return NumericalFault(
            "no seed can be shown: the loss of each was not finite or diverged",
            where=f"models.{model.name}",
            mend="lower its learning_rate or add seeds",
        )
    return NumericalFault(
        f"seed {model.shown} cannot be shown: its loss was not finite or diverged",
        where=f"models.{model.name}.shown",
        mend="name another seed, or take shown out to show the first that generalises",
    )


def read_sweeps(studio: Studio, names: Iterable[str] | None = None) -> dict[str, TrainedSweep]:
    """Reads what the store holds of sweeps, which may be nothing."""
    wanted = studio.config.sweeps if names is None else names
    return {name: _read_sweep(studio, studio.config.sweeps[name]) for name in wanted}


def _read_sweep(studio: Studio, sweep: Sweep) -> TrainedSweep:
    training = sweep.cells[0].training
    run = SweepRun.empty(sweep, steps_every(training.log_every, training.steps))
    keys: list[str] = []
    for shard, members in zip(runs.shards(sweep, studio.device), sweep.members, strict=True):
        entry = studio.store.get(runs.FAMILY, shard.key)
        if entry is not None:
            run.add(members, runs.read(entry, views=False))
            keys.append(shard.key)
    if run.failed.any():
        studio.report.warn(
            f"{sweep.name}: {int(run.failed.sum())} models have unsound numbers and are marked"
        )
    return TrainedSweep(sweep, run, tuple(keys))


def stale_shard(studio: Studio, model: Model) -> Shard | None:
    """The first of a model's shards that has not been trained as configured."""
    shards = runs.shards(model, studio.device)
    return next((s for s in shards if studio.store.get(runs.FAMILY, s.key) is None), None)


def sound_models(studio: Studio) -> dict[str, TrainedModel]:
    """Those models that are trained as configured and have a seed that can be shown."""
    ready = [model for model in studio.config.models.values() if not stale_shard(studio, model)]
    read = {model.name: _read_model(studio, model) for model in ready}
    return {name: trained for name, trained in read.items() if trained is not None}


def stored_models(studio: Studio, only: Iterable[str] | None = None) -> dict[str, TrainedModel]:
    """Reads models back from the store, training nothing.

    Args:
        only: names of configured models; all of them if None.
    """
    names = list(studio.config.models if only is None else only)
    for name in names:
        shard = stale_shard(studio, studio.config.models[name])
        if shard is not None:
            raise EnvironmentFault(
                f"{shard.name}: not trained as configured ({runs.why_stale(studio.store, shard)})",
                where=str(studio.store.root),
                mend="run gen train",
            )
    return read_models(studio, names)


def _read_model(studio: Studio, model: Model) -> TrainedModel | None:
    """All runs of a model; None where none of them is sound."""
    found: list[ModelRun] = []
    key_of: dict[int, str] = {}
    for run, key in _stored_runs(studio, model):
        found.append(run)
        key_of[run.seed] = key
        if run.failed_at is not None:
            studio.report.warn(
                f"{model.name}, seed {run.seed}: the numbers were unsound at step "
                f"{run.failed_at}; it is not shown"
            )
    chosen = shown(found, model.shown)
    return None if chosen is None else TrainedModel(model, found, chosen, key_of)


def _stored_runs(studio: Studio, model: Model) -> Iterator[tuple[ModelRun, str]]:
    """Every seed's run, in the order of the seeds, with the key it is stored under."""
    for shard in runs.shards(model, studio.device):
        entry = studio.store.get(runs.FAMILY, shard.key)
        if entry is None:
            raise vanished(studio, f"the run of {shard.name}")
        for run in runs.load(shard, entry):
            yield run, shard.key


def vanished(studio: Studio, what: str) -> EnvironmentFault:
    """What was in the store a moment ago, and is not any longer."""
    where = str(studio.store.root)
    return EnvironmentFault(f"{what} has vanished", where=where, mend="run this again")
