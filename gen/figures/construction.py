"""A network that needs no training, for readers to change: two numbers, neurons, modulus, bend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from gen.figures import ConstructedDrawing
from gen.figures.constructed import OneConstruction, pair_table, said

if TYPE_CHECKING:
    from gen.analysis.construction import Construction
    from gen.media.construction import ConstructionDrawing
    from gen.words import Words


class ConstructionFigure(OneConstruction, ConstructedDrawing):
    """What neurons hear of two numbers, what they make of it, and what they speak.

    Attributes:
        b: the second number; three tenths of the modulus if left out.
    """

    kind: Literal["construction"] = "construction"
    template: ClassVar[str] = "construction"

    b: Annotated[int, Field(ge=0)] | None = None

    @property
    def second(self) -> int:
        """The number b."""
        return 3 * self.modulus // 10 if self.b is None else self.b

    def draw(self, run: Construction, words: Words) -> ConstructionDrawing:
        from gen.media.construction import draw_construction

        return draw_construction(run, self.first, self.second, words)

    def csv(self, run: Construction) -> str:
        b = np.arange(run.modulus)
        return pair_table(run, np.full_like(b, self.first), b)

    def alt(self, run: Construction, words: Words) -> str:
        answer = int(said(run, np.array(self.first), np.array(self.second)))
        begin = words(
            "alt.construction.still",
            neurons=run.neurons,
            a=self.first,
            b=self.second,
            modulus=run.modulus,
            bend=words(f"construction.bend.{run.bend}"),
        )
        key = "answer" if answer >= 0 else "undecided"
        end = words(f"alt.construction.{key}", **({"said": answer} if answer >= 0 else {}))
        return f"{begin} {end} {self.end(run, words)}"
