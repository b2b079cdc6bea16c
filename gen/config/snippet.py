"""Write the part of a config that makes one figure, which pages show as its recipe.

Reading a recipe gives the same figure of the same models: every setting that is not a default is
written. The settings come from the classes of the tables, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import Any

import tomlkit

from gen.config.grid import CHOICE_NAME
from gen.config.models import DEFAULT_OPTIMISER
from gen.config.reader import Config
from gen.experiments.model import Model, ModelSettings
from gen.experiments.sweep import Axis, Sweep
from gen.experiments.thresholds import Thresholds
from gen.figures.figure import Figure
from gen.settings import Settings


def recipe(config: Config, name: str) -> str:
    """Return the TOML tables of a figure and of its models or sweep, without default values.

    Films that the figure paints are included.

    Args:
        name: id of the figure.
    """
    figure = config.figures[name]
    sources: dict[str, dict[str, Any]] = {}
    for source in figure.sources:
        if source in config.sweeps:
            sources.setdefault("sweeps", {})[source] = _sweep_tables(config.sweeps[source])
        elif source in config.recordings:
            # Its runs cannot be remade here: the recipe says from which files they are read.
            settings = config.recordings[source].settings
            sources.setdefault("models", {})[source] = _non_defaults(settings)
        else:
            sources.setdefault("models", {})[source] = _model_tables(config.models[source])
    plugins = config.plugins.listed_for(_classes(config, figure))
    listed = {"plugins": plugins} if plugins else {}
    figures = {each: _non_defaults(config.figures[each]) for each in (*figure.paints, name)}
    return tomlkit.dumps({**listed, **sources, "figures": figures})


def _classes(config: Config, figure: Figure) -> list[type[Any]]:
    """Return the classes of the tables that make a figure: its own and those of its model."""
    models = [config.models[name] for name in figure.sources if name in config.models]
    swept = [config.sweeps[name] for name in figure.sources if name in config.sweeps]
    models += [cell for sweep in swept for cell in sweep.cells]
    tables = (table for each in models for table in (each.task, each.network, each.optimiser))
    return [*{type(table) for table in (figure, *tables)}]


def _model_tables(model: Model) -> dict[str, Any]:
    own = ModelSettings(
        **{key: getattr(model, key) for key in ModelSettings.model_fields if key != "seeds"},
        seeds=_seeds(model.seeds),
    )
    return {
        **_non_defaults(own),
        "task": _non_defaults(model.task),
        "network": _non_defaults(model.network),
        "optimiser": _non_defaults(model.optimiser),
        "training": _non_defaults(model.training),
    }


def _sweep_tables(sweep: Sweep) -> dict[str, Any]:
    tables = _model_tables(replace(sweep.cells[0], seeds=sweep.seeds, shard=sweep.shard))
    thresholds = _thresholds(sweep)
    grid: dict[str, dict[str, Any]] = {}
    for index, axis in enumerate(sweep.axes):
        table = tables[axis.part]
        for key in axis.keys:
            table.pop(key, None)
        table |= _settings_outside_grid(sweep, index)
        values = list(axis.values) if axis.choices is None else _choices(axis, axis.choices)
        grid.setdefault(axis.part, {})[axis.key] = values
    return {**tables, **({"thresholds": thresholds} if thresholds else {}), "grid": grid}


def _thresholds(sweep: Sweep) -> dict[str, Any]:
    """Return the thresholds of a sweep that are not the defaults for its tasks."""
    defaults = Thresholds().for_tasks(cell.task for cell in sweep.cells).model_dump()
    return {
        key: value for key, value in sweep.thresholds.model_dump().items() if value != defaults[key]
    }


def _settings_outside_grid(sweep: Sweep, index: int) -> dict[str, Any]:
    """Return the settings that some values of an axis leave to the table.

    A choice need not set all keys of its axis, and if an axis varies the kind, what is a default
    of one kind may be none of another.

    Args:
        index: of the axis.
    """
    axis, stride = sweep.axes[index], prod(sweep.shape[index + 1 :])
    varied = {
        key
        for other in sweep.axes
        if other is not axis and other.part == axis.part
        for key in other.keys
    }
    found: dict[str, Any] = {}
    for number in range(len(axis.values)):
        given = _non_defaults(getattr(sweep.cells[number * stride], axis.part))
        inside = varied | axis.settings(number).keys()
        found |= {key: value for key, value in given.items() if key not in inside}
    return found


def _choices(axis: Axis, choices: tuple[Mapping[str, Any], ...]) -> Any:
    """Return the choices of an axis as inline tables, so that the axes keep their order."""
    written = tomlkit.array().multiline(True)
    for name, settings in zip(axis.values, choices, strict=True):
        choice = tomlkit.inline_table()
        choice.update({CHOICE_NAME: name, **settings})
        written.append(choice)
    return written


def _seeds(seeds: tuple[int, ...]) -> int | list[int]:
    return len(seeds) if seeds == tuple(range(len(seeds))) else list(seeds)


def _non_defaults(settings: Settings) -> dict[str, Any]:
    """Return the settings of a table that are not defaults, and its kind if a table needs one."""
    given = settings.model_dump(mode="json", exclude_defaults=True)
    kind = getattr(settings, "kind", None)
    return ({"kind": kind} if kind not in {None, DEFAULT_OPTIMISER} else {}) | given
