"""One sum or product at the end of training, for readers to change: waves that agree once."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, ClassVar, Literal

from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.figures.figure import DrawnFigure
from gen.figures.sums import SumFigure

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task
    from gen.widgets.interference import InterferenceDrawing

_MOST_WEIGHTS = 50_000


class Interference(SumFigure, DrawnFigure):
    """A wave for each frequency over all answers, and the total; sliders for both numbers."""

    kind: Literal["interference"] = "interference"
    template: ClassVar[str] = "interference"

    def check(self, task: Task, network: Network) -> None:
        super().check(task, network)
        (_, (inputs, neurons)), _ = hidden_layer_shapes(network, task)
        if inputs * neurons > _MOST_WEIGHTS:
            raise ValueError(
                f"each of its matrices would travel in the page with {inputs * neurons:,} weights, "
                f"and {_MOST_WEIGHTS:,} are the most"
            )

    def draw(self, run: ModelRun, words: Words) -> InterferenceDrawing:
        from gen.widgets.interference import draw_interference

        return draw_interference(self.terms(run), self.naming(run), run, words)

    def csv(self, run: ModelRun) -> str:
        terms = self.terms(run)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        names = [f"k_{group.frequency or 'other'}" for group in terms.groups]
        naming = self.naming(run)
        exponent = ["exponent"] if naming.product else []
        writer.writerow([*exponent, "c", *names, "total"])
        for place, (shares, total) in enumerate(
            zip(terms.shares[-1].T, terms.together[-1], strict=True)
        ):
            answer = [place, naming.numbers[place]] if naming.product else [place]
            writer.writerow([*answer, *(f"{value:.6g}" for value in (*shares, total))])
        return text.getvalue()

    def alt(self, run: ModelRun, words: Words) -> str:
        return self.told("alt.interference.still", run, words)
