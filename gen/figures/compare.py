"""Chart of the test accuracy of several models over the same steps, with a line for each seed."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.outcome import LEARNED_ACCURACY, generalised_at
from gen.analysis.seeds import SeedRuns
from gen.charts.chart import Chart, Level, Series, Trace, share_axis, step_axis
from gen.charts.numbered import KEYS, number_text
from gen.figures.models_figure import ModelsFigure
from gen.text import csv_text

if TYPE_CHECKING:
    from gen.experiments.model import Model
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words

_METRIC = "test_accuracy"


class Compare(ModelsFigure):
    """A thick line for the median of each model, a thin one for each seed.

    A dot marks the step from which a seed generalises. A line ends where the training of its model
    ends.

    Attributes:
        seeds: the seeds of every model that are shown; those that all models have if left out.
    """

    kind: Literal["compare"] = "compare"
    seeds: (
        Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1, max_length=100)] | None
    ) = None

    @property
    def named_seeds(self) -> tuple[int, ...]:
        return tuple(self.seeds or ())

    def check(self, models: Sequence[Model]) -> None:
        if len(set(self.models)) < len(self.models):
            raise ValueError("models names a model twice")
        if self.seeds is not None and len(set(self.seeds)) < len(self.seeds):
            raise ValueError("seeds names a seed twice")
        for model in models:
            missing = set(self.seeds or ()) - set(model.seeds)
            if missing:
                raise ValueError(f"{model.name} does not have seed {min(missing)}")
        if not set.intersection(*(set(model.seeds) for model in models)):
            raise ValueError("the models have no seed in common, so that they cannot be compared")

    def render(self, models: tuple[SeedRuns[ModelRun], ...], words: Words) -> Chart:
        shown = self._shown(models)
        label = words("axis.test_accuracy")
        return Chart(
            title=words("chart.title", measure=label),
            language=words.language,
            x=step_axis(
                min(int(runs[0].logged_steps[0]) for runs in shown), _last_step(shown), words
            ),
            y=share_axis(label, words),
            series=tuple(self._medians(shown, words)),
            level=_level(shown, words),
            traces=tuple(_traces(shown)),
        )

    def csv(self, models: tuple[SeedRuns[ModelRun], ...]) -> str:
        rows = (
            [name, run.seed, int(step), number_text(value)]
            for name, runs in zip(self.models, self._shown(models), strict=True)
            for run in runs
            for step, value in zip(run.logged_steps, run.metrics[_METRIC], strict=True)
        )
        return csv_text(["model", "seed", "step", _METRIC], rows)

    def alt(self, models: tuple[SeedRuns[ModelRun], ...], words: Words) -> str:
        shown = self._shown(models)
        begin = words(
            "alt.compare.begin",
            steps=_last_step(shown),
            models=len(shown),
            seeds=len(shown[0]),
            threshold=words.percent(LEARNED_ACCURACY),
        )
        each = (
            _in_words(_name(name, words), runs, words)
            for name, runs in zip(self.models, shown, strict=True)
        )
        return words.join_sentences([begin, *each])

    def _shown(self, models: tuple[SeedRuns[ModelRun], ...]) -> list[list[ModelRun]]:
        """Return the runs of the shown seeds of each model, in the order of its seeds."""
        common = set.intersection(*({run.seed for run in one.runs} for one in models))
        wanted = common if self.seeds is None else set(self.seeds)
        return [[run for run in one.runs if run.seed in wanted] for one in models]

    def _medians(self, shown: list[list[ModelRun]], words: Words) -> Iterator[Series]:
        for key, name, runs in zip(KEYS, self.models, shown, strict=False):
            label = words(
                "series.of_seeds",
                name=_name(name, words),
                count=len(_generalised(runs)),
                seeds=len(runs),
            )
            yield Series(key, label, runs[0].logged_steps.astype(np.float64), _median(runs))


def _level(shown: list[list[ModelRun]], words: Words) -> Level | None:
    """Return the accuracy of guessing, if it is the same for all models."""
    chances = {run.task.chance for runs in shown for run in runs}
    if len(chances) > 1:
        return None
    chance = chances.pop()
    return Level(chance, words("chart.chance", chance=words.percent(chance)))


def _traces(shown: list[list[ModelRun]]) -> Iterator[Trace]:
    for key, runs in zip(KEYS, shown, strict=False):
        for run in runs:
            steps = run.logged_steps.astype(np.float64)
            yield Trace(key, steps, run.metrics[_METRIC].astype(np.float64), _generalises(run))


def _median(runs: list[ModelRun]) -> Float[np.ndarray, " log"]:
    """Return the median accuracy at each step of the seeds that have not diverged there."""
    values = np.stack([run.metrics[_METRIC] for run in runs]).astype(np.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of steps without any value
        return np.nanmedian(values, axis=0)


def _generalises(run: ModelRun) -> int | None:
    """Return the step from which a seed generalises; None if it does not, or diverged."""
    return None if run.failed_at is not None else generalised_at(run)


def _generalised(runs: list[ModelRun]) -> list[int]:
    """Return the steps from which seeds generalise, in rising order."""
    return sorted(step for run in runs if (step := _generalises(run)) is not None)


def _last_step(shown: list[list[ModelRun]]) -> int:
    return max(int(runs[0].logged_steps[-1]) for runs in shown)


def _name(model: str, words: Words) -> str:
    """Return the name of a model in the language, or its id."""
    key = f"model.{model}"
    return words(key) if words.has(key) else model


def _in_words(name: str, runs: list[ModelRun], words: Words) -> str:
    """Return a sentence about a model: which seeds generalise when, and how accurate they end."""
    steps = _generalised(runs)
    ends = [words.percent(float(run.metrics[_METRIC][-1])) for run in _by_end(runs)]
    if not ends:
        return words("alt.compare.lost", name=name, seeds=len(runs))
    smallest, largest = ends[0], ends[-1]
    return words(
        f"alt.compare.{'some' if steps else 'none'}",
        name=name,
        count=len(steps),
        seeds=len(runs),
        which=words.listed(steps),
        ends=smallest
        if smallest == largest
        else words("alt.compare.range", smallest=smallest, largest=largest),
    )


def _by_end(runs: list[ModelRun]) -> list[ModelRun]:
    """Return the runs that did not diverge, by their accuracy at the end."""
    valid = (run for run in runs if run.failed_at is None)
    return sorted(valid, key=lambda run: float(run.metrics[_METRIC][-1]))
