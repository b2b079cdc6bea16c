"""Read the algorithm out of a trained network as facts, and test it; `gen explain` prints them.

The fact `explanation` says what was found: `waves` (modular arithmetic), `bits` (sparse parity),
`own` (by the hook `explain` of a task or network), `no rule`, `does not generalise`, or
`no reader` for a task that nothing here can read. The names of all facts of a task's reader are
always there; they are None where nothing was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Bool, Int

from gen.analysis.all_pairs import accuracy, all_pairs, without_spectrum
from gen.analysis.bit_rule import (
    Answers,
    BitRule,
    BitWeights,
    logit_bounds,
    odd_patterns,
    read_rule,
)
from gen.analysis.clock_or_pizza import (
    algorithm,
    distance_irrelevance,
    gradient_symmetricity,
    without_doubles,
)
from gen.analysis.hidden_layer_views import activation_of, has_hidden_layer
from gen.analysis.logit_formula import read_waves, without_formula
from gen.analysis.outcome import generalised_at
from gen.analysis.own_explanation import own_explanation
from gen.analysis.pairs import read_pairs
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun
from gen.lazy import torch
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task

WAVE_FACTS = (
    "formula_argument",
    "formula_distance",
    "formula_period",
    "formula_accuracy",
    "logit_frequencies",
    "logit_amplitudes",
    "logit_phases",
    "explained_share",
    "distance_share",
    "uneven_share",
    "other_waves_share",
    "pair_accuracy",
    "without_formula_accuracy",
    "without_waves_accuracy",
    "without_doubles_accuracy",
    "gradient_symmetricity",
    "distance_irrelevance",
    "without_doubles_irrelevance",
    "algorithm",
)
BIT_FACTS = (
    "used_bits",
    "odd_or_even",
    "largest_other_influence",
    "patterns",
    "patterns_constant",
    "patterns_proved",
    "smallest_proved_logit",
)


@lru_cache(maxsize=4)
def explanation_facts(run: ModelRun) -> Facts:
    """Return what the network of a run computes, and how well that explains it.

    Raises:
        ConfigError: the hook of a task or network failed, or returned a wrong fact.
    """
    own = own_explanation(run)
    if own is not None:
        return own if generalised_at(run) is not None else _none("does not generalise", own)
    if isinstance(run.task, Modular):
        names, reader = WAVE_FACTS, _waves
    elif isinstance(run.task, SparseParity):
        names, reader = BIT_FACTS, _bits
    else:
        return {"explanation": "no reader"}
    return _read(run, names, reader)


def explanations(runs: Sequence[ModelRun]) -> Facts:
    """Return how many seeds were explained, and of modular tasks by which algorithm."""
    found = [explanation_facts(run) for run in runs if run.failed_at is None]
    rules = [facts for facts in found if facts["explanation"] in ("waves", "bits", "own")]
    counts: Facts = {"seeds_explained": len(rules)}
    if not runs or not isinstance(runs[0].task, Modular):
        return counts
    for name in ("clock", "pizza", "pizza with double waves"):
        of_kind = sum(facts.get("algorithm") == name for facts in rules)
        counts[f"seeds_{name.replace(' ', '_')}"] = of_kind
    for name in ("explained_share", "distance_irrelevance", "without_doubles_irrelevance"):
        values = [value for facts in rules if isinstance(value := facts.get(name), float)]
        counts[f"smallest_{name}"] = min(values, default=None)
        counts[f"largest_{name}"] = max(values, default=None)
    return counts


def _read(run: ModelRun, names: Sequence[str], reader: Callable[[ModelRun], Facts]) -> Facts:
    if generalised_at(run) is None:
        return _none("does not generalise", names)
    return reader(run)


def _none(explanation: str, names: Sequence[str] | Facts) -> Facts:
    return {**dict.fromkeys(names), "explanation": explanation}


def _waves(run: ModelRun) -> Facts:
    pairs, weights = all_pairs(run), read_pairs(run)
    waves = read_waves(pairs)
    if not waves.is_rule:
        return _none("no rule", WAVE_FACTS)
    doubled = weights is not None and "A" not in run.views
    single = without_doubles(weights) if doubled and weights is not None else None
    symmetricity, irrelevance = gradient_symmetricity(run), distance_irrelevance(pairs)
    without = None if single is None else distance_irrelevance(single)
    shares, rounding = waves.shares, waves.resolution
    return {
        "explanation": "waves",
        **_argument(run.task),
        "formula_accuracy": waves.accuracy,
        "logit_frequencies": list(waves.keys),
        "logit_amplitudes": waves.amplitudes,
        "logit_phases": waves.phases,
        "explained_share": shares["explained"],
        "distance_share": shares["distance"],
        "uneven_share": shares["uneven"],
        "other_waves_share": shares["other"],
        "pair_accuracy": accuracy(pairs, rounding),
        "without_formula_accuracy": accuracy(without_formula(pairs, waves), rounding),
        "without_waves_accuracy": accuracy(without_spectrum(pairs, waves.keys), rounding),
        "without_doubles_accuracy": None if single is None else accuracy(single, rounding),
        "gradient_symmetricity": symmetricity,
        "distance_irrelevance": irrelevance,
        "without_doubles_irrelevance": without,
        "algorithm": algorithm(symmetricity, irrelevance, without),
    }


def _argument(task: Task) -> Facts:
    """Return x of the formula in waves of x, what its amplitude may depend on, and its period."""
    assert isinstance(task, Modular)
    a, b, c = ("log a", "log b", "log c") if task.operation == "multiply" else ("a", "b", "c")
    plus, minus = ("-", "+") if task.operation == "subtract" else ("+", "-")
    return {
        "formula_argument": f"{a} {plus} {b} - {c}",
        "formula_distance": f"{a} {minus} {b}",
        "formula_period": task.outputs,
    }


def _bits(run: ModelRun) -> Facts:
    task = run.task
    assert isinstance(task, SparseParity)
    weights = _bit_weights(run, task) if has_hidden_layer(run) else None
    rule = read_rule(_network_of(run) if weights is None else weights.answers, task.bits)
    if rule.parity is None:
        return _none("no rule", BIT_FACTS)
    return {
        "explanation": "bits",
        "used_bits": [bit + 1 for bit in rule.used],
        "odd_or_even": rule.parity,
        "largest_other_influence": rule.largest_other,
        "patterns": len(rule.answers),
        "patterns_constant": rule.constant_patterns,
        **_proof(weights, rule),
    }


def _proof(weights: BitWeights | None, rule: BitRule) -> Facts:
    """Return how many patterns are proved, and the least |logit| if all are."""
    if weights is None:
        return {"patterns_proved": None, "smallest_proved_logit": None}
    bounds = logit_bounds(weights, rule.used)
    yes = odd_patterns(len(rule.used)) == (rule.parity == "odd")
    # The bound of each pattern on the side of zero, positive if the answer is proved.
    least = np.where(yes, bounds[:, 0], -bounds[:, 1])
    proved = int((least > 0).sum())
    whole = proved == len(least)
    return {
        "patterns_proved": proved,
        "smallest_proved_logit": float(least.min()) if whole else None,
    }


def _bit_weights(run: ModelRun, task: SparseParity) -> BitWeights:
    w_in, w_out = run.final_view("W_in"), run.final_view("W_out")
    return BitWeights(w_in[: task.bits], w_in[task.bits], w_out[:, 0], activation_of(run))


def _network_of(run: ModelRun) -> Answers:
    """Return the answers of a network of any kind, by its function from rows to logits."""
    parameters = {
        name: torch.from_numpy(np.array(values, dtype=np.float64))
        for name, values in run.parameters.items()
    }

    def answers(rows: Int[np.ndarray, "row bit"]) -> Bool[np.ndarray, " row"]:
        inputs = np.concatenate([rows, np.ones((len(rows), 1))], axis=1, dtype=np.float64)
        with torch.no_grad():
            logits = run.network.logits(run.task, parameters, torch.from_numpy(inputs))
        return logits.numpy()[:, 0] > 0

    return answers
