"""Looks for seeds of which something is true, and can put the first one into the config.

Every seed is trained in the shard that it would be trained in if the config asked for that
many: what was trained once is found in the store again, here and by a build.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gen import disk, runs
from gen.analysis.facts import run_facts
from gen.errors import ConfigError, suggestion
from gen.store import writing
from gen.trainers import missing_shards, train_shards, trainers

if TYPE_CHECKING:
    from pathlib import Path

    from gen.analysis.facts import Fact, Facts
    from gen.models import Model
    from gen.runs import ModelRun
    from gen.studio import Studio


@dataclass(frozen=True)
class Found:
    """What came of a hunt.

    Attributes:
        model: the model with all the seeds that were tried.
        where: what was asked.
        fitting: the seeds of which it is true, rising.
        failed: how many seeds had unsound numbers; of these nothing is true.
    """

    model: Model
    where: str
    fitting: tuple[int, ...]
    failed: int

    def __str__(self) -> str:
        count = f"{len(self.fitting)} of {len(self.model.seeds)} seeds fit"
        which = f": {', '.join(map(str, self.fitting))}" if self.fitting else ""
        unsound = f"; {self.failed} had unsound numbers" if self.failed else ""
        return f"{self.model.name}: {count}{which}{unsound}"


@dataclass(frozen=True)
class _SeedFacts:
    """The facts of one seed by their bare names."""

    facts: Facts

    def value(self, name: str, /) -> Fact:
        from gen.pages.source import Mistake

        if name not in self.facts:
            known = f"the facts of a seed are: {', '.join(self.facts)}"
            raise Mistake(f'a seed has no fact "{name}"', suggestion(name, self.facts) or known)
        return self.facts[name]


def tried(model: Model, seeds: int | None = None) -> Model:
    """The model with seeds 0, 1, 2, ...: as many as given, or as its recorded hunt has tried."""
    count = seeds or (model.hunt.seeds if model.hunt else 0)
    return replace(model, seeds=tuple(range(count)))


def hunt(studio: Studio, name: str, where: str | None, seeds: int | None, *, write: bool) -> Found:
    """Trains seeds of a model, asks each, and writes the first that fits down if wanted.

    Args:
        name: of a configured model.
        where: a condition on the facts of a seed; left out, that of the recorded hunt.
        seeds: how many are tried; left out, as many as the recorded hunt has tried.
        write: whether the config is to show the first seed that fits.

    Raises:
        ConfigError: there is no such model or fact, or no hunt is recorded to be repeated.
    """
    model = _known(name, studio.config.models)
    where = where or (model.hunt and model.hunt.where)
    wanted = tried(model, seeds)
    if where is None or not wanted.seeds:
        raise ConfigError(
            f"no hunt is recorded for {name}",
            where=f"{studio.config.path}: models.{name}.hunt",
            mend='say what to look for: --where "test_loss_rise > 5" --seeds 100',
        )
    if write and studio.config.profile is not None:
        raise ConfigError(
            f"profile {studio.config.profile} trains other models than the site",
            mend="leave out --profile or --write",
        )
    _check(wanted, where)
    with studio.held(), trainers(studio) as executor:
        for _ in train_shards(studio, executor, missing_shards(studio, {name: wanted})):
            pass
        answers = _ask(studio, wanted, where)
    found = Found(
        wanted,
        where,
        fitting=tuple(seed for seed, fits in answers.items() if fits),
        failed=sum(fits is None for fits in answers.values()),
    )
    if write and found.fitting:
        path = studio.config.path
        with writing(path):
            disk.replace(path.resolve(), written(_text(path), model, found).encode())
        studio.report.say(f"{path}: models.{name} shows seed {found.fitting[0]}")
    return found


def written(text: str, model: Model, found: Found) -> str:
    """The text of a config in which a model shows the first seed that was found.

    Where it was not trained so far, all of its shard are, so that its stored run is used.
    Comments and the order of tables stay.

    Raises:
        ConfigError: the text is not TOML any more, or has no such model.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    seed = found.fitting[0]
    try:
        document = tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError):
        raise _changed(model, seed) from None
    models: Any = document.get("models")
    table = models.get(model.name) if isinstance(models, MutableMapping) else None
    if not isinstance(table, MutableMapping):
        raise _changed(model, seed)
    if seed not in model.seeds:
        shards = [ensemble.seeds for _, ensemble in found.model.shards]
        table["seeds"] = next(list(seeds) for seeds in shards if seed in seeds)
    table["shown"] = seed
    record = tomlkit.inline_table()
    record.update(
        {"where": found.where, "seeds": len(found.model.seeds), "fit": len(found.fitting)}
    )
    table["hunt"] = record
    return tomlkit.dumps(document)


def _text(path: Path) -> str:
    """The config as it stands; nothing where somebody's save has been caught halfway."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def _changed(model: Model, seed: int) -> ConfigError:
    return ConfigError(
        f"the config was changed meanwhile, and no models.{model.name} can be read in it",
        mend=f"mend it and hunt again, as all seeds are kept; the first that fits is {seed}",
    )


def _check(model: Model, where: str) -> None:
    """Asks a model that has hardly been trained, so that a misspelt fact is told at once."""
    from gen.training import Training, train

    _, ensemble = model.shards[0]
    one = replace(
        ensemble,
        training=Training(steps=1, log_every=1, snapshot_every=1),
        seeds=ensemble.seeds[:1],
        optimisers=ensemble.optimisers[:1],
    )
    _fits(next(runs.model_runs(model.name, one, train(one))), where)


def _ask(studio: Studio, model: Model, where: str) -> dict[int, bool | None]:
    """Whether the condition holds, by seed; None for one with unsound numbers."""
    answers: dict[int, bool | None] = {}
    for shard in runs.shards(model, studio.device):
        entry = studio.store.get(runs.FAMILY, shard.key)
        for run in [] if entry is None else runs.load(shard, entry):
            answers[run.seed] = None if run.failed_at is not None else _fits(run, where)
    return answers


def _fits(run: ModelRun, where: str) -> bool:
    from gen.pages.conditions import holds
    from gen.pages.source import Mistake

    try:
        return holds(where, _SeedFacts(run_facts(run)))
    except Mistake as mistake:
        raise ConfigError(mistake.what, where=f'--where "{where}"', mend=mistake.mend) from None


def _known(name: str, models: Mapping[str, Model]) -> Model:
    if name not in models:
        mend = suggestion(name, models) or f"there are: {', '.join(models)}"
        raise ConfigError(f'there is no model "{name}"', mend=mend)
    return models[name]
