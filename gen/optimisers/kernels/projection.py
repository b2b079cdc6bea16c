"""Gradients without their part along the weights, on the CPU, in three passes over each model."""

from __future__ import annotations

import math
from typing import no_type_check

import numpy as np
from jaxtyping import Float
from numba import njit

# Only loops that write nothing may reorder their sum: see `networks/kernels/counted_gradient.py`.
_compiled = njit(cache=True)
_compiled_sum = njit(cache=True, fastmath={"reassoc", "contract", "nsz"})


@_compiled
@no_type_check
def project(
    weights: Float[np.ndarray, "model number"],
    gradients: Float[np.ndarray, "model number"],
    rounding: float,
) -> None:
    """Replace each gradient as `orthogonal_grad.orthogonal` does, computed in float64.

    Args:
        rounding: share of a gradient's norm up to which the rest is rounding.
    """
    for model in range(len(weights)):
        w, g = weights[model], gradients[model]
        dot, square, before = _products(w, g)
        along = dot / square if square > 0 else 0.0
        after = math.sqrt(_square_of_rest(w, g, along))
        before = math.sqrt(before)
        # A NaN stays one: it is not above the threshold, and not below.
        scale = 0.0 if after <= rounding * before else before / after
        for i in range(len(w)):
            g[i] = np.float32(scale * (np.float64(g[i]) - along * np.float64(w[i])))


@_compiled_sum
@no_type_check
def _products(
    w: Float[np.ndarray, " number"], g: Float[np.ndarray, " number"]
) -> tuple[float, float, float]:
    """Return w.g, w.w and g.g."""
    dot = square = before = 0.0
    for i in range(len(w)):
        weight, slope = np.float64(w[i]), np.float64(g[i])
        dot += weight * slope
        square += weight * weight
        before += slope * slope
    return dot, square, before


@_compiled_sum
@no_type_check
def _square_of_rest(
    w: Float[np.ndarray, " number"], g: Float[np.ndarray, " number"], along: float
) -> float:
    """Return |g - along w|^2."""
    total = 0.0
    for i in range(len(w)):
        rest = np.float64(g[i]) - along * np.float64(w[i])
        total += rest * rest
    return total
