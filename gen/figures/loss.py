"""Chart of train and test loss over the steps, on a logarithmic scale."""

from __future__ import annotations

from typing import Literal

import numpy as np
from jaxtyping import Float

from gen.analysis.outcome import LEARNED_ACCURACY, generalised_at, memorised_at
from gen.charts.chart import Chart, log_axis, step_axis
from gen.charts.curves import SPLITS, marks, series, table
from gen.experiments.runs import ModelRun
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.text import csv_numbers


class Loss(RunFigure):
    """Two lines on a logarithmic scale."""

    kind: Literal["loss"] = "loss"

    def render(self, run: ModelRun, words: Words) -> Chart:
        label = words("axis.loss")
        values = np.concatenate([run.metrics[f"{split}_loss"] for split in SPLITS])
        plotted = values[np.isfinite(values) & (values > 0)]
        low, high = (plotted.min(), plotted.max()) if len(plotted) else (0.1, 1.0)
        return Chart(
            title=words("chart.title", measure=words("axis.loss_plain")),
            language=words.language,
            x=step_axis(run.logged_steps[0], run.logged_steps[-1], words),
            y=log_axis(label, float(low), float(high), words),
            series=series(run, "loss", words),
            marks=marks(run, "loss", words),
        )

    def csv(self, run: ModelRun) -> str:
        return csv_numbers(*table(run, "loss"))

    def alt(self, run: ModelRun, words: Words) -> str:
        train, test = run.metrics["train_loss"], run.metrics["test_loss"]
        largest = int(np.nanargmax(test)) if np.isfinite(test).any() else 0
        first, final = words.number(float(train[0])), words.number(float(train[-1]))
        return words.join_sentences(
            [
                words("alt.loss.begin", steps=int(run.logged_steps[-1])),
                words(f"alt.loss.{_trend(train, same=first == final)}", first=first, final=final),
                words(
                    "alt.loss.test",
                    first=float(test[0]),
                    largest=float(test[largest]),
                    largest_step=int(run.logged_steps[largest]),
                    final=float(test[-1]),
                ),
                _outcome(run, words),
            ]
        )


def _trend(loss: Float[np.ndarray, " log"], *, same: bool) -> str:
    """Return the message key for a train loss; `same`: its ends are equal when printed."""
    if same:
        return "train_same"
    return "train" if loss[-1] < loss[0] else "train_rises"


def _outcome(run: ModelRun, words: Words) -> str:
    """Return when either loss is learned, in words."""
    memorised, generalised = memorised_at(run), generalised_at(run)
    threshold = words.percent(LEARNED_ACCURACY)
    if memorised is None and generalised is None:
        return words("alt.loss.neither", threshold=threshold)
    if generalised is None:
        return words("alt.loss.train_only", threshold=threshold, memorised=memorised)
    if memorised is None:
        return words("alt.loss.test_only", threshold=threshold, generalised=generalised)
    return words("alt.loss.both", threshold=threshold, memorised=memorised, generalised=generalised)
