"""Accuracy on the rows trained on and on unseen rows, over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Float

from gen.charts.chart import Chart, Level, share_axis, step_axis
from gen.charts.curves import accuracy_in_words, marks, series, table
from gen.figures.figure import ChartFigure

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words


class Accuracy(ChartFigure):
    """Two lines between 0 and 100 %, with the accuracy of guessing to compare with."""

    kind: Literal["accuracy"] = "accuracy"

    def chart(self, run: ModelRun, words: Words) -> Chart:
        label = words("axis.accuracy")
        return Chart(
            title=words("chart.title", measure=label),
            language=words.language,
            x=step_axis(run.logged_steps[0], run.logged_steps[-1], words),
            y=share_axis(label, words),
            series=series(run, "accuracy", words),
            marks=marks(run, "accuracy", words),
            level=Level(
                run.task.chance, words("chart.chance", chance=words.percent(run.task.chance))
            ),
        )

    def table(self, run: ModelRun) -> tuple[tuple[str, ...], Float[np.ndarray, "row column"]]:
        return table(run, "accuracy")

    def alt(self, run: ModelRun, words: Words) -> str:
        begin = words("alt.accuracy.begin", steps=int(run.logged_steps[-1]))
        return words.join_sentences([begin, *accuracy_in_words(run, words)])
