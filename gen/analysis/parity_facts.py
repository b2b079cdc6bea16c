"""What may be said of a network of sparse parity: which bits its weights are on, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from gen.analysis.outcome import generalised_at, stays_above_from

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun

IDLE = 0.05
"""A neuron is idle if it has no weight on a bit above this share of the largest one."""

SIGNAL_RULES = 0.5
"""A neuron follows the rule if more than this share of its weights on bits is on signal bits."""

LARGE = 0.05
"""A weight on a distractor bit above this size is counted."""

SMALL = 0.1
"""A weight on a distractor bit is small below this size."""


def parity_facts(run: ModelRun) -> Facts:
    """Which bits the weights are on at the end, and when the network generalised.

    Returns:
        `alive_neurons`: how many have a weight on any bit above `IDLE` times the largest one,
        so that what is left of noise counts; `neurons_in_use`: how many have such a weight on a
        signal bit and more than `SIGNAL_RULES` of their size on signal bits.
        `distractors_small_at`: first snapshot from which all weights on distractor bits stay
        below `SMALL`. What is said of distractors is None where there are none.
    """
    size = np.abs(run.views["W_in"].astype(np.float64))
    signal = list(run.task.signal_inputs)
    others = {*signal, run.task.bias_input}
    distractors = [bit for bit in range(run.task.inputs) if bit not in others]
    final = size[-1]
    bits = final[[*signal, *distractors]]
    heard = final[signal].max(axis=0) > IDLE * bits.max()
    on_signal = final[signal].sum(axis=0)
    return {
        "bits": run.task.inputs - 1,
        "signal_bits": len(signal),
        "distractor_bits": len(distractors),
        "largest_signal": float(final[signal].max()),
        "largest_distractor": float(final[distractors].max()) if distractors else None,
        "alive_neurons": int((bits.max(axis=0) > IDLE * bits.max()).sum()),
        "neurons_in_use": int((heard & (on_signal > SIGNAL_RULES * bits.sum(axis=0))).sum()),
        "signal_share": float(final[signal].sum() / bits.sum()) if bits.any() else None,
        **_of_distractors(run, size[:, distractors], size[:, signal]),
    }


def _of_distractors(
    run: ModelRun,
    distractors: Float[np.ndarray, "snapshot bit neuron"],
    signal: Float[np.ndarray, "snapshot bit neuron"],
) -> Facts:
    """What distractor bits hold at the snapshot at or after which new rows are answered rightly."""
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
        at = min(int(np.searchsorted(run.snapshot_steps, step)), len(run.snapshot_steps) - 1)
        facts |= dict(zip(names, _held(distractors[at], signal[at]), strict=True))
    return facts


def _held(
    distractors: Float[np.ndarray, "bit neuron"], signal: Float[np.ndarray, "bit neuron"]
) -> tuple[float | None, int, float]:
    """Share of all size that is on distractors, how many of them are large, and the largest."""
    total = float(distractors.sum() + signal.sum())
    share = float(distractors.sum()) / total if total > 0 else None
    return share, int((distractors > LARGE).sum()), float(distractors.max())
