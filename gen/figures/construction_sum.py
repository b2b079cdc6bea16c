"""A network that needs no training, for readers to change: two numbers, neurons, modulus, bend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from gen.analysis.construction import predictions
from gen.analysis.construction_facts import describe_verdicts
from gen.figures.constructed import OneConstruction, pair_table
from gen.figures.figure import Drawn

if TYPE_CHECKING:
    from gen.i18n import Words
    from gen.widgets.construction import ConstructionDrawing


class ConstructionSum(OneConstruction, Drawn):
    """What neurons hear of two numbers, what they make of it, and what they speak.

    Attributes:
        b: the second number; three tenths of the modulus if left out.
    """

    kind: Literal["construction-sum"] = "construction-sum"
    template: ClassVar[str] = "construction"

    b: Annotated[int, Field(ge=0)] | None = None

    @property
    def second(self) -> int:
        """The number b."""
        return 3 * self.modulus // 10 if self.b is None else self.b

    def draw(self, run: Any, words: Words) -> ConstructionDrawing:
        from gen.widgets.construction import draw_construction

        return draw_construction(self.network, self.first, self.second, words)

    def csv(self, run: Any) -> str:
        b = np.arange(self.modulus)
        return pair_table(self.network, np.full_like(b, self.first), b)

    def alt(self, run: Any, words: Words) -> str:
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
