"""The part of a config that makes one figure, as the config would write it.

A recipe, read again, gives the same figure of the same models: every setting of a table is written
that is not its default. The tables' classes are asked for their settings, so none is forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import tomlkit

from gen.config.grid import NAME
from gen.experiments.model import ModelSettings
from gen.experiments.thresholds import Thresholds

if TYPE_CHECKING:
    from gen.config.reader import Config
    from gen.experiments.model import Model
    from gen.experiments.sweep import Axis, Sweep
    from gen.settings import Settings


def recipe(config: Config, name: str) -> str:
    """The tables of a figure and of the model or sweep that it shows, if any, defaults left out.

    Args:
        name: id of the figure.
    """
    figure = config.figures[name]
    sources: dict[str, Any] = {}
    if figure.subject in config.models:
        sources["models"] = {figure.subject: _model(config.models[figure.subject])}
    elif figure.subject in config.sweeps:
        sources["sweeps"] = {figure.subject: _sweep(config.sweeps[figure.subject])}
    return tomlkit.dumps({**sources, "figures": {name: _said(figure)}})


def _model(model: Model) -> dict[str, Any]:
    own = ModelSettings(
        **{key: getattr(model, key) for key in ModelSettings.model_fields if key != "seeds"},
        seeds=_seeds(model.seeds),
    )
    return {
        **_said(own),
        "task": _said(model.task),
        "network": _said(model.network),
        "optimiser": _said(model.optimiser),
        "training": _said(model.training),
    }


def _sweep(sweep: Sweep) -> dict[str, Any]:
    tables = _model(replace(sweep.cells[0], seeds=sweep.seeds, shard=sweep.shard))
    thresholds = _thresholds(sweep)
    grid: dict[str, dict[str, Any]] = {}
    for place, axis in enumerate(sweep.axes):
        table = tables[axis.part]
        for key in axis.keys:
            table.pop(key, None)
        table |= _outside(sweep, place)
        values = list(axis.values) if axis.choices is None else _choices(axis, axis.choices)
        grid.setdefault(axis.part, {})[axis.key] = values
    return {**tables, **({"thresholds": thresholds} if thresholds else {}), "grid": grid}


def _thresholds(sweep: Sweep) -> dict[str, Any]:
    """The thresholds of a sweep that are not the defaults for its tasks."""
    usual = Thresholds().for_tasks(cell.task for cell in sweep.cells).model_dump()
    return {
        key: value for key, value in sweep.thresholds.model_dump().items() if value != usual[key]
    }


def _outside(sweep: Sweep, place: int) -> dict[str, Any]:
    """What choices of an axis leave as it is outside the grid, where that is no default."""
    axis, stride = sweep.axes[place], prod(sweep.shape[place + 1 :])
    found: dict[str, Any] = {}
    for number, choice in enumerate(axis.choices or ()):
        said = _said(getattr(sweep.cells[number * stride], axis.part))
        found |= {key: said[key] for key in axis.keys - choice.keys() if key in said}
    return found


def _choices(axis: Axis, choices: tuple[Mapping[str, Any], ...]) -> Any:
    """The choices of an axis, inline, so that the axes keep their order."""
    written = tomlkit.array().multiline(True)
    for name, settings in zip(axis.values, choices, strict=True):
        choice = tomlkit.inline_table()
        choice.update({NAME: name, **settings})
        written.append(choice)
    return written


def _seeds(seeds: tuple[int, ...]) -> int | list[int]:
    return len(seeds) if seeds == tuple(range(len(seeds))) else list(seeds)


def _said(settings: Settings) -> dict[str, Any]:
    """Whatever is not as it would be by itself; the kind always is."""
    said = settings.model_dump(mode="json", exclude_defaults=True)
    kind = getattr(settings, "kind", None)
    return ({"kind": kind} if kind else {}) | said
