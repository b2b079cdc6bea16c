"""How high the waves are that a network adds up, and how narrowly one wave alone decides.

A group of neurons that share a frequency k says nearly h cos(2 pi k (a + b - c) / p) of the
answer c. On a circle of p numbers the neighbours of the right answer are only
1 - cos(2 pi / p) of h below it, so that a single wave must be high to decide clearly.
"""

from __future__ import annotations

from math import cos, pi
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.fourier import by_frequency
from gen.analysis.progress import adds
from gen.networks.embedded import circle

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun


def height_facts(run: ModelRun) -> Facts:
    """How high the waves of a network that adds are in its logits.

    Returns:
        `next_door_drop`: the share of its height by which a wave is lower next to its crest.
        `smallest_wave_height`, `largest_wave_height`: over the groups of neurons of one
        frequency, the height of what they say for all answers, in the median over all pairs.
        Nothing for other tasks.
    """
    if not adds(run.task):
        return {}
    heights = wave_heights(run)
    return {
        "next_door_drop": 1 - cos(2 * pi / run.task.outputs),
        "smallest_wave_height": min(heights),
        "largest_wave_height": max(heights),
    }


def wave_heights(run: ModelRun) -> list[float]:
    """Median height of each group's wave, over all pairs of numbers; groups by rising frequency.

    A height is half of the difference between the largest and the smallest logit.
    """
    w_in, w_out, groups = _final(run)
    a, b = np.triu_indices(len(w_in))
    active = activations(w_in[a] + w_in[b], run.network.activation)
    return [float(np.median(np.ptp(active[:, g] @ w_out[g], axis=1) / 2)) for g in groups]


def _final(
    run: ModelRun,
) -> tuple[
    Float[np.ndarray, "number neuron"],
    Float[np.ndarray, "neuron number"],
    list[Int[np.ndarray, " member"]],
]:
    """The final W_in and W_out, and the neurons of each group."""
    views = {name: view[-1].astype(np.float64) for name, view in run.views.items()}
    if "A" in views:
        table = circle(run.task.outputs)
        return table @ views["A"], views["B"] @ table.T, [np.arange(views["A"].shape[1])]
    return views["W_in"], views["W_out"], list(by_frequency(views["W_in"]).values())
