"""Read a sweep of the config: the tables of a model, and a grid of values for some of its keys."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

from gen.analysis.sweep_facts import check_names
from gen.config.grid import apply_cell, read_axes
from gen.config.messages import validate
from gen.config.models import MODEL_TABLES, KnownParts, read_model
from gen.config.recordings import is_recorded
from gen.config.toml import Location, as_table, merge_tables
from gen.errors import suggestion
from gen.experiments.model import MOST_MODELS
from gen.experiments.sweep import Sweep
from gen.experiments.thresholds import Thresholds
from gen.text import as_config_value


def read_sweep(
    name: str,
    value: object,
    location: Location,
    model_tables: Mapping[str, Any],
) -> Sweep:
    """Read a sweep from its table.

    Args:
        model_tables: the tables of the configured models, one of which may be the sweep's base.

    Raises:
        ConfigError: a key is unknown, missing or wrong, or the sweep has too many models.
    """
    if name in model_tables:
        raise location.error("a model has the same id", "choose another id")
    table = _with_base(as_table(value, location), location, model_tables)
    for key in ("shown", "hunt"):
        if key in table:
            hint = "remove it, or put it into the table of a model"
            raise location.at(key).error("a sweep shows all its seeds", hint)
    thresholds = validate(Thresholds, table.pop("thresholds", {}), location.at("thresholds"))
    grid = location.at("grid")
    axes = read_axes(table.pop("grid", {}), grid)
    for axis in axes:
        as_table(table.get(axis.part, {}), location.at(axis.part))
    shape = [len(axis.values) for axis in axes]
    count = prod(shape)
    known = KnownParts()
    first = read_model(name, apply_cell(table, axes, (0,) * len(axes)), location, count, known)
    if count * len(first.seeds) > MOST_MODELS:
        raise grid.error(
            f"the sweep has {count * len(first.seeds):,} models",
            f"at most {MOST_MODELS:,} can be trained for one site",
        )
    cells = tuple(
        read_model(name, apply_cell(table, axes, cell), location, count, known)
        for cell in product(*map(range, shape))
    )
    suited = thresholds.for_tasks(cell.task for cell in cells)
    sweep = Sweep(name, axes, first.seeds, first.shard, cells, suited)
    try:
        check_names(sweep)
    except ValueError as error:
        hint = "rename one of them: names of facts are made of settings and choices"
        raise grid.error(str(error), hint) from None
    return sweep


def _with_base(
    given: Mapping[str, Any], location: Location, model_tables: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a sweep's table with the tables of its `base` model, which it may override."""
    table = dict(given)
    base = table.pop("base", None)
    if base is None:
        return table
    if isinstance(base, str) and is_recorded(model_tables.get(base)):
        what = f"{as_config_value(base)} is recorded, and a sweep trains its models"
        raise location.at("base").error(what, "name a model that is trained here")
    if not isinstance(base, str) or base not in model_tables:
        close = suggestion(base, model_tables) if isinstance(base, str) else ""
        hint = close or f"the models are: {', '.join(model_tables)}"
        raise location.at("base").error(f"there is no model {as_config_value(base)}", hint)
    return merge_tables({key: model_tables[base][key] for key in MODEL_TABLES}, table)
