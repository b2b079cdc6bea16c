"""Neurons by frequency, in the colours that their frequency has in every figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.fourier import by_frequency, power_shares
from gen.analysis.hidden_layer_views import pictured_layer
from gen.analysis.settled_frequencies import settled_frequencies
from gen.theme import FREQUENCY_COLOURS

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

MOST_GROUPS = len(FREQUENCY_COLOURS)
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


def check_over_numbers(task: Task, network: Network) -> None:
    """Raises ValueError where a network has no weight for each number, into each neuron and out."""
    (into, (inputs, _)), (out, (_, outputs)) = pictured_layer(network, task)
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
    members = by_frequency(weights)
    own = list(members)
    if len(own) > MOST_GROUPS:
        commonest = sorted(own, key=lambda k: -len(members[k]))[: MOST_GROUPS - 1]
        own = sorted(commonest)
    purest_first = np.argsort(-power_shares(weights), kind="stable")
    groups = [
        Group(k, purest_first[np.isin(purest_first, members[k])], FREQUENCY_COLOURS[place])
        for place, k in enumerate(own)
    ]
    shown = np.concatenate([members[k] for k in own])
    rest = purest_first[~np.isin(purest_first, shown)]
    return [*groups, Group(None, rest, "distractor")] if len(rest) else groups


def frequencies_in_words(run: ModelRun, words: Words) -> str:
    """The frequencies that a network has settled on, if it has."""
    found = settled_frequencies(run)
    if not found:
        final = next(iter(run.views.values()))[-1]
        return words("alt.waves.unsettled", count=len(by_frequency(final)))
    if len(found) > MOST_GROUPS:
        return words("alt.waves.many", count=len(found))
    each = [words("alt.waves.frequency", k=k, neurons=count) for k, count in found.items()]
    return words("alt.waves.few", frequencies=words.listed(each))
