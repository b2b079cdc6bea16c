"""Looks for seeds of which something is true, and can put the first one into the config.

A seed of which the store has a run, in whatever shard it was trained, is not trained again. Every
other is trained in the shard that it would be in if the config asked for that many, so that a
build finds it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gen.analysis.facts import run_facts
from gen.errors import ConfigError, suggestion
from gen.experiments import runs
from gen.experiments.train import train_shards, training_executor
from gen.store import files
from gen.store.store import writing

if TYPE_CHECKING:
    from pathlib import Path

    from gen.analysis.types import Fact, Facts
    from gen.experiments.model import Model
    from gen.experiments.runs import ModelRun, Shard
    from gen.site.context import BuildContext

_LONE_FEED = re.compile(r"(?<!\r)\n")


@dataclass(frozen=True)
class Found:
    """What came of a hunt.

    Attributes:
        model: the model with all the seeds that were tried.
        where: what was asked.
        fitting: the seeds of which it is true, rising.
        failed: how many seeds had unsound numbers; of these nothing is true.
        shards: the seeds of each stored run that was asked.
    """

    model: Model
    where: str
    fitting: tuple[int, ...]
    failed: int
    shards: tuple[tuple[int, ...], ...]

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
        from gen.errors import PageError

        if name not in self.facts:
            known = f"the facts of a seed are: {', '.join(self.facts)}"
            raise PageError(f'a seed has no fact "{name}"', suggestion(name, self.facts) or known)
        return self.facts[name]


def tried(model: Model, seeds: int | None = None) -> Model:
    """The model with seeds 0, 1, 2, ...: as many as given, or as its recorded hunt has tried."""
    count = seeds or (model.hunt.seeds if model.hunt else 0)
    return replace(model, seeds=tuple(range(count)))


def hunt(
    context: BuildContext, name: str, where: str | None, seeds: int | None, *, write: bool
) -> Found:
    """Trains seeds of a model, asks each, and writes the first that fits down if wanted.

    Args:
        name: of a configured model.
        where: a condition on the facts of a seed; left out, that of the recorded hunt.
        seeds: how many are tried; left out, as many as the recorded hunt has tried.
        write: whether the config is to show the first seed that fits.

    Raises:
        ConfigError: there is no such model or fact, or no hunt is recorded to be repeated.
    """
    model = _known(name, context.config.models)
    where = where or (model.hunt and model.hunt.where)
    wanted = tried(model, seeds)
    if where is None or not wanted.seeds:
        raise ConfigError(
            f"no hunt is recorded for {name}",
            where=f"{context.config.path}: models.{name}.hunt",
            hint='say what to look for: --where "test_loss_rise > 5" --seeds 100',
        )
    if write and context.config.profile is not None:
        raise ConfigError(
            f"profile {context.config.profile} trains other models than the site",
            hint="leave out --profile or --write",
        )
    _check(wanted, where)
    with context.held(), training_executor(context.training) as executor:
        shards, missing = parts(context, wanted)
        for _ in train_shards(context.training, executor, missing):
            pass
        shards += missing
        answers = _ask(context, shards, where)
        found = Found(
            wanted,
            where,
            fitting=tuple(seed for seed in wanted.seeds if answers.get(seed)),
            failed=sum(answers.get(seed, False) is None for seed in wanted.seeds),
            shards=tuple(shard.ensemble.seeds for shard in shards),
        )
        if write and found.fitting:
            _write(context.config.path, model, found)
            context.report.say(
                f"{context.config.path}: models.{name} shows seed {found.fitting[0]}"
            )
    return found


def parts(context: BuildContext, model: Model) -> tuple[list[Shard], list[Shard]]:
    """What the store has of a model's seeds, and shards that train the rest.

    Returns:
        Stored shards, in which each seed that the store has occurs: those of the model itself
        first, then others, which hold other seeds too or were trained under another shard size.
    """
    own = runs.shards(model, context.device)
    own_keys = {shard.key for shard in own}
    left = set(model.seeds)
    stored: list[Shard] = []
    for shard in sorted(
        _stored(context, model),
        key=lambda shard: (
            shard.key not in own_keys,
            -len(left.intersection(shard.ensemble.seeds)),
            shard.key,
        ),
    ):
        has_news = not left.isdisjoint(shard.ensemble.seeds)
        if has_news and context.store.get(runs.FAMILY, shard.key) is not None:
            stored.append(shard)
            left.difference_update(shard.ensemble.seeds)
    rest = [tuple(seed for seed in shard.ensemble.seeds if seed in left) for shard in own]
    return stored, [_shard(context, model, seeds) for seeds in rest if seeds]


def _stored(context: BuildContext, model: Model) -> Iterator[Shard]:
    """Stored runs that differ from the model in nothing but seeds, as shards."""
    wanted = set(model.seeds)
    for entry in context.store.entries(runs.FAMILY):
        seeds = tuple(entry.ingredients.get("seeds", ()))
        if not wanted.isdisjoint(seeds):
            shard = _shard(context, model, seeds)
            if shard.key == entry.key:
                yield shard


def _shard(context: BuildContext, model: Model, seeds: tuple[int, ...]) -> Shard:
    """Some seeds of a model as one shard."""
    (shard,) = runs.shards(replace(model, seeds=seeds, shard=len(seeds)), context.device)
    return shard


def _write(path: Path, model: Model, found: Found) -> None:
    """Changes a config that still says of the model what it said when the hunt began."""
    with writing(path):
        while True:
            content = path.read_bytes()
            if not _still_says(path, model):
                raise _changed(model, found.fitting[0])
            changed = written(content, model, found)
            if path.read_bytes() == content:
                break
        files.write_atomically(path.resolve(), changed)


def _still_says(path: Path, model: Model) -> bool:
    from gen.config.reader import load

    try:
        return load(path).models.get(model.name) == model
    except ConfigError:
        return False


def written(content: bytes, model: Model, found: Found) -> bytes:
    """A config in which a model shows the first seed that was found.

    Where it was not trained so far, all seeds of its stored run are, so that this run is used.
    Comments, the order of tables and the ends of lines stay.

    Raises:
        ConfigError: it is not TOML any more, or has no such model.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    seed = found.fitting[0]
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    try:
        text = content.removeprefix(mark).decode()
        document = tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError):
        raise _changed(model, seed) from None
    models: Any = document.get("models")
    table = models.get(model.name) if isinstance(models, MutableMapping) else None
    if not isinstance(table, MutableMapping):
        raise _changed(model, seed)
    if seed not in model.seeds:
        seeds = next(seeds for seeds in found.shards if seed in seeds)
        table["seeds"] = list(seeds)
        if len(seeds) > model.shard:
            table["shard"] = len(seeds)
    table["shown"] = seed
    record = tomlkit.inline_table()
    record.update(
        {"where": found.where, "seeds": len(found.model.seeds), "fit": len(found.fitting)}
    )
    table["hunt"] = record
    return mark + _with_ends_of(text, tomlkit.dumps(document)).encode()


def _with_ends_of(former: str, text: str) -> str:
    """A changed text, with lines that end as all lines of the former did."""
    if "\r\n" in former and not _LONE_FEED.search(former):
        return _LONE_FEED.sub("\r\n", text)
    return text


def _changed(model: Model, seed: int) -> ConfigError:
    return ConfigError(
        f"the config was changed meanwhile, and no longer has models.{model.name} as it was",
        hint=f"correct it and hunt again, as all seeds are kept; the first that fits is {seed}",
    )


def _check(model: Model, where: str) -> None:
    """Asks a model that has hardly been trained, so that a misspelt fact is told at once."""
    from gen.training.loop import Training, train

    _, ensemble = model.shards[0]
    one = replace(
        ensemble,
        training=Training(steps=1, log_every=1, snapshot_every=1),
        seeds=ensemble.seeds[:1],
        optimisers=ensemble.optimisers[:1],
    )
    _fits(next(runs.model_runs(model.name, one, train(one))), where)


def _ask(context: BuildContext, shards: Sequence[Shard], where: str) -> dict[int, bool | None]:
    """Whether the condition holds, by seed; None for one with unsound numbers."""
    answers: dict[int, bool | None] = {}
    for shard in shards:
        entry = context.store.get(runs.FAMILY, shard.key)
        for run in [] if entry is None else runs.load(shard, entry):
            if run.seed not in answers:
                answers[run.seed] = None if run.failed_at is not None else _fits(run, where)
    return answers


def _fits(run: ModelRun, where: str) -> bool:
    from gen.errors import PageError
    from gen.site.pages.conditions import evaluate

    try:
        return evaluate(where, _SeedFacts(run_facts(run)))
    except PageError as mistake:
        raise ConfigError(mistake.what, where=f'--where "{where}"', hint=mistake.hint) from None


def _known(name: str, models: Mapping[str, Model]) -> Model:
    if name not in models:
        hint = suggestion(name, models) or f"there are: {', '.join(models)}"
        raise ConfigError(f'there is no model "{name}"', hint=hint)
    return models[name]
