"""A sweep's outcomes: what became of every model, told by its losses alone.

A model's outcome follows from the smallest train loss, the smallest test loss and the largest
ratio of test to train loss over its training, each loss floored where float32 ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from jaxtyping import Bool, Float, Int
from pydantic import Field

from gen.analysis.formula import Formula, formula
from gen.analysis.outcome import settled
from gen.settings import Settings

if TYPE_CHECKING:
    from gen.sweeps import Axis, Members, Sweep
    from gen.training import Trained

FLOOR = 2.0**-23
"""Losses below the resolution of float32 count as this, so that ratios mean something."""

OUTCOMES = ("groks", "together", "memorises", "never", "failed", "untrained")
"""In the order in which pages list them; an outcome's number is its place here."""

GROKS, TOGETHER, MEMORISES, NEVER, FAILED, UNTRAINED = range(len(OUTCOMES))

NOT_YET = -1


class Thresholds(Settings):
    """Where one outcome ends and the next begins.

    Attributes:
        loss: a loss that was ever this small, or smaller, has been learned.
        ratio: test loss that was ever this many times train loss had been left behind.
    """

    loss: Annotated[float, Field(gt=0)] = 1e-5
    ratio: Annotated[float, Field(gt=1)] = 5e4


@dataclass(frozen=True)
class Extremes:
    """What decides an outcome, over the training so far; losses in nats, floored."""

    train_loss: Float[np.ndarray, "cell seed *log"]
    test_loss: Float[np.ndarray, "cell seed *log"]
    ratio: Float[np.ndarray, "cell seed *log"]


@dataclass
class SweepRun:
    """The losses of a sweep's models, as far as they have been trained.

    Attributes:
        steps: the logged ones.
        train_loss, test_loss: nats; NaN where a model has not been trained.
        memorised_at, generalised_at: `NOT_YET` for a model that does not.
        formulas: what the networks of each cell compute; None where that is not written out.
    """

    name: str
    axes: tuple[Axis, ...]
    seeds: tuple[int, ...]
    steps: Int[np.ndarray, " log"]
    train_loss: Float[np.ndarray, "cell seed log"]
    test_loss: Float[np.ndarray, "cell seed log"]
    memorised_at: Int[np.ndarray, "cell seed"]
    generalised_at: Int[np.ndarray, "cell seed"]
    trained: Bool[np.ndarray, "cell seed"]
    failed: Bool[np.ndarray, "cell seed"]
    thresholds: Thresholds
    formulas: tuple[Formula | None, ...]

    @classmethod
    def empty(cls, sweep: Sweep, steps: Int[np.ndarray, " log"]) -> SweepRun:
        """The run of a sweep of which nothing has been trained."""
        models = (len(sweep.cells), len(sweep.seeds))
        losses = np.full((2, *models, len(steps)), np.nan, dtype=np.float32)
        never, nothing = np.full((2, *models), NOT_YET), np.zeros((2, *models), dtype=bool)
        return cls(
            name=sweep.name,
            axes=sweep.axes,
            seeds=sweep.seeds,
            steps=steps,
            train_loss=losses[0],
            test_loss=losses[1],
            memorised_at=never[0],
            generalised_at=never[1],
            trained=nothing[0],
            failed=nothing[1],
            thresholds=sweep.thresholds,
            formulas=tuple(formula(cell.network, cell.task) for cell in sweep.cells),
        )

    def add(self, members: Members, trained: Trained) -> None:
        """Puts a shard's models into their places."""
        at = (np.array(members.cells), np.array(members.seeds))
        self.train_loss[at] = trained.metrics["train_loss"]
        self.test_loss[at] = trained.metrics["test_loss"]
        self.trained[at] = True
        self.failed[at] = trained.failed_at >= 0
        for place, accuracy in (
            (self.memorised_at, trained.metrics["train_accuracy"]),
            (self.generalised_at, trained.metrics["test_accuracy"]),
        ):
            found = [settled(self.steps, of_model) for of_model in accuracy]
            place[at] = [NOT_YET if step is None else step for step in found]

    def extremes(self) -> Extremes:
        """The extremes from the first logged step up to each."""
        train, test = (np.fmax(loss, FLOOR) for loss in (self.train_loss, self.test_loss))
        return Extremes(
            np.fmin.accumulate(train, axis=2),
            np.fmin.accumulate(test, axis=2),
            np.fmax.accumulate(test / train, axis=2),
        )

    def final_extremes(self) -> Extremes:
        """The extremes over the whole training."""
        whole = self.extremes()
        return Extremes(whole.train_loss[..., -1], whole.test_loss[..., -1], whole.ratio[..., -1])

    def outcomes(self) -> Int[np.ndarray, "cell seed"]:
        """What became of each model."""
        return self._judge(self.final_extremes())

    def outcomes_so_far(self) -> Int[np.ndarray, "cell seed log"]:
        """What would be said of each model, had its training ended at each logged step."""
        return self._judge(self.extremes())

    def _judge(self, extremes: Extremes) -> np.ndarray:
        found = judge(extremes, self.thresholds)
        more = (1,) * (found.ndim - 2)
        found = np.where(self.failed.reshape(*self.failed.shape, *more), FAILED, found)
        return np.where(self.trained.reshape(*self.trained.shape, *more), found, UNTRAINED)


def judge(extremes: Extremes, thresholds: Thresholds) -> Int[np.ndarray, "cell seed *log"]:
    """Outcomes by number: the rules in the order in which they are asked."""
    fits = extremes.train_loss <= thresholds.loss
    knows = extremes.test_loss <= thresholds.loss
    at_once = extremes.ratio < thresholds.ratio
    return np.select([~fits, ~knows, at_once], [NEVER, MEMORISES, TOGETHER], GROKS)
