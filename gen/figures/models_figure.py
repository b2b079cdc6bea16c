"""Base class of figures that compare several models."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gen.charts.numbered import MOST_LINES
from gen.figures.figure import Figure

if TYPE_CHECKING:
    from gen.analysis.seeds import SeedRuns  # noqa: F401 - the quoted subject of ModelsFigure
    from gen.experiments.model import Model
    from gen.experiments.runs import ModelRun  # noqa: F401 - as above


class ModelsFigure(Figure["tuple[SeedRuns[ModelRun], ...]"]):
    """A figure of several models; its subject is the runs of each, in the order of `models`.

    It has a timeline of its own, because the models may have different numbers of steps.

    Attributes:
        models: ids of the models.
    """

    models: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=80)]],
        Field(min_length=2, max_length=MOST_LINES),
    ]

    @property
    def source(self) -> str:
        return ""

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self.models)

    def check(self, models: Sequence[Model]) -> None:
        """Raise ValueError if the figure cannot show these models, in the order of `models`."""
