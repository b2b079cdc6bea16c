"""Chart of train and test accuracy over the steps."""

from __future__ import annotations

from typing import Literal

from gen.charts.chart import Chart, Level, share_axis, step_axis
from gen.charts.curves import accuracy_in_words, marks, series, table
from gen.experiments.runs import ModelRun
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.text import csv_numbers


class Accuracy(RunFigure):
    """Two lines between 0 and 100 %, and the accuracy of guessing as a level."""

    kind: Literal["accuracy"] = "accuracy"

    def render(self, run: ModelRun, words: Words) -> Chart:
        return accuracy_chart(run, words)

    def csv(self, run: ModelRun) -> str:
        return csv_numbers(*table(run, "accuracy"))

    def alt(self, run: ModelRun, words: Words) -> str:
        begin = words("alt.accuracy.begin", steps=int(run.logged_steps[-1]))
        return words.join_sentences([begin, *accuracy_in_words(run, words)])


def accuracy_chart(run: ModelRun, words: Words) -> Chart:
    """Return the chart of both accuracies, with the accuracy of guessing as a level."""
    label = words("axis.accuracy")
    chance = run.task.chance
    return Chart(
        title=words("chart.title", measure=label),
        language=words.language,
        x=step_axis(run.logged_steps[0], run.logged_steps[-1], words),
        y=share_axis(label, words),
        series=series(run, "accuracy", words),
        marks=marks(run, "accuracy", words),
        level=Level(chance, words("chart.chance", chance=words.percent(chance))),
    )
