"""Base class of optimisers, which update the parameters of a whole ensemble at once.

An optimiser is one class in one file of this package: a config table, and a method that prepares
the update of all models. The first axis of every tensor is the model, and a model's update depends
on its own parameters, gradients and settings alone.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Annotated, Any, ClassVar, TypeVar

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.lazy import torch
from gen.settings import Kind

Tensors = Mapping[str, "torch.Tensor"]
"""Tensors by the names of the parameters, each of shape (model, ...)."""

Step = Callable[[], None]
"""Updates every parameter by one step."""

Fraction = Annotated[float, Field(ge=0, lt=1)]
Factor = Annotated[float, Field(ge=0, le=1000)]

OptimiserType = TypeVar("OptimiserType", bound="Optimiser")


class Optimiser(Kind):
    """Settings of one model; each subclass with a `kind` is one optimiser.

    Attributes:
        learning_rate: factor of the update.
        state: numbers that it keeps for each parameter, for the estimate of memory.
    """

    state: ClassVar[int]
    learning_rate: Annotated[float, Field(gt=0, le=10)]

    @classmethod
    @abstractmethod
    def stepper(cls, parameters: Tensors, gradients: Tensors, settings: tuple[Any, ...]) -> Step:
        """Allocate the state for models of this kind, and return the function of one step.

        Args:
            parameters: updated in place by every step.
            gradients: the same names and shapes. They are written before every step, which may
                overwrite them.
            settings: one instance of this class for each model, in the order of the model axis.
        """

    @property
    def facts(self) -> dict[str, int | float | str]:
        """The kind as `optimiser`, and every setting by its key; lists such as `betas` as `beta1`.

        Switches are 0 or 1.
        """
        found: dict[str, int | float | str] = {}
        for key, value in self.model_dump(mode="json").items():
            if key == "kind":
                found["optimiser"] = value
            elif isinstance(value, list):
                name = key.removesuffix("s")
                found |= {f"{name}{number}": each for number, each in enumerate(value, 1)}
            else:
                found[key] = int(value) if isinstance(value, bool) else value
        return found


def ensemble_step(
    parameters: Tensors, gradients: Tensors, optimisers: tuple[Optimiser, ...]
) -> Step:
    """Return the function that updates every model of an ensemble by its own optimiser.

    Models of one kind that lie side by side are updated in the same calls.

    Args:
        parameters: updated in place by every step.
        gradients: the same names and shapes; read, and possibly overwritten, by every step.
        optimisers: one for each model, in the order of the model axis.
    """
    steps = [
        kind.stepper(_part(parameters, part), _part(gradients, part), optimisers[part])
        for kind, part in _neighbours(optimisers, type)
    ]
    if len(steps) == 1:
        return steps[0]

    def step() -> None:
        for each in steps:
            each()

    return step


def parameter_groups(
    parameters: Tensors, gradients: Tensors, settings: tuple[OptimiserType, ...]
) -> list[tuple[OptimiserType, list[torch.Tensor], list[torch.Tensor]]]:
    """Split an ensemble into neighbours with equal settings, for a function of torch.

    Args:
        gradients: of these parameters; there may be others.

    Returns:
        The settings of each group, and views of its parameters and of their gradients.
    """
    return [
        (
            shared,
            [tensor[part] for tensor in parameters.values()],
            [gradients[name][part] for name in parameters],
        )
        for shared, part in _neighbours(settings, lambda own: own)
    ]


def compiled_for(parameters: Tensors) -> bool:
    """Return whether the compiled updates of the CPU are for these tensors."""
    return all(
        tensor.device.type == "cpu" and tensor.dtype == torch.float32
        for tensor in parameters.values()
    )


def flat(tensor: torch.Tensor) -> Float[np.ndarray, "model number"]:
    """Return the memory of a tensor of the CPU as an array with all numbers of a model in a row."""
    return tensor.view(len(tensor), -1).numpy()


def per_model(values: Iterable[float], like: torch.Tensor) -> torch.Tensor:
    """Return one number for each model, in a shape that multiplies tensors such as `like`.

    Args:
        like: of shape (model, ...).
    """
    numbers = torch.tensor(list(values), dtype=like.dtype, device=like.device)
    return numbers.view(-1, *(1,) * (like.dim() - 1))


def _part(tensors: Tensors, models: slice) -> dict[str, torch.Tensor]:
    return {name: tensor[models] for name, tensor in tensors.items()}


def _neighbours(
    settings: tuple[OptimiserType, ...], key: Callable[[OptimiserType], Any]
) -> list[tuple[Any, slice]]:
    """Return the models side by side that have an equal `key`, each time with that key."""
    found: list[tuple[Any, slice]] = []
    start = 0
    for shared, members in groupby(settings, key):
        found.append((shared, slice(start, start := start + len(list(members)))))
    return found
