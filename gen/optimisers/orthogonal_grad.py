"""Orthogonal gradient: AdamW without the part of the gradient that only scales the weights."""

from __future__ import annotations

from typing import Literal

from jaxtyping import Float

from gen.lazy import torch
from gen.optimisers.adamw import AdamWSettings, adamw_step
from gen.optimisers.optimiser import Step, Tensors, compiled_for, flat

PARALLEL = 64
"""A gradient is parallel to its weights if the rest is below this many roundings of its norm."""


class OrthogonalGrad(AdamWSettings):
    """The orthogonal gradient of Prieto et al. 2025 (arXiv 2501.04697), followed by AdamW.

    For every parameter tensor w of a model with gradient g:

        h = g - (w.g / w.w) w,   g = h |g| / |h|

    A step along w grows the logits without changing an answer ("naive loss minimisation"); h has
    no such part. It is stretched to the norm of g as in the code of the authors. The keys are those
    of AdamW; the L1 gradient is added after the projection.
    """

    kind: Literal["orthogonal-grad"] = "orthogonal-grad"

    @classmethod
    def stepper(
        cls, parameters: Tensors, gradients: Tensors, settings: tuple[OrthogonalGrad, ...]
    ) -> Step:
        project = compiled_projection if compiled_for(parameters) else torch_projection
        then, first = adamw_step(parameters, gradients, settings), project(parameters, gradients)

        def step() -> None:
            first()
            then()

        return step


def compiled_projection(parameters: Tensors, gradients: Tensors) -> Step:
    """Return the function that makes all gradients `orthogonal`, for float32 on the CPU."""
    from gen.optimisers.kernels.projection import project

    rounding = PARALLEL * torch.finfo(torch.float32).eps
    pairs = [(flat(weights), flat(gradients[name])) for name, weights in parameters.items()]

    def step() -> None:
        for weights, slopes in pairs:
            project(weights, slopes, rounding)

    return step


def torch_projection(parameters: Tensors, gradients: Tensors) -> Step:
    """Do what `compiled_projection` does on every device."""

    def step() -> None:
        for name, weights in parameters.items():
            gradients[name].copy_(orthogonal(gradients[name], weights))

    return step


def orthogonal(
    gradient: Float[torch.Tensor, "model ..."], weights: Float[torch.Tensor, "model ..."]
) -> Float[torch.Tensor, "model ..."]:
    """Return each gradient without its part along the weights, with its former norm, in float64.

    It is computed in float64, because the squares of small gradients vanish in float32. Where the
    gradient is parallel to the weights, what is left of it is rounding; there the result is 0.
    """
    g, w = (tensor.reshape(len(tensor), -1).double() for tensor in (gradient, weights))
    dot, square, before = (_dots(one, other) for one, other in ((w, g), (w, w), (g, g)))
    along = torch.where(square > 0, dot / square, 0)
    h = torch.addcmul(g, along, w, value=-1)
    before, after = before.sqrt(), _dots(h, h).sqrt()
    rounding = PARALLEL * torch.finfo(gradient.dtype).eps
    scale = torch.where(after > rounding * before, before / after, 0)
    return h.mul_(scale).view_as(gradient)


def _dots(
    one: Float[torch.Tensor, "model number"], other: Float[torch.Tensor, "model number"]
) -> Float[torch.Tensor, "model 1"]:
    return torch.linalg.vecdot(one, other)[:, None]
