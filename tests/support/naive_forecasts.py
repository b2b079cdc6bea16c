"""Naive computation of early measures and of their scores, with loops over seeds and pairs."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from gen.experiments.runs import ModelRun
from tests.support import naive_facts as naive
from tests.support.naive_facts import Row
from tests.support.outcome_runs import Case


def rank(values: Sequence[float]) -> list[float]:
    """Return ranks from 1, equal values with the mean of their places in the sorted list."""
    ordered = sorted(values)
    places = {
        value: [place for place, each in enumerate(ordered, 1) if each == value]
        for value in ordered
    }
    return [statistics.mean(places[value]) for value in values]


def correlation(values: Sequence[float], steps: Sequence[float]) -> float:
    """Return the correlation of ranks; 0 if all are equal."""
    first, second = rank(values), rank(steps)
    if len(set(first)) == 1 or len(set(second)) == 1:
        return 0.0
    return statistics.correlation(first, second)


def error(values: Sequence[float], steps: Sequence[float]) -> float:
    """Return the mean absolute error of lines fitted without the seed that they predict."""
    errors = []
    for seed, (value, step) in enumerate(zip(values, steps, strict=True)):
        x = [each for other, each in enumerate(values) if other != seed]
        y = [each for other, each in enumerate(steps) if other != seed]
        if len(set(x)) == 1:
            guess = statistics.mean(y)
        else:
            line = statistics.linear_regression(x, y)
            guess = line.slope * value + line.intercept
        errors.append(abs(guess - step))
    return statistics.mean(errors)


def blind(steps: Sequence[float]) -> float:
    """Return the mean absolute error of the median of all others."""
    return statistics.mean(
        abs(step - statistics.median([*steps[:seed], *steps[seed + 1 :]]))
        for seed, step in enumerate(steps)
    )


def order(values: Sequence[float], happened: Sequence[bool]) -> float | None:
    """Return the share of pairs with the larger value where it happened."""
    pairs = [
        1.0 if with_event > without else 0.5 if with_event == without else 0.0
        for with_event, is_event in zip(values, happened, strict=True)
        for without, is_other in zip(values, happened, strict=True)
        if is_event and not is_other
    ]
    return statistics.mean(pairs) if pairs else None


def measures(run: ModelRun, place: int) -> dict[str, float]:
    """Return every early measure of a run at a snapshot, from waves fitted one by one."""
    w_in, w_out = (run.views[name][place].astype(float) for name in ("W_in", "W_out"))
    power = wave_powers(w_in)
    total = [sum(row) for row in power]
    strongest = sorted(range(len(total)), key=lambda k: -total[k])[:4]
    last = [sum(row) for row in wave_powers(run.views["W_in"][-1].astype(float))]
    final = [k for k, each in enumerate(last) if each >= 0.05 * sum(last)]
    log = list(run.logged_steps).index(run.snapshot_steps[place])
    sizes = [math.sqrt(each) for each in total]
    gaps = [abs(a - b) for a in sizes for b in sizes]
    return {
        "test_loss": math.log(run.metrics["test_loss"][log]),
        "test_accuracy": run.metrics["test_accuracy"][log],
        "train_loss": math.log(run.metrics["train_loss"][log]),
        "norm": math.sqrt((w_in**2).sum() + (w_out**2).sum()),
        "gini": statistics.mean(gaps) / 2 / statistics.mean(sizes),
        "strongest_share": sum(total[k] for k in strongest) / sum(total),
        "single_wave_neurons": sum(max(each) > sum(each) / 2 for each in zip(*power, strict=True)),
        "largest_amplitude": math.sqrt(2 * max(total)),
        "strongest_loss": math.log(_loss(run, w_in, w_out, strongest)),
        "final_share": sum(total[k] for k in final) / sum(total),
        "final_loss": math.log(_loss(run, w_in, w_out, final)),
    }


def wave_powers(w_in: np.ndarray) -> list[list[float]]:
    """Return the mean square of each wave (row) of each neuron (column); p is odd."""
    p = len(w_in)
    turns = [2 * np.pi * k * np.arange(p) / p for k in range(1, p // 2 + 1)]
    return [
        list(((np.cos(turn) @ w_in) ** 2 + (np.sin(turn) @ w_in) ** 2) * 2 / p**2) for turn in turns
    ]


def _loss(run: ModelRun, w_in: np.ndarray, w_out: np.ndarray, waves: list[int]) -> float:
    p = len(w_in)
    logits = np.array(
        [
            np.mean([np.maximum(w_in[a] + w_in[(s - a) % p], 0) for a in range(p)], axis=0) @ w_out
            for s in range(p)
        ]
    )
    kept = np.tile(logits.mean(axis=0), (p, 1))
    for k in waves:
        turn = 2 * np.pi * (k + 1) * np.arange(p) / p
        for part in (np.cos(turn), np.sin(turn)):
            kept += np.outer(part, part @ logits) * 2 / p
    labels = run.task.draw(run.seed).test.labels[0]
    return statistics.mean(
        float(math.log(np.exp(kept[label]).sum()) - kept[label][label]) / p for label in labels
    )


def _jumps(case: Case) -> list[int]:
    valid = (run for run in case.runs if run.failed_at is None)
    halves = (naive.half_known(replace(case, chosen=run)) for run in valid)
    return [step for step in halves if step is not None]


def _none(case: Case) -> None:
    """Return the value of a score of two seeds."""


NAMES = (
    "test_loss",
    "test_accuracy",
    "train_loss",
    "norm",
    "gini",
    "strongest_share",
    "single_wave_neurons",
    "largest_amplitude",
    "strongest_loss",
    "final_share",
    "final_loss",
)
KINDS = ("correlation", "error", "order")

ROWS_OF_FEW: Mapping[str, Row] = {
    "early_shuffles": lambda c: 10_000,
    "early_measures": lambda c: len(NAMES) - 2,
    "early_jumps": lambda c: len(_jumps(c)),
    "early_others": lambda c: sum(run.failed_at is None for run in c.runs) - len(_jumps(c)),
    "early_first_jump_at": lambda c: min(_jumps(c), default=None),
    "early_last_jump_at": lambda c: max(_jumps(c), default=None),
    "early_blind_error": _none,
    **{f"early_{name}_{kind}": _none for name in NAMES for kind in KINDS},
    **{
        f"early{when}_{what}": _none
        for when in ("", "_start", "_quarter", "_midway")
        for what in (
            "at",
            *(f"{kind}{part}" for kind in KINDS for part in ("", "_of", "_by_chance")),
        )
    },
}
"""The facts of a model of fewer than four seeds."""
