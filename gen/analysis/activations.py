"""Activation functions of neurons, in NumPy."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Float

from gen.networks.batch import Activation


def activations(
    pre_activations: Float[np.ndarray, "*batch neuron"], activation: Activation | Literal["linear"]
) -> Float[np.ndarray, "*batch neuron"]:
    """Return max(u, 0) for relu, u^2 for square and u for linear."""
    match activation:
        case "relu":
            return np.maximum(pre_activations, 0)
        case "square":
            return np.square(pre_activations)
        case "linear":
            return pre_activations
