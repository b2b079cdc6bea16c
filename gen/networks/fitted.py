"""Base class of networks that are fitted: a step solves for new parameters, without a gradient.

The training loop knows steps along a gradient alone. A fitted network gives it, in the place of the
gradient, the way from the fit back to the present parameters: plain gradient descent with a
learning rate of 1, which the config has to ask for, then arrives at the fit, up to the rounding of
float32 in the larger of the two.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.losses import LossName
from gen.networks.network import Network, Parameters
from gen.tasks.task import Task

LOSS: LossName = "mean-squared-error"
"""The loss that a fit makes small."""


class FittedNetwork(Network):
    """Base class of networks with a `fit` of their own; see the module."""

    @abstractmethod
    def fit(self, task: Task, parameters: Parameters, batch: Batch) -> Parameters:
        """Return what the next step makes of the parameters of every model, each (model, ...).

        Args:
            parameters: the present ones; they are not changed.
            batch: all training rows.
        """

    def closed_form(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        batch: Batch,
        loss: LossName,
    ) -> Callable[[], None]:
        """Return the function that writes, as gradients, the parameters less those of the fit."""

        def compute() -> None:
            fitted = self.fit(task, dict(parameters), batch)
            for name, present in parameters.items():
                gradients[name].copy_(present - fitted[name])

        return compute
