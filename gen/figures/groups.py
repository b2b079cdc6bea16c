"""Neurons by frequency, in the colours that their frequency has in every figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.fourier import frequencies, power_shares, silent
from gen.figures.theme import FREQUENCY_COLOURS, NUMBER_SIZE, text_colour

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas
    from gen.networks import Network
    from gen.tasks import Task

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
    (into, (inputs, _)), (out, (_, outputs)) = network.view_shapes(task).items()
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
    purity = power_shares(weights)
    strongest = np.where(silent(weights), 0, frequencies(weights))
    found, count = np.unique(strongest[strongest > 0], return_counts=True)
    own = found
    if len(found) > MOST_GROUPS:
        commonest = np.argsort(-count, kind="stable")[: MOST_GROUPS - 1]
        own = np.sort(found[commonest])
    purest_first = np.argsort(-purity, kind="stable")
    groups = [
        Group(int(k), purest_first[strongest[purest_first] == k], FREQUENCY_COLOURS[place])
        for place, k in enumerate(own)
    ]
    rest = purest_first[~np.isin(strongest[purest_first], own)]
    return [*groups, Group(None, rest, "distractor")] if len(rest) else groups


def group_title(canvas: Canvas, left: float, baseline: float, group: Group) -> None:
    """How many periods, and how many neurons have them."""
    colour = text_colour(group.colour)
    x = left + canvas.symbol(left, baseline, "k", size=NUMBER_SIZE, colour=colour)
    value = "\u2026" if group.frequency is None else str(group.frequency)
    text = f"\u2009=\u2009{value}"
    canvas.text(x, baseline, text, colour=colour, style="Semibold")
    x += canvas.text_width(text, style="Semibold") + 12
    canvas.text(x, baseline, f"\u00d7\u2009{len(group.neurons)}")
