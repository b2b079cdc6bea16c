"""Find seeds whose facts match a condition, and optionally write one to the config (`gen hunt`).

A seed that is stored in any shard is not trained again. A missing seed is trained in the shard that
a config with this number of seeds would have, so that a later build finds it.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gen.analysis.facts import run_facts
from gen.analysis.types import Fact, Facts
from gen.commands.names import select_names
from gen.commands.probe import after_one_step
from gen.commands.table import aligned, short_text
from gen.errors import ConfigError, suggestion
from gen.experiments import runs
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun, Shard
from gen.experiments.train import train_shards, training_executor
from gen.site.context import BuildContext
from gen.store import files
from gen.store.store import convert_write_errors

_LF_WITHOUT_CR = re.compile(r"(?<!\r)\n")


@dataclass(frozen=True)
class Judged:
    """What a hunt found out about one seed.

    Attributes:
        matches: whether the condition is true; None for a seed that diverged.
        values: the facts that the condition names, by name; empty for a seed that diverged.
    """

    matches: bool | None
    values: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class HuntResult:
    """Result of a hunt.

    Attributes:
        model: the model with all seeds that were tried.
        where: the condition.
        seeds: what was found, by seed, in ascending order.
        shards: the seeds of each stored shard that was used.
    """

    model: Model
    where: str
    seeds: Mapping[int, Judged]
    shards: tuple[tuple[int, ...], ...]

    @property
    def matching(self) -> tuple[int, ...]:
        """The seeds that match the condition, in ascending order."""
        return tuple(seed for seed, judged in self.seeds.items() if judged.matches)

    @property
    def diverged(self) -> int:
        """Number of seeds that diverged; they never match."""
        return sum(judged.matches is None for judged in self.seeds.values())

    def __str__(self) -> str:
        count = f"{len(self.matching)} of {len(self.model.seeds)} seeds match"
        seeds = f": {', '.join(map(str, self.matching))}" if self.matching else ""
        diverged = f"; {self.diverged} diverged" if self.diverged else ""
        return f"{self.model.name}: {count}{seeds}{diverged}"


def show(found: HuntResult, *, as_json: bool) -> str:
    """Format the values that each seed was judged by, then the result; or both as JSON."""
    if as_json:
        rows = [
            {"seed": seed, "match": judged.matches, **judged.values}
            for seed, judged in found.seeds.items()
        ]
        result = {"model": found.model.name, "where": found.where, "matching": found.matching}
        return json.dumps({**result, "rows": rows}, allow_nan=False)
    names = list(dict.fromkeys(name for judged in found.seeds.values() for name in judged.values))
    words = {True: "yes", False: "no", None: "diverged"}
    lines = [
        [str(seed), words[judged.matches], *(short_text(judged.values.get(n)) for n in names)]
        for seed, judged in found.seeds.items()
    ]
    return "\n".join([*aligned(["seed", "match", *names], lines), str(found)])


@dataclass(frozen=True)
class _SeedFacts:
    """The facts of one seed, by names without the model.

    Attributes:
        named: those that were looked up.
    """

    facts: Facts
    named: Facts = field(default_factory=dict)

    def value(self, name: str, /) -> Fact:
        from gen.errors import PageError

        if name not in self.facts:
            known = f"known facts: {', '.join(self.facts)}"
            raise PageError(f'a seed has no fact "{name}"', suggestion(name, self.facts) or known)
        self.named[name] = self.facts[name]
        return self.facts[name]


def hunted_model(model: Model, seeds: int | None = None) -> Model:
    """Return a model with seeds 0, 1, 2, ...: the given number, or that of its recorded hunt."""
    count = seeds or (model.hunt.seeds if model.hunt else 0)
    return replace(model, seeds=tuple(range(count)))


def hunt(
    context: BuildContext, name: str, where: str | None, seeds: int | None, *, write: bool
) -> HuntResult:
    """Train seeds of a model and find those that match a condition.

    Args:
        name: name of a model in the config.
        where: a condition on the facts of a seed; default: that of the recorded hunt.
        seeds: number of seeds to try; default: that of the recorded hunt.
        write: whether to write the first matching seed to the config.

    Raises:
        ConfigError: there is no such model or fact, or no recorded hunt to repeat.
    """
    (name,) = select_names("model", [name], context.config.models)
    model = context.config.models[name]
    where = where or (model.hunt and model.hunt.where)
    wanted = hunted_model(model, seeds)
    if where is None or not wanted.seeds:
        raise ConfigError(
            f"no hunt is recorded for {name}",
            where=f"{context.config.path}: models.{name}.hunt",
            hint='pass a condition: --where "test_loss_rise > 5" --seeds 100',
        )
    if write and context.config.profile is not None:
        raise ConfigError(
            f"profile {context.config.profile} trains other models than the site",
            hint="leave out --profile or --write",
        )
    _judge(after_one_step(wanted), where)  # reports a misspelt fact before training
    with context.locked(), training_executor(context.training) as executor:
        shards, missing = find_shards(context, wanted)
        for _ in train_shards(context.training, executor, missing):
            pass
        shards += missing
        judged = _judge_seeds(context, shards, where)
        found = HuntResult(
            wanted,
            where,
            seeds={seed: judged[seed] for seed in wanted.seeds if seed in judged},
            shards=tuple(shard.ensemble.seeds for shard in shards),
        )
        if write and found.matching:
            _write_config(context.config.path, model, found)
            context.report.info(
                f"{context.config.path}: models.{name} shows seed {found.matching[0]}"
            )
    return found


def find_shards(context: BuildContext, model: Model) -> tuple[list[Shard], list[Shard]]:
    """Return stored shards with seeds of a model, and shards of the missing seeds.

    Returns:
        Stored shards that contain each stored seed: first those of the model itself, then others,
        which contain other seeds too or have another shard size. Then the shards to train.
    """
    own = runs.shards(model, context.device)
    own_keys = {shard.key for shard in own}
    missing = set(model.seeds)
    stored: list[Shard] = []
    for shard in sorted(
        _stored_shards(context, model),
        key=lambda shard: (
            shard.key not in own_keys,
            -len(missing.intersection(shard.ensemble.seeds)),
            shard.key,
        ),
    ):
        is_needed = not missing.isdisjoint(shard.ensemble.seeds)
        if is_needed and context.store.get(runs.FAMILY, shard.key) is not None:
            stored.append(shard)
            missing.difference_update(shard.ensemble.seeds)
    rest = [tuple(seed for seed in shard.ensemble.seeds if seed in missing) for shard in own]
    return stored, [_shard(context, model, seeds) for seeds in rest if seeds]


def _stored_shards(context: BuildContext, model: Model) -> Iterator[Shard]:
    """Yield stored shards that differ from the model only in their seeds."""
    wanted = set(model.seeds)
    for entry in context.store.entries(runs.FAMILY):
        seeds = tuple(entry.ingredients.get("seeds", ()))
        if not wanted.isdisjoint(seeds):
            shard = _shard(context, model, seeds)
            if shard.key == entry.key:
                yield shard


def _shard(context: BuildContext, model: Model, seeds: tuple[int, ...]) -> Shard:
    """Return some seeds of a model as one shard."""
    (shard,) = runs.shards(replace(model, seeds=seeds, shard=len(seeds)), context.device)
    return shard


def _write_config(path: Path, model: Model, found: HuntResult) -> None:
    """Write the result to the config, if the model in it is unchanged since the hunt started."""
    with convert_write_errors(path):
        while True:
            content = path.read_bytes()
            if not _is_unchanged(path, model):
                raise _changed_error(model, found.matching[0])
            changed = edit_config(content, model, found)
            if path.read_bytes() == content:
                break
        files.write_atomically(path.resolve(), changed)


def _is_unchanged(path: Path, model: Model) -> bool:
    from gen.config.reader import load

    try:
        return load(path).models.get(model.name) == model
    except ConfigError:
        return False


def edit_config(content: bytes, model: Model, found: HuntResult) -> bytes:
    """Return a config with the first matching seed as the shown seed of a model.

    If the model does not have that seed, it gets all seeds of the stored shard, so that this shard
    is used. Comments, the order of tables and line ends are kept.

    Args:
        content: the present config.

    Raises:
        ConfigError: the config is not valid TOML, or has no such model.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    seed = found.matching[0]
    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    try:
        text = content.removeprefix(mark).decode()
        document = tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError):
        raise _changed_error(model, seed) from None
    models: Any = document.get("models")
    table = models.get(model.name) if isinstance(models, MutableMapping) else None
    if not isinstance(table, MutableMapping):
        raise _changed_error(model, seed)
    if seed not in model.seeds:
        seeds = next(seeds for seeds in found.shards if seed in seeds)
        table["seeds"] = list(seeds)
        if len(seeds) > model.shard:
            table["shard"] = len(seeds)
    table["shown"] = seed
    record = tomlkit.inline_table()
    record.update(
        {"where": found.where, "seeds": len(found.model.seeds), "fit": len(found.matching)}
    )
    table["hunt"] = record
    return mark + _restore_line_ends(text, tomlkit.dumps(document)).encode()


def _restore_line_ends(former: str, text: str) -> str:
    """Return a text with CRLF line ends if all lines of the former text had them."""
    if "\r\n" in former and not _LF_WITHOUT_CR.search(former):
        return _LF_WITHOUT_CR.sub("\r\n", text)
    return text


def _changed_error(model: Model, seed: int) -> ConfigError:
    return ConfigError(
        f"models.{model.name} changed during the hunt; the config was not written",
        hint=f"run gen hunt again (all seeds are stored); the first match is seed {seed}",
    )


def _judge_seeds(context: BuildContext, shards: Sequence[Shard], where: str) -> dict[int, Judged]:
    """Evaluate the condition for every seed of some stored shards."""
    judged: dict[int, Judged] = {}
    for shard in shards:
        entry = context.store.get(runs.FAMILY, shard.key)
        for run in [] if entry is None else runs.load(shard, entry):
            if run.seed not in judged:
                judged[run.seed] = _judge(run, where) if run.failed_at is None else Judged(None)
    return judged


def _judge(run: ModelRun, where: str) -> Judged:
    """Evaluate the condition for one seed.

    Raises:
        ConfigError: the condition names an unknown fact or cannot be parsed.
    """
    from gen.errors import PageError
    from gen.site.pages.conditions import evaluate

    facts = _SeedFacts(run_facts(run))
    try:
        return Judged(evaluate(where, facts), facts.named)
    except PageError as error:
        raise ConfigError(error.what, where=f'--where "{where}"', hint=error.hint) from None
