"""Widget of the errors of constructed networks: readers change neurons and modulus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from gen.analysis.construction import MODULI, ConstructedNetwork, ConstructionActivation
from gen.analysis.construction_facts import construction_facts, largest_correct_moduli
from gen.analysis.types import Facts
from gen.figures.construction_figure import ConstructionFigure
from gen.figures.figure import Widget
from gen.i18n import Words
from gen.text import csv_text
from gen.widgets.construction_error import ErrorDrawing, draw_construction_error, error_sentence

ACTIVATIONS: tuple[ConstructionActivation, ...] = ("relu", "square")
"""The activations that are compared."""


class ConstructionError(ConstructionFigure):
    """The answer of each network and its error, for every sum."""

    kind: Literal["construction-error"] = "construction-error"

    @property
    def networks(self) -> list[ConstructedNetwork]:
        """One network for each activation."""
        return [
            ConstructedNetwork(self.neurons, self.modulus, activation) for activation in ACTIVATIONS
        ]

    def facts(self) -> Facts:
        found: Facts = {
            "neurons": self.neurons,
            "modulus": self.modulus,
            "smallest_modulus": MODULI[0],
            "largest_modulus": MODULI[1],
        }
        for network in self.networks:
            own = construction_facts(network)
            found |= {f"{network.activation}_{key}": own[key] for key in own if key not in found}
        return found | largest_correct_moduli()

    def render(self, subject: None, words: Words) -> Widget[ErrorDrawing]:
        return Widget("construction-error", draw_construction_error(self.networks, words))

    def csv(self, subject: None) -> str:
        header = ["activation", "midpoint_degrees", "c", "answer", "off_degrees"]
        return csv_text(header, (row for network in self.networks for row in _rows(network)))

    def alt(self, subject: None, words: Words) -> str:
        begin = words("alt.construction.error", neurons=self.neurons, modulus=self.modulus)
        each = [
            words(
                "alt.construction.of",
                activation=words(f"construction.bend.{one.activation}"),
                result=error_sentence(one, words),
            )
            for one in self.networks
        ]
        return words.join_sentences([begin, *each])


def _rows(network: ConstructedNetwork) -> Iterator[list[object]]:
    """Yield for every sum the exact answer, the answer of the network and its error."""
    p = network.modulus
    for direction, off in enumerate(network.angle_errors().tolist()):
        exact = direction % p
        given = ["", ""]
        if not np.isnan(off):
            given = [f"{exact + off:.6g}", f"{round(off * 360 / p, 9) + 0.0:.6g}"]
        yield [network.activation, f"{180 * direction / p:.6g}", exact, *given]
