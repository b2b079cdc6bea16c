"""Facts of a sweep: plain values that pages quote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import permutations
from unicodedata import normalize

import numpy as np
from jaxtyping import Int

from gen.analysis.outcome import stays_above_from
from gen.analysis.sweep_outcomes import (
    FINALLY_GENERALISES,
    GROKS,
    MEMORISES,
    NEVER,
    NO_STEP,
    OUTCOMES,
    TOGETHER,
    UNTRAINED,
    SweepRun,
)
from gen.analysis.types import Facts
from gen.experiments.sweep import Axis, Sweep
from gen.experiments.thresholds import chance_loss
from gen.tasks.modular import Modular

SO_FAR = (
    "trained",
    "complete",
    "contradicted",
    "never_right_on_train",
    "memorises_right_on_test",
    *(f"{name}{end}" for name in OUTCOMES[:-1] for end in ("", "_share")),
)
"""Facts that are known while models are missing; they count the models trained so far."""

_HALF = 0.5
_JUDGED = tuple(enumerate(OUTCOMES[:-1]))


def sweep_facts(sweep: Sweep, run: SweepRun) -> Facts:
    """Return counts of every outcome, in total and for each value of each axis.

    `groks_at_weight_decay` lists how many grok for each value of that axis, in its order;
    `groks_at_most_weight_decay_and_least_hidden` counts those at two ends; the same holds for
    every outcome and axis. An axis of choices has names instead of ends:
    `groks_at_architecture_tied`; `generalise_at_architecture_tied` counts those that generalise
    late or at once, and `right_at_architecture_tied` those that do by their final accuracies.
    `weight_decay_for_half_at_least_hidden` is the smallest decay at which half or more of the
    models with the fewest neurons generalise, late or at once; `generalise_at_hidden` lists how
    many do for each number of neurons, and `generalise_at_least_hidden_by_weight_decay` for each
    decay, with the fewest neurons. `median_step_by_hidden`: see `_delays`. `contradicted` counts
    models with a different outcome by their final accuracies; `never_right_on_train` those that
    never fit by their losses and yet end with 99 % of their training rows right,
    `memorises_right_on_test` those that only memorise by their losses and yet end with 99 % of the
    test rows right.
    `first_together_at`, `first_groks_at`, `most_memorises_at` and `groks_ahead_at` are logged
    steps: see `_over_steps`.

    Facts not in `SO_FAR` are None until every model that they count is trained.

    Raises:
        ValueError: two facts would have the same name.
    """
    outcomes = run.outcomes()
    shape = (*sweep.shape, len(sweep.seeds))
    right = np.where(run.trained, run.outcomes_by_accuracy() == FINALLY_GENERALISES, UNTRAINED)
    counts = _counts(sweep, outcomes.reshape(shape), right.reshape(shape))
    steps = run.generalised_at.reshape(shape)
    delays = (
        _delays(axis, _by_values(outcomes.reshape(shape), place), _by_values(steps, place), shape)
        for place, axis in enumerate(sweep.axes)
        if axis.choices is None
    )
    totals = _totals(sweep, run, outcomes)
    return _merged([_settings(sweep, run), totals, _over_steps(run), *counts, *delays])


def check_names(sweep: Sweep) -> None:
    """Raise ValueError if two facts of a sweep would have the same name."""
    sweep_facts(sweep, SweepRun.empty(sweep, np.array([0])))


def _settings(sweep: Sweep, run: SweepRun) -> Facts:
    model = sweep.cells[0]
    facts: Facts = {
        "models": sweep.models,
        "cells": len(sweep.cells),
        "seeds": len(sweep.seeds),
        "steps": model.training.steps,
        "test_rows": model.task.rows[1],
        "learning_rate": model.optimiser.learning_rate,
        "loss_threshold": run.thresholds.loss,
        "ratio_threshold": run.thresholds.ratio,
        "guess_loss": chance_loss(model.task),
    }
    if isinstance(model.task, Modular):
        facts["modulus"] = model.task.modulus
    return facts


def _totals(sweep: Sweep, run: SweepRun, outcomes: Int[np.ndarray, "cell seed"]) -> Facts:
    trained = int(run.trained.sum())
    complete = trained == sweep.models
    memorised, generalised = run.memorised_at != NO_STEP, run.generalised_at != NO_STEP
    facts: Facts = {
        "trained": trained,
        "complete": 1 if complete else None,
        "contradicted": int(run.contradicted().sum()),
        "never_right_on_train": int(((outcomes == NEVER) & memorised).sum()),
        "memorises_right_on_test": int(((outcomes == MEMORISES) & generalised).sum()),
    }
    for number, name in _JUDGED:
        count = int((outcomes == number).sum())
        facts[name] = count
        facts[f"{name}_share"] = count / trained if trained else None
    gaps = (run.generalised_at - run.memorised_at)[(outcomes == GROKS) & memorised & generalised]
    facts["median_gap"] = int(np.median(gaps)) if complete and len(gaps) else None
    mixed = sum(len(set(cell.tolist())) > 1 for cell in outcomes)
    facts["mixed_cells"] = mixed if complete else None
    return facts


def _over_steps(run: SweepRun) -> Facts:
    """Return when outcomes appear, of the outcomes that models had if training ended at a step.

    Returns:
        `first_NAME_at`: the first logged step at which a model has the outcome, for those that
        generalise. `most_memorises`: the largest number that only memorise at one step;
        `most_memorises_at`: the first such step. `groks_ahead_at`: step from which more models
        grok than only memorise, to the end. Those that do not happen are None.
    """
    names = ("first_together_at", "first_groks_at", "most_memorises", "most_memorises_at")
    facts: Facts = dict.fromkeys((*names, "groks_ahead_at"))
    if not run.trained.all():
        return facts
    outcomes = run.outcomes_so_far()
    groks, together, memorises = (
        (outcomes == number).sum(axis=(0, 1)) for number in (GROKS, TOGETHER, MEMORISES)
    )
    for name, count in (("together", together), ("groks", groks)):
        if count.any():
            facts[f"first_{name}_at"] = int(run.steps[(count > 0).argmax()])
    if memorises.any():
        facts["most_memorises"] = int(memorises.max())
        facts["most_memorises_at"] = int(run.steps[memorises.argmax()])
    facts["groks_ahead_at"] = stays_above_from(run.steps, groks - memorises, 1)
    return facts


def _counts(
    sweep: Sweep, grid: Int[np.ndarray, "*axis seed"], right: Int[np.ndarray, "*axis seed"]
) -> Iterable[Facts]:
    """Return the facts along each axis and each pair of axes, from a grid of outcomes.

    In `right`, 1 is a model that generalises by its final accuracies, others 0 or `UNTRAINED`.
    """
    for place, axis in enumerate(sweep.axes):
        slices = _by_values(grid, place)
        yield {f"models_at_each_{axis.key}": slices.shape[1]}
        if axis.choices:
            yield _by_choice(axis, slices)
            yield _right_by_choice(axis, _by_values(right, place))
        else:
            yield _along(axis, slices)
    ordered = [place for place, axis in enumerate(sweep.axes) if axis.choices is None]
    for first, second in permutations(ordered, 2):
        yield _together(sweep.axes[first], sweep.axes[second], _by_values(grid, first, second))


def _by_values(
    grid: Int[np.ndarray, "*axis seed"], *places: int
) -> Int[np.ndarray, "*value model"]:
    """Return the models by the values of some axes."""
    table = np.moveaxis(grid, places, range(len(places)))
    return table.reshape(*table.shape[: len(places)], -1)


def _along(axis: Axis, outcomes: Int[np.ndarray, "value model"]) -> Facts:
    """Return the counts of each outcome along the values of an axis."""
    facts: Facts = {
        f"{axis.key}_values": list(axis.values),
        f"{axis.key}_least": axis.values[0],
        f"{axis.key}_most": axis.values[-1],
    }
    for number, name in _JUDGED:
        counts = (outcomes == number).sum(axis=1)
        complete = _trained(outcomes)
        facts[f"{name}_at_{axis.key}"] = counts.tolist() if complete else None
        facts[f"{name}_at_least_{axis.key}"] = _count(outcomes[0], number)
        facts[f"{name}_at_most_{axis.key}"] = _count(outcomes[-1], number)
        alone = complete and (counts == counts.max()).sum() == 1
        facts[f"{axis.key}_with_most_{name}"] = axis.values[counts.argmax()] if alone else None
    facts[f"generalise_at_{axis.key}"] = _generalise(outcomes)
    return facts


def _generalise(outcomes: Int[np.ndarray, "value model"]) -> list[int] | None:
    """Return how many models of each value generalise; None while one is not trained."""
    if not _trained(outcomes):
        return None
    return np.isin(outcomes, (GROKS, TOGETHER)).sum(axis=1).tolist()


def _delays(
    axis: Axis,
    outcomes: Int[np.ndarray, "value model"],
    steps: Int[np.ndarray, "value model"],
    shape: tuple[int, ...],
) -> Facts:
    """Return from which step models are right on test rows, for each value of an axis.

    Where some models do not get there, a median over the others says too little, so that only
    settings count with which all seeds generalise at every value of the axis.

    Args:
        steps: from which at least 99 % of the test rows stay right.
        shape: of the grid of models; seeds are last.

    Returns:
        `all_generalise_by_NAME`: the number of these settings of the other axes;
        `median_step_by_NAME`: the median step over their models for each value;
        `median_step_at_least_NAME` and `median_step_at_most_NAME`: its ends. None while models are
        missing, and the steps if there are no such settings.
    """
    key = axis.key
    facts: Facts = dict.fromkeys(
        (
            f"all_generalise_by_{key}",
            f"median_step_by_{key}",
            f"median_step_at_least_{key}",
            f"median_step_at_most_{key}",
        )
    )
    if not _trained(outcomes):
        return facts
    gets_there = np.isin(outcomes, (GROKS, TOGETHER)) & (steps != NO_STEP)
    everywhere = gets_there.reshape(len(axis.values), -1, shape[-1]).all(axis=(0, 2))
    facts[f"all_generalise_by_{key}"] = int(everywhere.sum())
    if everywhere.any():
        counted = steps.reshape(len(axis.values), -1, shape[-1])[:, everywhere]
        medians = [int(np.median(one)) for one in counted]
        facts[f"median_step_by_{key}"] = medians
        facts[f"median_step_at_least_{key}"] = medians[0]
        facts[f"median_step_at_most_{key}"] = medians[-1]
    return facts


def _by_choice(axis: Axis, outcomes: Int[np.ndarray, "choice model"]) -> Facts:
    """Return the counts of each outcome for each choice."""
    return _merged(
        {
            f"{name}_at_{axis.key}_{slug(axis.values[place], place + 1)}": _count(
                of_choice, *numbers
            )
            for name, numbers in (
                *((name, (number,)) for number, name in _JUDGED),
                ("generalise", (GROKS, TOGETHER)),
            )
        }
        for place, of_choice in enumerate(outcomes)
    )


def _right_by_choice(axis: Axis, right: Int[np.ndarray, "choice model"]) -> Facts:
    """Return how many models of each choice generalise by their final accuracies."""
    return {
        f"right_at_{axis.key}_{slug(axis.values[place], place + 1)}": _count(of_choice, 1)
        for place, of_choice in enumerate(right)
    }


def slug(choice: str, number: int) -> str:
    """Return a choice's name as part of a fact's name: `l2_0_3` for `L2 0.3`.

    Args:
        number: the choice's place on its axis, used if its name has no ASCII letter or digit.
    """
    found = re.sub(r"[^a-z0-9]+", "_", normalize("NFKD", choice).lower()).strip("_")
    return found or f"choice_{number}"


def _together(first: Axis, second: Axis, table: Int[np.ndarray, "first second model"]) -> Facts:
    """Return counts at the ends of two axes, and where half of the models generalise.

    `generalise_at_least_FIRST_by_SECOND` lists, for each value of the second axis, how many
    generalise at the least value of the first; `most_` and `fewest_` are its ends.
    """
    facts: Facts = {f"models_at_each_{first.key}_and_{second.key}": table.shape[2]}
    for end, row in (("least", 0), ("most", -1)):
        for other, column in (("least", 0), ("most", -1)):
            for number, name in _JUDGED:
                key = f"{name}_at_{end}_{first.key}_and_{other}_{second.key}"
                facts[key] = _count(table[row, column], number)
        generalises = np.isin(table[:, row], (GROKS, TOGETHER)).mean(axis=1) >= _HALF
        known = _trained(table[:, row]) and generalises.any()
        found = first.values[int(generalises.argmax())] if known else None
        facts[f"{first.key}_for_half_at_{end}_{second.key}"] = found
        counts = _generalise(table[row])
        name = f"generalise_at_{end}_{first.key}_by_{second.key}"
        facts[name] = counts
        facts[f"most_{name}"] = max(counts) if counts else None
        facts[f"fewest_{name}"] = min(counts) if counts else None
    return facts


def _trained(outcomes: np.ndarray) -> bool:
    return not (outcomes == UNTRAINED).any()


def _count(outcomes: np.ndarray, *numbers: int) -> int | None:
    """Return how many models have one of some outcomes; None while one is not trained."""
    return int(np.isin(outcomes, numbers).sum()) if _trained(outcomes) else None


def _merged(parts: Iterable[Facts]) -> Facts:
    facts: Facts = {}
    for part in parts:
        for name in part:
            if name in facts:
                raise ValueError(f'two facts of this sweep would be called "{name}"')
        facts |= part
    return facts
