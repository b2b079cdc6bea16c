"""Configured models: a network put to a task, once for every seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from gen.networks.network import Network
from gen.settings import Settings
from gen.tasks.task import Task
from gen.text import Line
from gen.training.adamw import Optimiser
from gen.training.loop import Ensemble, Training

MOST_MODELS = 100_000


class Hunt(Settings):
    """A search for seeds that has been made, so that pages can say how many were tried.

    Attributes:
        where: what was asked of the facts of each seed.
        seeds: how many were tried: 0, 1, 2, ...
        fit: of how many it was true.
    """

    where: Annotated[Line, Field(min_length=1, max_length=500)]
    seeds: Annotated[int, Field(ge=1, le=MOST_MODELS)]
    fit: Annotated[int, Field(ge=0, le=MOST_MODELS)]

    @property
    def facts(self) -> dict[str, int | str]:
        """What may be said of it."""
        return {"hunt_where": self.where, "hunt_seeds": self.seeds, "hunt_fit": self.fit}


class ModelSettings(Settings):
    """The keys that stand directly in a model's table.

    Attributes:
        seeds: how many (0, 1, 2, ...) or which.
        shard: how many models train together as one ensemble, and are stored as one run.
        shown: which model the figures show: the first seed that generalises, or this seed.
        hunt: how the shown seed was found; `gen hunt --write` keeps it.
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
    """A configured network on a task: one model a seed."""

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
        """The ensembles that together train all seeds, in their order, with their seeds' names."""
        parts = [self.seeds[i : i + self.shard] for i in range(0, len(self.seeds), self.shard)]
        optimiser = self.optimiser
        return [
            (
                _named(part),
                Ensemble(self.task, self.network, self.training, part, (optimiser,) * len(part)),
            )
            for part in parts
        ]


def _named(seeds: tuple[int, ...]) -> str:
    """Seeds for people: `seeds 0 to 3`."""
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    consecutive = seeds == tuple(range(seeds[0], seeds[0] + len(seeds)))
    return (
        f"seeds {seeds[0]} to {seeds[-1]}" if consecutive else f"seeds {', '.join(map(str, seeds))}"
    )
