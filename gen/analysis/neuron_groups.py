"""Neurons by frequency: the frequencies a network has settled on, groups, and order."""

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
    from gen.experiments.runs import ModelRun, Run
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

MIN_MEDIAN_SHARE = 0.5
"""A network has settled if, in the median over its neurons, one wave holds more of the power."""

MAX_GROUPS = len(FREQUENCY_COLOURS)
_MIN_NUMBERS = 3


def settled_frequencies(run: ModelRun) -> dict[int, int]:
    """Return the frequencies of a model, rising, and how many neurons have each as strongest.

    Silent neurons are left out. The seed cards and their table, the facts `frequencies`,
    `frequency_count` and `neurons_per_frequency`, and the alt texts of figures all use this.

    Returns:
        Empty if the model did not generalise, did not settle (see `MIN_MEDIAN_SHARE`), or has no
        weight for each number.
    """
    w_in = number_weights(run)
    if w_in is None or not has_hidden_layer(run) or generalised_at(run) is None:
        return {}
    final = w_in[-1]
    shares = peak_power_shares(final[:, ~silent_neurons(final)])
    if np.median(shares) <= MIN_MEDIAN_SHARE:
        return {}
    return {k: len(neurons) for k, neurons in neurons_by_frequency(final).items()}


@dataclass(frozen=True)
class Group:
    """Neurons that share a panel.

    Attributes:
        frequency: periods over all numbers; None for the group of all other neurons.
        neurons: indices, the one with the largest share of power in its wave first.
        colour: a colour of the theme, by name; the same in every figure.
    """

    frequency: int | None
    neurons: Int[np.ndarray, " member"]
    colour: str


def check_weights_per_number(task: Task, network: Network) -> None:
    """Check that each neuron has an input and an output weight for each number.

    Raises:
        ValueError: it has not, or there are fewer than 3 numbers.
    """
    (into, (inputs, _)), (out, (_, outputs)) = hidden_layer_shapes(network, task)
    if task.inputs % task.outputs or task.outputs < _MIN_NUMBERS:
        raise ValueError(
            f"it draws waves over the numbers of a task, which have to be both its inputs and its "
            f"outputs, but the task has {task.inputs} inputs and {task.outputs} outputs"
        )
    if (inputs, outputs) != (task.outputs, task.outputs):
        raise ValueError(
            f"{into} has {inputs} rows and {out} {outputs} columns, but waves need one for each "
            f"of the {task.outputs} numbers; the kind circle draws matrices with two"
        )


def neuron_groups(weights: Float[np.ndarray, "input neuron"]) -> list[Group]:
    """Return the neurons in groups by frequency.

    The last group holds silent neurons and, beyond `MAX_GROUPS`, the rarest frequencies.
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
    grouped = np.concatenate([members[k] for k in own])
    rest = purest_first[~np.isin(purest_first, grouped)]
    return [*groups, Group(None, rest, "distractor")] if len(rest) else groups


def neuron_order(run: ModelRun) -> Int[np.ndarray, " neuron"]:
    """Return the order in which figures show the neurons, by their final input weights.

    By decreasing norm for tasks with signal inputs, by angle on a circle, else by frequency and
    then phase.
    """
    w_in = run.input_weights[-1].astype(np.float64)
    if run.task.signal_inputs:
        return np.argsort(-np.linalg.norm(w_in, axis=0), kind="stable")
    if w_in.shape[0] == 2:
        return np.argsort(np.arctan2(w_in[1], w_in[0]), kind="stable")
    return np.lexsort((phases(w_in), frequencies(w_in)))


def neuron_names(run: Run, neurons: int) -> tuple[int, ...]:
    """Return the number by which figures, pages and settings name each neuron of a run.

    It is the place in `neuron_order`, so that rows of heat maps count from 0. Neurons of runs
    without a single hidden layer have no such order, and are named by their index.
    """
    from gen.experiments.runs import ModelRun

    if not isinstance(run, ModelRun) or not has_hidden_layer(run):
        return tuple(range(neurons))
    return tuple(np.argsort(neuron_order(run)).tolist())


def entry_numbers(run: Run, meaning: str, entries: int) -> tuple[int, ...]:
    """Return the number of every entry of an axis: `neuron_names`, or its index.

    Args:
        meaning: what the axis is for, such as `neuron` or `number`.
    """
    return neuron_names(run, entries) if meaning == "neuron" else tuple(range(entries))


def describe_frequencies(run: ModelRun, words: Words) -> str:
    """Return a sentence that lists the settled frequencies, or says that there are none."""
    settled = settled_frequencies(run)
    if not settled:
        count = len(neurons_by_frequency(run.input_weights[-1]))
        return words("alt.waves.unsettled", count=count)
    if len(settled) > MAX_GROUPS:
        return words("alt.waves.many", count=len(settled))
    each = [words("alt.waves.frequency", k=k, neurons=count) for k, count in settled.items()]
    return words("alt.waves.few", frequencies=words.listed(each))
