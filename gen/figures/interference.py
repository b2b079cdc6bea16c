"""Widget of one sum or product: readers change both numbers and the step."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.experiments.runs import ModelRun
from gen.figures.figure import Widget
from gen.figures.interference_figure import InterferenceFigure
from gen.i18n import Words
from gen.networks.network import Network
from gen.tasks.task import Task
from gen.text import csv_text
from gen.widgets.interference import InterferenceDrawing, draw_interference

_MOST_WEIGHTS = 50_000


class Interference(InterferenceFigure):
    """A wave per frequency over all answers, and their total."""

    computes: ClassVar[bool] = True

    kind: Literal["interference"] = "interference"

    def check(self, task: Task, network: Network) -> None:
        super().check(task, network)
        (_, (inputs, neurons)), _ = hidden_layer_shapes(network, task)
        if inputs * neurons > _MOST_WEIGHTS:
            raise ValueError(
                f"each matrix would add {inputs * neurons:,} weights to the page; the limit is "
                f"{_MOST_WEIGHTS:,}"
            )

    def render(self, run: ModelRun, words: Words) -> Widget[InterferenceDrawing]:
        drawing = draw_interference(self.terms(run), self.naming(run), run, words)
        return Widget("interference", drawing)

    def csv(self, run: ModelRun) -> str:
        terms, naming = self.terms(run), self.naming(run)
        names = [f"k_{group.frequency or 'other'}" for group in terms.groups]
        values = np.vstack([terms.shares[-1], terms.together[-1]]).T
        rows = (
            (
                *([place] if naming.product else []),
                naming.numbers[place] if naming.product else place,
                *(f"{value:.6g}" for value in row),
            )
            for place, row in enumerate(values)
        )
        exponent = ["exponent"] if naming.product else []
        return csv_text([*exponent, "c", *names, "total"], rows)

    def alt(self, run: ModelRun, words: Words) -> str:
        return self.describe("alt.interference.still", run, words)
