"""What pictures of a constructed network share: its settings, its words, and where things lie."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated

import numpy as np
from jaxtyping import Int
from pydantic import Field

from gen.analysis.construction import (
    MODULI,
    NEURONS,
    Construction,
    ConstructionActivation,
    predictions,
)
from gen.figures.figure import FormulaFigure
from gen.theme import FREQUENCY_COLOURS

if TYPE_CHECKING:
    from gen.analysis.types import Facts


class ConstructedFigure(FormulaFigure):
    """A figure of constructed networks.

    Attributes:
        neurons: of each.
        modulus: they add modulo this.
    """

    neurons: Annotated[int, Field(ge=NEURONS[0], le=NEURONS[1])] = 5
    modulus: Annotated[int, Field(ge=MODULI[0], le=MODULI[1])] = 67


class OneConstruction(ConstructedFigure):
    """A figure of one constructed network that adds one number to others.

    Attributes:
        activation: what a neuron makes of what it hears; `linear` leaves it as it is.
        a: the first number; a fifth of the modulus if left out.
    """

    activation: ConstructionActivation = "relu"
    a: Annotated[int, Field(ge=0)] | None = None

    def check(self) -> None:
        for name in ("a", "b"):
            number = getattr(self, name, None)
            if number is not None and number >= self.modulus:
                raise ValueError(
                    f"{name} = {number} is none of the numbers 0 to {self.modulus - 1}"
                )

    @property
    def first(self) -> int:
        """The number a."""
        return self.modulus // 5 if self.a is None else self.a

    @property
    def network(self) -> Construction:
        """The network with these settings."""
        return Construction(self.neurons, self.modulus, self.activation)

    def facts(self) -> Facts:
        from gen.analysis.construction_facts import construction_facts

        return construction_facts(self.network)


def neuron_colour(neuron: int) -> str:
    """Colours repeat from the seventh neuron on; numbers tell neurons apart."""
    return FREQUENCY_COLOURS[neuron % len(FREQUENCY_COLOURS)]


def pair_table(run: Construction, a: Int[np.ndarray, " pair"], b: Int[np.ndarray, " pair"]) -> str:
    """As CSV, for each pair: what neurons hear and speak, their vector, and the answer."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    neurons = range(run.neurons)
    names = ["a", "b", *(f"heard_{k}" for k in neurons), *(f"spoken_{k}" for k in neurons)]
    writer.writerow([*names, "x", "y", "said", "right"])
    heard = run.pre_activations(a, b)
    columns = np.hstack([heard, run.activations(heard), run.output(a, b)])
    numbers = predictions(run, a, b)
    for one, two, values, answer in zip(a, b, columns.tolist(), numbers.tolist(), strict=True):
        written = [f"{value + 0.0:.6g}" for value in np.round(values, 12)]
        right = (one + two) % run.modulus
        writer.writerow([one, two, *written, "" if answer < 0 else answer, right])
    return text.getvalue()
