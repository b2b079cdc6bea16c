"""Charts of accuracy and, below it, of measures that change before accuracy does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.progress import (
    SignalProgress,
    WaveProgress,
    has_progress_measures,
    signal_progress,
    wave_progress,
)
from gen.analysis.progress_facts import guess_loss, signal_progress_facts, wave_progress_facts
from gen.analysis.types import Facts
from gen.charts.chart import (
    Axis,
    Chart,
    Key,
    Level,
    Series,
    Stack,
    log_axis,
    share_axis,
    step_axis,
    value_axis,
)
from gen.charts.curves import SPLITS, accuracy_in_words, series
from gen.experiments.runs import ModelRun
from gen.figures.accuracy import accuracy_chart
from gen.figures.model_figure import RunFigure
from gen.i18n import Words
from gen.networks.network import Network
from gen.tasks.task import Task
from gen.text import csv_numbers

_MEASURES = ("norm", "key_share", "gini", "restricted", "excluded", "signal_share")


class Progress(RunFigure):
    """Stacked charts over the same steps."""

    kind: Literal["progress"] = "progress"

    def check(self, task: Task, network: Network) -> None:
        if not has_progress_measures(task, network):
            raise ValueError(
                "progress can be measured where some bits decide or numbers are added, and the "
                "weights into the neurons are shown for each input; try accuracy or loss"
            )

    def render(self, run: ModelRun, words: Words) -> Stack:
        measured = _of_bits(run, words) if run.task.signal_inputs else _of_waves(run, words)
        return Stack(
            title=words("chart.title", measure=words("chart.progress")),
            language=words.language,
            charts=(accuracy_chart(run, words), *measured),
        )

    def csv(self, run: ModelRun) -> str:
        return csv_numbers(*progress_table(run))

    def alt(self, run: ModelRun, words: Words) -> str:
        begin = words("alt.progress.begin", steps=int(run.logged_steps[-1]))
        tell = _bits_in_words if run.task.signal_inputs else _waves_in_words
        return words.join_sentences([begin, *tell(run, words)])


def progress_table(
    run: ModelRun,
) -> tuple[tuple[str, ...], Float[np.ndarray, "row column"]]:
    """Return column names and rows: step, accuracies (NaN where not logged), measures."""
    progress = signal_progress(run) if run.task.signal_inputs else wave_progress(run)
    names = [name for name in _MEASURES if hasattr(progress, name)]
    places = np.searchsorted(run.logged_steps, progress.steps)
    places = places.clip(0, len(run.logged_steps) - 1)
    logged = run.logged_steps[places] == progress.steps
    accuracies = [f"{split}_accuracy" for split in SPLITS]
    columns = [
        progress.steps,
        *(np.where(logged, run.metrics[name][places], np.nan) for name in accuracies),
        *(getattr(progress, name) for name in names),
    ]
    rows = np.stack([column.astype(np.float64) for column in columns], axis=1)
    return ("step", *accuracies, *names), rows


def _plot(run: ModelRun, y: Axis, lines: tuple[Series, ...], words: Words) -> Chart:
    return Chart(
        title=words("chart.title", measure=y.label),
        language=words.language,
        x=step_axis(run.logged_steps[0], run.logged_steps[-1], words),
        y=y,
        series=lines,
    )


def _norm(run: ModelRun, progress: WaveProgress | SignalProgress, words: Words) -> Chart:
    y = value_axis(words("axis.norm"), float(progress.norm.max()), words)
    return _plot(run, y, (_line("norm", progress.steps, progress.norm, words),), words)


def _of_waves(run: ModelRun, words: Words) -> tuple[Chart, ...]:
    progress = wave_progress(run)
    _, test = series(run, "loss", words)
    lines = (
        test,
        _line("restricted", progress.steps, progress.restricted, words),
        _line("excluded", progress.steps, progress.excluded, words),
    )
    guess = guess_loss(run)
    plotted = np.concatenate([*(line.y for line in lines), [guess]])
    plotted = plotted[np.isfinite(plotted) & (plotted > 0)]
    y = log_axis(words("axis.loss"), float(plotted.min()), float(plotted.max()), words)
    loss = replace(_plot(run, y, lines, words), level=Level(guess, words("chart.guessing")))
    order = (
        _line("signal", progress.steps, progress.key_share, words, "key_share"),
        _line("gini", progress.steps, progress.gini, words),
    )
    of_order = _plot(run, value_axis(words("axis.order"), 1.0, words), order, words)
    return loss, of_order, _norm(run, progress, words)


def _of_bits(run: ModelRun, words: Words) -> tuple[Chart, ...]:
    progress = signal_progress(run)
    share = _line("signal", progress.steps, progress.signal_share, words, "signal_share")
    of_share = _plot(run, share_axis(words("axis.signal_share"), words), (share,), words)
    return of_share, _norm(run, progress, words)


def _line(
    key: Key,
    steps: Int[np.ndarray, " snapshot"],
    values: Float[np.ndarray, " snapshot"],
    words: Words,
    name: str | None = None,
) -> Series:
    return Series(key, words(f"series.{name or key}"), steps.astype(np.float64), values)


def _waves_in_words(run: ModelRun, words: Words) -> Iterator[str]:
    progress, facts = wave_progress(run), wave_progress_facts(run)
    listed = words.listed(progress.frequencies)
    yield words("alt.progress.waves", frequencies=listed or words("alt.progress.none"))
    yield _reached(words, "test", facts["test_half_at"])
    yield _reached(words, "restricted", facts["restricted_halved_at"])
    yield words(
        "alt.progress.excluded",
        first=float(progress.excluded[0]),
        largest=facts["largest_excluded_loss"],
        step=facts["largest_excluded_loss_at"],
        final=float(progress.excluded[-1]),
    )
    yield words(
        "alt.progress.order",
        first=words.percent(float(progress.key_share[0])),
        final=words.percent(float(progress.key_share[-1])),
        gini_first=words.number(float(progress.gini[0]), 2),
        gini_final=words.number(float(progress.gini[-1]), 2),
    )
    yield _norm_in_words(facts, words)


def _bits_in_words(run: ModelRun, words: Words) -> Iterator[str]:
    facts = signal_progress_facts(run)
    yield from accuracy_in_words(run, words)
    yield words(
        "alt.progress.signal",
        first=words.percent(float(signal_progress(run).signal_share[0])),
        final=words.percent(float(signal_progress(run).signal_share[-1])),
    )
    yield _reached(words, "signal", facts["signal_half_at"])
    yield _norm_in_words(facts, words)


def _reached(words: Words, name: str, step: object) -> str:
    return words(f"alt.progress.{name}_{'never' if step is None else 'half'}", step=step)


def _norm_in_words(facts: Facts, words: Words) -> str:
    return words(
        "alt.progress.norm",
        first=facts["first_norm"],
        largest=facts["largest_norm"],
        step=facts["largest_norm_at"],
        final=facts["final_norm"],
    )
