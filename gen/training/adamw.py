"""AdamW over an ensemble: every model has its own learning rate, decay and L1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated

from pydantic import Field

from gen.lazy import torch
from gen.settings import Settings

EPSILON = 1e-8


class Optimiser(Settings):
    """How one model learns.

    Attributes:
        learning_rate: Adam's step size.
        betas: memory of the first and second moment.
        weight_decay: decoupled decay, `w *= 1 - learning_rate * weight_decay` before the
            step (Loshchilov and Hutter 2019, arXiv 1711.05101).
        l1: `l1 * sign(w)` is added to the gradient before Adam sees it.
    """

    learning_rate: Annotated[float, Field(gt=0, le=10)]
    betas: tuple[Annotated[float, Field(ge=0, lt=1)], Annotated[float, Field(ge=0, lt=1)]] = (
        0.9,
        0.999,
    )
    weight_decay: Annotated[float, Field(ge=0, le=1000)] = 0.0
    l1: Annotated[float, Field(ge=0, le=1000)] = 0.0


@dataclass(frozen=True)
class _Group:
    """Neighbouring models with the same settings, as slices of the ensemble's tensors."""

    settings: Optimiser
    weights: list[torch.Tensor]
    gradients: list[torch.Tensor]


class EnsembleAdamW:
    """Steps every model of an ensemble by its own settings.

    Neighbours with equal settings share one call of torch's fused kernel, which goes through
    weights, gradients and both moments in one pass.

    Args:
        parameters: name to (model, ...), updated in place by `step`.
        gradients: the same names and shapes, read by `step`.
        settings: one entry a model, in the order of the model axis.
    """

    def __init__(
        self,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        settings: tuple[Optimiser, ...],
    ) -> None:
        self._groups: list[_Group] = []
        start = 0
        for shared, members in groupby(settings):
            part = slice(start, start := start + len(list(members)))
            weights = [tensor[part] for tensor in parameters.values()]
            slopes = [gradients[name][part] for name in parameters]
            for weight, slope in zip(weights, slopes, strict=True):
                weight.grad = slope
            self._groups.append(_Group(shared, weights, slopes))
        self._adam = torch.optim.AdamW(
            [
                {
                    "params": group.weights,
                    "lr": group.settings.learning_rate,
                    "betas": group.settings.betas,
                    "weight_decay": group.settings.weight_decay,
                }
                for group in self._groups
            ],
            eps=EPSILON,
            fused=True,
        )

    def step(self) -> None:
        """Moves every parameter by its gradient."""
        for group in self._groups:
            if group.settings.l1 > 0:
                for weight, slope in zip(group.weights, group.gradients, strict=True):
                    slope.add_(weight.sign(), alpha=group.settings.l1)
        self._adam.step()
