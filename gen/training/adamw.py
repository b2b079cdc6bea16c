"""AdamW for an ensemble: each model has its own learning rate, weight decay and L1."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Annotated, Any

from pydantic import Field

from gen.lazy import torch
from gen.settings import Settings

EPSILON = 1e-8


class Optimiser(Settings):
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

    learning_rate: Annotated[float, Field(gt=0, le=10)]
    betas: tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]] = (
        0.9,
        0.999,
    )
    weight_decay: Annotated[float, Field(ge=0, le=1000)] = 0.0
    l1: Annotated[float, Field(ge=0, le=1000)] = 0.0


class EnsembleAdamW:
    """AdamW with settings for each model of an ensemble.

    Consecutive models with equal settings share one call of torch's fused kernel.

    Args:
        parameters: name to (model, ...), updated in place by `step`.
        gradients: the same names and shapes, read by `step`.
        settings: one entry for each model, in the order of the model axis.
    """

    def __init__(
        self,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        settings: tuple[Optimiser, ...],
    ) -> None:
        groups: list[dict[str, Any]] = []
        start = 0
        for shared, members in groupby(settings):
            part = slice(start, start := start + len(list(members)))
            weights = [tensor[part] for tensor in parameters.values()]
            for weight, name in zip(weights, parameters, strict=True):
                weight.grad = gradients[name][part]
            groups.append(
                {
                    "params": weights,
                    "lr": shared.learning_rate,
                    "betas": shared.betas,
                    "weight_decay": shared.weight_decay,
                    "l1": shared.l1,
                }
            )
        self._adam = torch.optim.AdamW(groups, eps=EPSILON, fused=True)

    def step(self) -> None:
        """Update every parameter by one step."""
        for group in self._adam.param_groups:
            if group["l1"] > 0:
                for weight in group["params"]:
                    weight.grad.add_(weight.sign(), alpha=group["l1"])
        self._adam.step()
