"""The part of a config that makes one figure, as the config would write it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from gen.config import Config, Model
    from gen.settings import Settings
    from gen.sweeps import Sweep


def recipe(config: Config, name: str) -> str:
    """The tables of a figure and of the model or sweep that it may need, defaults left out.

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
    for axis in sweep.axes:
        tables[axis.part].pop(axis.key, None)
        grid.setdefault(axis.part, {})[axis.key] = list(axis.values)
    return {**tables, "seeds": _seeds(sweep.seeds), "grid": grid}


def _seeds(seeds: tuple[int, ...]) -> int | list[int]:
    return len(seeds) if seeds == tuple(range(len(seeds))) else list(seeds)


def _said(settings: Settings) -> dict[str, Any]:
    """Whatever is not as it would be by itself; the kind always is."""
    said = settings.model_dump(mode="json", exclude_defaults=True)
    kind = getattr(settings, "kind", None)
    return ({"kind": kind} if kind else {}) | said
