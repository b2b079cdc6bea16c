"""What neurons make of what they are given, as their networks do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

if TYPE_CHECKING:
    from gen.networks.batch import Activation


def activations(
    before: Float[np.ndarray, "*batch neuron"], activation: Activation
) -> Float[np.ndarray, "*batch neuron"]:
    """What the neurons make of the sums of their inputs."""
    return np.maximum(before, 0) if activation == "relu" else np.square(before)
