"""Read the algorithm out of trained networks and test it (`gen explain`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gen.analysis.explanation import explanation_facts
from gen.analysis.explanation_text import explanation_text
from gen.analysis.facts import without_non_finite
from gen.analysis.outcome import choose_run
from gen.analysis.types import Facts
from gen.commands.names import select_names
from gen.errors import ConfigError, SetupError
from gen.experiments import runs
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun
from gen.i18n import Words
from gen.site.context import BuildContext


@dataclass(frozen=True)
class Explained:
    """What was read out of one seed.

    Attributes:
        state: `trained`, or `diverged`, which has no facts.
    """

    seed: int
    state: str
    facts: Facts


def explain(
    context: BuildContext, name: str, seeds: Sequence[int] = (), *, every: bool = False
) -> list[Explained]:
    """Read the networks of a model from stored runs; nothing is trained or written.

    Args:
        name: id of a model.
        seeds: those to read; without any, the one that figures show.
        every: read all seeds that are trained, and warn of the others.

    Raises:
        ConfigError: there is no such model or seed.
        SetupError: a seed to read is not trained.
    """
    config = context.config
    if name in config.recordings:
        raise ConfigError(
            f"{name} is a recording, whose network is not known",
            hint="explain a model that is trained here",
        )
    (name,) = select_names("model", [name], config.models)
    model = config.models[name]
    wrong = [seed for seed in seeds if seed not in model.seeds]
    if wrong:
        configured = ", ".join(map(str, model.seeds))
        raise ConfigError(
            f"{name} has no seed {wrong[0]}", where="--seed", hint=f"its seeds are: {configured}"
        )
    trained = list(_trained(context, model, None if every or not seeds else set(seeds)))
    if not trained:
        raise SetupError(
            f"{name}: no seed is trained as configured",
            where=str(context.store.root),
            hint=f"run gen train {name}",
        )
    if not every and not seeds:
        chosen = choose_run(trained, model.shown)
        trained = trained[:1] if chosen is None else [chosen]
    return [_explained(run) for run in trained]


def _trained(context: BuildContext, model: Model, only: set[int] | None) -> Iterator[ModelRun]:
    """Yield the runs of some seeds, or of all, and warn of shards that are not trained."""
    for shard in runs.shards(model, context.device):
        wanted = [seed for seed in shard.ensemble.seeds if only is None or seed in only]
        if not wanted:
            continue
        entry = context.store.get(runs.FAMILY, shard.key)
        if entry is None:
            reason = runs.why_stale(context.store, shard)
            what = f"{shard.name}: not trained as configured ({reason})"
            context.report.warn(f"{what}; run gen train {model.name}")
            continue
        yield from (run for run in runs.load(shard, entry) if run.seed in wanted)


def _explained(run: ModelRun) -> Explained:
    if run.failed_at is not None:
        return Explained(run.seed, "diverged", {})
    return Explained(run.seed, "trained", without_non_finite(explanation_facts(run)))


def show(name: str, found: Sequence[Explained], words: Words, *, as_json: bool) -> str:
    """Format what was read: sentences, or one JSON object with the facts of each seed."""
    if as_json:
        rows: list[dict[str, Any]] = [
            {"seed": one.seed, "state": one.state, **one.facts} for one in found
        ]
        return json.dumps({"name": name, "rows": rows}, allow_nan=False)
    return "\n\n".join("\n".join(_lines(name, one, words)) for one in found)


def _lines(name: str, one: Explained, words: Words) -> Iterator[str]:
    if one.state == "diverged":
        yield f"{name}, seed {one.seed}: diverged"
        return
    text = explanation_text(one.facts, words)
    yield f"{name}, seed {one.seed}: {text.head}"
    if text.plain_formula is not None:
        yield f"    {text.plain_formula}"
    yield from (f"  {sentence}" for sentence in text.tests)
