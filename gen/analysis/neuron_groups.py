"""Neurons by frequency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.fourier import (
    frequencies,
    neurons_by_frequency,
    peak_power_shares,
    phases,
    silent_neurons,
)
from gen.analysis.hidden_layer_views import has_hidden_layer, hidden_layer_shapes, number_weights
from gen.analysis.outcome import generalised_at
from gen.theme import FREQUENCY_COLOURS

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

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
    if w_in is None or not has_hidden_layer(run) or generalised_at(run) is None:
        return {}
    final = w_in[-1]
    shares = peak_power_shares(final[:, ~silent_neurons(final)])
    if np.median(shares) <= DOMINATES:
        return {}
    return {k: len(neurons) for k, neurons in neurons_by_frequency(final).items()}


MAX_GROUPS = len(FREQUENCY_COLOURS)
_FEWEST = 3


@dataclass(frozen=True)
class Group:
    """Neurons that share a panel.

    Attributes:
        frequency: periods over all numbers; None where several are gathered.
        neurons: the purest wave first.
        colour: a colour of the theme, by name.
    """

    frequency: int | None
    neurons: Int[np.ndarray, " member"]
    colour: str


def check_weights_per_number(task: Task, network: Network) -> None:
    """Raises ValueError where a network has no weight for each number, into each neuron and out."""
    (into, (inputs, _)), (out, (_, outputs)) = hidden_layer_shapes(network, task)
    if task.inputs % task.outputs or task.outputs < _FEWEST:
        raise ValueError(
            f"waves run over numbers that are both asked and answered, but the task has "
            f"{task.inputs} inputs and {task.outputs} outputs"
        )
    if (inputs, outputs) != (task.outputs, task.outputs):
        raise ValueError(
            f"{into} and {out} are {inputs} and {outputs} numbers a neuron and not one for "
            f"each of the {task.outputs} numbers; the kind circle pictures two"
        )


def neuron_groups(weights: Float[np.ndarray, "input neuron"]) -> list[Group]:
    """Neurons by frequency.

    The rarest frequencies are gathered where there are too many, and so are silent neurons.
    """
    members = neurons_by_frequency(weights)
    own = list(members)
    if len(own) > MAX_GROUPS:
        commonest = sorted(own, key=lambda k: -len(members[k]))[: MAX_GROUPS - 1]
        own = sorted(commonest)
    purest_first = np.argsort(-peak_power_shares(weights), kind="stable")
    groups = [
        Group(k, purest_first[np.isin(purest_first, members[k])], FREQUENCY_COLOURS[place])
        for place, k in enumerate(own)
    ]
    shown = np.concatenate([members[k] for k in own])
    rest = purest_first[~np.isin(purest_first, shown)]
    return [*groups, Group(None, rest, "distractor")] if len(rest) else groups


def describe_frequencies(run: ModelRun, words: Words) -> str:
    """The frequencies that a network has settled on, if it has."""
    found = settled_frequencies(run)
    if not found:
        final = run.input_weights[-1]
        return words("alt.waves.unsettled", count=len(neurons_by_frequency(final)))
    if len(found) > MAX_GROUPS:
        return words("alt.waves.many", count=len(found))
    each = [words("alt.waves.frequency", k=k, neurons=count) for k, count in found.items()]
    return words("alt.waves.few", frequencies=words.listed(each))


def neuron_order(run: ModelRun) -> Int[np.ndarray, " neuron"]:
    """The neurons as they are told apart best at the end of the run.

    With signal and distractors, by size of their weights, the largest first; on a circle, by
    angle; else by frequency and then phase.
    """
    into = run.input_weights[-1].astype(np.float64)
    if run.task.signal_inputs:
        return np.argsort(-np.linalg.norm(into, axis=0), kind="stable")
    if into.shape[0] == 2:
        return np.argsort(np.arctan2(into[1], into[0]), kind="stable")
    return np.lexsort((phases(into), frequencies(into)))
