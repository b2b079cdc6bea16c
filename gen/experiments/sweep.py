"""Sweeps: a model with settings on a grid, trained for several seeds in every cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

from gen.experiments.model import Model
from gen.experiments.thresholds import Thresholds
from gen.training.loop import Ensemble


@dataclass(frozen=True)
class Axis:
    """One axis of a grid: a setting, or several settings that vary together.

    Attributes:
        part: `task`, `network` or `optimiser`.
        key: name of the setting, or of the axis if several settings vary together.
        values: in the order of the config; names of the choices if several vary together.
        choices: the settings of each choice if several vary together, otherwise None.
    """

    part: str
    key: str
    values: tuple[Any, ...]
    choices: tuple[Mapping[str, Any], ...] | None = None

    @property
    def name(self) -> str:
        """Name in the config, such as `network.hidden`."""
        return f"{self.part}.{self.key}"

    @property
    def keys(self) -> set[str]:
        """Names of the settings that it varies."""
        return {self.key} if self.choices is None else {key for one in self.choices for key in one}

    def settings(self, number: int) -> dict[str, Any]:
        """Return the settings of the value with this index."""
        if self.choices is not None:
            return dict(self.choices[number])
        return {self.key: self.values[number]}


@dataclass(frozen=True)
class Members:
    """Models of one shape that train together.

    Attributes:
        shape: label with the values of all axes that decide the shape.
        cells: index of each model's cell.
        seeds: index of each model's seed among the sweep's seeds.
    """

    shape: str
    cells: tuple[int, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Sweep:
    """A configured grid of models.

    Attributes:
        seeds: seeds of every cell.
        shard: largest number of models that train together.
        cells: the model of each cell, the last axis varies fastest; they differ only in task,
            network and optimiser.
        thresholds: the losses that separate outcomes.
    """

    name: str
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]
    shard: int
    cells: tuple[Model, ...]
    thresholds: Thresholds

    @property
    def models(self) -> int:
        """Number of models."""
        return len(self.cells) * len(self.seeds)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis."""
        return tuple(len(axis.values) for axis in self.axes)

    @cached_property
    def members(self) -> tuple[Members, ...]:
        """Models that train together, smallest work first.

        Models of one cell are consecutive, so that they share calls of the optimiser.
        """
        by_shape: dict[str, list[int]] = {}
        for cell, values in enumerate(product(*(axis.values for axis in self.axes))):
            shape = ", ".join(
                f"{axis.key.replace('_', ' ')} {value}"
                for axis, value in zip(self.axes, values, strict=True)
                if axis.part != "optimiser"
            )
            by_shape.setdefault(shape, []).append(cell)
        found: list[Members] = []
        for shape, cells in by_shape.items():
            models = list(product(cells, range(len(self.seeds))))
            for start in range(0, len(models), self.shard):
                some = models[start : start + self.shard]
                found.append(Members(shape, tuple(c for c, _ in some), tuple(s for _, s in some)))
        return tuple(sorted(found, key=lambda members: work(self.ensemble(members))))

    @property
    def reading(self) -> dict[str, Any]:
        """The settings that affect how its runs are evaluated and drawn, as JSON values."""
        return {
            "axes": [
                [axis.name, list(axis.values), axis.choices and list(map(dict, axis.choices))]
                for axis in self.axes
            ],
            "thresholds": self.thresholds.model_dump(mode="json"),
        }

    @property
    def shards(self) -> list[tuple[str, Ensemble]]:
        """The ensembles in the order of `members`, each with its label."""
        of_shape = Counter(members.shape for members in self.members)
        seen: Counter[str] = Counter()
        named: list[tuple[str, Ensemble]] = []
        for members in self.members:
            seen[members.shape] += 1
            number, count = seen[members.shape], of_shape[members.shape]
            part = f"part {number} of {count}" if count > 1 else f"{len(members.cells)} models"
            label = ", ".join(filter(None, (members.shape, part)))
            named.append((label, self.ensemble(members)))
        return named

    def ensemble(self, members: Members) -> Ensemble:
        """Return some of the models as one ensemble."""
        model = self.cells[members.cells[0]]
        return Ensemble(
            model.task,
            model.network,
            model.training,
            tuple(self.seeds[place] for place in members.seeds),
            tuple(self.cells[cell].optimiser for cell in members.cells),
        )


def work(ensemble: Ensemble) -> int:
    """Estimate the multiplications in all steps of a training, to sort trainings by cost."""
    task = ensemble.task
    training, models = ensemble.training, len(ensemble.seeds)
    rows = training.batch_size or task.rows[0]
    return models * training.steps * rows * ensemble.network.multiplications(task)
