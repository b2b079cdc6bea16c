"""A sweep: one model's settings on a grid, trained for several seeds in every cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from gen.training.loop import Ensemble

if TYPE_CHECKING:
    from gen.experiments.model import Model
    from gen.experiments.thresholds import Thresholds


@dataclass(frozen=True)
class Axis:
    """One setting that is varied.

    Attributes:
        part: `task`, `network` or `optimiser`.
        key: the setting's name there, or a name of its own where several settings vary together.
        values: in the order of the config; the choices' names where several vary together.
        choices: what each choice sets, where several settings vary together.
    """

    part: str
    key: str
    values: tuple[Any, ...]
    choices: tuple[Mapping[str, Any], ...] | None = None

    @property
    def name(self) -> str:
        """As the config writes it, `network.hidden`."""
        return f"{self.part}.{self.key}"

    @property
    def keys(self) -> set[str]:
        """The settings that it varies."""
        return {self.key} if self.choices is None else {key for one in self.choices for key in one}

    def settings(self, number: int) -> dict[str, Any]:
        """What one of its values sets."""
        if self.choices is not None:
            return dict(self.choices[number])
        return {self.key: self.values[number]}


@dataclass(frozen=True)
class Members:
    """Models of one shape that train together.

    Attributes:
        shape: the values of all axes that decide the shape, in words.
        cells: number of each model's cell.
        seeds: each model's place among the sweep's seeds.
    """

    shape: str
    cells: tuple[int, ...]
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Sweep:
    """A configured grid of models.

    Attributes:
        shard: how many models train together at most.
        cells: the model of each cell, the last axis varying fastest; they differ in task,
            network and optimiser alone.
        thresholds: what decides about the outcomes.
    """

    name: str
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]
    shard: int
    cells: tuple[Model, ...]
    thresholds: Thresholds

    @property
    def models(self) -> int:
        """How many models that is."""
        return len(self.cells) * len(self.seeds)

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(len(axis.values) for axis in self.axes)

    @cached_property
    def members(self) -> tuple[Members, ...]:
        """Who trains together, smallest work first.

        Neighbours share their optimiser's settings, so that they share its calls.
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
        """What decides how its runs are read and shown, as plain JSON values."""
        return {
            "axes": [
                [axis.name, list(axis.values), axis.choices and list(map(dict, axis.choices))]
                for axis in self.axes
            ],
            "thresholds": self.thresholds.model_dump(mode="json"),
        }

    @property
    def shards(self) -> list[tuple[str, Ensemble]]:
        """The ensembles in the order of `members`, each with what tells it from the others."""
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
        """Some of the models as one ensemble."""
        model = self.cells[members.cells[0]]
        return Ensemble(
            model.task,
            model.network,
            model.training,
            tuple(self.seeds[place] for place in members.seeds),
            tuple(self.cells[cell].optimiser for cell in members.cells),
        )


def work(ensemble: Ensemble) -> int:
    """Rough size of a training, to begin with the cheap ones: multiplications of all its steps."""
    task = ensemble.task
    (_, neurons), *_ = ensemble.network.view_shapes(task).values()
    models = len(ensemble.seeds)
    return models * ensemble.training.steps * task.rows[0] * task.inputs * neurons
