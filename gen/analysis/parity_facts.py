"""Facts of a network of sparse parity: the weights on signal bits and on distractor bits.

The task and these two kinds of weights are those of Barak et al. 2022 (arXiv 2207.08799).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

from gen.analysis.hidden_layer_views import has_hidden_layer
from gen.analysis.outcome import generalised_at, index_at, stays_above_from
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun

IDLE = 0.05
"""A neuron is idle if it has no weight on a bit above this share of the largest one."""

MIN_SIGNAL_SHARE = 0.5
"""A neuron is in use if more than this share of its sum of |weights| is on signal bits."""

LARGE = 0.05
"""A weight on a distractor bit above this size counts as large."""

SMALL = 0.1
"""A weight on a distractor bit is small below this size."""


def parity_facts(run: ModelRun) -> Facts:
    """Return the sizes |W_in| on signal and distractor bits, at the end and at generalising.

    Returns:
        `signal_inputs`, `distractor_inputs`: the numbers of the bits in figures.
        `alive_neurons`: how many have a weight on any bit above `IDLE` times the largest one;
        `neurons_in_use`: how many have such a weight on a signal bit and more than
        `MIN_SIGNAL_SHARE` on signal bits. `signal_share`: share of all sizes on signal bits.
        `distractors_small_at`: step from which all weights on distractor bits stay below `SMALL`.
        Facts of distractors are None if there are none. Empty for a network without `W_in` of
        one hidden layer.
    """
    if "W_in" not in run.views or not has_hidden_layer(run):
        return {}
    size = np.abs(run.views["W_in"].astype(np.float64))
    signal = list(run.task.signal_inputs)
    others = {*signal, run.task.bias_input}
    distractors = [bit for bit in range(run.task.inputs) if bit not in others]
    final = size[-1]
    bits = final[[*signal, *distractors]]
    return {
        "bits": run.task.inputs - 1,
        "signal_bits": len(signal),
        "signal_inputs": signal,
        "distractor_bits": len(distractors),
        "distractor_inputs": distractors or None,
        "largest_signal": float(final[signal].max()),
        "largest_distractor": float(final[distractors].max()) if distractors else None,
        "alive_neurons": int((bits.max(axis=0) > IDLE * bits.max()).sum()),
        "neurons_in_use": int(in_use(run).sum()),
        "signal_share": float(final[signal].sum() / bits.sum()) if bits.any() else None,
        **_of_distractors(run, size[:, distractors], size[:, signal]),
    }


def in_use(run: ModelRun) -> Bool[np.ndarray, " neuron"]:
    """Return which neurons are in use at the last snapshot: see `MIN_SIGNAL_SHARE`."""
    size = np.abs(run.views["W_in"][-1].astype(np.float64))
    signal = size[list(run.task.signal_inputs)]
    bits = size[[bit for bit in range(run.task.inputs) if bit != run.task.bias_input]]
    has_signal = signal.max(axis=0) > IDLE * bits.max()
    return has_signal & (signal.sum(axis=0) > MIN_SIGNAL_SHARE * bits.sum(axis=0))


def _of_distractors(
    run: ModelRun,
    distractors: Float[np.ndarray, "snapshot distractor neuron"],
    signal: Float[np.ndarray, "snapshot bit neuron"],
) -> Facts:
    """Return the facts of distractor bits, at the first snapshot after generalising."""
    names = (
        "distractor_share_when_generalised",
        "distractors_above_when_generalised",
        "largest_distractor_when_generalised",
    )
    facts: Facts = {"distractors_small_at": None, **dict.fromkeys(names)}
    if not distractors.shape[1]:
        return facts
    below = np.nextafter(SMALL, 0)
    facts["distractors_small_at"] = stays_above_from(
        run.snapshot_steps, -distractors.max(axis=(1, 2)), -below
    )
    step = generalised_at(run)
    if step is not None:
        at = index_at(run.snapshot_steps, step)
        sizes = distractors[at]
        total = float(sizes.sum() + signal[at].sum())
        share = float(sizes.sum()) / total if total > 0 else None
        found = (share, int((sizes > LARGE).sum()), float(sizes.max()))
        facts |= dict(zip(names, found, strict=True))
    return facts
