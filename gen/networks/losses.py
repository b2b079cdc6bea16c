"""Losses: what a training makes small, differentiable for an ensemble, and exact for one model.

With z the logits of a row, y its label and C the number of outputs:

    cross-entropy        -log softmax(z)_y / C            one output: log(1 + exp(-m))
    mean-squared-error   sum_c (z_c - [c = y])^2 / C      one output: (m - 1)^2
    stablemax            -log (s(z_y) / sum_c s(z_c)) / C one output: log(1 + 1 / s(m))

where m = z for label 1 and -z for label 0, and s(u) = u + 1 for u >= 0 and 1 / (1 - u) below
(StableMax: Prieto et al. 2025, arXiv 2501.04697, section 4). The loss of a model is the mean over
its rows, in nats for the first and the last. The division by C matters: the scale of the gradient
decides when it falls below Adam's epsilon.

An answer is right if the logit of its label is the largest, or m > 0 for one output.
"""

from __future__ import annotations

from typing import Literal

from jaxtyping import Float, Int

from gen.lazy import torch

LossName = Literal["cross-entropy", "mean-squared-error", "stablemax"]


def ensemble_loss(
    name: LossName,
    z: Float[torch.Tensor, "model row output"],
    labels: Int[torch.Tensor, "model row"],
) -> Float[torch.Tensor, " model"]:
    """Return the mean loss of every model over its rows; differentiable."""
    outputs = z.shape[2]
    if outputs == 1:
        return _of_margin(name, z[:, :, 0] * (2 * labels - 1)).mean(dim=1)
    if name == "cross-entropy":
        each = torch.nn.functional.cross_entropy(
            z.flatten(0, 1), labels.flatten(), reduction="none"
        )
        return each.unflatten(0, labels.shape).mean(dim=1) / outputs
    if name == "mean-squared-error":
        return (z - torch.nn.functional.one_hot(labels, outputs)).square().mean(dim=(1, 2))
    positive = _stable(z)
    right = positive.gather(2, labels.unsqueeze(2))[:, :, 0]
    return (positive.sum(dim=2).log() - right.log()).mean(dim=1) / outputs


def score(
    name: LossName, z: Float[torch.Tensor, "row output"], labels: Int[torch.Tensor, " row"]
) -> tuple[Float[torch.Tensor, ""], Float[torch.Tensor, ""]]:
    """Return the mean loss of one model and the share of right answers, both in float64.

    Late in training the loss is far below the resolution of float32, but its terms are not: the
    terms are computed in the precision of `z`, their logarithm and their sum in float64. `z` may
    be overwritten.
    """
    if z.shape[1] == 1:
        margin = z[:, 0].double() * (2 * labels - 1)
        return _of_margin(name, margin).mean(), (margin > 0).double().mean()
    if name == "cross-entropy":
        return _cross_entropy_score(z, labels)
    right = (z.argmax(dim=1) == labels).double().mean()
    exact = z.double()
    if name == "mean-squared-error":
        return ensemble_loss(name, exact[None], labels[None])[0], right
    positive = _stable(exact)
    of_label = positive.gather(1, labels.unsqueeze(1))
    others = positive.scatter(1, labels.unsqueeze(1), 0.0).sum(dim=1)
    return torch.log1p(others / of_label[:, 0]).mean() / z.shape[1], right


def _of_margin(name: LossName, m: Float[torch.Tensor, "*row"]) -> Float[torch.Tensor, "*row"]:
    if name == "cross-entropy":
        return torch.nn.functional.softplus(-m)
    if name == "mean-squared-error":
        return (m - 1).square()
    return torch.log1p(1 / _stable(m))


def _stable(u: Float[torch.Tensor, "*row"]) -> Float[torch.Tensor, "*row"]:
    """Return s(u); both branches stay finite, so that the gradient does where one is not used."""
    return torch.where(u >= 0, u.clamp(min=0) + 1, 1 / (1 - u.clamp(max=0)))


def _cross_entropy_score(
    z: Float[torch.Tensor, "row output"], labels: Int[torch.Tensor, " row"]
) -> tuple[Float[torch.Tensor, ""], Float[torch.Tensor, ""]]:
    """Return the cross-entropy and the accuracy of several outputs; `z` is overwritten.

    With m = max z, -log softmax(z)_y = log(1 + sum_{c != y} e^(z_c - m) + e^(z_y - m) - 1)
    - (z_y - m). No term is rounded away next to the 1.
    """
    largest, guess = z.max(dim=1, keepdim=True)
    right = z.gather(1, labels.unsqueeze(1)) - largest
    others = z.sub_(largest).exp_().scatter_(1, labels.unsqueeze(1), 0.0).sum(dim=1)
    right = right[:, 0].double()
    loss = torch.log1p(others.double() + torch.expm1(right)) - right
    return loss.mean() / z.shape[1], (guess[:, 0] == labels).double().mean()
