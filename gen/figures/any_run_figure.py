"""Base classes of figures that work on any run, of a model trained here or of a recording."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from gen.figures.model_figure import RunFigure
from gen.networks.view import ViewShape
from gen.training.loop import METRICS

if TYPE_CHECKING:
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

Name = Annotated[str, Field(min_length=1, max_length=200)]


class OfAnyRun(ABC):
    """Marks a kind of figure that needs neither task nor network, only views or metrics."""

    def check(self, task: Task, network: Network) -> None:
        """Raise ValueError if the figure cannot show models of this task and network."""
        self.check_views(network.view_shapes(task), METRICS)

    @abstractmethod
    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        """Raise ValueError if the figure cannot show runs with these views and metrics.

        Args:
            shapes: size and axes of every view, by name.
            metrics: the names of all metrics.
        """


class AnyRunFigure(OfAnyRun, RunFigure):
    """A figure of one run of any network."""


def check_known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raise ValueError, with what is known, if one of some names is not known, or is twice there.

    Args:
        what: of what these are names: `view` or `metric`.
    """
    listed, known = list(names), list(known)
    for place, name in enumerate(listed):
        if name not in known:
            raise ValueError(f'there is no {what} "{name}"; known: {", ".join(known) or "none"}')
        if name in listed[:place]:
            raise ValueError(f'the {what} "{name}" is named twice')


def chosen_views(
    names: Sequence[str] | None, shapes: Mapping[str, ViewShape]
) -> dict[str, ViewShape]:
    """Return the shapes of the named views; of all if None.

    Raises:
        ValueError: a named view does not exist, or there is none.
    """
    check_known(names or (), shapes, "view")
    chosen = {name: shapes[name] for name in (names or shapes)}
    if not chosen:
        raise ValueError("it shows views, and there are none")
    return chosen


def axis_in_words(axis: str, words: Words) -> str:
    """Return what the rows or columns of a view are for; a word of a user stays as it is."""
    key = f"axis_meaning.{axis}"
    return words(key) if words.has(key) else axis
