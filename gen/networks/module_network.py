"""Networks that are written as a `torch.nn.Module`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from jaxtyping import Float

from gen.lazy import torch
from gen.networks.network import Network
from gen.networks.view import View
from gen.tasks.task import Task


class ModuleNetwork(Network):
    """Base class of networks whose `module` returns a `torch.nn.Module`.

    The module maps rows of shape (row, task.inputs) to logits of shape (row, task.outputs), or
    (row,) for one output. Its initial parameters are those that torch draws after
    `torch.manual_seed(seed)`. All its parameters are learned.
    """

    @abstractmethod
    def module(self, task: Task) -> torch.nn.Module:
        """Return a new module."""

    def init(self, task: Task, seed: int) -> dict[str, np.ndarray]:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            module = self.module(task)
        return {
            name: parameter.detach().double().numpy()
            for name, parameter in module.named_parameters()
        }

    def check(self, task: Task) -> None:
        module = self.module(task)
        for name, part in module.named_modules():
            _check_part(name, part)
        rows = torch.linspace(-1, 1, 2 * task.inputs).reshape(2, task.inputs)
        given = rows.clone()
        with torch.no_grad():
            z = _call(module, dict(module.named_parameters()), given)
        if not torch.equal(rows, given):
            raise ValueError("the module changes its input in place, and so the rows of the task")
        if z.shape != (2, task.outputs):
            raise ValueError(
                f"the module maps 2 rows to {tuple(z.shape)}, and the task needs logits of shape "
                f"(2, {task.outputs})"
            )

    def logits(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        inputs: Float[torch.Tensor, "row input"],
    ) -> Float[torch.Tensor, "row output"]:
        return _call(self._template(task), parameters, inputs)

    def ensemble_logits(
        self,
        task: Task,
        parameters: Mapping[str, torch.Tensor],
        inputs: Float[torch.Tensor, "model row input"],
    ) -> Float[torch.Tensor, "model row output"]:
        self._template(task)  # made before vmap, inside of which no random numbers may be drawn
        return super().ensemble_logits(task, parameters, inputs)

    def _template(self, task: Task) -> torch.nn.Module:
        """Return a module whose code computes the logits; its own parameters are not used."""
        return _template(type(self), self.model_dump_json(), type(task), task.model_dump_json())

    def views(self, task: Task, parameters: Mapping[str, torch.Tensor]) -> dict[str, View]:
        """Return every parameter of two axes or more, the further ones joined to columns.

        The rows of a weight are what its layer computes: the neurons of a linear layer, the
        channels of a convolution, the entries of an embedding.
        """
        return {
            name: View(values.flatten(start_dim=1), "output", "input")
            for name, values in parameters.items()
            if values.ndim >= 2
        }


def _call(
    module: torch.nn.Module,
    parameters: Mapping[str, torch.Tensor],
    inputs: Float[torch.Tensor, "row input"],
) -> Float[torch.Tensor, "row output"]:
    constant = {name: buffer.to(inputs.device) for name, buffer in module.named_buffers()}
    z = torch.func.functional_call(module, {**constant, **parameters}, (inputs,))
    return z.unsqueeze(1) if z.ndim == 1 else z


def _check_part(name: str, part: torch.nn.Module) -> None:
    """Raise ValueError for parts whose answer is random or depends on earlier rows."""
    batch_norm = torch.nn.modules.batchnorm._BatchNorm  # noqa: SLF001 - the base of all of them
    if isinstance(part, batch_norm):
        raise ValueError(  # noqa: TRY004 - a check of the network, not of a type
            f"its part {name} keeps running statistics of all rows; use LayerNorm or GroupNorm"
        )
    if isinstance(part, torch.nn.modules.dropout._DropoutNd) and part.p > 0:  # noqa: SLF001
        raise ValueError(f"its part {name} is random at every step; remove it or set p = 0")


@lru_cache(maxsize=8)
def _template(
    network: type[ModuleNetwork], settings: str, task: type[Task], task_settings: str
) -> torch.nn.Module:
    with torch.random.fork_rng(devices=[]):
        return network.model_validate_json(settings).module(task.model_validate_json(task_settings))
