"""List the facts of every seed of a model, or all facts that pages can quote (`gen facts`)."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from gen.analysis.facts import run_facts, seed_facts
from gen.analysis.recorded_facts import recorded_facts
from gen.analysis.types import Fact, Facts
from gen.commands.names import select_names
from gen.commands.table import aligned, exact_text, short_text
from gen.errors import ConfigError, SetupError, suggestion
from gen.experiments import runs
from gen.experiments.model import Model
from gen.experiments.recorded import RecordedModel
from gen.experiments.runs import ModelRun
from gen.experiments.sweep import Sweep
from gen.site.assemble import all_facts
from gen.site.context import BuildContext
from gen.site.results import (
    TrainedSweep,
    first_stale_shard,
    read_sweeps,
    recorded_results,
    valid_models,
)
from gen.text import csv_text

Format: TypeAlias = Literal["text", "csv", "json"]


@dataclass(frozen=True)
class FactTable:
    """The facts of a model with a row for each seed, or of a sweep with a row for each model.

    Attributes:
        name: id of the model or sweep.
        columns: names of the columns. Those of a model are `seed`, `state` (`trained`, `diverged`
            or `untrained`), then its facts.
        rows: values by column; one without a value may be missing.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[Facts]

    def values(self) -> Iterator[list[Fact]]:
        """Yield the values of each row, in the order of the columns."""
        return ([row.get(column) for column in self.columns] for row in self.rows)


def tabulate(context: BuildContext, name: str, only: Sequence[str] = ()) -> FactTable:
    """Return the facts of each seed of a model, or of each model of a sweep, from stored runs.

    Seeds and models that are not trained are reported as a warning.

    Args:
        name: id of a model or sweep.
        only: names of facts; all if empty.

    Raises:
        ConfigError: there is no such model, sweep or fact.
        SetupError: nothing of it is trained.
    """
    config = context.config
    known = {**config.models, **config.recordings, **config.sweeps}
    (name,) = select_names("model or sweep", [name], known)
    if name in config.recordings:
        return _of_recorded(config.recordings[name], only)
    if name in config.sweeps:
        return _of_sweep(context, config.sweeps[name], only)
    return _of_model(context, config.models[name], only)


def _of_recorded(model: RecordedModel, only: Sequence[str]) -> FactTable:
    rows: list[Facts] = []
    for run in model.runs:
        found = recorded_facts([run], run)
        for of_all in ("recorded", "complete", "seeds", "seeds_generalised", "shown_seed"):
            del found[of_all]
        rows.append(
            {"seed": run.seed, "state": "recorded" if run.complete else "recording", **found}
        )
    known = [name for name in rows[0] if name not in ("seed", "state")]
    _check_names(only, known, model.name)
    return FactTable(model.name, ("seed", "state", *(only or known)), rows)


def _of_model(context: BuildContext, model: Model, only: Sequence[str]) -> FactTable:
    rows = list(_seed_rows(context, model, only))
    if all(row["state"] == "untrained" for row in rows):
        raise SetupError(
            f"{model.name}: no seed is trained as configured",
            where=str(context.store.root),
            hint=f"run gen train {model.name}",
        )
    known = dict.fromkeys(name for row in rows for name in row if name not in ("seed", "state"))
    if known:
        _check_names(only, known, model.name)
    return FactTable(model.name, ("seed", "state", *(only or known)), rows)


def _seed_rows(context: BuildContext, model: Model, only: Collection[str]) -> Iterator[Facts]:
    """Yield the row of each seed, and warn of shards that are not trained."""
    for shard in runs.shards(model, context.device):
        entry = context.store.get(runs.FAMILY, shard.key)
        if entry is None:
            reason = runs.why_stale(context.store, shard)
            what = f"{shard.name}: not trained as configured ({reason})"
            context.report.warn(f"{what}; run gen train {model.name}")
            for seed in shard.ensemble.seeds:
                yield {"seed": seed, "state": "untrained"}
            continue
        for run in runs.load(shard, entry):
            if run.failed_at is None:
                yield {"seed": run.seed, "state": "trained", **_facts(run, only)}
            else:
                yield {"seed": run.seed, "state": "diverged"}


def _facts(run: ModelRun, only: Collection[str]) -> Facts:
    """Return the facts of a seed; those that take longer only if they are asked for."""
    quick = run_facts(run) if only else {}
    found = quick if only and quick.keys() >= set(only) else seed_facts(run)
    return {name: value for name, value in found.items() if name != "shown_seed"}


def _of_sweep(context: BuildContext, sweep: Sweep, only: Sequence[str]) -> FactTable:
    trained = read_sweeps(context, [sweep.name])[sweep.name]
    _check_is_trained(context, trained)
    header, *lines = csv.reader(trained.table.decode().splitlines())
    texts = {axis.key for axis in sweep.axes if not all(map(_is_number, axis.values))}
    texts |= {"outcome", "by_accuracy"}
    rows: list[Facts] = [
        {
            column: text if column in texts and text else _number(text)
            for column, text in zip(header, line, strict=True)
        }
        for line in lines
    ]
    first = [*(axis.key for axis in sweep.axes), "seed"]
    known = [column for column in header if column not in first]
    _check_names(only, known, sweep.name)
    return FactTable(sweep.name, (*first, *(only or known)), rows)


def _check_is_trained(context: BuildContext, trained: TrainedSweep) -> None:
    name, count = trained.sweep.name, int(trained.run.trained.sum())
    hint = f"run gen train {name}"
    if not count:
        where = str(context.store.root)
        raise SetupError(f"{name}: no model is trained as configured", where=where, hint=hint)
    if count < trained.sweep.models:
        context.report.warn(f"{name}: {count} of {trained.sweep.models} models are trained; {hint}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(text: str) -> int | float | None:
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        return float(text)


def quotable_facts(context: BuildContext, only: Sequence[str] = ()) -> dict[str, Facts]:
    """Return the facts that pages can quote, by model, sweep or formula, then by name.

    They are those of `data/facts.json`, as far as the store has them. Models that are missing are
    reported as a warning.

    Args:
        only: names of facts, without the model; all if empty.

    Raises:
        ConfigError: no model, sweep or formula has such a fact.
    """
    config = context.config
    models = valid_models(context)
    for name in config.models:
        if name not in models:
            trained = first_stale_shard(context, config.models[name]) is None
            reason = "diverged" if trained else f"not trained as configured; run gen train {name}"
            context.report.warn(f"{name}: {reason}")
    found = all_facts(config, {**models, **recorded_results(config), **read_sweeps(context)})
    if found:
        _check_names(only, dict.fromkeys(name for facts in found.values() for name in facts), "")
    chosen = {
        source: {name: facts[name] for name in only or facts if name in facts}
        for source, facts in found.items()
    }
    return {source: facts for source, facts in chosen.items() if facts}


def _check_names(only: Sequence[str], known: Iterable[str], source: str) -> None:
    """Raise ConfigError for a name that is no fact of a source; of any source if it is empty."""
    known = list(known)
    for name in only:
        if name not in known:
            what = f'{source} has no fact "{name}"' if source else f'there is no fact "{name}"'
            raise ConfigError(
                what,
                where="--only",
                hint=suggestion(name, known) or f"its facts are: {', '.join(known)}",
            )


def show_table(table: FactTable, form: Format, width: int | None = None) -> str:
    """Format the facts of each seed.

    Args:
        width: columns of the terminal, for text; None if lines may have any length.
    """
    if form == "json":
        rows = [dict(zip(table.columns, values, strict=True)) for values in table.values()]
        return json.dumps({"name": table.name, "rows": rows}, allow_nan=False)
    if form == "csv":
        exact = [[exact_text(value) for value in values] for values in table.values()]
        return csv_text(table.columns, exact).rstrip("\n")
    texts = [[short_text(value) for value in values] for values in table.values()]
    return "\n".join(aligned(table.columns, texts, width))


def show_quotable(facts: dict[str, Facts], form: Format) -> str:
    """Format the facts that pages can quote: `model.fact` and its value."""
    if form == "json":
        return json.dumps(facts, allow_nan=False)
    each = [(source, name, facts[source][name]) for source in facts for name in facts[source]]
    if form == "csv":
        lines = ((source, name, exact_text(value)) for source, name, value in each)
        return csv_text(("source", "fact", "value"), lines).rstrip("\n")
    texts = [(f"{source}.{name}", short_text(value)) for source, name, value in each]
    return "\n".join(aligned(("fact", "value"), texts))
