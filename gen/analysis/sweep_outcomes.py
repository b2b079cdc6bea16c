"""A sweep's outcomes: what became of every model, told by its losses alone.

A model's outcome follows from the smallest train loss, the smallest test loss and the largest
ratio of test to train loss over its training, each loss floored where float32 ends. Models that
are not trained, or whose training failed, have no such numbers: theirs are NaN. What the
accuracies at the end say is kept beside the outcome, because the two may differ.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import product
from math import isnan
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Bool, Float, Int

from gen.analysis.formula import Formula, formula
from gen.analysis.outcome import stays_above_from
from gen.experiments.thresholds import Thresholds

if TYPE_CHECKING:
    from gen.experiments.sweep import Axis, Members, Sweep
    from gen.training.loop import Trained

FLOOR = 2.0**-23
"""Losses below the resolution of float32 count as this, so that ratios mean something."""

OUTCOMES = ("groks", "together", "memorises", "never", "failed", "untrained")
"""In the order in which pages list them; an outcome's number is its place here."""

GROKS, TOGETHER, MEMORISES, NEVER, FAILED, UNTRAINED = range(len(OUTCOMES))

ACCURACY_OUTCOMES = ("generalises", "memorises", "never")
"""What accuracies at the end of training say of a model; an end's number is its place here."""

FINALLY_GENERALISES, FINALLY_MEMORISES, FINALLY_NEVER = range(len(ACCURACY_OUTCOMES))

NO_RESULT = -1
"""In the place of an end: the model failed or is not trained."""

NO_STEP = -1


_END_OF_OUTCOME = np.array(
    [
        FINALLY_GENERALISES,
        FINALLY_GENERALISES,
        FINALLY_MEMORISES,
        FINALLY_NEVER,
        NO_RESULT,
        NO_RESULT,
    ]
)


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
        memorised_at, generalised_at: `NO_STEP` for a model that does not, or that failed.
        final_train_accuracy, final_test_accuracy: at the last step; NaN where a model has not
            been trained, or failed.
        failed_at: first logged step at which a model's numbers were unsound; `NO_STEP` for a
            model that is sound.
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
    final_train_accuracy: Float[np.ndarray, "cell seed"]
    final_test_accuracy: Float[np.ndarray, "cell seed"]
    trained: Bool[np.ndarray, "cell seed"]
    failed_at: Int[np.ndarray, "cell seed"]
    thresholds: Thresholds
    formulas: tuple[Formula | None, ...]

    @classmethod
    def empty(cls, sweep: Sweep, steps: Int[np.ndarray, " log"]) -> SweepRun:
        """The run of a sweep of which nothing has been trained."""
        models = (len(sweep.cells), len(sweep.seeds))
        losses = np.full((2, *models, len(steps)), np.nan, dtype=np.float32)
        never = np.full((3, *models), NO_STEP)
        accuracies = np.full((2, *models), np.nan)
        return cls(
            name=sweep.name,
            axes=sweep.axes,
            seeds=sweep.seeds,
            steps=steps,
            train_loss=losses[0],
            test_loss=losses[1],
            memorised_at=never[0],
            generalised_at=never[1],
            final_train_accuracy=accuracies[0],
            final_test_accuracy=accuracies[1],
            trained=np.zeros(models, dtype=bool),
            failed_at=never[2],
            thresholds=sweep.thresholds,
            formulas=tuple(formula(cell.network, cell.task) for cell in sweep.cells),
        )

    @property
    def failed(self) -> Bool[np.ndarray, "cell seed"]:
        """Which models have unsound numbers; a view of `failed_at` that cannot be written to."""
        failed = self.failed_at != NO_STEP
        failed.flags.writeable = False
        return failed

    @property
    def valid(self) -> Bool[np.ndarray, "cell seed"]:
        """Which models are trained and did not fail."""
        return self.trained & ~self.failed

    def add(self, members: Members, trained: Trained) -> None:
        """Puts a shard's models into their places."""
        at = (np.array(members.cells), np.array(members.seeds))
        self.train_loss[at] = trained.metrics["train_loss"]
        self.test_loss[at] = trained.metrics["test_loss"]
        self.trained[at] = True
        self.failed_at[at] = np.where(trained.failed_at >= 0, trained.failed_at, NO_STEP)
        sound = trained.failed_at < 0
        for place, final, accuracy in (
            (self.memorised_at, self.final_train_accuracy, trained.metrics["train_accuracy"]),
            (self.generalised_at, self.final_test_accuracy, trained.metrics["test_accuracy"]),
        ):
            found = [stays_above_from(self.steps, of_model) for of_model in accuracy]
            steps = np.array([NO_STEP if step is None else step for step in found])
            place[at] = np.where(sound, steps, NO_STEP)
            final[at] = np.where(sound, accuracy[:, -1], np.nan)

    def extremes(self) -> Extremes:
        """The extremes from the first logged step up to each; NaN where nothing was logged."""
        train, test = (np.maximum(loss, FLOOR) for loss in (self.train_loss, self.test_loss))
        with np.errstate(invalid="ignore"):
            ratio = test / train
        return Extremes(
            np.fmin.accumulate(train, axis=2),
            np.fmin.accumulate(test, axis=2),
            np.fmax.accumulate(ratio, axis=2),
        )

    def final_extremes(self) -> Extremes:
        """The extremes over the whole training; NaN for models that failed or are not trained."""
        whole = self.extremes()
        return Extremes(
            *(
                np.where(self.valid, extreme[..., -1], np.nan)
                for extreme in (whole.train_loss, whole.test_loss, whole.ratio)
            )
        )

    def outcomes(self) -> Int[np.ndarray, "cell seed"]:
        """What became of each model."""
        found = np.where(self.failed, FAILED, judge(self.final_extremes(), self.thresholds))
        return np.where(self.trained, found, UNTRAINED)

    def outcomes_so_far(self) -> Int[np.ndarray, "cell seed log"]:
        """What would be said of each model, had its training ended at each logged step."""
        failed = self.failed[..., None] & (self.steps >= self.failed_at[..., None])
        found = np.where(failed, FAILED, judge(self.extremes(), self.thresholds))
        return np.where(self.trained[..., None], found, UNTRAINED)

    def outcomes_by_accuracy(self) -> Int[np.ndarray, "cell seed"]:
        """What the accuracies at the end say of each model; `NO_RESULT` where they say nothing."""
        return np.select(
            [~self.valid, self.generalised_at != NO_STEP, self.memorised_at != NO_STEP],
            [NO_RESULT, FINALLY_GENERALISES, FINALLY_MEMORISES],
            FINALLY_NEVER,
        )

    def contradicted(self) -> Bool[np.ndarray, "cell seed"]:
        """Models of which the accuracies at the end say something else than the outcome."""
        return self.valid & (_END_OF_OUTCOME[self.outcomes()] != self.outcomes_by_accuracy())


def judge(extremes: Extremes, thresholds: Thresholds) -> Int[np.ndarray, "cell seed *log"]:
    """Outcomes by number: the rules in the order in which they are asked."""
    fits = extremes.train_loss <= thresholds.loss
    knows = extremes.test_loss <= thresholds.loss
    at_once = extremes.ratio < thresholds.ratio
    return np.select([~fits, ~knows, at_once], [NEVER, MEMORISES, TOGETHER], GROKS)


COLUMNS = (
    "seed",
    "min_train_loss",
    "min_test_loss",
    "max_ratio",
    "outcome",
    "memorised_at",
    "generalised_at",
    "final_train_accuracy",
    "final_test_accuracy",
    "by_accuracy",
)


def sweep_table(run: SweepRun) -> str:
    """CSV with a head; losses in nats, floored.

    A cell is empty where its model does not do what the column tells of, failed or is not trained.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*(axis.key for axis in run.axes), *COLUMNS])
    extremes, outcomes, ends = run.final_extremes(), run.outcomes(), run.outcomes_by_accuracy()
    for cell, values in enumerate(product(*(axis.values for axis in run.axes))):
        for place, seed in enumerate(run.seeds):
            at = (cell, place)
            losses = extremes.train_loss[at], extremes.test_loss[at], extremes.ratio[at]
            steps = run.memorised_at[at], run.generalised_at[at]
            accuracies = run.final_train_accuracy[at], run.final_test_accuracy[at]
            writer.writerow(
                [
                    *values,
                    seed,
                    *map(_said, losses),
                    OUTCOMES[outcomes[at]],
                    *("" if step == NO_STEP else int(step) for step in steps),
                    *map(_said, accuracies),
                    "" if ends[at] == NO_RESULT else ACCURACY_OUTCOMES[ends[at]],
                ]
            )
    return text.getvalue()


def _said(number: float) -> str:
    return "" if isnan(number) else f"{number:.6g}"
