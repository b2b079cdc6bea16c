"""Base classes of figures of one model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Generic

from pydantic import Field

from gen.figures.figure import Figure, Subject

if TYPE_CHECKING:
    from gen.experiments.model import Model
    from gen.experiments.runs import ModelRun  # noqa: F401 - the quoted subject of RunFigure
    from gen.networks.network import Network
    from gen.tasks.task import Task


class ModelFigure(Figure[Subject], Generic[Subject]):
    """A figure of one model.

    Attributes:
        model: id of the model.
        every_seed: whether readers of the page can choose among all valid seeds.
        seed: the seed that the figure shows; the one that the model shows if left out.
    """

    model: Annotated[str, Field(min_length=1, max_length=80)]
    every_seed: bool = False
    seed: Annotated[int, Field(ge=0)] | None = None

    @property
    def source(self) -> str:
        return self.model

    @property
    def named_seeds(self) -> tuple[int, ...]:
        """The seeds of the model that the figure names."""
        return () if self.seed is None else (self.seed,)

    def check(self, task: Task, network: Network) -> None:
        """Raise ValueError if the figure cannot show models of this task and network."""

    def check_model(self, model: Model) -> None:
        """Raise ValueError if the figure cannot show a configured model."""
        self.check(model.task, model.network)


class RunFigure(ModelFigure["ModelRun"]):
    """A figure of one run: of the seed that the model shows.

    Attributes:
        computes: whether the page computes with the weights at every step, so that it needs the
            pack of the run, as figures that it paints do.
    """

    computes: ClassVar[bool] = False
