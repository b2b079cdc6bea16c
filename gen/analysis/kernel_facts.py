"""Facts of a kernel machine: stripes in the block of its features that pairs a with b."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int

from gen.analysis.outcome import metric_at, stays_above_from, value_at
from gen.analysis.types import Facts
from gen.experiments.runs import ModelRun
from gen.networks.kernel_machine import KernelMachine


def kernel_facts(run: ModelRun) -> Facts:
    """Return how striped `M_ab` is at the last snapshot, and from which snapshot on by half.

    `stripes_share` is the share of its variance that depends on a - b alone (as in sums and
    products), or on a + b alone (as in differences): 1 for a circulant matrix, and about 1/p
    for one of unrelated numbers. `striped_at` is None if it does not end above one half.
    `above_chance_at` is the step from which test accuracy stays above that of guessing.
    `largest_pair_when_striped` and `final_largest_pair` are the largest |number| of `M_ab`,
    where the largest on the diagonal of M is 1. No facts of any other network.
    """
    if not isinstance(run.network, KernelMachine) or "M_ab" not in run.views:
        return {}
    shares = np.array([_stripes(block) for block in run.views["M_ab"].astype(np.float64)])
    chance = 1 / run.views["M_ab"].shape[1]
    striped = _stays_from(run.snapshot_steps, shares > 0.5)
    largest = np.abs(run.views["M_ab"]).max(axis=(1, 2)).astype(np.float64)
    return {
        "stripes_share": float(shares[-1]),
        "striped_at": striped,
        "test_accuracy_when_striped": metric_at(run, "test_accuracy", striped),
        "above_chance_at": _stays_from(run.logged_steps, run.metrics["test_accuracy"] > chance),
        "largest_pair_when_striped": value_at(run.snapshot_steps, largest, striped),
        "final_largest_pair": float(largest[-1]),
    }


def _stays_from(steps: Int[np.ndarray, " step"], holds: Bool[np.ndarray, " step"]) -> int | None:
    return stays_above_from(steps, holds.astype(np.int64), 1)


def _stripes(block: Float[np.ndarray, "number number"]) -> float:
    """Return the share of a matrix's variance that its means over each a - b, or a + b, have.

    NaN for a matrix without variance: before the second step no a is paired with a b.
    """
    variance = block.var()
    if variance == 0:
        return float("nan")
    a = np.arange(len(block))
    each = a[:, None]
    return max(
        float(block[a, (each + sign * a) % len(block)].mean(axis=1).var() / variance)
        for sign in (1, -1)
    )
