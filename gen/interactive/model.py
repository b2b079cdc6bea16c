"""What the page needs to know of a model to compute with the weights in its pack."""

from __future__ import annotations

from typing import Any

from gen.analysis.hidden_layer_views import activation_of, has_hidden_layer
from gen.experiments.runs import ModelRun, Run
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity


def model_of(run: Run) -> dict[str, Any] | None:
    """Return task, network and seed of a run with one hidden layer, as JSON values.

    Returns:
        None for a recording, and if the views are not the two matrices of one hidden layer. Else
        `task`: its `kind` and what defines right answers; `network`: its `kind`, its `activation`
        f, and `circle`: whether the views are A and B, so that W_in = E A and W_out = B E^T with E
        the points of a circle; `seed`.
    """
    if not isinstance(run, ModelRun) or not has_hidden_layer(run):
        return None
    task = _task(run)
    if task is None:
        return None
    network = {
        "kind": type(run.network).model_fields["kind"].default,
        "activation": activation_of(run),
        "circle": "A" in run.views,
    }
    return {"task": task, "network": network, "seed": run.seed}


def _task(run: ModelRun) -> dict[str, Any] | None:
    match run.task:
        case Modular() as task:
            return {
                "kind": task.kind,
                "operation": task.operation,
                "modulus": task.modulus,
                "numbers": task.outputs,
                "inputs": task.inputs,
                # Whether (a, b) and (b, a) are two rows, with a half of the inputs for each number.
                "ordered": task.halves,
            }
        case SparseParity() as task:
            return {"kind": task.kind, "bits": task.bits, "signal_bits": task.signal_bits}
        case _:
            return None
