"""Grokfast: AdamW with amplified slow gradients."""

from __future__ import annotations

from typing import ClassVar, Literal

from jaxtyping import Float

from gen.lazy import torch
from gen.optimisers.adamw import AdamWSettings, adamw_step
from gen.optimisers.optimiser import Factor, Fraction, Step, Tensors, per_model


class Grokfast(AdamWSettings):
    """Grokfast-EMA of Lee et al. 2024 (arXiv 2405.20233), followed by AdamW.

    With gradient g, its moving average mu, decay a and factor k:

        mu = a mu + (1 - a) g,   g += k mu

    mu begins as the first gradient, as in the code of the authors. The other keys are those of
    AdamW; the L1 gradient is added after the filter.

    Attributes:
        ema_decay: a, the decay rate of the moving average.
        amplification: k, the weight of the moving average; 0 is AdamW.
    """

    kind: Literal["grokfast"] = "grokfast"
    state: ClassVar[int] = 3
    ema_decay: Fraction = 0.98
    amplification: Factor = 2.0

    @classmethod
    def stepper(
        cls, parameters: Tensors, gradients: Tensors, settings: tuple[Grokfast, ...]
    ) -> Step:
        then = adamw_step(parameters, gradients, settings)
        filters = [_filter(gradient, settings) for gradient in gradients.values()]

        def step() -> None:
            for each in filters:
                each()
            then()

        return step


def _filter(gradient: Float[torch.Tensor, "model ..."], settings: tuple[Grokfast, ...]) -> Step:
    """Allocate the moving average of one gradient, and return the function that adds it."""
    fresh = per_model((1 - own.ema_decay for own in settings), gradient)
    amplification = per_model((own.amplification for own in settings), gradient)
    average: torch.Tensor | None = None

    def step() -> None:
        nonlocal average
        if average is None:
            average = gradient.clone()
        average.lerp_(gradient, fresh)
        gradient.addcmul_(average, amplification)

    return step
