"""A step of modular addition against its former code: torch's products, softmax and AdamW.

Each round times both, for one ensemble on one core, and the ratio is taken within the round. What
is timed is the gradient and the step of the optimiser, without logging and snapshots.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from bench.steps import heading, options_of, prepared, ratio_line, timed_in_turns
from bench.steps import seconds_per_step as steps_timed
from bench.training import SITE
from gen.config.reader import load
from gen.experiments.model import Model
from gen.networks.batch import Batch
from gen.networks.closed_form import CrossEntropyGradient
from gen.networks.embedded import Embedded
from gen.optimisers.adamw import compiled_step, torch_step

MODELS = ("modular", "times-61", "minus-31")


def former_gradient(
    network: Embedded,
    model: Model,
    parameters: dict[str, torch.Tensor],
    gradients: dict[str, torch.Tensor],
    batch: Batch,
) -> Callable[[], None]:
    """Return the gradient of a network of E, A and B as it was until November 2026."""
    task = model.task
    compute = CrossEntropyGradient(batch, network.hidden, task.outputs, network.activation)
    w_in, w_out = network.matrices(task, parameters)
    d_w_in, d_w_out = torch.empty_like(w_in), torch.empty_like(w_out)
    e, a, b = (parameters[name] for name in ("E", "A", "B"))
    width = e.shape[2]
    halves = range(task.inputs // task.outputs)

    def differentiate() -> None:
        for half in halves:
            rows = slice(half * task.outputs, (half + 1) * task.outputs)
            torch.bmm(e, a[:, half * width : (half + 1) * width], out=w_in[:, rows])
        torch.bmm(b, e.mT, out=w_out)
        compute(w_in, w_out, d_w_in, d_w_out)
        gradients["E"].zero_()
        for half in halves:
            part = slice(half * width, (half + 1) * width)
            d_w = d_w_in[:, half * task.outputs : (half + 1) * task.outputs]
            torch.bmm(e.mT, d_w, out=gradients["A"][:, part])
            gradients["E"].baddbmm_(d_w, a[:, part].mT)
        torch.bmm(d_w_out, e, out=gradients["B"])
        gradients["E"].baddbmm_(d_w_out.mT, b)

    return differentiate


def seconds_per_step(model: Model, steps: int, *, former: bool) -> float:
    """Return seconds per model-step of the model's first shard, on one core."""
    ensemble = model.shards[0][1]
    network = ensemble.network
    assert isinstance(network, Embedded)
    batch, parameters, gradients = prepared(ensemble)
    if former:
        differentiate = former_gradient(network, model, parameters, gradients, batch)
    else:
        differentiate = network.closed_form(
            model.task, parameters, gradients, batch, "cross-entropy"
        )
        assert differentiate is not None
    update = torch_step if former else compiled_step
    return steps_timed(ensemble, parameters, gradients, differentiate, steps, update)


def main() -> None:
    """Print a row for each model."""
    options = options_of(__doc__, steps=200)
    models = load(SITE).models
    print(f"step of modular tasks, one core, medians of {options.rounds} rounds")
    print(heading("model"))
    for name in MODELS:
        timed = [
            partial(seconds_per_step, models[name], options.steps, former=former)
            for former in (False, True)
        ]
        print(ratio_line(name, timed_in_turns(timed, options.rounds)), flush=True)


if __name__ == "__main__":
    main()
