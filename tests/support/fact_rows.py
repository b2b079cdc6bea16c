"""The table of facts: a naive computation of each published fact of a model.

A published fact without a row fails a test.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from typing import Any

import numpy as np

from tests.support import naive_circuits, naive_race, naive_stripes
from tests.support import naive_explanations as explained
from tests.support import naive_facts as naive
from tests.support.naive_facts import Row, at, learned, lowest, measured, metric, of_rise
from tests.support.naive_forecasts import ROWS_OF_FEW
from tests.support.outcome_runs import Case


def _last(name: str) -> Row:
    return lambda c: c.chosen.metrics[name][-1]


def _gap(c: Case) -> int | None:
    first, second = learned(c.chosen, "train"), learned(c.chosen, "test")
    return None if first is None or second is None else second - first


def _memorised(c: Case) -> int | None:
    return learned(c.chosen, "train")


def _rise(c: Case) -> float:
    loss = naive.smooth(c.chosen)
    return loss[-1] / min(loss)


def _lead(c: Case) -> int | None:
    halved, half = naive.halved(c), naive.half_known(c)
    return None if halved is None or half is None else half - halved


def _first(name: str) -> Row:
    return lambda c: naive.progress(c)[name][0]


def _final(name: str) -> Row:
    return lambda c: naive.progress(c)[name][-1]


def _norm(c: Case) -> list[float]:
    return [
        math.sqrt(
            sum(float((view[i].astype(float) ** 2).sum()) for view in c.chosen.views.values())
        )
        for i in range(len(c.chosen.snapshot_steps))
    ]


def _pairs(c: Case) -> int:
    return sum(c.chosen.task.rows)


def _steps(c: Case, split: str) -> list[int]:
    """Return the steps from which valid seeds have learned a split, in rising order."""
    valid = [run for run in c.runs if run.failed_at is None]
    return sorted(step for run in valid if (step := learned(run, split)) is not None)


def _half_right(c: Case) -> list[int]:
    """Return the steps from which half of the test rows stay right, of seeds that come so far."""
    found = []
    for run in c.runs:
        right = [bool(value >= 0.5) for value in run.metrics["test_accuracy"]]
        if run.failed_at is None and right[-1]:
            lasting = len(right) - right[::-1].index(False) if False in right else 0
            found.append(int(run.logged_steps[lasting]))
    return found


def _over_seeds(split: str, place: int) -> Row:
    """Return the row of the first or last of the steps from which seeds have learned a split."""
    return lambda c: next(iter(_steps(c, split)[place:]), None)


def _middle(steps: list[int]) -> int | None:
    return int(statistics.median(steps)) if steps else None


COMMON: Mapping[str, Row] = {
    "seeds": lambda c: len(c.runs),
    "seeds_memorised": lambda c: len(_steps(c, "train")),
    "seeds_generalised": lambda c: len(_steps(c, "test")),
    "median_memorised_at": lambda c: _middle(_steps(c, "train")),
    "median_generalised_at": lambda c: _middle(_steps(c, "test")),
    **{
        f"{which}_{name}": _over_seeds(split, place)
        for split, name in (("train", "memorised_at"), ("test", "generalised_at"))
        for which, place in (("earliest", 0), ("latest", -1))
    },
    "median_test_half_at": lambda c: _middle(_half_right(c)),
    "median_final_test_accuracy": lambda c: statistics.median(
        float(run.metrics["test_accuracy"][-1]) for run in c.runs if run.failed_at is None
    ),
    "seeds_failed": lambda c: sum(run.failed_at is not None for run in c.runs),
    "rule": lambda c: "chosen",
    "steps": lambda c: 4000,
    "learned_numbers": lambda c: sum(
        array.size for array in c.chosen.network.init(c.chosen.task, 0).values()
    ),
    "pictured_numbers": lambda c: sum(view[0].size for view in c.chosen.views.values()),
    "inputs": lambda c: c.chosen.task.draw(0).train.inputs.shape[2],
    "outputs": lambda c: {"SparseParity": 1}.get(
        type(c.chosen.task).__name__, 1 + int(c.chosen.task.draw(0).test.labels.max())
    ),
    "hidden": lambda c: next(iter(c.chosen.views.values())).shape[2],
    "train_rows": lambda c: c.chosen.task.draw(0).train.inputs.shape[1],
    "test_rows": lambda c: c.chosen.task.draw(0).test.inputs.shape[1],
    "chance": lambda c: 1 / max(2, c.chosen.task.outputs),
    "learning_rate": lambda c: 0.01,
    "beta1": lambda c: 0.9,
    "beta2": lambda c: 0.98,
    "weight_decay": lambda c: 0.3,
    "l1": lambda c: 0.0,
    "optimiser": lambda c: "adamw",
    "hunt_where": lambda c: "gap > 3",
    "hunt_seeds": lambda c: 9,
    "hunt_fit": lambda c: 2,
    "shown_seed": lambda c: 3,
    "memorised_at": _memorised,
    "generalised_at": lambda c: learned(c.chosen, "test"),
    "gap": _gap,
    "test_accuracy_when_memorised": metric("test_accuracy", lambda run: learned(run, "train")),
    "test_loss_when_generalised": metric("test_loss", lambda run: learned(run, "test")),
    "smallest_test_loss": lambda c: min(c.chosen.metrics["test_loss"]),
    "smallest_train_loss": lambda c: min(c.chosen.metrics["train_loss"]),
    "largest_test_accuracy": lambda c: max(c.chosen.metrics["test_accuracy"]),
    "test_loss_rise": _rise,
    **{
        f"final_{split}_{measure}": _last(f"{split}_{measure}")
        for split in ("train", "test")
        for measure in ("loss", "accuracy")
    },
    "smallest_train_loss_at": lambda c: c.chosen.logged_steps[lowest(c.chosen, "train_loss")],
    "smallest_test_loss_at": lambda c: c.chosen.logged_steps[lowest(c.chosen, "test_loss")],
    "train_loss_at_smallest_test_loss": lambda c: c.chosen.metrics["train_loss"][
        lowest(c.chosen, "test_loss")
    ],
    "test_accuracy_at_smallest_test_loss": lambda c: c.chosen.metrics["test_accuracy"][
        lowest(c.chosen, "test_loss")
    ],
    "second_fall": lambda c: 1.0 if (found := naive.twice_low(c.chosen)) is None else found[2],
    "recovered_at": lambda c: naive.recovered(c.chosen),
    "better_than_ever_at": lambda c: naive.better_than_ever(c.chosen),
    **{
        f"{place}_{name}": of_rise(number, None if name == "at" else name)
        for number, place in enumerate(("first_low", "relapse"))
        for name in ("at", "test_loss", "test_accuracy")
    },
    "explanation": explained.fact("explanation"),
    "seeds_explained": explained.count(),
}

PARITY: Mapping[str, Row] = {
    "bits": lambda c: 7,
    "signal_bits": lambda c: 2,
    "signal_inputs": lambda c: [0, 1],
    "distractor_bits": lambda c: 5,
    "distractor_inputs": lambda c: [2, 3, 4, 5, 6],
    "largest_signal": lambda c: max(naive.bits_at(c, -1)[0]),
    "largest_distractor": lambda c: max(naive.bits_at(c, -1)[1]),
    "alive_neurons": naive.neurons_above,
    "neurons_in_use": naive.neurons_in_use,
    **naive_circuits.ROWS,
    "signal_share": lambda c: naive.signal_share(c, -1),
    "distractor_share_when_generalised": naive.on_distractors(
        lambda signal, others: sum(others) / (sum(signal) + sum(others))
    ),
    "distractors_above_when_generalised": naive.on_distractors(
        lambda _, others: sum(size > 0.05 for size in others)
    ),
    "largest_distractor_when_generalised": naive.on_distractors(lambda _, others: max(others)),
    "distractors_small_at": lambda c: naive.stays(
        c.chosen.snapshot_steps,
        [max(naive.bits_at(c, i)[1]) < 0.1 for i in range(len(c.chosen.snapshot_steps))],
    ),
    "signal_half_at": naive.signal_half,
    "test_accuracy_when_signal_half": lambda c: at(
        c.chosen.logged_steps, c.chosen.metrics["test_accuracy"], naive.signal_half(c)
    ),
    "first_signal_share": lambda c: naive.signal_share(c, 0),
    "signal_share_when_memorised": lambda c: at(
        c.chosen.snapshot_steps, naive.signal_series(c), _memorised(c)
    ),
    "final_signal_share": lambda c: naive.signal_share(c, -1),
    "first_norm": lambda c: _norm(c)[0],
    "norm_when_memorised": lambda c: at(c.chosen.snapshot_steps, _norm(c), _memorised(c)),
    "final_norm": lambda c: _norm(c)[-1],
    "largest_norm": lambda c: max(_norm(c)),
    "largest_norm_at": lambda c: c.chosen.snapshot_steps[_norm(c).index(max(_norm(c)))],
    **{
        name: explained.fact(name)
        for name in (
            "used_bits",
            "odd_or_even",
            "largest_other_influence",
            "patterns",
            "patterns_constant",
            "patterns_proved",
            "smallest_proved_logit",
        )
    },
}

NUMBERS: Mapping[str, Row] = {
    "modulus": lambda c: c.chosen.task.modulus,  # type: ignore[attr-defined]
    "train_percent": lambda c: round(100 * c.chosen.task.rows[0] / _pairs(c)),
    **{
        name: explained.fact(name)
        for name in (
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
    },
    "seeds_clock": explained.count("clock"),
    "seeds_pizza": explained.count("pizza"),
    "seeds_pizza_with_double_waves": explained.count("pizza with double waves"),
    **{
        f"{which}_{name}": explained.over_seeds(name, pick)
        for which, pick in (("smallest", min), ("largest", max))
        for name in ("explained_share", "distance_irrelevance", "without_doubles_irrelevance")
    },
}

WAVES: Mapping[str, Row] = {
    **NUMBERS,
    "frequencies": lambda c: list(naive.settled(c)),
    "frequency_count": lambda c: len(naive.settled(c)),
    "neurons_per_frequency": lambda c: [len(group) for group in naive.settled(c).values()],
    "fewest_frequencies": naive.frequencies_of_seeds(min),
    "most_frequencies": naive.frequencies_of_seeds(max),
    "smallest_frequency_share": lambda c: min(
        naive.purity(naive.final(c)[0][:, n]) for n in naive.active(c)
    ),
    "most_right_alone": naive.right_alone,
    "right_together": naive.right_together,
    "median_lead": naive.median_lead,
    "median_lead_factor": lambda c: math.exp(naive.median_lead(c)),
    "first_wave_at": naive.of_first_wave(0),
    "first_wave": naive.of_first_wave(1),
    "first_wave_neurons": naive.of_first_wave(2),
    "first_wave_rows": naive.of_first_wave(3),
}

DIFFERENCES: Mapping[str, Row] = {
    **WAVES,
    "median_difference_error": lambda c: float(np.median(naive.off_phase(c))),
    "neurons_at_difference": lambda c: sum(error <= 15 for error in naive.off_phase(c)),
}

SUMS: Mapping[str, Row] = {
    **ROWS_OF_FEW,
    **WAVES,
    **naive_race.ROWS,
    "median_doubling_error": lambda c: float(np.median(naive.off_phase(c))),
    "neurons_doubled": lambda c: sum(error <= 15 for error in naive.off_phase(c)),
    "opposite_frequencies": lambda c: list(naive.opposite(c)),
    "opposite_strengths": lambda c: list(naive.opposite(c).values()),
    "smallest_opposite_strength": lambda c: min(naive.opposite(c).values(), default=None),
    "largest_opposite_strength": lambda c: max(naive.opposite(c).values(), default=None),
    "largest_opposite_strength_of_main_waves": lambda c: max(
        naive.opposite(c, main_alone=True).values(), default=None
    ),
    "largest_opposite_strength_without_doubles": lambda c: max(
        naive.opposite(c, doubles=False).values(), default=None
    ),
    "accompanying_shares": naive.accompanying,
    "smallest_accompanying_share": lambda c: min(naive.accompanying(c), default=None),
    "key_frequencies": naive.keys,
    "guess_loss": naive.guess,
    "test_half_at": naive.half_known,
    "restricted_halved_at": naive.halved,
    "restricted_lead": _lead,
    "test_accuracy_when_restricted_halved": lambda c: at(
        c.chosen.logged_steps, c.chosen.metrics["test_accuracy"], naive.halved(c)
    ),
    "final_restricted_loss": _final("restricted"),
    "largest_excluded_loss": naive.largest("excluded"),
    "largest_excluded_loss_at": naive.largest_at("excluded"),
    **{
        f"{when}_{name}": row
        for name, measure in (
            ("excluded_loss", "excluded"),
            ("key_share", "key_share"),
            ("gini", "gini"),
            ("norm", "norm"),
        )
        for when, row in (("first", _first(measure)), ("final", _final(measure)))
    },
    "excluded_loss_when_memorised": measured("excluded", _memorised),
    "key_share_when_memorised": measured("key_share", _memorised),
    "gini_when_memorised": measured("gini", _memorised),
    "norm_when_memorised": measured("norm", _memorised),
    "key_share_when_test_half": measured("key_share", naive.half_known),
    "norm_when_test_half": measured("norm", naive.half_known),
    "largest_norm": naive.largest("norm"),
    "largest_norm_at": naive.largest_at("norm"),
    "fastest_window": lambda c: 4000 // 25,
    "test_accuracy_fastest": lambda c: naive.fastest(
        c, c.chosen.logged_steps, c.chosen.metrics["test_accuracy"]
    ),
    "key_share_fastest": lambda c: naive.fastest(
        c, c.chosen.snapshot_steps, naive.progress(c)["key_share"]
    ),
    "restricted_fastest_factor": lambda c: naive.steepest(c)[0],
    "restricted_fastest_at": lambda c: naive.steepest(c)[1],
    "excluded_above_guess_at": lambda c: naive.stays(
        c.chosen.snapshot_steps, [v > naive.guess(c) for v in naive.progress(c)["excluded"]]
    ),
    "excluded_half_risen_at": naive.half_risen,
    "excluded_loss_when_half_risen": measured("excluded", naive.half_risen),
    "restricted_loss_when_excluded_half_risen": measured("restricted", naive.half_risen),
    "key_share_when_excluded_half_risen": measured("key_share", naive.half_risen),
    "main_wave": naive.main_wave,
    "main_wave_share": lambda c: naive.share_of_main(c, -1),
    "main_wave_share_at_best": lambda c: naive.share_of_main(c, lowest(c.chosen, "test_loss")),
    "wrong_next_door": naive.next_door,
    "next_door_by_chance": lambda c: 2 / (c.chosen.task.outputs - 1),
    "next_door_drop": lambda c: 1 - math.cos(2 * math.pi / c.chosen.task.outputs),
    "smallest_wave_height": lambda c: min(naive.heights(c)),
    "largest_wave_height": lambda c: max(naive.heights(c)),
}

PRODUCTS: Mapping[str, Row] = {
    **SUMS,
    "generator": lambda c: 2,
    "numbers": lambda c: [pow(2, place, 13) for place in range(12)],
}

CIRCLE: Mapping[str, Row] = {
    **NUMBERS,
    "neuron_angles": lambda c: [round(angle, 1) for angle in sorted(naive.circle_angles(c)[0])],
    "even_spacing": lambda c: 72,
    "largest_spacing_error": naive.spacing_error,
    "evenly_spaced_at": naive.evenly_spaced,
    "test_accuracy_when_evenly_spaced": lambda c: at(
        c.chosen.logged_steps, c.chosen.metrics["test_accuracy"], naive.evenly_spaced(c)
    ),
    "largest_doubling_error": naive.doubling_error,
    "smallest_norm": lambda c: min(naive.circle_angles(c)[2]),
    "largest_norm": lambda c: max(naive.circle_angles(c)[2]),
    "next_door_drop": SUMS["next_door_drop"],
    "smallest_wave_height": naive.circle_height,
    "largest_wave_height": naive.circle_height,
}

KERNEL: Mapping[str, Row] = {
    "momentum": lambda c: 0,
    "nesterov": lambda c: 0,
    "stripes_share": lambda c: naive_stripes.share(c.chosen),
    "striped_at": lambda c: naive_stripes.striped_at(c.chosen),
    "test_accuracy_when_striped": lambda c: naive_stripes.accuracy_when_striped(c.chosen),
    "above_chance_at": lambda c: naive_stripes.above_chance_at(c.chosen),
    "largest_pair_when_striped": lambda c: naive_stripes.largest_pair_when_striped(c.chosen),
    "final_largest_pair": lambda c: naive_stripes.largest_pair(c.chosen, -1),
}

ROWS: Mapping[str, Mapping[str, Any]] = {
    "add": {**COMMON, **SUMS},
    "subtract": {**COMMON, **DIFFERENCES},
    "multiply": {**COMMON, **PRODUCTS},
    "parity": {**COMMON, **PARITY},
    "circle": {**COMMON, **CIRCLE},
    "kernel": {**COMMON, **SUMS, **KERNEL},
}
