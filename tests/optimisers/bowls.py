"""Trainings of an ensemble on simple losses: one bowl for each number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from gen.optimisers.optimiser import Optimiser, ensemble_step
from tests.optimisers.plain import PLAIN

SHAPES = {"wide": (3, 5), "tall": (6, 2), "bias": (4,), "stack": (2, 3, 2), "number": ()}
"""Tensors of one model."""


@dataclass(frozen=True)
class Bowls:
    """Losses steepness (w - lowest)^2 / 2, summed over all numbers of a model.

    Attributes:
        steepness, lowest, start: by the names of the tensors, each of shape (model, ...).
    """

    steepness: Mapping[str, np.ndarray]
    lowest: Mapping[str, np.ndarray]
    start: Mapping[str, np.ndarray]

    @classmethod
    def draw(cls, seed: int, models: int, shapes: Mapping[str, tuple[int, ...]] = SHAPES) -> Bowls:
        generator = np.random.default_rng(seed)
        every = [(name, (models, *shape)) for name, shape in shapes.items()]
        return cls(
            {name: generator.uniform(0.5, 2, shape) for name, shape in every},
            {name: generator.normal(size=shape) for name, shape in every},
            {name: generator.normal(size=shape) for name, shape in every},
        )

    def of(self, models: slice) -> Bowls:
        """Return some of the models."""
        parts = (self.steepness, self.lowest, self.start)
        return Bowls(*({name: array[models] for name, array in part.items()} for part in parts))


def trained(
    bowls: Bowls,
    optimisers: tuple[Optimiser, ...],
    steps: int,
    dtype: torch.dtype = torch.float64,
) -> dict[str, np.ndarray]:
    """Return the weights of an ensemble after some steps, each of shape (model, ...)."""
    steepness, lowest, weights = (
        {name: torch.from_numpy(array).to(dtype, copy=True) for name, array in part.items()}
        for part in (bowls.steepness, bowls.lowest, bowls.start)
    )
    gradients = {name: torch.zeros_like(tensor) for name, tensor in weights.items()}
    step = ensemble_step(weights, gradients, optimisers)
    for _ in range(steps):
        for name, gradient in gradients.items():
            gradient.copy_(steepness[name] * (weights[name] - lowest[name]))
        step()
    return {name: tensor.numpy() for name, tensor in weights.items()}


def trained_plainly(bowls: Bowls, optimiser: Optimiser, steps: int) -> dict[str, np.ndarray]:
    """Return the weights of the first model after some steps of the plain loop of its kind."""
    settings = optimiser.model_dump()
    plain = PLAIN[settings.pop("kind")]
    found: dict[str, np.ndarray] = {}
    for name in bowls.start:
        update, w = plain(**settings), bowls.start[name][0]
        for _ in range(steps):
            w = update(w, bowls.steepness[name][0] * (w - bowls.lowest[name][0]))
        found[name] = w
    return found
