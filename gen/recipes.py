"""The part of a config that makes one figure, as the config would write it."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import tomlkit

from gen.grids import NAME

if TYPE_CHECKING:
    from gen.config import Config
    from gen.models import Model
    from gen.settings import Settings
    from gen.sweeps import Sweep


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
    return {
        "seeds": _seeds(model.seeds),
        "task": _said(model.task),
        "network": _said(model.network),
        "optimiser": _said(model.optimiser),
        "training": _said(model.training),
    }


def _sweep(sweep: Sweep) -> dict[str, Any]:
    tables = _model(sweep.cells[0])
    grid: dict[str, dict[str, Any]] = {}
    for place, axis in enumerate(sweep.axes):
        for key in axis.keys:
            tables[axis.part].pop(key, None)
        values = list(axis.values) if axis.choices is None else _choices(sweep, place)
        grid.setdefault(axis.part, {})[axis.key] = values
    return {**tables, "seeds": _seeds(sweep.seeds), "grid": grid}


def _choices(sweep: Sweep, place: int) -> Any:
    """What each choice of an axis comes to, whatever the sweep's own tables say.

    They are written inline, so that the axes keep their order.
    """
    axis, stride = sweep.axes[place], prod(sweep.shape[place + 1 :])
    every = [
        getattr(sweep.cells[number * stride], axis.part).model_dump(mode="json")
        for number in range(len(axis.values))
    ]
    choices = tomlkit.array().multiline(True)
    for name, settings in zip(axis.values, every, strict=True):
        choice = tomlkit.inline_table()
        choice.update({NAME: name, **{key: settings[key] for key in sorted(axis.keys)}})
        choices.append(choice)
    return choices


def _seeds(seeds: tuple[int, ...]) -> int | list[int]:
    return len(seeds) if seeds == tuple(range(len(seeds))) else list(seeds)


def _said(settings: Settings) -> dict[str, Any]:
    """Whatever is not as it would be by itself; the kind always is."""
    said = settings.model_dump(mode="json", exclude_defaults=True)
    kind = getattr(settings, "kind", None)
    return ({"kind": kind} if kind else {}) | said
