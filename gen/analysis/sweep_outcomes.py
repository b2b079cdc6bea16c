"""The outcome of every model of a sweep, by its losses, and the table of a sweep.

An outcome depends on the smallest train loss, the smallest test loss and the largest ratio of
test to train loss over the training. Losses are floored at the resolution of float32. These
numbers are NaN for models that diverged or are not trained. The outcome by the accuracies at the
end is kept too, because it may differ.
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
"""Outcomes by the accuracies at the end of training; an outcome's number is its place here."""

FINALLY_GENERALISES, FINALLY_MEMORISES, FINALLY_NEVER = range(len(ACCURACY_OUTCOMES))

NO_RESULT = -1
"""Instead of an outcome by accuracy: the model diverged or is not trained."""

NO_STEP = -1
"""Instead of a step: the event did not happen."""


_ACCURACY_OUTCOME = np.array(
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
    """Smallest losses (nats, floored) and largest ratio, over the training so far."""

    train_loss: Float[np.ndarray, "cell seed *log"]
    test_loss: Float[np.ndarray, "cell seed *log"]
    ratio: Float[np.ndarray, "cell seed *log"]


@dataclass
class SweepRun:
    """The losses and accuracies of a sweep's models, as far as they are trained.

    Attributes:
        steps: logged steps.
        train_loss, test_loss: nats; NaN if the model is not trained.
        memorised_at, generalised_at: steps; `NO_STEP` if it does not or diverged.
        final_train_accuracy, final_test_accuracy: at the last step, 0 to 1; NaN if the model
            diverged or is not trained.
        failed_at: first logged step with non-finite numbers; `NO_STEP` if the model is valid.
        formulas: the network of each cell; None where there is no formula.
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
        """Return the run of a sweep without any trained model."""
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
        """Which models diverged; read-only, as it is computed from `failed_at`."""
        failed = self.failed_at != NO_STEP
        failed.flags.writeable = False
        return failed

    @property
    def valid(self) -> Bool[np.ndarray, "cell seed"]:
        """Which models are trained and did not diverge."""
        return self.trained & ~self.failed

    def add(self, members: Members, trained: Trained) -> None:
        """Store the results of a shard's models."""
        at = (np.array(members.cells), np.array(members.seeds))
        self.train_loss[at] = trained.metrics["train_loss"]
        self.test_loss[at] = trained.metrics["test_loss"]
        self.trained[at] = True
        self.failed_at[at] = np.where(trained.failed_at >= 0, trained.failed_at, NO_STEP)
        valid = trained.failed_at < 0
        for place, final, accuracy in (
            (self.memorised_at, self.final_train_accuracy, trained.metrics["train_accuracy"]),
            (self.generalised_at, self.final_test_accuracy, trained.metrics["test_accuracy"]),
        ):
            found = [stays_above_from(self.steps, of_model) for of_model in accuracy]
            steps = np.array([NO_STEP if step is None else step for step in found])
            place[at] = np.where(valid, steps, NO_STEP)
            final[at] = np.where(valid, accuracy[:, -1], np.nan)

    def extremes(self) -> Extremes:
        """Return the extremes up to each logged step; NaN where nothing was logged."""
        train, test = (np.maximum(loss, FLOOR) for loss in (self.train_loss, self.test_loss))
        with np.errstate(invalid="ignore"):
            ratio = test / train
        return Extremes(
            np.fmin.accumulate(train, axis=2),
            np.fmin.accumulate(test, axis=2),
            np.fmax.accumulate(ratio, axis=2),
        )

    def final_extremes(self) -> Extremes:
        """Return the extremes over the whole training; NaN unless the model is `valid`."""
        whole = vars(self.extremes())
        return Extremes(**{k: np.where(self.valid, v[..., -1], np.nan) for k, v in whole.items()})

    def outcomes(self) -> Int[np.ndarray, "cell seed"]:
        """Return the outcome of each model, an index of `OUTCOMES`."""
        found = np.where(self.failed, FAILED, judge(self.final_extremes(), self.thresholds))
        return np.where(self.trained, found, UNTRAINED)

    def outcomes_so_far(self) -> Int[np.ndarray, "cell seed log"]:
        """Return the outcome of each model if training ended at each logged step."""
        failed = self.failed[..., None] & (self.steps >= self.failed_at[..., None])
        found = np.where(failed, FAILED, judge(self.extremes(), self.thresholds))
        return np.where(self.trained[..., None], found, UNTRAINED)

    def outcomes_by_accuracy(self) -> Int[np.ndarray, "cell seed"]:
        """Return outcomes by final accuracies: indices of `ACCURACY_OUTCOMES`, or `NO_RESULT`."""
        return np.select(
            [~self.valid, self.generalised_at != NO_STEP, self.memorised_at != NO_STEP],
            [NO_RESULT, FINALLY_GENERALISES, FINALLY_MEMORISES],
            FINALLY_NEVER,
        )

    def contradicted(self) -> Bool[np.ndarray, "cell seed"]:
        """Return which models have a different outcome by their final accuracies."""
        return self.valid & (_ACCURACY_OUTCOME[self.outcomes()] != self.outcomes_by_accuracy())


def judge(extremes: Extremes, thresholds: Thresholds) -> Int[np.ndarray, "cell seed *log"]:
    """Return outcomes, by the first rule that applies."""
    fits = extremes.train_loss <= thresholds.loss
    generalises = extremes.test_loss <= thresholds.loss
    at_once = extremes.ratio < thresholds.ratio
    return np.select([~fits, ~generalises, at_once], [NEVER, MEMORISES, TOGETHER], GROKS)


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
    """Return a CSV with a row for each model, by cell and seed; losses in nats, floored.

    A field is empty if the event did not happen or the model diverged or is not trained.
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
                    *map(_text, losses),
                    OUTCOMES[outcomes[at]],
                    *("" if step == NO_STEP else int(step) for step in steps),
                    *map(_text, accuracies),
                    "" if ends[at] == NO_RESULT else ACCURACY_OUTCOMES[ends[at]],
                ]
            )
    return text.getvalue()


def _text(number: float) -> str:
    return "" if isnan(number) else f"{number:.6g}"
