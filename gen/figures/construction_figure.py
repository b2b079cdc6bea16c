"""Base classes of figures of constructed networks: settings, colours, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import numpy as np
from jaxtyping import Int
from pydantic import Field

from gen.analysis.construction import (
    MODULI,
    NEURONS,
    ConstructedNetwork,
    ConstructionActivation,
    predictions,
)
from gen.figures.formula_figure import FormulaFigure
from gen.text import csv_text
from gen.theme import FREQUENCY_COLOURS

if TYPE_CHECKING:
    from gen.analysis.types import Facts


class ConstructionFigure(FormulaFigure):
    """A figure of constructed networks.

    Attributes:
        neurons: number of neurons of each network.
        modulus: the networks add modulo this.
    """

    neurons: Annotated[int, Field(ge=NEURONS[0], le=NEURONS[1])] = 5
    modulus: Annotated[int, Field(ge=MODULI[0], le=MODULI[1])] = 67


class OneConstructionFigure(ConstructionFigure):
    """A figure of one constructed network that adds a fixed number to all numbers.

    Attributes:
        activation: activation function of the neurons.
        a: the first number; a fifth of the modulus if left out.
    """

    activation: ConstructionActivation = "relu"
    a: Annotated[int, Field(ge=0)] | None = None

    def check(self) -> None:
        for name in ("a", "b"):
            number = getattr(self, name, None)
            if number is not None and number >= self.modulus:
                raise ValueError(f"{name} = {number} is out of range (0 to {self.modulus - 1})")

    @property
    def first(self) -> int:
        """The number a."""
        return self.modulus // 5 if self.a is None else self.a

    @property
    def network(self) -> ConstructedNetwork:
        """The network with these settings."""
        return ConstructedNetwork(self.neurons, self.modulus, self.activation)

    def facts(self) -> Facts:
        from gen.analysis.construction_facts import construction_facts

        return construction_facts(self.network)

    def csv(self, subject: None) -> str:
        b = np.arange(self.modulus)
        return pair_table(self.network, np.full_like(b, self.first), b)


def neuron_colour(neuron: int) -> str:
    """Return the colour of a neuron; colours repeat from the seventh neuron on."""
    return FREQUENCY_COLOURS[neuron % len(FREQUENCY_COLOURS)]


def pair_table(
    network: ConstructedNetwork, a: Int[np.ndarray, " pair"], b: Int[np.ndarray, " pair"]
) -> str:
    """Return CSV with a row per pair: pre-activations, activations, output vector, answer."""
    neurons = range(network.neurons)
    names = ["a", "b", *(f"heard_{k}" for k in neurons), *(f"spoken_{k}" for k in neurons)]
    heard = network.pre_activations(a, b)
    columns = np.hstack([heard, network.activations(heard), network.output(a, b)])
    numbers = predictions(network, a, b)
    rows = [
        (
            one,
            two,
            *(f"{value + 0.0:.6g}" for value in np.round(values, 12)),
            "" if answer < 0 else answer,
            (one + two) % network.modulus,
        )
        for one, two, values, answer in zip(a, b, columns.tolist(), numbers.tolist(), strict=True)
    ]
    return csv_text([*names, "x", "y", "said", "right"], rows)
