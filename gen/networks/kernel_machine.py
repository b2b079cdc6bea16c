"""A kernel machine that learns features: no network, no gradient descent (Mallinar et al. 2024).

A recursive feature machine (Radhakrishnan et al. 2024, Science 383, 1461; for modular arithmetic
Mallinar et al. 2024, arXiv 2407.20199) takes turns between two fits. With the training rows x_i,
their targets y_i and a positive semidefinite matrix M of features, the predictor is

    f(x) = sum_i alpha_i k(x_i, x),   k(x, x') = (x^T M x')^2,   (K + ridge I) alpha = Y

and M becomes a power of the average gradient outer product of the predictor over the rows:

    G = 1/n sum_i J(x_i) J(x_i)^T,   J(x) = df/dx,   M = G^power / largest number of its diagonal

The scale of M changes no answer. It is fixed so that pictures of all steps can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.fitted import FittedNetwork
from gen.networks.network import Parameters
from gen.networks.view import View, ViewShape
from gen.tasks.modular import Modular
from gen.tasks.task import Task


class KernelMachine(FittedNetwork):
    """A recursive feature machine with a quadratic kernel; see the module.

    Before the first step M is the identity and all alpha are zero. The first step fits alpha, and
    every further one first M, from the former predictor, and then alpha. The parameters are `M`,
    `alpha`, and the training rows as `centres`, which no step changes.

    Attributes:
        power: exponent of the average gradient outer product, 0.5 for its square root.
        ridge: what is added to the diagonal of the kernel matrix; 0 fits the training rows exactly.
    """

    kind: Literal["kernel-machine"] = "kernel-machine"
    power: Annotated[float, Field(gt=0, le=2)] = 0.5
    ridge: Annotated[float, Field(ge=0, le=1000)] = 0.0

    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        centres = task.draw(seed).train.inputs[0].astype(np.float64)
        return {
            "M": np.eye(task.inputs),
            "alpha": np.zeros((len(centres), task.outputs)),
            "centres": centres,
        }

    def logits(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        inputs: Float[torch.Tensor, "row input"],
    ) -> Float[torch.Tensor, "row output"]:
        features, alpha, centres = (parameters[name].double() for name in _NAMES)
        return (inputs.double() @ features @ centres.T).square() @ alpha

    def views(self, task: Task, parameters: Mapping[str, torch.Tensor]) -> dict[str, View]:
        """Return `M` or, of rows with a half for each number, `M_ab`: what pairs a with b."""
        features = parameters["M"]
        if _has_halves(task):
            return {"M_ab": View(features[: task.outputs, task.outputs :], "a", "b")}
        return {"M": View(features, "input", "input")}

    def view_shapes(self, task: Task) -> dict[str, ViewShape]:
        """Return the shapes of `views`, without torch: configs are read quickly."""
        if _has_halves(task):
            return {"M_ab": ViewShape(task.outputs, task.outputs, "a", "b")}
        return {"M": ViewShape(task.inputs, task.inputs, "input", "input")}

    def fit(self, task: Task, parameters: Parameters, batch: Batch) -> Parameters:
        fitted = {name: torch.empty_like(tensor) for name, tensor in parameters.items()}
        for model, rows in enumerate(batch.inputs.double()):
            features, alpha = (parameters[name][model].double() for name in ("M", "alpha"))
            if alpha.any():
                features = _features(features, alpha, rows, self.power)
            targets = _targets(batch.labels[model], task.outputs)
            fitted["M"][model] = features
            # From M as it is stored: alpha has to fit the kernel that answers.
            fitted["alpha"][model] = _alpha(fitted["M"][model].double(), rows, targets, self.ridge)
        fitted["centres"].copy_(batch.inputs)
        return fitted

    def learned_numbers(self, task: Task) -> int:
        return task.inputs**2 + task.rows[0] * task.outputs

    def multiplications(self, task: Task) -> int:
        """Estimate those of the solve and of the outer product, for one row."""
        outer = task.outputs * (task.inputs**2 + 2 * task.inputs**3 // task.rows[0])
        return task.rows[0] ** 2 // 3 + outer

    def activations(self, task: Task) -> int:
        """Count a row of the kernel matrix four times, in float64."""
        return 8 * (task.rows[0] + task.outputs)


_NAMES = ("M", "alpha", "centres")


def _has_halves(task: Task) -> bool:
    return isinstance(task, Modular) and task.halves


def _targets(labels: Int[torch.Tensor, " row"], outputs: int) -> Float[torch.Tensor, "row output"]:
    """Return the logits that make the mean squared error zero."""
    if outputs == 1:
        return (2 * labels - 1).double()[:, None]
    return torch.nn.functional.one_hot(labels, outputs).double()


def _alpha(
    features: Float[torch.Tensor, "input input"],
    rows: Float[torch.Tensor, "row input"],
    targets: Float[torch.Tensor, "row output"],
    ridge: float,
) -> Float[torch.Tensor, "row output"]:
    """Solve for the weights of the rows; the smallest ones where the kernel matrix is singular."""
    kernel = (rows @ features @ rows.T).square()
    kernel.diagonal().add_(ridge)
    factor, failed = torch.linalg.cholesky_ex(kernel)
    if int(failed):
        return torch.linalg.pinv(kernel, hermitian=True) @ targets
    return torch.cholesky_solve(targets, factor)


def _features(
    features: Float[torch.Tensor, "input input"],
    alpha: Float[torch.Tensor, "row output"],
    rows: Float[torch.Tensor, "row input"],
    power: float,
) -> Float[torch.Tensor, "input input"]:
    """Return the next M.

    With W_c = sum_i alpha_ic x_i x_i^T output c is x^T M W_c M x, of gradient 2 M W_c M x, so that
    G = 4 M (sum_c W_c S W_c) M with S = M (1/n sum_i x_i x_i^T) M.
    """
    second = features @ (rows.T @ rows) @ features / len(rows)
    total = torch.zeros_like(features)
    for column in alpha.T:
        outer = rows.T @ (column[:, None] * rows)
        total += outer @ second @ outer
    values, vectors = torch.linalg.eigh(4 * features @ total @ features)
    found = (vectors * values.clamp(min=0) ** power) @ vectors.T
    return found / found.diagonal().max()
