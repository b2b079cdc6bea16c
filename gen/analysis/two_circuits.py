"""Two circuits in a network of sparse parity: the neurons in use alone, and all others alone.

Merrill et al. 2023 (arXiv 2303.11873) find a sparse subnetwork that generalises and a dense one
that memorises. Here a neuron belongs to the first if it is in use at the last snapshot
(`gen.analysis.parity_facts.in_use`). A circuit alone answers by the sum over its own neurons.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

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


@dataclass(frozen=True)
class TwoCircuits:
    """Accuracy of each circuit alone at every snapshot, 0 to 1, by names as `in_use_test`."""

    steps: Int[np.ndarray, " snapshot"]
    accuracy: dict[str, Float[np.ndarray, " snapshot"]]


@lru_cache(maxsize=2)  # for the chart in all languages, and its text
def two_circuits(run: ModelRun) -> TwoCircuits:
    """Let both circuits of a run answer the rows that it was trained and tested on."""
    used, data = in_use(run), run.task.draw(run.seed)
    circuits = np.stack([used, ~used], axis=1).astype(np.float64)
    found: dict[str, Float[np.ndarray, " snapshot"]] = {}
    for split, rows in (("train", data.train), ("test", data.test)):
        right = _right_shares(run, rows, circuits)
        found |= {f"in_use_{split}": right[:, 0], f"others_{split}": right[:, 1]}
    return TwoCircuits(run.snapshot_steps, found)


def circuit_facts(run: ModelRun) -> Facts:
    """Return how well each circuit does alone when the whole network memorises and generalises."""
    found = two_circuits(run)
    facts: Facts = {
        "in_use_generalised_at": stays_above_from(
            found.steps, found.accuracy["in_use_test"], LEARNED_ACCURACY
        ),
        "largest_others_test_accuracy": float(found.accuracy["others_test"].max()),
        "largest_others_test_accuracy_at": int(found.steps[found.accuracy["others_test"].argmax()]),
    }
    for when, step in (("memorised", memorised_at(run)), ("generalised", generalised_at(run))):
        for name, values in found.accuracy.items():
            facts[f"{name}_accuracy_when_{when}"] = value_at(found.steps, values, step)
    return facts


def _right_shares(
    run: ModelRun, rows: Rows, circuits: Float[np.ndarray, "neuron circuit"]
) -> Float[np.ndarray, "snapshot circuit"]:
    """Return the share of rows that each circuit answers correctly; 0 is never correct."""
    inputs, signs = rows.inputs[0].astype(np.float64), (2 * rows.labels[0] - 1)[:, None]
    right = np.empty((len(run.snapshot_steps), circuits.shape[1]))
    for place in range(len(right)):
        w_in, w_out = (run.views[name][place].astype(np.float64) for name in ("W_in", "W_out"))
        neurons = activations(inputs @ w_in, activation_of(run))
        right[place] = (neurons @ (w_out * circuits) * signs > 0).mean(axis=0)
    return right
