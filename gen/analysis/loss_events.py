"""How often a model changes its mind: falls and rises of its test loss.

Hunts ask for these. A loss is smoothed by a running median first, so that a spike of the
optimiser is not taken for forgetting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

_WINDOW = 40
"""The median is taken over one part in this many of the run."""

_DEEP = 2.0
"""A low counts if the loss has fallen by this factor since the start."""


def smooth_loss(loss: Float[np.ndarray, " log"]) -> Float[np.ndarray, " log"]:
    """Running median over a fortieth of the run, an odd number of entries, ends repeated."""
    half = max(1, len(loss) // _WINDOW // 2)
    padded = np.pad(loss, half, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)


def final_rise(loss: Float[np.ndarray, " log"]) -> float:
    """The last loss as a multiple of the smallest: 1 where it ends at its best."""
    smooth = smooth_loss(loss)
    return _ratio(smooth[-1], smooth.min())


@dataclass(frozen=True)
class Relapse:
    """A rise of a loss between two lows, as places in its log.

    Attributes:
        low: where it was lowest before.
        top: where it was highest in between.
        recovered: from where on it stays as low as before, to the end; None where it does not.
        factor: how high the top stands, as a multiple of the higher of the two lows.
    """

    low: int
    top: int
    recovered: int | None
    factor: float


def relapse(loss: Float[np.ndarray, " log"]) -> Relapse | None:
    """The highest rise of a loss between two lows; None where it never falls twice.

    It is the largest value of min(L_j / L_i, L_j / L_k) for i < j < k, where L_i is at most half
    of the first loss.
    """
    smooth = smooth_loss(loss)
    deep = np.where(smooth <= smooth[0] / _DEEP, smooth, np.inf)
    before = np.minimum.accumulate(deep)
    after = np.minimum.accumulate(smooth[::-1])[::-1]
    factors = [_ratio(*pair) for pair in zip(smooth, np.maximum(before, after), strict=True)]
    top = int(np.argmax(factors))
    if factors[top] <= 1:
        return None
    low = int(np.argmin(deep[: top + 1]))
    above = np.flatnonzero(smooth > smooth[low])
    recovered = int(above[-1]) + 1 if above[-1] + 1 < len(smooth) else None
    return Relapse(low, top, recovered, factors[top])


def second_fall(loss: Float[np.ndarray, " log"]) -> float:
    """How high the loss stood between two lows, as a multiple of the higher of them.

    1 where it falls once and never rises, 3 where it rises threefold after its first deep fall
    and later comes down to where it was.
    """
    found = relapse(loss)
    return 1.0 if found is None else found.factor


def _ratio(upper: float, lower: float) -> float:
    """0 / 0 is 1: nothing has changed."""
    return float(upper / lower) if lower > 0 else 1.0 if upper <= 0 else float("inf")
