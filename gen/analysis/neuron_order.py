"""The order in which neurons are pictured: by size, angle, or frequency and phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Int

from gen.analysis.fourier import frequencies, phases

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun


def neuron_order(run: ModelRun) -> Int[np.ndarray, " neuron"]:
    """The neurons as they are told apart best at the end of the run.

    With signal and distractors, by size of their weights, the largest first; on a circle, by
    angle; else by frequency and then phase.
    """
    into = next(iter(run.views.values()))[-1].astype(np.float64)
    if run.task.signal_inputs:
        return np.argsort(-np.linalg.norm(into, axis=0), kind="stable")
    if into.shape[0] == 2:
        return np.argsort(np.arctan2(into[1], into[0]), kind="stable")
    return np.lexsort((phases(into), frequencies(into)))
