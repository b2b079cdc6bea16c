"""What pictures of a constructed network share: its settings, its words, and where things lie."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.analysis.construction import MODULI, NEURONS, Bend, Construction
from gen.figures import FormulaFigure
from gen.figures.theme import FREQUENCY_COLOURS

if TYPE_CHECKING:
    from gen.analysis.facts import Facts
    from gen.words import Words

_NEAREST, _APART = 1.2, 0.27

SILENT = 1e-9
"""A vector that is no longer, for one neuron, is rounding."""


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

    activation: Bend = "relu"
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


def counted(run: Construction, words: Words) -> str:
    """How many of all pairs are answered rightly, and how many are not decided."""
    from gen.analysis.construction import RIGHT, UNDECIDED

    verdicts = run.verdicts()
    return words(
        "construction.counted",
        right=int((verdicts == RIGHT).sum()),
        pairs=len(verdicts),
        undecided=int((verdicts == UNDECIDED).sum()),
    )


def neuron_colour(neuron: int) -> str:
    """Colours repeat from the seventh neuron on; numbers tell neurons apart."""
    return FREQUENCY_COLOURS[neuron % len(FREQUENCY_COLOURS)]


def neuron_places(run: Construction, *, speaking: bool) -> Float[np.ndarray, "neuron 2"]:
    """Where neurons are named around the circle of radius 1: neurons of one direction in a row."""
    directions = run.out if speaking else run.into.T
    alike = np.isclose(directions @ directions.T, 1.0)
    before = np.tril(alike, -1).sum(axis=1)
    return directions * (_NEAREST + _APART * before)[:, None]


def chain(
    run: Construction, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
) -> Float[np.ndarray, "*pair point 2"]:
    """What neurons speak, put end to end from the middle on: n + 1 points, the last the answer.

    The loudest chain of all pairs just reaches the circle of radius 1.
    """
    turns = np.pi * np.arange(2 * run.modulus) / run.modulus
    loudest = 2 * np.stack([np.cos(turns), np.sin(turns)], axis=1) @ run.into
    size = np.hypot(*np.moveaxis(_ends(run, run.active(loudest)), -1, 0)).max()
    return _ends(run, run.active(run.heard(a, b))) / size


def _ends(
    run: Construction, active: Float[np.ndarray, "*pair neuron"]
) -> Float[np.ndarray, "*pair point 2"]:
    spoken = np.cumsum(active[..., None] * run.out, axis=-2)
    return np.concatenate([np.zeros_like(spoken[..., :1, :]), spoken], axis=-2)


def said(
    run: Construction, a: Int[np.ndarray, "*pair"], b: Int[np.ndarray, "*pair"]
) -> Int[np.ndarray, "*pair"]:
    """The number whose logit is highest; -1 where two or more are level."""
    spoken = run.answer(a, b)
    loud = np.hypot(*np.moveaxis(spoken, -1, 0)) > SILENT * run.neurons
    place = np.arctan2(spoken[..., 1], spoken[..., 0]) * run.modulus / (2 * np.pi)
    level = np.abs(np.abs(place - np.round(place)) - 0.5) < SILENT
    return np.where(loud & ~level, np.round(place).astype(int) % run.modulus, -1)


def pair_table(run: Construction, a: Int[np.ndarray, " pair"], b: Int[np.ndarray, " pair"]) -> str:
    """As CSV, for each pair: what neurons hear and speak, their vector, and the answer."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    neurons = range(run.neurons)
    names = ["a", "b", *(f"heard_{k}" for k in neurons), *(f"spoken_{k}" for k in neurons)]
    writer.writerow([*names, "x", "y", "said", "right"])
    heard = run.heard(a, b)
    columns = np.hstack([heard, run.active(heard), run.answer(a, b)])
    answers = said(run, a, b)
    for one, two, values, answer in zip(a, b, columns.tolist(), answers.tolist(), strict=True):
        written = [f"{value + 0.0:.6g}" for value in np.round(values, 12)]
        right = (one + two) % run.modulus
        writer.writerow([one, two, *written, "" if answer < 0 else answer, right])
    return text.getvalue()
