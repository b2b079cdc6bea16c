"""How far the axes of the widget "interference" reach, at the end and at each snapshot.

Every pair of numbers fits, so readers move them without a change of scale. To find that takes all
pairs of all snapshots, which is done here and not in the page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.activations import activations
from gen.analysis.hidden_layer_views import activation_of
from gen.analysis.interference import group_logits
from gen.analysis.neuron_groups import Group
from gen.charts.scales import round_up
from gen.experiments.runs import ModelRun
from gen.interactive.pack import views_in_page
from gen.networks.batch import Activation

TOTAL_HEIGHT = 2.0
"""Height of the total's row, in heights of a frequency's row."""

_END_HEADROOM = 1.06
_HEADROOM = 1.03
"""Of the largest share, at least; less than at the end, where the scale is 1. As in the script."""

_DIGITS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
"""Leading digits of scales, as in the script."""

_PAIRS_AT_ONCE = 512
"""So that the shares of these pairs stay in the cache of a processor."""


def half_range(run: ModelRun, groups: Sequence[Group]) -> float:
    """Return the logit at the top of a row at the end: waves and total of every pair fit."""
    into, out = (view[-1] for view in run.views.values())
    largest = largest_share(into, out, [group.neurons for group in groups], activation_of(run))
    return _END_HEADROOM * largest or 1.0


def snapshot_scales(run: ModelRun, groups: Sequence[Group], reach: float) -> list[float]:
    """Return how far rows reach at each snapshot of the page, as a round part of that at the end.

    They fit the weights of the pack, which have few bits. The last one is 1, as those weights
    differ from the exact ones by less than the headroom.

    Args:
        reach: the `half_range`.
    """
    largest = _largest_before_end(run, tuple(tuple(group.neurons.tolist()) for group in groups))
    return [*(round_scale(_HEADROOM * one / reach) for one in largest), 1.0]


@lru_cache(maxsize=2)  # for the next language
def _largest_before_end(run: ModelRun, groups: tuple[tuple[int, ...], ...]) -> tuple[float, ...]:
    """Return the `largest_share` of each snapshot of the page but the last."""
    members, activation = [np.array(group) for group in groups], activation_of(run)
    into_all, out_all = views_in_page(run).values()
    return tuple(
        largest_share(into, out, members, activation)
        for into, out in zip(into_all[:-1], out_all[:-1], strict=True)
    )


def round_scale(ratio: float) -> float:
    """Return the smallest round number that is at least a ratio; 1 for 0 and what is not finite."""
    if not (ratio > 0 and math.isfinite(ratio)):
        return 1.0
    # 0.6 and not 6 * 0.1.
    return float(f"{round_up(ratio, _DIGITS):.2g}")


def largest_share(
    into: Float[np.ndarray, "number neuron"],
    out: Float[np.ndarray, "neuron answer"],
    groups: Sequence[Int[np.ndarray, " _member"]],
    activation: Activation,
) -> float:
    """Return the largest size of a group's share in any logit of any pair of numbers.

    Logits count divided by `TOTAL_HEIGHT`, as their row is so many times as high. In float32: its
    errors are far below the headroom.
    """
    into, out = into.astype(np.float32), out.astype(np.float32)
    largest = 0.0
    for first, second in _pairs(len(into)):
        shares = group_logits(activations(into[first] + into[second], activation), out, groups)
        together = shares.sum(axis=1) / TOTAL_HEIGHT
        largest = max(largest, *(float(np.abs(one).max()) for one in (shares, together)))
    return largest


def _pairs(numbers: int) -> Iterator[tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"]]]:
    """Return the places of all pairs a <= b, some at a time."""
    first, second = np.triu_indices(numbers)
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        yield first[some], second[some]
