"""Stochastic gradient descent with momentum for an ensemble."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from gen.lazy import torch
from gen.optimisers.optimiser import Factor, Fraction, Optimiser, Step, Tensors, parameter_groups


class SGD(Optimiser):
    """Gradient descent with momentum, in the form of torch (Sutskever et al. 2013).

    With gradient g, weight decay wd, learning rate lr and momentum mu; M begins as 0:

        g += wd w
        M = mu M + g
        w -= lr M                with nesterov:  w -= lr (g + mu M)

    Attributes:
        learning_rate: step size lr.
        momentum: mu; 0 is plain gradient descent.
        nesterov: whether the step looks ahead by one momentum.
        weight_decay: factor wd of the L2 penalty; unlike that of AdamW, part of the gradient.
    """

    kind: Literal["sgd"] = "sgd"
    state: ClassVar[int] = 1
    momentum: Fraction = 0.0
    nesterov: bool = False
    weight_decay: Factor = 0.0

    @model_validator(mode="after")
    def _check_momentum(self) -> SGD:
        if self.nesterov and self.momentum == 0:
            raise ValueError("nesterov = true needs a momentum above 0")
        return self

    @classmethod
    def stepper(cls, parameters: Tensors, gradients: Tensors, settings: tuple[SGD, ...]) -> Step:
        steps = [
            _group_step(shared, weights, slopes)
            for shared, weights, slopes in parameter_groups(parameters, gradients, settings)
        ]

        def step() -> None:
            for each in steps:
                each()

        return step


def _group_step(settings: SGD, weights: list[torch.Tensor], gradients: list[torch.Tensor]) -> Step:
    """Return the update of models with equal settings; by torch's function as in AdamW."""
    from torch.optim.sgd import sgd

    velocities: list[torch.Tensor | None] = [None] * len(weights)

    def step() -> None:
        sgd(
            weights,
            gradients,
            velocities,
            fused=True,
            weight_decay=settings.weight_decay,
            momentum=settings.momentum,
            lr=settings.learning_rate,
            dampening=0.0,
            nesterov=settings.nesterov,
            maximize=False,
        )

    return step
