"""The written-down network to play with: two numbers, any modulus, and where it goes wrong."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from gen.analysis.construction import ripple, shares_right
from gen.figures import Drawn, FormulaFigure

if TYPE_CHECKING:
    from gen.analysis.facts import Facts
    from gen.media.construction import ConstructionDrawing
    from gen.words import Words


class ConstructionError(FormulaFigure, Drawn):
    """How far the answer is off for every sum, with relu and with squares.

    Attributes:
        modulus: how many numbers there are at first.
        neurons: how many listen at first.
    """

    kind: Literal["construction-error"] = "construction-error"
    template: ClassVar[str] = "construction"
    modulus: Annotated[int, Field(ge=12, le=500)] = 67
    neurons: Annotated[int, Field(ge=3, le=10)] = 5

    def facts(self) -> Facts:
        relu = shares_right(self.modulus, self.neurons, "relu")
        square = shares_right(self.modulus, self.neurons, "square")
        return {
            "modulus": self.modulus,
            "neurons": self.neurons,
            "relu_right": relu[0],
            "square_right": square[0],
        }

    def draw(self, run: Any, words: Words) -> ConstructionDrawing:
        from gen.media.construction import draw_construction

        return draw_construction(self.modulus, self.neurons, words)

    def csv(self, run: Any) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["place", "relu", "square"])
        columns = [ripple(self.modulus, self.neurons, kind) for kind in ("relu", "square")]
        for place, (relu, square) in enumerate(zip(*columns, strict=True)):
            writer.writerow([place / 2, f"{relu:.6g}", f"{square:.6g}"])
        return text.getvalue()

    def alt(self, run: Any, words: Words) -> str:
        facts = self.facts()
        return words(
            "alt.construction.error",
            neurons=self.neurons,
            modulus=self.modulus,
            relu=words.percent(_share(facts["relu_right"])),
            square=words.percent(_share(facts["square_right"])),
        )


def _share(fact: object) -> float:
    assert isinstance(fact, float)
    return fact
