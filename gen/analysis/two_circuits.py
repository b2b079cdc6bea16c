"""Two circuits in a network of sparse parity: the neurons in use alone, and all others alone.

Merrill et al. 2023 (arXiv 2303.11873) find a sparse subnetwork that generalises and a dense one
that memorises. Here a neuron belongs to the first if it is in use at the last snapshot
(`gen.analysis.parity_facts.in_use`). A circuit alone answers by the sum over its own neurons.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from gen.analysis.activations import activations
from gen.analysis.hidden_layer_views import activation_of
from gen.analysis.outcome import (
    LEARNED_ACCURACY,
    generalised_at,
    memorised_at,
    stays_above_from,
    value_at,
)
from gen.analysis.parity_facts import in_use
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun
from gen.tasks.task import Rows

Circuit = Literal["in_use", "others"]


@dataclass(frozen=True)
class TwoCircuits:
    """Accuracy of each circuit alone at every snapshot, 0 to 1, by names as `in_use_test`."""

    steps: Int[np.ndarray, " snapshot"]
    accuracy: dict[str, Float[np.ndarray, " snapshot"]]


def two_circuits(run: ModelRun) -> TwoCircuits:
    """Let both circuits of a run answer the rows that it was trained and tested on."""
    used, data = in_use(run), run.task.draw(run.seed)
    parts: dict[Circuit, Bool[np.ndarray, " neuron"]] = {"in_use": used, "others": ~used}
    splits = {"train": data.train, "test": data.test}
    found: dict[str, list[float]] = {f"{part}_{split}": [] for part in parts for split in splits}
    for place in range(len(run.snapshot_steps)):
        for split, rows in splits.items():
            contributions = _contributions(run, rows, place)
            for part, neurons in parts.items():
                right = contributions[:, neurons].sum(axis=1) > 0
                found[f"{part}_{split}"].append(float(right.mean()))
    return TwoCircuits(
        run.snapshot_steps, {name: np.array(values) for name, values in found.items()}
    )


def circuit_facts(run: ModelRun) -> Facts:
    """Return how well each circuit does alone when the whole network memorises and generalises."""
    found = two_circuits(run)
    facts: Facts = {
        "in_use_generalised_at": stays_above_from(
            found.steps, found.accuracy["in_use_test"], LEARNED_ACCURACY
        ),
        "largest_others_test_accuracy": float(found.accuracy["others_test"].max()),
    }
    for when, step in (("memorised", memorised_at(run)), ("generalised", generalised_at(run))):
        for name, values in found.accuracy.items():
            facts[f"{name}_accuracy_when_{when}"] = value_at(found.steps, values, step)
    return facts


def _contributions(run: ModelRun, rows: Rows, place: int) -> Float[np.ndarray, "row neuron"]:
    """Return what every neuron adds to the margin: the logit, with its sign turned for label 0."""
    w_in, w_out = (run.views[name][place].astype(np.float64) for name in ("W_in", "W_out"))
    answers = activations(rows.inputs[0].astype(np.float64) @ w_in, activation_of(run))
    return answers * w_out[:, 0] * (2 * rows.labels[0] - 1)[:, None]
