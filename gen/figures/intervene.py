"""Widget of interventions: readers silence parts of a network and see which pairs go wrong."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.interventions import answers, right_answers
from gen.experiments.runs import ModelRun
from gen.figures.figure import Widget
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.networks.network import Network
from gen.tasks.modular import Modular
from gen.tasks.task import Task
from gen.text import csv_text
from gen.widgets.intervene import InterveneDrawing, draw_intervene
from gen.widgets.intervene_effects import effects, final_pairs

_MOST_PRODUCTS = 40_000_000
"""Products of two numbers with which a page computes all answers: about 50 ms of script."""

_MOST_NEURONS = 128


class Intervene(RunFigure):
    """A map of right and wrong answers to all pairs of numbers, and what readers can take away.

    Attributes:
        a, b: the numbers whose logits are shown at first; 0 to p - 1, for products 1 to p - 1.
    """

    computes: ClassVar[bool] = True

    kind: Literal["intervene"] = "intervene"
    a: Annotated[int, Field(ge=0)] | None = None
    b: Annotated[int, Field(ge=0)] | None = None

    def check(self, task: Task, network: Network) -> None:
        (into, (rows, neurons)), _ = hidden_layer_shapes(network, task)
        if not isinstance(task, Modular):
            raise ValueError(  # noqa: TRY004 - of a value in the config
                f"it needs modular arithmetic, whose pairs can all be tried, but the task is "
                f'"{type(task).model_fields["kind"].default}"'
            )
        if rows != task.inputs and (into, task.inputs) != ("A", task.outputs):
            raise ValueError(
                f"it needs the weights of both numbers, but {into} has those of the first alone; "
                f'the network "perceptron" has all {task.inputs} rows'
            )
        if neurons > _MOST_NEURONS:
            raise ValueError(
                f"{neurons} neurons are too many to choose from; the limit is {_MOST_NEURONS}"
            )
        products = sum(task.rows) * neurons * task.outputs
        if products > _MOST_PRODUCTS:
            raise ValueError(
                f"all answers take {products:,} products at every step; the limit is "
                f"{_MOST_PRODUCTS:,}"
            )
        numbers = task.numbers.tolist()
        for name, number in (("a", self.a), ("b", self.b)):
            if number is not None and number not in numbers:
                least, most = min(numbers), max(numbers)
                raise ValueError(f"{name} = {number} is out of range ({least} to {most})")

    def render(self, run: ModelRun, words: Words) -> Widget[InterveneDrawing]:
        return Widget("intervene", draw_intervene(run, self._pair(run), words))

    def csv(self, run: ModelRun) -> str:
        rows = (
            (effect.name, effect.neurons, effect.right, effect.pairs, f"{effect.share:.6g}")
            for effect in effects(run)
        )
        return csv_text(["silenced", "neurons", "right", "pairs", "accuracy"], rows)

    def alt(self, run: ModelRun, words: Words) -> str:
        whole, *others = effects(run)
        least = min(effect.right for effect in others if effect.single)
        return words(
            "alt.intervene.map",
            pairs=whole.pairs,
            right=whole.right,
            step=int(run.snapshot_steps[-1]),
            least=least,
        )

    def _pair(self, run: ModelRun) -> tuple[int, int]:
        """Return the places of the chosen numbers; by default of a pair that is answered wrongly.

        If all answers are right it is the pair at a third and at two thirds of all numbers.
        """
        assert isinstance(run.task, Modular)
        numbers = run.task.numbers.tolist()
        weights = final_pairs(run)
        wrong = np.argwhere(answers(weights) != right_answers(weights))
        a, b = len(numbers) // 3, 2 * len(numbers) // 3
        if len(wrong):
            a, b = wrong[len(wrong) // 2].tolist()
        return (
            a if self.a is None else numbers.index(self.a),
            b if self.b is None else numbers.index(self.b),
        )
