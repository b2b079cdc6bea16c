"""Base class of figures that are computed from their settings alone."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from gen.figures.figure import Figure

if TYPE_CHECKING:
    from gen.analysis.types import Facts
    from gen.i18n import Words


class FormulaFigure(Figure[None]):
    """A figure of a network that is computed and not trained.

    Where such a figure is a film, its frames are places and not steps of a training: the numbers
    that something in it runs through. The page has a slider for them in the figure.
    """

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

    def place_name(self, words: Words) -> str:
        """Return the name of what runs through the places, for screen readers."""
        return words("timeline.place_name")

    def place_text(self, place: int, words: Words) -> str:
        """Return what the page writes beside the slider at a place."""
        return words("timeline.place", place=words.number(place))
