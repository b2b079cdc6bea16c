"""Configured models: a network that learns a task, once for each seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from gen.networks.network import Network
from gen.optimisers.optimiser import Optimiser
from gen.settings import Settings
from gen.tasks.task import Task
from gen.text import Line
from gen.training.loop import Ensemble, Training

MOST_MODELS = 100_000


class Hunt(Settings):
    """Record of a seed search, so that pages can report how many seeds were tried.

    Attributes:
        where: the condition on the facts of a seed.
        seeds: number of seeds tried: 0, 1, 2, ...
        fit: number of seeds that meet the condition.
    """

    where: Annotated[Line, Field(min_length=1, max_length=500)]
    seeds: Annotated[int, Field(ge=1, le=MOST_MODELS)]
    fit: Annotated[int, Field(ge=0, le=MOST_MODELS)]

    @property
    def facts(self) -> dict[str, int | str]:
        """The facts that pages can use."""
        return {"hunt_where": self.where, "hunt_seeds": self.seeds, "hunt_fit": self.fit}


class ModelSettings(Settings):
    """The keys directly in a model's table.

    Attributes:
        seeds: number of seeds (0, 1, 2, ...), or a list of seeds.
        shard: number of models that train together as one ensemble and are stored as one run.
        shown: the seed that figures show; None for the first seed that generalises.
        hunt: how the shown seed was found, written by `gen hunt --write`.
    """

    seeds: (
        Annotated[int, Field(ge=1, le=MOST_MODELS)]
        | Annotated[
            list[Annotated[int, Field(ge=0, lt=2**63)]], Field(min_length=1, max_length=MOST_MODELS)
        ]
    )
    shard: Annotated[int, Field(ge=1, le=MOST_MODELS)] = 16
    shown: Annotated[int, Field(ge=0)] | None = None
    hunt: Hunt | None = None


@dataclass(frozen=True)
class Model:
    """A configured network on a task: one model for each seed."""

    name: str
    seeds: tuple[int, ...]
    shard: int
    shown: int | None
    task: Task
    network: Network
    optimiser: Optimiser
    training: Training
    hunt: Hunt | None = None

    @property
    def shards(self) -> list[tuple[str, Ensemble]]:
        """The ensembles of all seeds, in order, each with a label such as `seeds 0 to 3`."""
        parts = [self.seeds[i : i + self.shard] for i in range(0, len(self.seeds), self.shard)]
        optimiser = self.optimiser
        return [
            (
                _label(part),
                Ensemble(self.task, self.network, self.training, part, (optimiser,) * len(part)),
            )
            for part in parts
        ]


def _label(seeds: tuple[int, ...]) -> str:
    """Return a label for some seeds, such as `seeds 0 to 3`."""
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    if seeds == tuple(range(seeds[0], seeds[0] + len(seeds))):
        return f"seeds {seeds[0]} to {seeds[-1]}"
    return f"seeds {', '.join(map(str, seeds))}"
