"""Muon: momentum whose matrices are made orthogonal before every update."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from jaxtyping import Float
from pydantic import Field

from gen.lazy import torch
from gen.optimisers.adamw import AdamW, adamw_step
from gen.optimisers.optimiser import Factor, Fraction, Optimiser, Step, Tensors, per_model

COEFFICIENTS = 3.4445, -4.7750, 2.0315
"""a, b, c of Jordan et al.: steep at 0, so that few iterations lift small singular values."""

ITERATIONS = 5

SMALLEST_NORM = 1e-7
"""Added to the norm of a matrix before it is divided by it."""


class Muon(Optimiser):
    """Muon for matrices (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/).

    For every matrix w of a model with gradient G, momentum mu, weight decay wd and learning rate
    lr; M begins as 0:

        M = mu M + G
        O = orthogonalise(M)         with nesterov:  orthogonalise(G + mu M)
        w *= 1 - lr wd
        w -= lr O

    Tensors that are no matrices (a bias, or a stack of matrices) are updated by AdamW with the
    same weight decay. Unlike in the authors' code, the first and last matrix are updated by Muon
    too, and O is not scaled by the shape of the matrix, because tensors do not say which of their
    axes is the output.

    Attributes:
        learning_rate: lr, about the length of every step in the spectral norm.
        momentum: mu.
        nesterov: whether the step looks ahead by one momentum.
        weight_decay: decoupled decay wd.
        adamw_learning_rate: step size of AdamW.
        betas: decay rates of the first and second moment of AdamW.
    """

    kind: Literal["muon"] = "muon"
    state: ClassVar[int] = 2
    momentum: Fraction = 0.95
    nesterov: bool = True
    weight_decay: Factor = 0.0
    adamw_learning_rate: Annotated[float, Field(gt=0, le=10)] = 3e-4
    betas: tuple[Fraction, Fraction] = (0.9, 0.999)

    @classmethod
    def stepper(cls, parameters: Tensors, gradients: Tensors, settings: tuple[Muon, ...]) -> Step:
        matrices = [name for name, tensor in parameters.items() if tensor.dim() == 3]
        steps = [_matrix_step(parameters[name], gradients[name], settings) for name in matrices]
        others = {name: parameters[name] for name in parameters if name not in matrices}
        if others:
            of_others = tuple(own.of_others for own in settings)
            steps.append(adamw_step(others, gradients, of_others))

        def step() -> None:
            for each in steps:
                each()

        return step

    @property
    def of_others(self) -> AdamW:
        """The settings for tensors that are no matrices."""
        return AdamW(
            learning_rate=self.adamw_learning_rate,
            betas=self.betas,
            weight_decay=self.weight_decay,
        )


def _matrix_step(
    weights: Float[torch.Tensor, "model row column"],
    gradient: Float[torch.Tensor, "model row column"],
    settings: tuple[Muon, ...],
) -> Step:
    """Allocate the momentum of one matrix of every model, and return its update."""
    velocity = torch.zeros_like(weights)
    rate = per_model((own.learning_rate for own in settings), weights)
    kept = per_model((1 - own.learning_rate * own.weight_decay for own in settings), weights)
    momentum = per_model((own.momentum for own in settings), weights)
    # One formula serves both forms: G + mu M, and 0 G + 1 M.
    present = per_model((float(own.nesterov) for own in settings), weights)
    former = per_model((own.momentum if own.nesterov else 1.0 for own in settings), weights)

    def step() -> None:
        velocity.mul_(momentum).add_(gradient)
        direction = orthogonalise(velocity * former + gradient * present)
        weights.mul_(kept).sub_(direction.mul_(rate))

    return step


def orthogonalise(
    matrices: Float[torch.Tensor, "model row column"],
) -> Float[torch.Tensor, "model row column"]:
    """Return U S V^T for each matrix U D V^T, with singular values S near 1 (0.7 to 1.2).

    Newton-Schulz iteration on X = matrix / |matrix| (Frobenius norm), `ITERATIONS` times:

        A = X X^T,   X = a X + (b A + c A^2) X

    It maps each singular value s to a s + b s^3 + c s^5. Those below about 0.002 of the norm
    stay smaller. Every X is P X_0 with a symmetric polynomial P of X_0 X_0^T, so that only P and
    A, which have the shorter axis twice, are iterated: with Q = a I + b A + c A^2,

        A = Q A Q,   P = Q P
    """
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / (torch.linalg.matrix_norm(x, keepdim=True) + SMALLEST_NORM)
    gram = torch.bmm(x, x.mT)
    product = factor = _factor(gram)
    for _ in range(ITERATIONS - 1):
        gram = torch.bmm(torch.bmm(factor, gram), factor)
        factor = _factor(gram)
        product = torch.bmm(factor, product)
    x = torch.bmm(product, x)
    return x.mT if tall else x


def _factor(
    gram: Float[torch.Tensor, "model row row"],
) -> Float[torch.Tensor, "model row row"]:
    """Return Q = a I + b A + c A^2 of A."""
    a, b, c = COEFFICIENTS
    factor = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
    factor.diagonal(dim1=1, dim2=2).add_(a)
    return factor
