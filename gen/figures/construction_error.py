"""How exactly constructed networks add, for readers to change: neurons and modulus."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from gen.analysis.construction import MODULI, Construction, ConstructionActivation
from gen.figures.constructed import ConstructedFigure
from gen.figures.figure import Drawn

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.i18n import Words
    from gen.widgets.construction_error import ErrorDrawing

BENDS: tuple[ConstructionActivation, ...] = ("relu", "square")
"""The activations that are compared."""


class ConstructionError(ConstructedFigure, Drawn):
    """The answer against the exact one, and by how much it is off, for every sum."""

    kind: Literal["construction-error"] = "construction-error"
    template: ClassVar[str] = "construction-error"

    @property
    def networks(self) -> list[Construction]:
        """One network for each activation."""
        return [Construction(self.neurons, self.modulus, bend) for bend in BENDS]

    def facts(self) -> Facts:
        from gen.analysis.construction_facts import construction_facts, largest_correct_moduli

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

    def draw(self, run: Any, words: Words) -> ErrorDrawing:
        from gen.widgets.construction_error import draw_construction_error

        return draw_construction_error(self.networks, words)

    def csv(self, run: Any) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["activation", "midpoint_degrees", "c", "answer", "off_degrees"])
        for network in self.networks:
            p = network.modulus
            for direction, off in enumerate(network.angle_errors().tolist()):
                exact = direction % p
                given = ["", ""]
                if not np.isnan(off):
                    given = [f"{exact + off:.6g}", f"{round(off * 360 / p, 9) + 0.0:.6g}"]
                writer.writerow([network.activation, f"{180 * direction / p:.6g}", exact, *given])
        return text.getvalue()

    def alt(self, run: Any, words: Words) -> str:
        from gen.widgets.construction_error import error_sentence

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
