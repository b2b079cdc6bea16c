"""Series, marks, alt text and table shared by accuracy and loss charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from jaxtyping import Float

from gen.analysis.outcome import LEARNED_ACCURACY, generalised_at, memorised_at
from gen.charts.chart import Mark, Series, Split
from gen.experiments.runs import ModelRun, Run
from gen.i18n import Words

SPLITS: tuple[Split, Split] = ("train", "test")
Measure = Literal["accuracy", "loss"]
_NEARLY_ALL = 0.9


def series(run: Run, measure: Measure, words: Words) -> tuple[Series, Series]:
    """Return the train and the test series of a run."""
    steps = run.logged_steps.astype(np.float64)
    train, test = (
        Series(
            split,
            words(f"series.{split}"),
            steps,
            run.metrics[f"{split}_{measure}"],
            words(f"series.{split}_{measure}"),
        )
        for split in SPLITS
    )
    return train, test


def marks(run: Run, measure: Measure, words: Words) -> tuple[Mark, ...]:
    """Return marks where the run memorises and where it generalises, if it does.

    A run whose test accuracy is at least 0.9 when it has learned its train rows has fitted
    instead of memorised.
    """
    memorised = memorised_at(run)
    fitted = memorised is not None and value_at(run, "test_accuracy", memorised) >= _NEARLY_ALL
    events: tuple[tuple[Split, str, int | None], ...] = (
        ("train", "fitted" if fitted else "memorised", memorised),
        ("test", "generalised", generalised_at(run)),
    )
    return tuple(
        Mark(
            key=split,
            x=step,
            y=value_at(run, f"{split}_{measure}", step),
            label=words(f"mark.{name}"),
            step=words.number(step),
        )
        for split, name, step in events
        if step is not None
    )


def accuracy_in_words(run: ModelRun, words: Words) -> Iterator[str]:
    """Yield sentences of the alt text: when either split reaches the threshold."""
    threshold, chance = words.percent(LEARNED_ACCURACY), words.percent(run.task.chance)
    memorised, generalised = memorised_at(run), generalised_at(run)
    train, test = (
        words.percent(float(run.metrics[f"{split}_accuracy"][-1]), unlike=LEARNED_ACCURACY)
        for split in SPLITS
    )
    if memorised is None:
        yield words("alt.accuracy.train_never", threshold=threshold, final=train)
    else:
        yield words("alt.accuracy.train", threshold=threshold, step=memorised)
    if memorised is not None and (generalised is None or generalised > memorised):
        then = words.percent(value_at(run, "test_accuracy", memorised))
        yield words("alt.accuracy.between", accuracy=then, chance=chance)
    if generalised is None:
        yield words("alt.accuracy.test_never", threshold=threshold, final=test, chance=chance)
    else:
        yield words("alt.accuracy.test", threshold=threshold, step=generalised)


def value_at(run: Run, metric: str, step: int) -> float:
    """Return a metric at a logged step; NaN for one that was not recorded."""
    if metric not in run.metrics:
        return float("nan")
    return float(run.metrics[metric][np.searchsorted(run.logged_steps, step)])


def table(run: Run, measure: Measure) -> tuple[tuple[str, ...], Float[np.ndarray, "row column"]]:
    """Return column names and rows: step, train and test value of every logged step."""
    names = [f"{split}_{measure}" for split in SPLITS]
    columns = [run.logged_steps, *(run.metrics[name] for name in names)]
    return ("step", *names), np.stack([column.astype(np.float64) for column in columns], axis=1)
