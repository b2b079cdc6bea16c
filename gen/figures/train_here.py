"""Widget in which readers train the network of a model themselves, from a seed of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from gen.figures.figure import Widget
from gen.figures.model_figure import RunFigure
from gen.networks.embedded import Embedded
from gen.networks.hidden_layer import HiddenLayer
from gen.networks.perceptron import Perceptron
from gen.optimisers.adamw import AdamW
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.widgets.train_here import TrainHereDrawing, draw_train_here

if TYPE_CHECKING:
    from gen.experiments.model import Model
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_MOST_WORK = 5_000_000
"""Multiplications and additions of a step: a browser takes about a nanosecond for each, and a page
that is to stay responsive has 8 milliseconds of a frame."""

_MOST_WORK_OF_A_RUN = 25_000_000_000
"""The same of a whole run, which takes about a minute in such slices."""

_PER_LOGIT = 14
"""What a logit costs beside its products: an exponential, a sum, a division."""

Name = Annotated[str, Field(min_length=1, max_length=80)]


class TrainHere(RunFigure):
    """A network in training, shown by the figures of its model; readers choose seed and settings.

    Task, network, betas and the steps of snapshots are those of the model.

    Attributes:
        shows: ids of films of the model, which show the reader's run below its accuracy.
    """

    kind: Literal["train-here"] = "train-here"
    shows: Annotated[tuple[Name, ...], Field(max_length=3, strict=False)] = ()

    @property
    def paints(self) -> tuple[str, ...]:
        return self.shows

    def check(self, task: Task, network: Network) -> None:
        if self.every_seed:
            raise ValueError("readers choose a seed of their own in it: remove every_seed")
        if type(task) not in (Modular, SparseParity):
            raise ValueError("a page can only train tasks of the kinds modular and sparse-parity")
        on_circle = isinstance(network, Embedded) and network.embedding == "circle"
        if not (on_circle or type(network) is Perceptron):
            raise ValueError(
                'a page can only train a perceptron, or a network with embedding = "circle"'
            )
        work = work_of_a_step(task, network)
        if work > _MOST_WORK:
            raise ValueError(
                f"a step takes {work:,} multiplications and additions; the limit for training in "
                f"a page is {_MOST_WORK:,}: use fewer rows or neurons"
            )

    def check_model(self, model: Model) -> None:
        super().check_model(model)
        if type(model.optimiser) is not AdamW:
            raise ValueError("a page can only train with the optimiser adamw")
        training = model.training
        if training.loss != "cross-entropy" or training.batch_size is not None:
            raise ValueError(
                'a page can only train with loss = "cross-entropy", and on all rows in every step'
            )
        work = work_of_a_step(model.task, model.network) * training.steps
        if work > _MOST_WORK_OF_A_RUN:
            most = _MOST_WORK_OF_A_RUN // work_of_a_step(model.task, model.network)
            raise ValueError(
                f"{training.steps:,} steps of this network take minutes in a page; the limit is "
                f"{most:,} steps"
            )

    def render(self, run: ModelRun, words: Words) -> Widget[TrainHereDrawing]:
        return Widget("train-here", draw_train_here(run, words))

    def alt(self, run: ModelRun, words: Words) -> str:
        assert isinstance(run.network, HiddenLayer)
        return words(
            "alt.train_here.text",
            neurons=run.network.hidden,
            rows=run.task.rows[0],
            steps=int(run.snapshot_steps[-1]),
        )


def work_of_a_step(task: Task, network: Network) -> int:
    """Return about how many multiplications and additions the page's script does in one step."""
    assert isinstance(network, HiddenLayer)
    ones = 2 if isinstance(task, Modular) else task.inputs // 2 + 1
    into = 2 * ones * network.hidden
    width = 2 if isinstance(network, Embedded) else task.outputs
    unembed = 4 * task.outputs if isinstance(network, Embedded) else 0
    out = 4 * network.hidden * width + unembed + _PER_LOGIT * task.outputs
    return task.rows[0] * (into + out)
