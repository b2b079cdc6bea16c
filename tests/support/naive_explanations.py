"""Naive computation of the facts of an explanation, with loops over pairs, answers and patterns.

Nothing of `gen.analysis` is used; the definitions are deliberately repeated here.
"""

from __future__ import annotations

import cmath
import itertools
import math
from functools import cache
from typing import Any

import numpy as np

from gen.experiments.runs import ModelRun
from tests.support.naive_facts import Row, learned
from tests.support.outcome_runs import Case

Table = list[list[list[float]]]


def fact(name: str) -> Row:
    """Return a row: a fact of the explanation of the shown run."""
    return lambda case: explanation(case.chosen).get(name)


def over_seeds(name: str, pick: Any) -> Row:
    """Return a row: the smallest or largest value of a fact over the explained seeds."""

    def row(case: Case) -> float | None:
        values = [found[name] for found in _explained(case) if found.get(name) is not None]
        return pick(values) if values else None

    return row


def count(algorithm: str | None = None) -> Row:
    """Return a row: the explained seeds, or those of an algorithm."""
    return lambda case: sum(
        algorithm is None or found.get("algorithm") == algorithm for found in _explained(case)
    )


def _explained(case: Case) -> list[dict[str, Any]]:
    every = [explanation(run) for run in case.runs if run.failed_at is None]
    return [found for found in every if found["explanation"] in ("waves", "bits")]


@cache
def explanation(run: ModelRun) -> dict[str, Any]:
    """Return the facts of the explanation of a run."""
    if learned(run, "test") is None:
        return {"explanation": "does not generalise"}
    return _bits(run) if hasattr(run.task, "signal_bits") else _waves(run)


# --- Modular tasks


def matrices(run: ModelRun) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the weights for a, for the negated or plain b, and of the answers."""
    n = run.task.outputs
    last = {name: view[-1].astype(float) for name, view in run.views.items()}
    if "A" in last:
        turn = [2 * math.pi * i / n for i in range(n)]
        points = np.array([[math.cos(t), math.sin(t)] for t in turn]) * math.sqrt(2 / n)
        return points @ last["A"], points @ last["A"], last["B"] @ points.T
    if getattr(run.task, "operation", "") != "subtract":
        return last["W_in"], last["W_in"], last["W_out"]
    width = run.parameters["E"].shape[1]
    second = run.parameters["E"] @ run.parameters["A"][width:]
    return last["W_in"], second[[-b % n for b in range(n)]], last["W_out"]


def logits(first: np.ndarray, second: np.ndarray, out: np.ndarray) -> Table:
    """Return the logits of every a, b and answer."""
    return [[(np.maximum(row_a + row_b, 0) @ out).tolist() for row_b in second] for row_a in first]


def accuracy(table: Table, resolution: float) -> float:
    """Return the share of pairs whose logit of a + b is clearly the highest."""
    n = len(table)
    right = [
        row[(a + b) % n] > max(v for c, v in enumerate(row) if c != (a + b) % n) + resolution
        for a, of_a in enumerate(table)
        for b, row in enumerate(of_a)
    ]
    return sum(right) / n**2


def irrelevance(table: Table) -> float:
    """Return the mean spread of the right logit at one distance, over its whole spread."""
    n = len(table)
    right = [[table[a][b][(a + b) % n] for b in range(n)] for a in range(n)]
    spreads = [np.std([right[(b + d) % n][b] for b in range(n)]) for d in range(n)]
    return float(np.mean(spreads) / np.std(right))


def _waves(run: ModelRun) -> dict[str, Any]:
    first, second, out = matrices(run)
    table, n = logits(first, second, out), len(first)
    pairs = list(itertools.product(range(n), repeat=2))
    turned = {
        k: {
            (a, b): sum(
                table[a][b][c] * cmath.exp(-2j * math.pi * k * (a + b - c) / n) for c in range(n)
            )
            * (1 if 2 * k == n else 2)
            / n
            for a, b in pairs
        }
        for k in range(1, n // 2 + 1)
    }
    half = {k: 1 if 2 * k == n else 0.5 for k in turned}
    means = {k: sum(of.values()) / n**2 for k, of in turned.items()}
    fixed = {k: half[k] * abs(means[k]) ** 2 for k in turned}
    whole = {k: half[k] * sum(abs(r) ** 2 for r in of.values()) / n**2 for k, of in turned.items()}
    apart = {
        k: half[k]
        * sum(abs(sum(of[(b + d) % n, b] for b in range(n)) / n) ** 2 for d in range(n))
        / n
        - fixed[k]
        for k, of in turned.items()
    }
    variance = sum(whole.values())
    keys = [k for k in turned if fixed[k] >= 0.01 * variance]
    amplitudes = [abs(means[k]) for k in keys]
    phases = [-math.degrees(cmath.phase(means[k])) for k in keys]
    terms = list(zip(keys, amplitudes, phases, strict=True))
    curve = [
        sum(h * math.cos(2 * math.pi * k * x / n - math.radians(f)) for k, h, f in terms)
        for x in range(n)
    ]
    explained = sum(fixed[k] for k in keys) / variance
    if curve[0] <= max(curve[1:]) or explained < 0.5:
        return {"explanation": "no rule"}
    rounding = 1e-9 * math.sqrt(variance)
    of_keys = sum(whole[k] for k in keys) / variance
    distance = sum(apart[k] for k in keys) / variance
    operation = getattr(run.task, "operation", "")
    argument, between = {
        "add": ("a + b - c", "a - b"),
        "subtract": ("a - b - c", "a + b"),
        "multiply": ("log a + log b - log c", "log a - log b"),
    }[operation]
    found = {
        "explanation": "waves",
        "formula_argument": argument,
        "formula_distance": between,
        "formula_period": n,
        "formula_accuracy": 1.0,
        "logit_frequencies": keys,
        "logit_amplitudes": amplitudes,
        "logit_phases": phases,
        "explained_share": explained,
        "distance_share": distance,
        "uneven_share": of_keys - explained - distance,
        "other_waves_share": 1 - of_keys,
        "pair_accuracy": accuracy(table, rounding),
        "without_formula_accuracy": accuracy(_less(table, curve), rounding),
        "without_waves_accuracy": accuracy(_filtered(table, keys), rounding),
        "gradient_symmetricity": None if operation == "subtract" else 1.0,
        "distance_irrelevance": irrelevance(table),
        **_without_doubles(run, first, second, out, rounding),
    }
    return found | {"algorithm": _algorithm(found)}


def _algorithm(found: dict[str, Any]) -> str | None:
    without = found["without_doubles_irrelevance"]
    if found["distance_irrelevance"] <= 0.4:
        return "pizza"
    return "pizza with double waves" if without is not None and without <= 0.4 else None


def _less(table: Table, curve: list[float]) -> Table:
    n = len(table)
    return [
        [
            [value - curve[(a + b - c) % n] for c, value in enumerate(row)]
            for b, row in enumerate(of_a)
        ]
        for a, of_a in enumerate(table)
    ]


def _filtered(table: Table, keys: list[int]) -> Table:
    return [[_without_waves(row, keys) for row in of_a] for of_a in table]


def _without_waves(values: Any, waves: list[int]) -> list[float]:
    """Return values less some of their waves."""
    n, kept = len(values), list(values)
    for k in waves:
        turn = [cmath.exp(2j * math.pi * k * i / n) for i in range(n)]
        mean = sum(v * t.conjugate() for v, t in zip(values, turn, strict=True)) / n
        both = 1 if k == 0 or 2 * k == n else 2
        kept = [v - both * (mean * t).real for v, t in zip(kept, turn, strict=True)]
    return kept


def _without_doubles(
    run: ModelRun, first: np.ndarray, second: np.ndarray, out: np.ndarray, rounding: float
) -> dict[str, float | None]:
    if "A" in run.views:
        names = ("without_doubles_accuracy", "without_doubles_irrelevance")
        return dict.fromkeys(names)
    n, neurons = first.shape
    powers = [[_power(first[:, j], k) for k in range(1, n // 2 + 1)] for j in range(neurons)]
    loudest = max(map(sum, powers))
    changed = first.copy(), second.copy()
    for j, of_neuron in enumerate(powers):
        if sum(of_neuron) < loudest / 100:
            continue
        twice = 2 * (1 + of_neuron.index(max(of_neuron))) % n
        wave = min(twice, n - twice)
        for matrix in changed if wave else ():
            matrix[:, j] = _without_waves(matrix[:, j].tolist(), [wave])
    table = logits(*changed, out)
    return {
        "without_doubles_accuracy": accuracy(table, rounding),
        "without_doubles_irrelevance": irrelevance(table),
    }


def _power(values: np.ndarray, k: int) -> float:
    n = len(values)
    found = sum(float(v) * cmath.exp(-2j * math.pi * k * i / n) for i, v in enumerate(values))
    return abs(found) ** 2 * (1 if 2 * k == n else 2)


# --- Bits


def _bits(run: ModelRun) -> dict[str, Any]:
    """Return the facts of a parity network of few bits, from all of its rows."""
    w_in, w_out = (run.views[name][-1].astype(float) for name in ("W_in", "W_out"))
    bits = len(w_in) - 1
    rows = list(itertools.product((0, 1), repeat=bits))
    yes = {row: bool(np.maximum(np.array([*row, 1]) @ w_in, 0) @ w_out[:, 0] > 0) for row in rows}
    shares = [
        sum(yes[row] != yes[(*row[:i], 1 - row[i], *row[i + 1 :])] for row in rows) / len(rows)
        for i in range(bits)
    ]
    used = [i for i, share in enumerate(shares) if share > 0.25]
    answers: dict[tuple[int, ...], list[bool]] = {}
    for row, answer in yes.items():
        answers.setdefault(tuple(row[i] for i in used), []).append(answer)
    most = {pattern: sum(found) * 2 > len(found) for pattern, found in answers.items()}
    odd = {pattern: sum(pattern) % 2 == 1 for pattern in most}
    same = [most[pattern] == odd[pattern] for pattern in most]
    if not used or (any(same) and not all(same)):
        return {"explanation": "no rule"}
    return {"explanation": "bits", "used_bits": [i + 1 for i in used]}
