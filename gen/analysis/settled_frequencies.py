"""Which frequencies a network of modular arithmetic has settled on.

This is the one measure behind the seed cards and their table, the facts `frequencies`,
`frequency_count` and `neurons_per_frequency`, and the groups of neurons in figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.fourier import by_frequency, power_shares, silent
from gen.analysis.hidden_layer_views import number_weights, shows_layer
from gen.analysis.outcome import generalised_at

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun

DOMINATES = 0.5
"""A wave that holds more than this share of a neuron's power dominates it."""


def settled_frequencies(run: ModelRun) -> dict[int, int]:
    """The frequencies of a model, rising, and how many neurons have each as their strongest.

    Silent neurons are left out.

    Returns:
        Nothing where the model did not generalise, where one wave dominates in less than half
        of its neurons, or where neurons have no weight for each number: it has not settled.
    """
    w_in = number_weights(run)
    if w_in is None or not shows_layer(run) or generalised_at(run) is None:
        return {}
    final = w_in[-1]
    shares = power_shares(final[:, ~silent(final)])
    if np.median(shares) <= DOMINATES:
        return {}
    return {k: len(neurons) for k, neurons in by_frequency(final).items()}
