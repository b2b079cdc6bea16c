"""Naive facts of sweeps, counted model by model from losses and accuracies."""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from unicodedata import normalize

from gen.analysis.sweep_outcomes import SweepRun
from gen.experiments.sweep import Axis, Sweep

NAMES = ("groks", "together", "memorises", "never", "failed", "untrained")
SMALLEST = 2.0**-23
"""Smallest loss; smaller ones are replaced by it."""


@dataclass(frozen=True)
class Trained:
    """One model of a sweep.

    Attributes:
        at: position of its value on each axis, by the name of the axis.
        outcome: the outcome by its losses.
        end: the outcome by its final accuracies; None if undecided.
        gap: steps from memorising to generalising; None unless it does both.
        right_from: the step from which the test rows stay right; below zero if they do not.
    """

    at: dict[str, int]
    outcome: str
    end: str | None
    gap: int | None
    right_from: int


def outcome(run: SweepRun, place: tuple[int, int], last: int = -1) -> str:
    """Return the outcome of one model by its losses up to the logged step at a place."""
    steps = run.steps.tolist()[: last % len(run.steps) + 1]
    if not run.trained[place]:
        return "untrained"
    if 0 <= run.failed_at[place] <= steps[-1]:
        return "failed"
    train = [max(float(loss), SMALLEST) for loss in run.train_loss[place][: len(steps)]]
    test = [max(float(loss), SMALLEST) for loss in run.test_loss[place][: len(steps)]]
    if min(train) > run.thresholds.loss:
        return "never"
    if min(test) > run.thresholds.loss:
        return "memorises"
    left_behind = max(late / early for late, early in zip(test, train, strict=True))
    return "groks" if left_behind >= run.thresholds.ratio else "together"


def counts_of_outcomes(run: SweepRun) -> list[int]:
    """Return the number of models with each outcome, in the order of the pages."""
    found = [outcome(run, (c, s)) for c in range(len(run.trained)) for s in range(len(run.seeds))]
    return [found.count(name) for name in NAMES]


def models(sweep: Sweep, run: SweepRun) -> list[Trained]:
    """Return all models in the order of cells (last axis fastest) and then seeds."""
    grid = product(*(range(len(axis.values)) for axis in sweep.axes))
    found: list[Trained] = []
    for cell, values in enumerate(grid):
        at = {axis.key: value for axis, value in zip(sweep.axes, values, strict=True)}
        for seed in range(len(sweep.seeds)):
            place = (cell, seed)
            early, late = int(run.memorised_at[place]), int(run.generalised_at[place])
            finite = run.trained[place] and run.failed_at[place] < 0
            end = "generalises" if late >= 0 else "memorises" if early >= 0 else "never"
            gap = late - early if early >= 0 and late >= 0 else None
            found.append(Trained(at, outcome(run, place), end if finite else None, gap, late))
    return found


def facts(sweep: Sweep, run: SweepRun) -> dict[str, Any]:
    """Return every published fact of a sweep."""
    every = models(sweep, run)
    found = {**_of_settings(sweep, run), **_of_all(sweep, every), **_over_steps(run)}
    for axis in sweep.axes:
        slices = [[one for one in every if one.at[axis.key] == i] for i in range(len(axis.values))]
        found[f"models_at_each_{axis.key}"] = len(slices[0])
        found |= dict(_of_choices(axis, slices) if axis.choices else _of_values(axis, slices))
    numbers = [axis for axis in sweep.axes if not axis.choices]
    for first in numbers:
        for second in numbers:
            if first is not second:
                found |= dict(_of_two(first, second, every))
    return found


def _of_settings(sweep: Sweep, run: SweepRun) -> dict[str, Any]:
    model = sweep.cells[0]
    outputs = model.task.outputs
    found: dict[str, Any] = {
        "models": math.prod(len(axis.values) for axis in sweep.axes) * len(sweep.seeds),
        "cells": math.prod(len(axis.values) for axis in sweep.axes),
        "seeds": len(sweep.seeds),
        "steps": model.training.steps,
        "test_rows": model.task.draw(0).test.inputs.shape[1],
        "learning_rate": model.optimiser.learning_rate,
        "loss_threshold": run.thresholds.loss,
        "ratio_threshold": run.thresholds.ratio,
        "guess_loss": math.log(2) if outputs == 1 else math.log(outputs) / outputs,
    }
    modulus = getattr(model.task, "modulus", None)
    return found if modulus is None else {**found, "modulus": modulus}


def _of_all(sweep: Sweep, every: list[Trained]) -> dict[str, Any]:
    trained = [one for one in every if one.outcome != "untrained"]
    complete = len(trained) == len(every)
    same = {"groks": "generalises", "together": "generalises"}
    found: dict[str, Any] = {
        "trained": len(trained),
        "complete": 1 if complete else None,
        "contradicted": sum(
            one.end is not None and one.end != same.get(one.outcome, one.outcome) for one in every
        ),
    }
    found["never_right_on_train"] = sum(
        one.outcome == "never" and one.end in ("memorises", "generalises") for one in every
    )
    found["memorises_right_on_test"] = sum(
        one.outcome == "memorises" and one.end == "generalises" for one in every
    )
    for name in NAMES[:-1]:
        count = sum(one.outcome == name for one in every)
        found[name] = count
        found[f"{name}_share"] = count / len(trained) if trained else None
    gaps = [one.gap for one in every if one.outcome == "groks" and one.gap is not None]
    found["median_gap"] = int(statistics.median(gaps)) if complete and gaps else None
    cells = [every[i : i + len(sweep.seeds)] for i in range(0, len(every), len(sweep.seeds))]
    mixed = sum(len({one.outcome for one in cell}) > 1 for cell in cells)
    found["mixed_cells"] = mixed if complete else None
    return found


def _over_steps(run: SweepRun) -> dict[str, Any]:
    names = ("first_together_at", "first_groks_at", "most_memorises", "most_memorises_at")
    found: dict[str, Any] = dict.fromkeys((*names, "groks_ahead_at"))
    if not run.trained.all():
        return found
    places = list(product(range(len(run.trained)), range(len(run.seeds))))
    for last, step in reversed(list(enumerate(run.steps.tolist()))):
        now = [outcome(run, place, last) for place in places]
        for name in ("together", "groks"):
            if name in now:
                found[f"first_{name}_at"] = step
        memorise = now.count("memorises")
        if memorise and memorise >= (found["most_memorises"] or 0):
            found |= {"most_memorises": memorise, "most_memorises_at": step}
    for last, step in reversed(list(enumerate(run.steps.tolist()))):
        now = [outcome(run, place, last) for place in places]
        if now.count("groks") <= now.count("memorises"):
            break
        found["groks_ahead_at"] = step
    return found


def _known(part: list[Trained]) -> bool:
    return all(one.outcome != "untrained" for one in part)


def _count(part: list[Trained], *names: str) -> int | None:
    return sum(one.outcome in names for one in part) if _known(part) else None


def _of_values(axis: Axis, slices: list[list[Trained]]) -> Iterator[tuple[str, Any]]:
    key, values = axis.key, axis.values
    yield f"{key}_values", list(values)
    yield f"{key}_least", values[0]
    yield f"{key}_most", values[-1]
    for name in NAMES[:-1]:
        yield f"{name}_at_least_{key}", _count(slices[0], name)
        yield f"{name}_at_most_{key}", _count(slices[-1], name)
        counts = [_count(part, name) for part in slices]
        complete = all(count is not None for count in counts)
        yield f"{name}_at_{key}", counts if complete else None
        known = [count for count in counts if count is not None]
        alone = complete and known.count(max(known)) == 1
        yield f"{key}_with_most_{name}", values[known.index(max(known))] if alone else None
    generalise = [_count(part, "groks", "together") for part in slices]
    yield f"generalise_at_{key}", None if None in generalise else generalise
    yield from _of_delays(axis, slices)


def _of_choices(axis: Axis, slices: list[list[Trained]]) -> Iterator[tuple[str, Any]]:
    for place, (choice, part) in enumerate(zip(axis.values, slices, strict=True), 1):
        letters = re.findall("[a-z0-9]+", normalize("NFKD", choice).lower())
        short = "_".join(letters) or f"choice_{place}"
        for name in NAMES[:-1]:
            yield f"{name}_at_{axis.key}_{short}", _count(part, name)
        yield f"generalise_at_{axis.key}_{short}", _count(part, "groks", "together")
        known = all(one.outcome != "untrained" for one in part)
        right = sum(one.end == "generalises" for one in part)
        yield f"right_at_{axis.key}_{short}", right if known else None


def _of_two(first: Axis, second: Axis, every: list[Trained]) -> Iterator[tuple[str, Any]]:
    def at(one: int, other: int) -> list[Trained]:
        return [m for m in every if (m.at[first.key], m.at[second.key]) == (one, other)]

    def last(axis: Axis) -> int:
        return len(axis.values) - 1

    yield f"models_at_each_{first.key}_and_{second.key}", len(at(0, 0))
    for end, one in (("least", 0), ("most", last(first))):
        for other, two in (("least", 0), ("most", last(second))):
            for name in NAMES[:-1]:
                counted = _count(at(one, two), name)
                yield f"{name}_at_{end}_{first.key}_and_{other}_{second.key}", counted
    for end, two in (("least", 0), ("most", last(second))):
        parts = [at(one, two) for one in range(len(first.values))]
        half = [
            value
            for value, part in zip(first.values, parts, strict=True)
            if 2 * sum(m.outcome in {"groks", "together"} for m in part) >= len(part)
        ]
        known = all(map(_known, parts))
        yield f"{first.key}_for_half_at_{end}_{second.key}", half[0] if known and half else None
    for end, one in (("least", 0), ("most", last(first))):
        parts = [at(one, two) for two in range(len(second.values))]
        counts = [_count(part, "groks", "together") for part in parts]
        known = None not in counts
        name = f"generalise_at_{end}_{first.key}_by_{second.key}"
        yield name, counts if known else None
        yield f"most_{name}", max(count or 0 for count in counts) if known else None
        yield f"fewest_{name}", min(count or 0 for count in counts) if known else None


def _of_delays(axis: Axis, slices: list[list[Trained]]) -> Iterator[tuple[str, Any]]:
    """Yield medians over the settings with which every model generalises at every value."""
    by_setting: dict[tuple[tuple[str, int], ...], list[Trained]] = {}
    for one in (one for part in slices for one in part):
        rest = tuple((key, value) for key, value in one.at.items() if key != axis.key)
        by_setting.setdefault(rest, []).append(one)
    sure = [
        models
        for models in by_setting.values()
        if all(one.outcome in {"groks", "together"} and one.right_from >= 0 for one in models)
    ]
    complete = all(map(_known, slices))
    steps = [
        [one.right_from for models in sure for one in models if one.at[axis.key] == value]
        for value in range(len(axis.values))
    ]
    medians = [int(statistics.median(some)) for some in steps] if complete and sure else None
    yield f"all_generalise_by_{axis.key}", len(sure) if complete else None
    yield f"median_step_by_{axis.key}", medians
    yield f"median_step_at_least_{axis.key}", medians[0] if medians else None
    yield f"median_step_at_most_{axis.key}", medians[-1] if medians else None
