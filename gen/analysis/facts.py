"""Facts: what may be said of a configured model, as plain values for the prose to quote.

Every number on a page comes from here, and all of them are published as
`data/facts.json`. A fact that does not hold of this run, such as the step of generalising
where nothing generalised, is None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.circles import (
    DOUBLED,
    angles,
    doubling_error,
    doubling_of_waves,
    spacing_error,
)
from gen.analysis.fourier import frequencies, power_shares, silent
from gen.analysis.height_facts import height_facts
from gen.analysis.interference import interference_facts
from gen.analysis.near_misses import near_miss_facts
from gen.analysis.outcome import generalised_at, memorised_at
from gen.analysis.pace_facts import first_wave_facts
from gen.analysis.progress_facts import progress_facts
from gen.analysis.turns import relapse, rise, second_fall
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity

if TYPE_CHECKING:
    from gen.models import Model
    from gen.runs import ModelRun

Fact = int | float | str | None | list[int] | list[float]
Facts = dict[str, Fact]

IDLE = 0.05
"""A weight below this share of the largest one is called idle."""


def model_facts(model: Model, runs: list[ModelRun], chosen: ModelRun) -> Facts:
    """Everything that is known of a configured model.

    Args:
        runs: all its models, in the order of the seeds.
        chosen: the one that figures show.
    """
    found = _common(model, runs) | run_facts(chosen)
    found |= progress_facts(chosen) | near_miss_facts(chosen)
    return found | first_wave_facts(chosen) | height_facts(chosen)


def run_facts(run: ModelRun) -> Facts:
    """What is known of one model by itself and quickly; hunts ask for these facts of every seed."""
    found = _of_run(run)
    if isinstance(run.task, SparseParity) and "W_in" in run.views:
        found |= _parity(run)
    if isinstance(run.task, Modular):
        found |= {
            "modulus": run.task.modulus,
            "train_percent": _train_percent(run),
            **_of_numbers(run),
        }
    return found


def _common(model: Model, runs: list[ModelRun]) -> Facts:
    sound = [run for run in runs if run.failed_at is None]
    train_rows, test_rows = model.task.rows
    return {
        "seeds": len(runs),
        "seeds_generalised": sum(generalised_at(run) is not None for run in sound),
        "seeds_failed": len(runs) - len(sound),
        "rule": "first-generalised" if model.shown is None else "chosen",
        "steps": model.training.steps,
        **({} if model.hunt is None else model.hunt.facts),
        "learned_numbers": model.network.learned_numbers(model.task),
        "pictured_numbers": sum(a * b for a, b in model.network.view_shapes(model.task).values()),
        "inputs": model.task.inputs,
        "outputs": model.task.outputs,
        "hidden": next(iter(model.network.view_shapes(model.task).values()))[1],
        "train_rows": train_rows,
        "test_rows": test_rows,
        "chance": model.task.chance,
        "learning_rate": model.optimiser.learning_rate,
        "beta1": model.optimiser.betas[0],
        "beta2": model.optimiser.betas[1],
        "weight_decay": model.optimiser.weight_decay,
        "l1": model.optimiser.l1,
    }


def _of_run(run: ModelRun) -> Facts:
    memorised, generalised = memorised_at(run), generalised_at(run)
    gap = None if memorised is None or generalised is None else generalised - memorised
    last = {f"final_{name}": float(values[-1]) for name, values in run.metrics.items()}
    return {
        "shown_seed": run.seed,
        "memorised_at": memorised,
        "generalised_at": generalised,
        "gap": gap,
        "test_accuracy_when_memorised": _at(run, "test_accuracy", memorised),
        "smallest_test_loss": float(run.metrics["test_loss"].min()),
        "largest_test_accuracy": float(run.metrics["test_accuracy"].max()),
        "test_loss_rise": rise(run.metrics["test_loss"]),
        **last,
        **_turns(run),
    }


def _turns(run: ModelRun) -> Facts:
    """Where the test loss was lowest; and, where it rose in between, its two lows and the top."""
    loss, steps = run.metrics["test_loss"], run.logged_steps.tolist()
    best, found = int(np.argmin(loss)), relapse(loss)
    facts: Facts = {
        "smallest_train_loss": float(run.metrics["train_loss"].min()),
        "smallest_train_loss_at": steps[int(np.argmin(run.metrics["train_loss"]))],
        "smallest_test_loss_at": steps[best],
        "train_loss_at_smallest_test_loss": float(run.metrics["train_loss"][best]),
        "test_accuracy_at_smallest_test_loss": float(run.metrics["test_accuracy"][best]),
        "second_fall": second_fall(loss),
        "recovered_at": None
        if found is None or found.recovered is None
        else steps[found.recovered],
        "better_than_ever_at": None if found is None else _below_former(loss, steps, found.top),
    }
    for name, place in (
        ("first_low", None if found is None else found.low),
        ("relapse", None if found is None else found.top),
    ):
        facts[f"{name}_at"] = None if place is None else steps[place]
        for metric in ("test_loss", "test_accuracy"):
            value = None if place is None else float(run.metrics[metric][place])
            facts[f"{name}_{metric}"] = value
    return facts


def _below_former(loss: np.ndarray, steps: list[int], top: int) -> int | None:
    """Step from which a loss stays below all that it was before a place in its log."""
    if top == 0:
        return None
    above = np.flatnonzero(~(loss < loss[:top].min()))
    after = int(above[-1]) + 1
    return steps[after] if after < len(loss) else None


def _at(run: ModelRun, metric: str, step: int | None) -> float | None:
    if step is None:
        return None
    return float(run.metrics[metric][np.searchsorted(run.logged_steps, step)])


def _parity(run: ModelRun) -> Facts:
    w_in = np.abs(run.views["W_in"][-1].astype(np.float64))
    signal = list(run.task.signal_inputs)
    others = {*signal, run.task.bias_input}
    distractors = [bit for bit in range(run.task.inputs) if bit not in others]
    bits = w_in[[*signal, *distractors]]
    distractor_largest = float(w_in[distractors].max()) if distractors else None
    return {
        "bits": run.task.inputs - 1,
        "signal_bits": len(signal),
        "distractor_bits": len(distractors),
        "largest_signal": float(w_in[signal].max()),
        "largest_distractor": distractor_largest,
        "alive_neurons": int((bits.max(axis=0) > IDLE * bits.max()).sum()),
        "signal_share": float(w_in[signal].sum() / bits.sum()),
    }


def _of_numbers(run: ModelRun) -> Facts:
    """What the network makes of the numbers, where it can be seen number by number."""
    if "A" in run.views:
        return _circle(run)
    return _waves(run) if run.views["W_in"].shape[1] == run.task.outputs else {}


def _waves(run: ModelRun) -> Facts:
    w_in = run.views["W_in"][-1]
    heard = ~silent(w_in)
    shares = power_shares(w_in[:, heard])
    found, neurons = np.unique(frequencies(w_in[:, heard]), return_counts=True)
    doubled = doubling_of_waves(w_in, run.views["W_out"][-1])
    return {
        "frequencies": found.tolist(),
        "frequency_count": len(found),
        "neurons_per_frequency": neurons.tolist(),
        "smallest_frequency_share": float(shares.min()),
        "median_doubling_error": float(np.median(doubled)),
        "neurons_doubled": int((doubled <= DOUBLED).sum()),
        **interference_facts(run),
    }


def _circle(run: ModelRun) -> Facts:
    points_in = run.views["A"][-1].astype(np.float64)
    points_out = run.views["B"][-1].T.astype(np.float64)
    angle_in, angle_out = angles(points_in), angles(points_out)
    norms = np.hypot(*points_in)
    return {
        "neuron_angles": [round(float(angle), 1) for angle in np.sort(angle_in)],
        "even_spacing": 360 / len(angle_in),
        "largest_spacing_error": spacing_error(angle_in),
        "largest_doubling_error": float(doubling_error(angle_in, angle_out).max()),
        "smallest_norm": float(norms.min()),
        "largest_norm": float(norms.max()),
    }


def _train_percent(run: ModelRun) -> int:
    train_rows, test_rows = run.task.rows
    return round(100 * train_rows / (train_rows + test_rows))
