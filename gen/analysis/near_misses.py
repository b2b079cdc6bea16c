"""How wrong a wrong answer is, on the circle of a network's main wave.

A wave of k periods over p numbers lays them on a circle in the order 0, 1/k, 2/k, ... modulo p.
Of products it lays the places of the numbers, which are exponents, and not the numbers.
A network that adds on this circle, but not quite, answers with a neighbour of what is right.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.fourier import powers, share_of
from gen.analysis.progress import adds

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.experiments.runs import ModelRun


def near_miss_facts(run: ModelRun) -> Facts:
    """The main wave, its share of all power in W_in now and at the best snapshot, near misses."""
    if "W_in" not in run.views or not adds(run.task):
        return {}
    w_in = run.views["W_in"]
    main = int(powers(w_in[-1]).sum(axis=-1).argmax()) + 1
    loss = np.interp(run.snapshot_steps, run.logged_steps, run.metrics["test_loss"])
    shares = wave_shares(w_in, main)
    facts: Facts = {
        "main_wave": main,
        "main_wave_share": float(shares[-1]),
        "main_wave_share_at_best": float(shares[int(loss.argmin())]),
    }
    numbers = run.task.outputs
    if gcd(main, numbers) == 1:
        places = misses(run, main)
        wrong = places[places != 0]
        facts["wrong_next_door"] = float((wrong == 1).mean()) if len(wrong) else None
        facts["next_door_by_chance"] = 2 / (numbers - 1)
    return facts


def wave_shares(
    weights: Float[np.ndarray, "snapshot input neuron"], frequency: int
) -> Float[np.ndarray, " snapshot"]:
    """Share of the power in all neurons' weights that one wave holds, 0 to 1."""
    return share_of(powers(weights).sum(axis=-1), [frequency])


def misses(run: ModelRun, frequency: int) -> Int[np.ndarray, " row"]:
    """By how many places on a wave's circle the final answers to unseen sums are off."""
    numbers = run.task.outputs
    rows = run.task.draw(run.seed).test
    w_in, w_out = (run.views[name][-1].astype(np.float64) for name in ("W_in", "W_out"))
    hidden = activations(rows.inputs[0] @ w_in, run.network.activation)
    answers = (hidden @ w_out).argmax(axis=-1)
    turned = (answers - rows.labels[0]) * frequency % numbers
    return np.minimum(turned, numbers - turned)
