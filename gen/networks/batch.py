"""The rows that an ensemble learns from, and the activations that networks have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float, Int

from gen.lazy import torch

Activation = Literal["relu", "square"]
"""What a neuron makes of the sum of its inputs: relu(u) = max(u, 0), or u^2."""


@dataclass(frozen=True)
class Batch:
    """The rows an ensemble learns from, on its device; every step sees all of them."""

    inputs: Float[torch.Tensor, "model row input"]
    labels: Int[torch.Tensor, "model row"]
