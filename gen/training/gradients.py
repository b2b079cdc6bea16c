"""Gradients of an ensemble: in closed form where the network has one, otherwise by autograd."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from jaxtyping import Int

from gen.lazy import torch
from gen.networks.batch import Batch
from gen.networks.losses import LossName, ensemble_loss
from gen.networks.network import Network
from gen.seeding import Purpose, stream
from gen.tasks.task import Task


class AutogradGradient:
    """The gradient of the mean loss of every model by one backward pass over the ensemble.

    The loss of a model depends on its own parameters alone, so that the gradient of the sum of
    all losses holds the gradient of each.

    Args:
        parameters: name to (model, ...); the optimiser changes them in place.
        gradients: the same names and shapes, overwritten by each call.
    """

    def __init__(
        self,
        network: Network,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        gradients: Mapping[str, torch.Tensor],
        loss: LossName,
    ) -> None:
        self._network, self._task = network, task
        self._loss: LossName = loss
        self._gradients = gradients
        # These share the memory of the parameters, and collect the graph of each call anew.
        self._leaves = {name: tensor.detach() for name, tensor in parameters.items()}
        for leaf in self._leaves.values():
            leaf.requires_grad_()

    def __call__(self, batch: Batch) -> None:
        """Write the gradients of the mean loss over `batch`."""
        z = self._network.ensemble_logits(self._task, self._leaves, batch.inputs)
        loss = ensemble_loss(self._loss, z, batch.labels).sum()
        found = torch.autograd.grad(
            loss, list(self._leaves.values()), allow_unused=True, materialize_grads=True
        )
        for gradient, value in zip(self._gradients.values(), found, strict=True):
            gradient.copy_(value)


def gradient_step(
    network: Network,
    task: Task,
    parameters: Mapping[str, torch.Tensor],
    gradients: Mapping[str, torch.Tensor],
    batch: Batch,
    loss: LossName,
) -> Callable[[], None]:
    """Return a function that writes the gradients of the mean loss over all rows of `batch`."""
    closed = network.closed_form(task, parameters, gradients, batch, loss)
    if closed is not None:
        return closed
    autograd = AutogradGradient(network, task, parameters, gradients, loss)
    return lambda: autograd(batch)


def minibatch_step(
    network: Network,
    task: Task,
    parameters: Mapping[str, torch.Tensor],
    gradients: Mapping[str, torch.Tensor],
    batch: Batch,
    loss: LossName,
    *,
    seeds: tuple[int, ...],
    size: int,
) -> Callable[[], None]:
    """Return a function that writes the gradients over the next `size` rows of every model."""
    autograd = AutogradGradient(network, task, parameters, gradients, loss)
    device, model = batch.inputs.device, torch.arange(len(seeds)).unsqueeze(1)
    places = minibatches(seeds, batch.inputs.shape[1], size)
    model = model.to(device)

    def differentiate() -> None:
        rows = torch.from_numpy(next(places)).to(device)
        autograd(Batch(batch.inputs[model, rows], batch.labels[model, rows]))

    return differentiate


def minibatches(
    seeds: tuple[int, ...], rows: int, size: int
) -> Iterator[Int[np.ndarray, "model batch"]]:
    """Yield the rows of each step without end: every model goes through its rows epoch by epoch.

    The order of an epoch is drawn anew, and depends on the model's seed alone. Rows that are left
    over at the end of an epoch are skipped.
    """
    generators = [stream(seed, Purpose.BATCHES) for seed in seeds]
    while True:
        orders = np.stack([generator.permutation(rows) for generator in generators])
        for start in range(0, rows - size + 1, size):
            yield orders[:, start : start + size]
