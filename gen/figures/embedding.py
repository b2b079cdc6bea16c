"""Drawing of the fixed places of the numbers on a circle, before training."""

from __future__ import annotations

from typing import Literal

from gen.experiments.runs import ModelRun
from gen.figures.figure import Widget
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.networks.embedded import Embedded, circle
from gen.networks.network import Network
from gen.tasks.task import Task
from gen.text import csv_text
from gen.widgets.embedding import draw_embedding

_MOST_POINTS = 512


class Embedding(RunFigure):
    """Every number as a point: the input of a network with `embedding = "circle"`."""

    kind: Literal["embedding"] = "embedding"

    def check(self, task: Task, network: Network) -> None:
        if not isinstance(network, Embedded) or network.embedding != "circle":
            raise ValueError('it shows fixed places, and needs a network with embedding = "circle"')
        if self.every_seed:
            raise ValueError(
                "the places are the same for every seed: every_seed is for figures that differ"
            )
        if task.outputs > _MOST_POINTS:
            raise ValueError(
                f"{task.outputs} points would overlap; at most {_MOST_POINTS} can be shown"
            )

    def render(self, run: ModelRun, words: Words) -> Widget[str]:
        return Widget("drawing", draw_embedding(run.task.outputs))

    def csv(self, run: ModelRun) -> str:
        places = enumerate(circle(run.task.outputs))
        rows = ((number, f"{x:.9g}", f"{y:.9g}") for number, (x, y) in places)
        return csv_text(["number", "cos", "sin"], rows)

    def alt(self, run: ModelRun, words: Words) -> str:
        points = run.task.outputs
        degrees = words.number(360 / points, 2)
        return words("alt.embedding.text", points=points, last=points - 1, degrees=degrees)
