"""Chart of any metrics of a run, or of several seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from gen.analysis.seeds import SeedRuns
from gen.charts.chart import Chart, Key, Level, Mark, Series
from gen.charts.curves import SPLITS, Measure, marks
from gen.charts.numbered import (
    KEYS,
    MOST_LINES,
    Scale,
    check_line_count,
    line_chart,
    lines,
    number_text,
    path_in_words,
    step_table,
)
from gen.figures.any_run_figure import Name, OfAnyRun, check_known
from gen.figures.model_figure import ModelFigure
from gen.text import csv_text

if TYPE_CHECKING:
    from gen.experiments.runs import Run
    from gen.i18n import Words
    from gen.networks.view import ViewShape

_MEASURES: tuple[Measure, ...] = ("accuracy", "loss")


class Metrics(OfAnyRun, ModelFigure[SeedRuns]):
    """A line for each metric, and for each seed.

    Attributes:
        metrics: their names; all if left out.
        scale: of the values: `linear`, `log`, or `share` for shares of one in percent.
        seeds: the seeds whose lines are shown; if left out, the one that other figures show.
    """

    kind: Literal["metrics"] = "metrics"
    metrics: Annotated[list[Name], Field(min_length=1, max_length=MOST_LINES)] | None = None
    scale: Scale = "linear"
    seeds: (
        Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1, max_length=MOST_LINES)]
        | None
    ) = None

    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        check_known(self.metrics or (), metrics, "metric")
        shown = len(self.metrics or metrics)
        if not shown:
            raise ValueError("it shows metrics, and there are none")
        if self.seeds is None:
            check_line_count(shown, "metrics have no room, name some with metrics")
            return
        check_line_count(
            shown * len(self.seeds),
            f"lines, of {shown} metrics of {len(self.seeds)} seeds, have no room",
        )
        if self.seed is not None:
            raise ValueError("it shows the seeds that it names: take out seed or seeds")
        if len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds names a seed twice")

    @property
    def named_seeds(self) -> tuple[int, ...]:
        return tuple(self.seeds or ()) or super().named_seeds

    def render(self, runs: SeedRuns, words: Words) -> Chart:
        shown, names = self._runs(runs), self._names(runs)
        series = self._series(runs, words)
        label = _measured(names, words)
        if self.scale == "log":
            label = words("axis.log_scale", label=label)
        chart = line_chart(label, series, self.scale, words, ", ".join(names))
        run = shown[0]
        level = None
        if self.scale == "share" and run.chance is not None:
            level = Level(run.chance, words("chart.chance", chance=words.percent(run.chance)))
        marked = _marks(run, names, words) if len(shown) == 1 else ()
        return _with(chart, marked, level)

    def csv(self, runs: SeedRuns) -> str:
        shown, names = self._runs(runs), self._names(runs)
        if len(shown) == 1:
            return step_table(shown[0].logged_steps, {n: shown[0].metrics[n] for n in names})
        rows = (
            [run.seed, int(step), *(number_text(run.metrics[name][place]) for name in names)]
            for run in shown
            for place, step in enumerate(run.logged_steps)
        )
        return csv_text(["seed", "step", *names], rows)

    def alt(self, runs: SeedRuns, words: Words) -> str:
        series = self._series(runs, words)
        steps = max(int(run.logged_steps[-1]) for run in self._runs(runs))
        begin = words(f"alt.metrics.{self.scale}", lines=len(series), steps=steps)
        each = (path_in_words("alt.metrics.one", one, words) for one in series)
        return words.join_sentences([begin, *each])

    def _runs(self, runs: SeedRuns) -> list[Run]:
        """Return the shown runs, in the order in which their seeds are named."""
        by_seed = {run.seed: run for run in runs.runs}
        return [by_seed[seed] for seed in self.seeds or [runs.shown]]

    def _names(self, runs: SeedRuns) -> list[str]:
        return self.metrics or list(self._runs(runs)[0].metrics)

    def _series(self, runs: SeedRuns, words: Words) -> tuple[Series, ...]:
        shown, names = self._runs(runs), self._names(runs)
        if len(shown) == 1:
            values = {_metric_name(name, words): shown[0].metrics[name] for name in names}
            return lines(shown[0].logged_steps, values, _keys(names))
        found: list[Series] = []
        for key, (name, run) in zip(KEYS, product(names, shown), strict=False):
            label = words("seeds.seed", seed=run.seed)
            if len(names) > 1:
                label = words("series.of_seed", name=_metric_name(name, words), seed=run.seed)
            found += lines(run.logged_steps, {label: run.metrics[name]}, [key])
        return tuple(found)


def _with(chart: Chart, marked: tuple[Mark, ...], level: Level | None) -> Chart:
    return Chart(
        chart.title, chart.language, chart.x, chart.y, chart.series, marks=marked, level=level
    )


def _keys(names: Sequence[str]) -> Sequence[Key]:
    """Return the styles of metrics: a pair of train and test looks as elsewhere."""
    pair: list[Key] = [split for name in names for split in SPLITS if name.startswith(f"{split}_")]
    return pair if len(pair) == len(names) == len(set(pair)) else KEYS


def _measured(names: Sequence[str], words: Words) -> str:
    """Return what metrics measure, if it is the same, in words."""
    if len(names) == 1:
        return _metric_name(names[0], words)
    for measure, key in (("accuracy", "axis.accuracy"), ("loss", "axis.loss_plain")):
        if all(name in {f"{split}_{measure}" for split in SPLITS} for name in names):
            return words(key)
    return words("axis.values")


def _metric_name(name: str, words: Words) -> str:
    key = f"series.{name}"
    return words(key) if words.has(key) else name


def _marks(run: Run, names: Sequence[str], words: Words) -> tuple[Mark, ...]:
    """Return where a run memorises and generalises, if the lines of that measure are shown."""
    if not all(f"{split}_accuracy" in run.metrics for split in SPLITS):
        return ()
    keys = dict(zip(names, _keys(names), strict=False))
    for measure in _MEASURES:
        splits = [split for split in SPLITS if keys.get(f"{split}_{measure}") == split]
        if splits:
            return tuple(mark for mark in marks(run, measure, words) if mark.key in splits)
    return ()
