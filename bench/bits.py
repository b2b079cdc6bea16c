"""A step of the sweep's networks against the former one: one row after another, torch's AdamW.

The networks are those of a shard of the sweep: 45 models in five settings. Each round times both
forms on one core, and the ratio is taken within the round. What is timed is the gradient and
the step of the optimiser, without logging and snapshots.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from bench.row_by_row import RowByRow
from bench.steps import heading, options_of, prepared, ratio_line, timed_in_turns
from bench.steps import seconds_per_step as steps_timed
from bench.sweep import ensembles
from bench.training import SITE
from gen.config.reader import load
from gen.networks.batch import Batch
from gen.networks.kernels.bit_gradient import BitGradient
from gen.optimisers.adamw import compiled_step, torch_step
from gen.optimisers.optimiser import Step
from gen.training.loop import Ensemble

Gradient = Callable[..., None]
Update = Callable[..., Step]

FORMS = (BitGradient, compiled_step), (RowByRow, torch_step)
"""Gradient and optimiser, now and formerly."""


def seconds_per_step(
    ensemble: Ensemble, kind: Callable[[Batch, int], Gradient], update: Update, steps: int
) -> float:
    """Return seconds per model-step with one form of gradient and optimiser, on one core."""
    batch, parameters, gradients = prepared(ensemble)
    compute = kind(batch, parameters["W_in"].shape[2])

    def differentiate() -> None:
        compute(*parameters.values(), *gradients.values())

    return steps_timed(ensemble, parameters, gradients, differentiate, steps, update)


def main() -> None:
    """Print a row for each width, and one for the mean over widths."""
    options = options_of(__doc__, steps=20)
    print(f"step of the sweep's networks, one core, medians of {options.rounds} rounds")
    print(heading("neurons"))
    measured: list[np.ndarray] = []
    for neurons, ensemble in ensembles(load(SITE).sweeps["parity-sweep"]).items():
        timed = [partial(seconds_per_step, ensemble, *form, options.steps) for form in FORMS]
        measured.append(timed_in_turns(timed, options.rounds))
        print(ratio_line(str(neurons), measured[-1], 1), flush=True)
    print(ratio_line("mean", np.mean(measured, axis=0), 1))


if __name__ == "__main__":
    main()
