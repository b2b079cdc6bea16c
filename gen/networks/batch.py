"""Input rows and labels of an ensemble as tensors, and the names of the activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float, Int

from gen.lazy import torch

Activation = Literal["relu", "square"]
"""The activation f of a neuron: relu(u) = max(u, 0), or the square u^2."""


@dataclass(frozen=True)
class Batch:
    """The rows of one split, on the device of the ensemble; a step uses all or some of them."""

    inputs: Float[torch.Tensor, "model row input"]
    labels: Int[torch.Tensor, "model row"]
