"""Facts of a configured model: plain values that pages quote and `data/facts.json` lists.

A fact that does not apply to a run, such as the step of generalising where nothing generalised,
is None, and so is a number that is not finite.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from gen.analysis.early_facts import early_facts
from gen.analysis.explanation import explanation_facts, explanations
from gen.analysis.hidden_layer_views import has_hidden_layer
from gen.analysis.kernel_facts import kernel_facts
from gen.analysis.loss_events import final_rise, relapse, second_fall
from gen.analysis.modular_facts import frequency_counts, modular_facts
from gen.analysis.outcome import generalised_at, memorised_at, metric_at, stays_above_from
from gen.analysis.own_explanation import check_own_names
from gen.analysis.own_facts import own_facts
from gen.analysis.parity_facts import parity_facts
from gen.analysis.progress_facts import progress_facts
from gen.analysis.race import lead_facts, race_facts
from gen.analysis.transformer_facts import transformer_facts
from gen.analysis.two_circuits import circuit_facts
from gen.analysis.types import Facts
from gen.analysis.wave_facts import first_wave_facts, height_facts, near_miss_facts
from gen.experiments.model import Model
from gen.experiments.runs import ModelRun
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task

TASK_FACTS: Mapping[type[Task], Callable[[ModelRun], Facts]] = {
    Modular: modular_facts,
    SparseParity: parity_facts,
}
"""The facts of built-in tasks. Other tasks and networks add theirs in `Task.facts`."""


def model_facts(model: Model, runs: list[ModelRun], chosen: ModelRun) -> Facts:
    """Return all facts of a configured model.

    Args:
        runs: all its models, in the order of their seeds.
        chosen: the one that figures show.

    Raises:
        ConfigError: the task or the network returned a wrong fact of its own.
    """
    common = _common(model, runs) | explanations(runs) | frequency_counts(runs)
    common |= race_facts(runs) | early_facts(runs)
    return _with_own(chosen, _with_explanation(chosen, common | _quick(chosen) | _slow(chosen)))


def seed_facts(run: ModelRun) -> Facts:
    """Return all facts of one model.

    Raises:
        ConfigError: the task or the network returned a wrong fact of its own.
    """
    return _with_own(run, _with_explanation(run, _quick(run) | _slow(run)))


def run_facts(run: ModelRun) -> Facts:
    """Return the facts of one model that are quick to compute; `gen hunt` filters seeds by them.

    Raises:
        ConfigError: the task or the network returned a wrong fact of its own.
    """
    return _with_own(run, _quick(run))


def without_non_finite(facts: Facts) -> Facts:
    """Return the facts with None for every number, or list, that is not finite."""

    def finite(value: object) -> bool:
        if isinstance(value, list):
            return all(map(finite, value))
        return not isinstance(value, float) or math.isfinite(value)

    return {name: value if finite(value) else None for name, value in facts.items()}


def _with_own(run: ModelRun, built_in: Facts) -> Facts:
    return without_non_finite(built_in | own_facts(run, built_in))


def _with_explanation(run: ModelRun, built_in: Facts) -> Facts:
    found = explanation_facts(run)
    check_own_names(run, found, built_in)
    return built_in | found


def _quick(run: ModelRun) -> Facts:
    bases = (base for base in type(run.task).__mro__ if base in TASK_FACTS)
    kind = next(bases, None)
    return _of_run(run) | ({} if kind is None else TASK_FACTS[kind](run)) | kernel_facts(run)


def _slow(run: ModelRun) -> Facts:
    """Return the facts of the weights that take longer; none of other kinds of networks."""
    if not has_hidden_layer(run):
        return transformer_facts(run)
    facts: Facts = {"hidden": run.input_weights.shape[2]}
    facts |= progress_facts(run) | near_miss_facts(run)
    if isinstance(run.task, SparseParity):
        facts |= circuit_facts(run)
    return facts | first_wave_facts(run) | height_facts(run) | lead_facts(run)


def _common(model: Model, runs: list[ModelRun]) -> Facts:
    valid = [run for run in runs if run.failed_at is None]
    train_rows, test_rows = model.task.rows
    return {
        "seeds": len(runs),
        **_over_seeds(valid),
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


def _over_seeds(valid: list[ModelRun]) -> Facts:
    """Return how many seeds learn either split, when, and how they end; None of no seed."""
    memorised, generalised = (
        [step for run in valid if (step := learned_at(run)) is not None]
        for learned_at in (memorised_at, generalised_at)
    )
    accuracies = ((run.logged_steps, run.metrics["test_accuracy"]) for run in valid)
    half = [step for at in accuracies if (step := stays_above_from(*at, 0.5)) is not None]
    ends = [float(run.metrics["test_accuracy"][-1]) for run in valid]
    return {
        "seeds_memorised": len(memorised),
        "seeds_generalised": len(generalised),
        "median_memorised_at": int(np.median(memorised)) if memorised else None,
        "median_generalised_at": int(np.median(generalised)) if generalised else None,
        "earliest_memorised_at": min(memorised, default=None),
        "latest_memorised_at": max(memorised, default=None),
        "earliest_generalised_at": min(generalised, default=None),
        "latest_generalised_at": max(generalised, default=None),
        "median_test_half_at": int(np.median(half)) if half else None,
        "median_final_test_accuracy": float(np.median(ends)) if ends else None,
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
