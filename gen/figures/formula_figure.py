"""Base class of figures that are computed from their settings alone."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from gen.figures.figure import Figure

if TYPE_CHECKING:
    from gen.analysis.types import Facts


class FormulaFigure(Figure[None]):
    """A figure of a network that is computed and not trained."""

    @property
    def source(self) -> str:
        return ""

    def check(self) -> None:
        """Raise ValueError if the settings contradict each other."""

    @abstractmethod
    def facts(self) -> Facts:
        """Return the facts that pages can cite under the id of the figure."""

    @abstractmethod
    def csv(self, subject: None, /) -> str:
        """Return the numbers in the figure as CSV; a formula has no other source."""
