"""AdamW on the CPU, in one pass over the numbers of each model.

Every number is computed from its own weight, gradient and moments, without reordering and without
fused operations, so a model has the same bits alone, in any ensemble and on any processor. The
fused kernel of PyTorch computes numbers past its last full vector with other roundings.
"""

from __future__ import annotations

import math
from typing import no_type_check

import numpy as np
from jaxtyping import Float
from numba import njit

LEARNING_RATE, BETA_1, BETA_2, WEIGHT_DECAY, L1 = range(5)
"""Columns of the settings of a model."""

# With the checks of Python's division, loops would not be computed by vectors.
_compiled = njit(cache=True, error_model="numpy")


@_compiled
@no_type_check
def update(
    weights: Float[np.ndarray, "model number"],
    gradients: Float[np.ndarray, "model number"],
    first: Float[np.ndarray, "model number"],
    second: Float[np.ndarray, "model number"],
    settings: Float[np.ndarray, "model setting"],
    step: int,
    epsilon: float,
) -> None:
    """Take one step of every model; the formula is that of `AdamWSettings`.

    Args:
        gradients: float32, as weights and moments; L1 is added to them.
        first, second: the moments, zeros before the first step.
        settings: float64, columns as named above.
        step: the number of this step, from 1 on.
    """
    for model in range(len(weights)):
        own = settings[model]
        if own[L1] > 0:
            _add_signs(weights[model], gradients[model], np.float32(own[L1]))
        root = math.sqrt(1 - own[BETA_2] ** step)
        _update_model(
            weights[model],
            gradients[model],
            first[model],
            second[model],
            np.float32(1 - own[LEARNING_RATE] * own[WEIGHT_DECAY]),
            np.float32(own[BETA_1]),
            np.float32(1 - own[BETA_1]),
            np.float32(own[BETA_2]),
            np.float32(1 - own[BETA_2]),
            np.float32(own[LEARNING_RATE] / (1 - own[BETA_1] ** step) * root),
            np.float32(epsilon * root),
        )


@_compiled
@no_type_check
def _update_model(
    w: Float[np.ndarray, " number"],
    g: Float[np.ndarray, " number"],
    m: Float[np.ndarray, " number"],
    v: Float[np.ndarray, " number"],
    kept: np.float32,
    old_1: np.float32,
    new_1: np.float32,
    old_2: np.float32,
    new_2: np.float32,
    rate: np.float32,
    epsilon: np.float32,
) -> None:
    """Take one step of one model.

    With r = sqrt(1 - b2^t), `rate` is lr r / (1 - b1^t) and `epsilon` is r EPSILON: both sides of
    the division are multiplied by r, which saves a division for each number.
    """
    for i in range(len(w)):
        m[i] = old_1 * m[i] + new_1 * g[i]
        v[i] = old_2 * v[i] + new_2 * (g[i] * g[i])
        w[i] = kept * w[i] - rate * (m[i] / (math.sqrt(v[i]) + epsilon))


@_compiled
@no_type_check
def _add_signs(
    w: Float[np.ndarray, " number"], g: Float[np.ndarray, " number"], factor: np.float32
) -> None:
    """Add the gradient of `factor` times the sum of all sizes."""
    for i in range(len(w)):
        if w[i] > 0:
            g[i] += factor
        elif w[i] < 0:
            g[i] -= factor
