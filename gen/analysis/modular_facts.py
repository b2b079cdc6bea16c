"""Facts of a network of modular arithmetic: numbers, frequencies, phases, neurons on a circle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gen.analysis.accompanying import accompanying_facts
from gen.analysis.circles import PHASE_TOLERANCE, angles, phase_error, spacing_error
from gen.analysis.fourier import peak_power_shares, silent_neurons
from gen.analysis.hidden_layer_views import has_hidden_layer, number_weights
from gen.analysis.interference import interference_facts
from gen.analysis.neuron_groups import settled_frequencies
from gen.analysis.outcome import metric_at, stays_above_from
from gen.analysis.pairs import PairWeights, phase_errors, read_pairs, second_matrix, sign
from gen.analysis.types import Facts
from gen.analysis.wave_facts import opposite_facts
from gen.experiments.runs import ModelRun
from gen.i18n import whole_percent
from gen.tasks.modular import Modular


def modular_facts(run: ModelRun) -> Facts:
    """Return the facts of the task, and those of the weights of one hidden layer."""
    task = run.task
    assert isinstance(task, Modular)  # the table of `gen.analysis.facts` calls it for no other
    facts: Facts = {
        "modulus": task.modulus,
        "train_percent": whole_percent(task.rows[0], sum(task.rows)),
    }
    if task.operation == "multiply":
        numbers: list[int] = task.numbers.tolist()
        facts |= {"generator": numbers[1], "numbers": numbers}
    if not has_hidden_layer(run):
        return facts
    if "A" in run.views:
        return facts | _circle(run, task)
    weights = read_pairs(run)
    return facts if weights is None else facts | _waves(run, weights)


def frequency_counts(runs: Sequence[ModelRun]) -> Facts:
    """Return the fewest and most frequencies on which a seed has settled, of all that have.

    None without such a seed; no facts if the network has no weight for each number.
    """
    if not runs or number_weights(runs[0]) is None:
        return {}
    counts = [len(found) for run in runs if (found := settled_frequencies(run))]
    return {
        "fewest_frequencies": min(counts, default=None),
        "most_frequencies": max(counts, default=None),
    }


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
    settled = tuple(groups)
    facts |= interference_facts(weights) | opposite_facts(weights, settled)
    return facts | accompanying_facts(weights, settled)


def _circle(run: ModelRun, task: Modular) -> Facts:
    points_in, points_out = run.final_view("A"), run.final_view("B").T
    angle_in, angle_out = angles(points_in), angles(points_out)
    norms = np.hypot(*points_in)
    errors = np.array([spacing_error(each) for each in angles(run.views["A"].astype(np.float64))])
    even_at = stays_above_from(run.snapshot_steps, -errors, -PHASE_TOLERANCE)
    facts: Facts = {
        "neuron_angles": [round(float(angle), 1) for angle in np.sort(angle_in)],
        "even_spacing": 360 / len(angle_in),
        "largest_spacing_error": spacing_error(angle_in),
        "evenly_spaced_at": even_at,
        "test_accuracy_when_evenly_spaced": metric_at(run, "test_accuracy", even_at),
        "smallest_norm": float(norms.min()),
        "largest_norm": float(norms.max()),
    }
    second = second_matrix(run)
    if second is not None:
        error = phase_error(angle_in, angles(second), angle_out, sign(task))
        name = "doubling" if sign(task) > 0 else "difference"
        facts[f"largest_{name}_error"] = float(error.max())
    return facts
