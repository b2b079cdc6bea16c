"""Facts of a configured model: plain values that pages quote and `data/facts.json` lists.

A fact that does not apply to a run, such as the step of generalising where nothing generalised,
is None, and so is a number that is not finite.
"""

from __future__ import annotations

import math

import numpy as np

from gen.analysis.circles import PHASE_TOLERANCE, angles, phase_error, spacing_error
from gen.analysis.fourier import peak_power_shares, silent_neurons
from gen.analysis.hidden_layer_views import has_hidden_layer
from gen.analysis.interference import interference_facts
from gen.analysis.loss_events import final_rise, relapse, second_fall
from gen.analysis.neuron_groups import settled_frequencies
from gen.analysis.outcome import generalised_at, memorised_at, metric_at, stays_above_from
from gen.analysis.pairs import PairWeights, phase_errors, read_pairs, second_matrix, sign
from gen.analysis.parity_facts import parity_facts
from gen.analysis.progress_facts import progress_facts
from gen.analysis.types import Facts
from gen.analysis.wave_facts import first_wave_facts, height_facts, near_miss_facts, opposite_facts
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun
from gen.i18n import whole_percent
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity


def model_facts(model: Model, runs: list[ModelRun], chosen: ModelRun) -> Facts:
    """Return all facts of a configured model.

    Args:
        runs: all its models, in the order of their seeds.
        chosen: the one that figures show.
    """
    found = _common(model, runs) | run_facts(chosen)
    if not has_hidden_layer(chosen):
        return without_non_finite(found)
    found["hidden"] = chosen.input_weights.shape[2]
    found |= progress_facts(chosen) | near_miss_facts(chosen)
    return without_non_finite(found | first_wave_facts(chosen) | height_facts(chosen))


def without_non_finite(facts: Facts) -> Facts:
    """Return the facts with None for every number, or list, that is not finite."""

    def finite(value: object) -> bool:
        if isinstance(value, list):
            return all(map(finite, value))
        return not isinstance(value, float) or math.isfinite(value)

    return {name: value if finite(value) else None for name, value in facts.items()}


def run_facts(run: ModelRun) -> Facts:
    """Return the facts of one model that are quick to compute; `gen hunt` filters seeds by them."""
    found, task = _of_run(run), run.task
    if isinstance(task, Modular):
        found["modulus"] = task.modulus
        found["train_percent"] = whole_percent(task.rows[0], sum(task.rows))
        if task.operation == "multiply":
            numbers: list[int] = task.numbers.tolist()
            found |= {"generator": numbers[1], "numbers": numbers}
    return without_non_finite(found | _of_weights(run))


def _of_weights(run: ModelRun) -> Facts:
    """Return the facts of the weights; none unless the views are those of one hidden layer."""
    if not has_hidden_layer(run):
        return {}
    if isinstance(run.task, SparseParity) and "W_in" in run.views:
        return parity_facts(run)
    if not isinstance(run.task, Modular):
        return {}
    if "A" in run.views:
        return _circle(run, run.task)
    weights = read_pairs(run)
    return {} if weights is None else _waves(run, weights)


def _common(model: Model, runs: list[ModelRun]) -> Facts:
    valid = [run for run in runs if run.failed_at is None]
    train_rows, test_rows = model.task.rows
    return {
        "seeds": len(runs),
        "seeds_generalised": sum(generalised_at(run) is not None for run in valid),
        "seeds_failed": len(runs) - len(valid),
        "rule": "first-generalised" if model.shown is None else "chosen",
        "steps": model.training.steps,
        **({} if model.hunt is None else model.hunt.facts),
        "learned_numbers": model.network.learned_numbers(model.task),
        "pictured_numbers": sum(
            view.rows * view.columns for view in model.network.view_shapes(model.task).values()
        ),
        "inputs": model.task.inputs,
        "outputs": model.task.outputs,
        "train_rows": train_rows,
        "test_rows": test_rows,
        "chance": model.task.chance,
        **model.optimiser.facts,
    }


def _of_run(run: ModelRun) -> Facts:
    memorised, generalised = memorised_at(run), generalised_at(run)
    gap = None if memorised is None or generalised is None else generalised - memorised
    return {
        "shown_seed": run.seed,
        "memorised_at": memorised,
        "generalised_at": generalised,
        "gap": gap,
        "test_accuracy_when_memorised": metric_at(run, "test_accuracy", memorised),
        "test_loss_when_generalised": metric_at(run, "test_loss", generalised),
        "smallest_test_loss": float(run.metrics["test_loss"][_lowest(run, "test")]),
        "largest_test_accuracy": float(run.metrics["test_accuracy"].max()),
        "test_loss_rise": final_rise(run.metrics["test_loss"]),
        **{f"final_{name}": float(values[-1]) for name, values in run.metrics.items()},
        **_loss_events(run),
    }


def _loss_events(run: ModelRun) -> Facts:
    """Return the facts of the lowest losses and of a relapse; none of a relapse if not finite."""
    loss, steps = run.metrics["test_loss"], run.logged_steps.tolist()
    best, least = _lowest(run, "test"), _lowest(run, "train")
    finite = bool(np.isfinite(loss).all())
    found = relapse(loss) if finite else None
    facts: Facts = {
        "smallest_train_loss": float(run.metrics["train_loss"][least]),
        "smallest_train_loss_at": steps[least],
        "smallest_test_loss_at": steps[best],
        "train_loss_at_smallest_test_loss": float(run.metrics["train_loss"][best]),
        "test_accuracy_at_smallest_test_loss": float(run.metrics["test_accuracy"][best]),
        "second_fall": second_fall(loss) if finite else None,
        "recovered_at": None
        if found is None or found.recovered is None
        else steps[found.recovered],
        "better_than_ever_at": None if found is None else _below_former(run, found.top),
    }
    for name, place in (
        ("first_low", None if found is None else found.low),
        ("relapse", None if found is None else found.top),
    ):
        facts[f"{name}_at"] = step = None if place is None else steps[place]
        for metric in ("test_loss", "test_accuracy"):
            facts[f"{name}_{metric}"] = metric_at(run, metric, step)
    return facts


def _below_former(run: ModelRun, top: int) -> int | None:
    """Return the step from which test loss stays below all its values before an entry."""
    loss = run.metrics["test_loss"]
    if top == 0:
        return None
    return stays_above_from(run.logged_steps, -loss, np.nextafter(-loss[:top].min(), np.inf))


def _lowest(run: ModelRun, split: str) -> int:
    """Return the log entry with the lowest loss, NaN excepted."""
    loss = run.metrics[f"{split}_loss"]
    return int(np.argmin(np.where(np.isnan(loss), np.inf, loss)))


def _waves(run: ModelRun, weights: PairWeights) -> Facts:
    shares = peak_power_shares(weights.first[:, ~silent_neurons(weights.first)])
    groups, errors = settled_frequencies(run), phase_errors(weights)
    median, right = float(np.median(errors)), int((errors <= PHASE_TOLERANCE).sum())
    facts: Facts = {
        "frequencies": list(groups),
        "frequency_count": len(groups),
        "neurons_per_frequency": list(groups.values()),
        "smallest_frequency_share": float(shares.min()),
    }
    if weights.sign < 0:
        facts |= {"median_difference_error": median, "neurons_at_difference": right}
        return facts | interference_facts(weights)
    facts |= {"median_doubling_error": median, "neurons_doubled": right}
    return facts | interference_facts(weights) | opposite_facts(weights, tuple(groups))


def _circle(run: ModelRun, task: Modular) -> Facts:
    points_in, points_out = run.final_view("A"), run.final_view("B").T
    angle_in, angle_out = angles(points_in), angles(points_out)
    norms = np.hypot(*points_in)
    facts: Facts = {
        "neuron_angles": [round(float(angle), 1) for angle in np.sort(angle_in)],
        "even_spacing": 360 / len(angle_in),
        "largest_spacing_error": spacing_error(angle_in),
        "smallest_norm": float(norms.min()),
        "largest_norm": float(norms.max()),
    }
    second = second_matrix(run)
    if second is not None:
        error = phase_error(angle_in, angles(second), angle_out, sign(task))
        name = "doubling" if sign(task) > 0 else "difference"
        facts[f"largest_{name}_error"] = float(error.max())
    return facts
