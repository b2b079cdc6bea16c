"""The chart of any metrics, and figures that name their own seed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gen.analysis.seeds import SeedRuns
from gen.config.reader import load
from gen.errors import ConfigError, DivergedError
from gen.figures.figure import Figure
from gen.figures.loss import Loss
from gen.figures.metrics import Metrics
from gen.i18n import Words
from gen.site.figure_views import figure_views
from gen.site.results import TrainedModel
from tests.support import small_site
from tests.support.outcome_runs import case

EN = Words("en")
CASE = case("add", "one diverged")
RUN, OTHER = CASE.runs
RUNS = SeedRuns((RUN, OTHER), RUN.seed)
KNOWN = tuple(RUN.metrics)


def metrics(**settings: object) -> Metrics:
    return Metrics.model_validate({"model": "any", **settings})


def lines(figure: Metrics, runs: SeedRuns = RUNS) -> dict[str, str]:
    figure.check_views({}, tuple(runs.runs[0].metrics))
    return {series.label: series.key for series in figure.render(runs, EN).series}


def test_every_metric_has_a_line_and_a_pair_of_train_and_test_looks_as_elsewhere() -> None:
    everything = lines(metrics())
    assert set(everything) == {"train loss", "test loss", "train accuracy", "test accuracy"}
    assert set(everything.values()) == {"line-1", "line-2", "line-3", "line-4"}
    pair = metrics(metrics=["test_loss", "train_loss"])
    assert lines(pair) == {"test loss": "test", "train loss": "train"}
    assert pair.render(RUNS, EN).y.label == "Loss"


def test_a_metric_of_any_name_has_a_line_and_keeps_its_name() -> None:
    run = replace(RUN, metrics={**RUN.metrics, "grad_norm": RUN.metrics["test_loss"] * 3})
    runs = SeedRuns((run,), run.seed)
    assert lines(metrics(metrics=["grad_norm"]), runs) == {"grad_norm": "line-1"}
    assert metrics(metrics=["grad_norm"]).render(runs, EN).y.label == "grad_norm"


def test_seeds_are_lines_of_one_chart() -> None:
    figure = metrics(metrics=["test_loss"], seeds=[4, 3])
    assert lines(figure) == {"Seed 4": "line-1", "Seed 3": "line-2"}
    rows = list(csv.DictReader(io.StringIO(figure.csv(RUNS))))
    assert {row["seed"] for row in rows} == {"3", "4"}
    assert len(rows) == 2 * len(RUN.logged_steps)
    assert list(lines(metrics(metrics=["train_loss", "test_loss"], seeds=[3, 4]))) == [
        "train loss, seed 3",
        "train loss, seed 4",
        "test loss, seed 3",
        "test loss, seed 4",
    ]


def test_values_that_were_not_logged_are_left_out() -> None:
    rare = np.where(np.arange(len(RUN.logged_steps)) % 10, np.nan, 1.0)
    runs = SeedRuns((replace(RUN, metrics={"rare": rare}),), RUN.seed)
    figure = metrics()
    (line,) = figure.render(runs, EN).series
    assert line.x.tolist() == RUN.logged_steps[::10].tolist()
    assert next(csv.DictReader(io.StringIO(figure.csv(runs))))["rare"] == "1"


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_the_axis_contains_all_values(scale: str) -> None:
    values = np.linspace(-3.0, 5.0, len(RUN.logged_steps))
    runs = SeedRuns((replace(RUN, metrics={"any": values}),), RUN.seed)
    chart = metrics(scale=scale).render(runs, EN)
    shown = chart.series[0].y[np.isfinite(chart.series[0].y)]
    assert (shown > 0).all() == (scale == "log")
    assert chart.y.low <= shown.min() and shown.max() <= chart.y.high
    assert chart.y.logarithmic == (scale == "log")


def test_shares_have_the_accuracy_of_guessing_and_marks() -> None:
    runs = SeedRuns((replace(RUN, chance=0.25), OTHER), RUN.seed)
    chart = metrics(metrics=["train_accuracy", "test_accuracy"], scale="share").render(runs, EN)
    assert chart.level is not None and chart.level.y == 0.25
    unknown = replace(RUN)
    object.__setattr__(unknown, "chance", None)
    unknown = SeedRuns((unknown,), RUN.seed)
    assert metrics(metrics=["test_accuracy"], scale="share").render(unknown, EN).level is None
    assert [mark.key for mark in chart.marks] == ["train", "test"]
    assert not metrics(metrics=["train_accuracy"], seeds=[3, 4]).render(RUNS, EN).marks


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"metrics": ["loss"]}, 'no metric "loss"; known: train_accuracy, '),
        ({"metrics": ["test_loss", "test_loss"]}, "named twice"),
        ({"seeds": [0, 1, 2, 3]}, "16 lines, of 4 metrics of 4 seeds.*12 lines at most"),
        ({"seeds": [3], "seed": 3}, "take out seed or seeds"),
    ],
)
def test_what_cannot_be_shown_is_refused(settings: Mapping[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        metrics(**settings).check_views({}, KNOWN)


# --- Figures that name their own seed


def views(figure: Figure) -> list[tuple[str, int, int | None]]:
    trained = TrainedModel(CASE.model, CASE.runs, RUN, {3: "a", 4: "b"})
    found = figure_views({"f": figure}, {"any": trained})
    return [(view.stem, getattr(view.subject, "seed", -1), view.choice) for view in found]


def test_a_figure_shows_the_seed_that_it_names() -> None:
    good = replace(OTHER, failed_at=None)
    trained = TrainedModel(CASE.model, [RUN, good], RUN, {3: "a", 4: "b"})
    (view,) = figure_views({"f": Loss(model="any", seed=4)}, {"any": trained})
    assert view.subject is good and view.stem == "f"
    assert view.key == {"run": "b", "seed": 4}
    (usual,) = figure_views({"f": Loss(model="any")}, {"any": trained})
    assert usual.subject is RUN


def test_readers_choose_the_seed_of_a_chart_of_metrics() -> None:
    good = replace(OTHER, failed_at=None)
    trained = TrainedModel(CASE.model, [RUN, good], RUN, {3: "a", 4: "b"})
    figure = metrics(metrics=["test_loss"], every_seed=True)
    first, second = figure_views({"f": figure}, {"any": trained})
    assert (first.choice, second.choice) == (3, 4)
    assert first.data() != second.data()
    assert second.stem == "f.seed-4"


def test_a_diverged_seed_that_a_figure_names_is_an_error() -> None:
    with pytest.raises(DivergedError, match="seed 4 cannot be shown"):
        views(Loss(model="any", seed=4))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("seed = 9", "it names seed 9, which odd does not have"),
        ("seed = 0\nevery_seed = true", "readers cannot choose"),
    ],
)
def test_the_config_refuses_a_seed_that_is_not_trained(
    settings: str, message: str, tmp_path: Path
) -> None:
    small_site.write(tmp_path)
    path, text = tmp_path / "site" / "gen.toml", small_site.CONFIG
    path.write_text(f'{text}\n[figures.own]\nkind = "loss"\nmodel = "odd"\n{settings}\n')
    with pytest.raises(ConfigError, match=message):
        load(path)
    path.write_text(f'{text}\n[figures.own]\nkind = "loss"\nmodel = "odd"\nseed = 0\n')
    assert load(path).figures["own"]


def test_a_chart_names_only_trained_seeds(tmp_path: Path) -> None:
    chart = """
[figures.own]
kind = "metrics"
model = "odd"
metrics = ["test_loss"]
seeds = [0, 7]
"""
    small_site.write(tmp_path, small_site.CONFIG + chart)
    path = tmp_path / "site" / "gen.toml"
    with pytest.raises(ConfigError, match="it names seed 7"):
        load(path)
