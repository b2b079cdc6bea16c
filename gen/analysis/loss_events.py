"""Events in a test loss: its rise at the end, and relapses (a rise between two lows).

`gen hunt` can search for them. A loss is smoothed by a running median first, so that a spike of
the optimiser does not count.
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
    """Return the running median over a fortieth of the run (odd window, edge values repeated)."""
    half = max(1, len(loss) // _WINDOW // 2)
    padded = np.pad(loss, half, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1)


def final_rise(loss: Float[np.ndarray, " log"]) -> float:
    """Return the last loss as a multiple of the smallest; 1 if the last one is the smallest."""
    smooth = smooth_loss(loss)
    return _ratio(smooth[-1], smooth.min())


@dataclass(frozen=True)
class Relapse:
    """A rise of a loss between two lows, as indices of its log.

    Attributes:
        low: the lowest entry before the top.
        top: the highest entry between the lows.
        recovered: entry from which the loss stays as low as at `low`; None if it does not.
        factor: loss at the top as a multiple of the higher low.
    """

    low: int
    top: int
    recovered: int | None
    factor: float


def relapse(loss: Float[np.ndarray, " log"]) -> Relapse | None:
    """Return the highest rise of a loss L between two lows; None if there is no second low.

    Its factor is the maximum of min(L_j / L_i, L_j / L_k) over i < j < k, where L_i is at most
    half of the first loss.
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
    """Return the factor of the `relapse`, 1 without one.

    3 if the loss rises threefold after its first deep fall and later falls back.
    """
    found = relapse(loss)
    return 1.0 if found is None else found.factor


def _ratio(upper: float, lower: float) -> float:
    """Return upper / lower, with 0 / 0 = 1."""
    return float(upper / lower) if lower > 0 else 1.0 if upper <= 0 else float("inf")
