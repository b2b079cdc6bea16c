"""Where the numbers lie on a circle before anything is learned."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, ClassVar, Literal

from gen.figures.figure import DrawnFigure
from gen.networks.embedded import Embedded, circle

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_MOST_POINTS = 512


class Embedding(DrawnFigure):
    """Every number as a point, as a network with `embedding = "circle"` is given them."""

    kind: Literal["embedding"] = "embedding"
    template: ClassVar[str] = "drawing"

    def check(self, task: Task, network: Network) -> None:
        if not isinstance(network, Embedded) or network.embedding != "circle":
            raise ValueError('only a network with embedding = "circle" is given places to draw')
        if self.every_seed:
            raise ValueError(
                "every seed is given the same places: every_seed is for figures that differ"
            )
        if task.outputs > _MOST_POINTS:
            raise ValueError(
                f"{task.outputs} points run into each other, and {_MOST_POINTS} are the most"
            )

    def draw(self, run: ModelRun, words: Words) -> str:
        from gen.widgets.embedding import draw_embedding

        return draw_embedding(run.task.outputs)

    def csv(self, run: ModelRun) -> str:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["number", "cos", "sin"])
        for number, (x, y) in enumerate(circle(run.task.outputs)):
            writer.writerow([number, f"{x:.9g}", f"{y:.9g}"])
        return text.getvalue()

    def alt(self, run: ModelRun, words: Words) -> str:
        points = run.task.outputs
        degrees = words.number(360 / points, 2)
        return words("alt.embedding.text", points=points, last=points - 1, degrees=degrees)
