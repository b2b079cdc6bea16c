"""What a network of two numbers still gets right at the end without each of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gen.analysis.hidden_layer_views import number_weights
from gen.analysis.interventions import (
    count_right,
    main_frequencies,
    silenced,
    without_double_waves,
)
from gen.analysis.neuron_groups import Group, neuron_groups, neuron_order
from gen.analysis.pairs import PairWeights, read_pairs
from gen.experiments.runs import ModelRun


@dataclass(frozen=True)
class Effect:
    """Right answers without a part of the network.

    Attributes:
        name: of the part, as in the address of a page: `n5` a neuron, `k23` all neurons of a
            frequency, `double` the double waves, `none` the whole network.
        neurons: how many neurons it silences.
        right: pairs with a right answer, of `pairs`.
    """

    name: str
    neurons: int
    right: int
    pairs: int

    @property
    def share(self) -> float:
        """The share of pairs with a right answer, 0 to 1."""
        return self.right / self.pairs

    @property
    def single(self) -> bool:
        """Whether the part is one neuron."""
        return self.name.startswith("n") and self.name != "none"


def final_pairs(run: ModelRun) -> PairWeights:
    """Return the final weights of a run whose network has a weight for both numbers."""
    weights = read_pairs(run)
    assert weights is not None, f"{run.name} is not a network of two numbers"
    return weights


def wave_groups(run: ModelRun) -> list[Group]:
    """Return the neurons by their final frequency; on a circle all are one group without one."""
    w_in = number_weights(run)
    if w_in is None:
        return [Group(None, np.arange(run.input_weights.shape[2]), "distractor")]
    return neuron_groups(w_in[-1])


def frequencies_of(run: ModelRun) -> dict[int, int]:
    """Return the final frequency of every neuron that has one; empty on a circle."""
    w_in = number_weights(run)
    return {} if w_in is None else main_frequencies(w_in[-1].astype(np.float64))


@lru_cache(maxsize=2)  # for the widget in all languages, and its text
def effects(run: ModelRun) -> tuple[Effect, ...]:
    """Return the effect of nothing, of each neuron, each frequency, and of the double waves."""
    weights = final_pairs(run)
    found = [Effect("none", 0, *count_right(weights))]
    for row, neuron in enumerate(neuron_order(run).tolist()):
        found.append(Effect(f"n{row}", 1, *count_right(silenced(weights, [neuron]))))
    for group in wave_groups(run):
        if group.frequency:
            counted = count_right(silenced(weights, group.neurons.tolist()))
            found.append(Effect(f"k{group.frequency}", len(group.neurons), *counted))
    frequencies = frequencies_of(run)
    if frequencies:
        without = without_double_waves(weights, frequencies)
        found.append(Effect("double", 0, *count_right(without)))
    return tuple(found)
