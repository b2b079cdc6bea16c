"""AdamW for an ensemble: each model has its own learning rate, betas, weight decay and L1."""

from __future__ import annotations

from itertools import count
from typing import ClassVar, Literal

import numpy as np

from gen.lazy import torch
from gen.optimisers.optimiser import (
    Factor,
    Fraction,
    Optimiser,
    Step,
    Tensors,
    compiled_for,
    flat,
    parameter_groups,
)

EPSILON = 1e-8


class AdamWSettings(Optimiser):
    """Settings of AdamW for one model (Loshchilov and Hutter 2019, arXiv 1711.05101).

    With gradient g, step t, weight decay wd, learning rate lr and betas (b1, b2):

        g += l1 sign(w)
        w *= 1 - lr wd
        m = b1 m + (1 - b1) g,   v = b2 v + (1 - b2) g^2
        w -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + EPSILON)

    Attributes:
        learning_rate: step size lr.
        betas: decay rates b1, b2 of the first and second moment.
        weight_decay: decoupled decay wd.
        l1: factor of the L1 penalty, whose gradient is added before the moments are updated.
    """

    state: ClassVar[int] = 2
    betas: tuple[Fraction, Fraction] = (0.9, 0.999)
    weight_decay: Factor = 0.0
    l1: Factor = 0.0


class AdamW(AdamWSettings):
    """The optimiser of a table without a `kind`."""

    kind: Literal["adamw"] = "adamw"

    @classmethod
    def stepper(
        cls, parameters: Tensors, gradients: Tensors, settings: tuple[AdamWSettings, ...]
    ) -> Step:
        return adamw_step(parameters, gradients, settings)


def adamw_step(
    parameters: Tensors, gradients: Tensors, settings: tuple[AdamWSettings, ...]
) -> Step:
    """Allocate the moments of AdamW, and return the function of one step.

    Args:
        parameters: name to (model, ...), updated in place.
        gradients: of these parameters; there may be others. L1 is added to them.
        settings: one entry for each model, in the order of the model axis.
    """
    step = compiled_step if compiled_for(parameters) else torch_step
    return step(parameters, gradients, settings)


def torch_step(
    parameters: Tensors, gradients: Tensors, settings: tuple[AdamWSettings, ...]
) -> Step:
    """Do what `adamw_step` does with torch's fused kernel, on every device."""
    groups = [
        _Group(shared, weights, slopes)
        for shared, weights, slopes in parameter_groups(parameters, gradients, settings)
    ]

    def step() -> None:
        for group in groups:
            group.step()

    return step


def compiled_step(
    parameters: Tensors, gradients: Tensors, settings: tuple[AdamWSettings, ...]
) -> Step:
    """Do what `adamw_step` does for float32 on the CPU, in one pass over all numbers."""
    from gen.optimisers.kernels.adamw import update

    columns = np.array([_columns(own) for own in settings], dtype=np.float64)
    arrays = [
        (flat(weights), flat(gradients[name]), *np.zeros((2, *flat(weights).shape), np.float32))
        for name, weights in parameters.items()
    ]
    steps = count(1)

    def step() -> None:
        number = next(steps)
        for weights, slopes, first, second in arrays:
            update(weights, slopes, first, second, columns, number, EPSILON)

    return step


def _columns(own: AdamWSettings) -> tuple[float, ...]:
    """Return the settings of a model in the order of the compiled update."""
    return own.learning_rate, *own.betas, own.weight_decay, own.l1


class _Group:
    """Consecutive models with equal settings, which share one call of torch's fused kernel.

    Torch's function is called, because the first object of a class of `torch.optim` imports the
    compiler of torch, which takes as long as torch itself.
    """

    def __init__(
        self, settings: AdamWSettings, weights: list[torch.Tensor], gradients: list[torch.Tensor]
    ) -> None:
        from torch.optim.adamw import adamw

        self._update = adamw
        self._settings = settings
        self._weights = weights
        self._gradients = gradients
        self._first, self._second = ([torch.zeros_like(w) for w in weights] for _ in range(2))
        self._steps = [torch.zeros((), device=weight.device) for weight in weights]

    def step(self) -> None:
        own = self._settings
        if own.l1 > 0:
            for weight, gradient in zip(self._weights, self._gradients, strict=True):
                gradient.add_(weight.sign(), alpha=own.l1)
        self._update(
            self._weights,
            self._gradients,
            self._first,
            self._second,
            [],
            self._steps,
            fused=True,
            amsgrad=False,
            beta1=own.betas[0],
            beta2=own.betas[1],
            lr=own.learning_rate,
            weight_decay=own.weight_decay,
            eps=EPSILON,
            maximize=False,
        )
