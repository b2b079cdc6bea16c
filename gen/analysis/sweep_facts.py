"""What may be said of a sweep, as plain values for the prose to quote."""

from __future__ import annotations

import re
from itertools import permutations
from typing import TYPE_CHECKING
from unicodedata import normalize

import numpy as np
from jaxtyping import Int

from gen.analysis.progress_facts import loss_of_guessing
from gen.analysis.sweep import GROKS, NOT_YET, OUTCOMES, TOGETHER, UNTRAINED
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.analysis.facts import Facts
    from gen.analysis.sweep import SweepRun
    from gen.sweeps import Axis, Sweep

_HALF = 0.5


def sweep_facts(sweep: Sweep, run: SweepRun) -> Facts:
    """Counts of every outcome, in all and for each value of each axis.

    `groks_at_weight_decay` lists how many grok for each value of that axis, in its order;
    `groks_at_most_weight_decay_and_least_hidden` counts those at two ends at once; so for every
    outcome and axis. Choices have no least and no most, but names: `groks_at_architecture_tied`
    and, with those that generalise at once, `generalise_at_architecture_tied`.
    `weight_decay_for_half_at_least_hidden` is the smallest decay at which half
    or more of the models with the fewest neurons generalise, late or at once. Shares are of the
    models trained so far.
    """
    outcomes = run.outcomes()
    trained = int((outcomes != UNTRAINED).sum())
    model = sweep.cells[0]
    facts: Facts = {
        "models": sweep.models,
        "trained": trained,
        "complete": 1 if trained == sweep.models else None,
        "cells": len(sweep.cells),
        "seeds": len(sweep.seeds),
        "steps": model.training.steps,
        "test_rows": model.task.rows[1],
        "learning_rate": model.optimiser.learning_rate,
        "loss_threshold": run.thresholds.loss,
        "ratio_threshold": run.thresholds.ratio,
    }
    if isinstance(model.task, Modular):
        facts["modulus"] = model.task.modulus
    facts["guess_loss"] = loss_of_guessing(model.task)
    for number, name in enumerate(OUTCOMES[:-1]):
        count = int((outcomes == number).sum())
        facts[name] = count
        facts[f"{name}_share"] = count / trained if trained else None
    grid = outcomes.reshape(*sweep.shape, len(sweep.seeds))
    for place, axis in enumerate(sweep.axes):
        slices = np.moveaxis(grid, place, 0).reshape(len(axis.values), -1)
        facts[f"models_at_each_{axis.key}"] = slices.shape[1]
        facts |= _by_choice(axis, slices) if axis.choices else _along(axis, slices)
    ordered = [place for place, axis in enumerate(sweep.axes) if axis.choices is None]
    for first, second in permutations(ordered, 2):
        facts |= _together(sweep.axes[first], sweep.axes[second], _table(grid, first, second))
    gaps = (run.generalised_at - run.memorised_at)[
        (outcomes == GROKS) & (run.generalised_at != NOT_YET) & (run.memorised_at != NOT_YET)
    ]
    facts["median_gap"] = int(np.median(gaps)) if len(gaps) else None
    mixed = sum(len(set(cell.tolist())) > 1 for cell in outcomes)
    facts["mixed_cells"] = mixed
    return facts


def _along(axis: Axis, outcomes: Int[np.ndarray, "value model"]) -> Facts:
    """How an outcome's count changes from the first value of a setting to the last."""
    facts: Facts = {
        f"{axis.key}_values": list(axis.values),
        f"{axis.key}_least": axis.values[0],
        f"{axis.key}_most": axis.values[-1],
    }
    for number, name in enumerate(OUTCOMES[:-1]):
        counts = (outcomes == number).sum(axis=1).tolist()
        facts[f"{name}_at_{axis.key}"] = counts
        facts[f"{name}_at_least_{axis.key}"] = counts[0]
        facts[f"{name}_at_most_{axis.key}"] = counts[-1]
        facts[f"{axis.key}_with_most_{name}"] = axis.values[int(np.argmax(counts))]
    return facts


def _by_choice(axis: Axis, outcomes: Int[np.ndarray, "choice model"]) -> Facts:
    """How often each outcome befell each choice."""
    facts: Facts = {}
    for choice, of_choice in zip(axis.values, outcomes, strict=True):
        counts = {
            name: int((of_choice == number).sum()) for number, name in enumerate(OUTCOMES[:-1])
        }
        counts["generalise"] = counts["groks"] + counts["together"]
        for name, count in counts.items():
            facts[f"{name}_at_{axis.key}_{_slug(choice)}"] = count
    return facts


def _slug(choice: str) -> str:
    """A choice's name as a part of a fact's: `L2 0.3` is `l2_0_3`."""
    return re.sub(r"[^a-z0-9]+", "_", normalize("NFKD", choice).lower()).strip("_")


def _table(
    grid: Int[np.ndarray, "*axis seed"], first: int, second: int
) -> Int[np.ndarray, "first second model"]:
    """Outcomes by the values of two axes."""
    table = np.moveaxis(grid, (first, second), (0, 1))
    return table.reshape(*table.shape[:2], -1)


def _together(first: Axis, second: Axis, table: Int[np.ndarray, "first second model"]) -> Facts:
    """What two settings decide together: counts at their ends, and where the outcome turns."""
    facts: Facts = {f"models_at_each_{first.key}_and_{second.key}": table.shape[2]}
    for end, row in (("least", 0), ("most", -1)):
        for other, column in (("least", 0), ("most", -1)):
            for number, name in enumerate(OUTCOMES[:-1]):
                key = f"{name}_at_{end}_{first.key}_and_{other}_{second.key}"
                facts[key] = int((table[row, column] == number).sum())
        generalises = np.isin(table[:, row], (GROKS, TOGETHER)).mean(axis=1) >= _HALF
        found = first.values[int(generalises.argmax())] if generalises.any() else None
        facts[f"{first.key}_for_half_at_{end}_{second.key}"] = found
    return facts
