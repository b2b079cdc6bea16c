"""Widget of a constructed network: readers change neurons, modulus, activation and numbers."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from gen.analysis.construction import predictions
from gen.analysis.construction_facts import describe_verdicts
from gen.figures.construction_figure import OneConstructionFigure
from gen.figures.figure import Widget
from gen.i18n import Words
from gen.widgets.construction import ConstructionDrawing, draw_construction


class ConstructionSum(OneConstructionFigure):
    """Pre-activations, activations and outputs of the neurons for one pair of numbers.

    Attributes:
        b: the second number; three tenths of the modulus if left out.
    """

    kind: Literal["construction-sum"] = "construction-sum"

    b: Annotated[int, Field(ge=0)] | None = None

    @property
    def second(self) -> int:
        """The number b."""
        return 3 * self.modulus // 10 if self.b is None else self.b

    def render(self, subject: None, words: Words) -> Widget[ConstructionDrawing]:
        drawing = draw_construction(self.network, self.first, self.second, words)
        return Widget("construction", drawing)

    def alt(self, subject: None, words: Words) -> str:
        answer = int(predictions(self.network, np.array(self.first), np.array(self.second)))
        begin = words(
            "alt.construction.still",
            neurons=self.neurons,
            a=self.first,
            b=self.second,
            modulus=self.modulus,
            bend=words(f"construction.bend.{self.activation}"),
        )
        key = "answer" if answer >= 0 else "undecided"
        end = words(f"alt.construction.{key}", **({"said": answer} if answer >= 0 else {}))
        return words.join_sentences([begin, end, describe_verdicts(self.network, words)])
