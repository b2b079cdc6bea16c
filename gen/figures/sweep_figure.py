"""Base class of figures of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gen.figures.figure import Figure

if TYPE_CHECKING:
    from gen.analysis.sweep_outcomes import SweepRun
    from gen.experiments.sweep import Sweep
    from gen.i18n import Words


class SweepFigure(Figure["SweepRun"]):
    """A figure of all models of a sweep.

    Attributes:
        sweep: id of the sweep.
    """

    sweep: Annotated[str, Field(min_length=1, max_length=80)]

    @property
    def source(self) -> str:
        return self.sweep

    def check(self, sweep: Sweep) -> None:
        """Raise ValueError if the figure cannot show `sweep`."""

    def counts(self, run: SweepRun, words: Words) -> str:
        """Return how many models have each outcome, in words."""
        from gen.analysis.sweep_outcomes import OUTCOMES, UNTRAINED

        outcomes = run.outcomes()
        return words.listed(
            [
                words(
                    "map.count",
                    count=int((outcomes == number).sum()),
                    outcome=words(f"outcome.{name}"),
                )
                for number, name in enumerate(OUTCOMES[:UNTRAINED])
            ]
        )
