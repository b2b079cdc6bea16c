"""Check whether the views of a network are the two matrices of one hidden layer.

Facts and figures of weights need a column of the first matrix and a row of the second for each
neuron. The names of the views say whether they have these: `W_in` and `W_out`, or `A` and `B`
where numbers are given as points of a circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from gen.networks.batch import Activation
from gen.networks.hidden_layer import HiddenLayer
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.networks.network import Network
    from gen.tasks.task import Task

Shape = tuple[int, int]

_NUMBER_BY_NUMBER, _ON_CIRCLE = ("W_in", "W_out"), ("A", "B")


def hidden_layer_shapes(
    network: Network, task: Task
) -> tuple[tuple[str, Shape], tuple[str, Shape]]:
    """Return the name and shape of the matrix into the neurons, and of the one out of them.

    Raises:
        ValueError: the views of the network are not those of one hidden layer.
    """
    shapes = {name: view.shape for name, view in network.view_shapes(task).items()}
    if not isinstance(network, HiddenLayer) or not _is_layer(shapes, task):
        kind = type(network).model_fields["kind"].default
        shown = ", ".join(f"{name} ({a} x {b})" for name, (a, b) in shapes.items())
        raise ValueError(
            f"it needs one hidden layer, W_in with a row for each input and W_out with a column "
            f'for each output, but the network "{kind}" has {shown or "no views"}; '
            f"the kinds accuracy, loss and seeds need no weights"
        )
    into, out = shapes.items()
    return into, out


def has_hidden_layer(run: ModelRun) -> bool:
    """Return whether the views of a run are those of one hidden layer."""
    shapes = {name: (view.shape[1], view.shape[2]) for name, view in run.views.items()}
    return isinstance(run.network, HiddenLayer) and _is_layer(shapes, run.task)


def activation_of(run: ModelRun) -> Activation:
    """Return the activation f of a run with one hidden layer."""
    assert isinstance(run.network, HiddenLayer)
    return run.network.activation


def number_weights(run: ModelRun) -> Float[np.ndarray, "snapshot number neuron"] | None:
    """Return the weights for the first number, the first rows of `W_in`; None without such."""
    w_in = run.views.get("W_in")
    if not isinstance(run.task, Modular) or w_in is None or w_in.shape[1] % run.task.outputs:
        return None
    return w_in[:, : run.task.outputs]


def _is_layer(shapes: dict[str, Shape], task: Task) -> bool:
    names = tuple(shapes)
    if names not in (_NUMBER_BY_NUMBER, _ON_CIRCLE):
        return False
    (inputs, neurons), (same, outputs) = shapes.values()
    if names == _ON_CIRCLE:
        return (inputs, outputs) == (2, 2) and same == neurons
    return inputs in (task.inputs, task.outputs) and same == neurons and outputs == task.outputs
