"""Base class of figures of one neuron: which neuron, and which models can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.fourier import peak_power_shares
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.neuron_groups import check_weights_per_number, neuron_names
from gen.figures.model_figure import RunFigure

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.networks.network import Network
    from gen.tasks.task import Task

_MOST_NUMBERS = 256


class NeuronFigure(RunFigure):
    """A figure of a neuron with a weight for every number, into it and out of it.

    Attributes:
        neuron: its number, from 0: its row in the weight films of the model; if left out, the
            neuron whose weights are the purest wave at the end.
    """

    neuron: Annotated[int, Field(ge=0)] | None = None

    def check(self, task: Task, network: Network) -> None:
        check_weights_per_number(task, network)
        (_, (_, neurons)), _ = hidden_layer_shapes(network, task)
        self.check_lines(task.outputs, neurons)

    def check_lines(self, numbers: int, neurons: int) -> None:
        """Raise ValueError if there are too many numbers, or the chosen neuron does not exist."""
        if self.neuron is not None and self.neuron >= neurons:
            raise ValueError(f"neuron = {self.neuron} is out of range (0 to {neurons - 1})")
        if numbers > _MOST_NUMBERS:
            raise ValueError(
                f"{numbers} numbers are too many for a line; the limit is {_MOST_NUMBERS}"
            )

    def chosen(self, run: ModelRun, weights: Float[np.ndarray, "number neuron"]) -> tuple[int, int]:
        """Return the number of the neuron, and its column in some of the final weights of a run."""
        names = neuron_names(run, weights.shape[1])
        purest = int(peak_power_shares(weights).argmax())
        number = names[purest] if self.neuron is None else self.neuron
        return number, names.index(number)
