"""The chart that compares models: lines, dots, names, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gen.analysis.seeds import SeedRuns
from gen.charts.svg import STYLE, standalone_svg, to_svg
from gen.config.reader import load
from gen.errors import ConfigError
from gen.experiments.runs import ModelRun
from gen.figures.compare import Compare
from gen.i18n import Words
from gen.languages.catalogues import OwnTexts
from gen.site.figure_views import figure_views
from gen.site.results import TrainedModel
from tests.support import small_site
from tests.support.outcome_runs import case

EN = Words("en")
FIGURE = Compare(models=["fast", "slow"])
FAST, SLOW = case("add", "generalised"), case("add", "memorised")


def seeds(*runs: ModelRun) -> SeedRuns[ModelRun]:
    return SeedRuns(runs, runs[0].seed)


BOTH = (seeds(*FAST.runs), seeds(*SLOW.runs))


def with_accuracy(run: ModelRun, values: np.ndarray) -> ModelRun:
    return replace(run, metrics={**run.metrics, "test_accuracy": values})


def test_every_model_has_a_line_for_the_median_and_thin_ones_for_its_seeds() -> None:
    steps = FAST.chosen.logged_steps
    levels = (0.2, 0.3, 0.9)
    runs = [
        replace(with_accuracy(FAST.chosen, np.full(len(steps), level)), seed=seed)
        for seed, level in enumerate(levels)
    ]
    chart = FIGURE.render((seeds(*runs), seeds(*runs[:1])), EN)
    # Only seed 0 is in both.
    assert [set(series.y.tolist()) for series in chart.series] == [{0.2}, {0.2}]
    chart = FIGURE.render((seeds(*runs), seeds(*runs)), EN)
    assert [set(series.y.tolist()) for series in chart.series] == [{0.3}, {0.3}]
    assert [series.key for series in chart.series] == ["line-1", "line-2"]
    assert [(trace.key, trace.y[0]) for trace in chart.traces] == [
        (key, level) for key in ("line-1", "line-2") for level in levels
    ]


def test_dots_are_where_seeds_generalise_and_names_count_them() -> None:
    chart = FIGURE.render(BOTH, EN)
    assert [series.label for series in chart.series] == ["fast: 1 of 2", "slow: 0 of 2"]
    first, *others = chart.traces
    assert first.event is not None
    at = first.x.tolist().index(first.event)
    assert first.y[at:].min() >= 0.99 > first.y[at - 1]
    assert {trace.event for trace in others} == {None}
    assert to_svg(chart, "c", "").count('class="event line-1"') == 2  # wide and narrow


def test_a_diverged_seed_counts_as_one_that_does_not_generalise() -> None:
    broken = case("add", "one diverged")
    chart = FIGURE.render((seeds(*broken.runs), BOTH[1]), EN)
    assert chart.series[0].label == "fast: 1 of 2"
    assert np.isfinite(chart.series[0].y).all()


def test_the_description_tells_equal_ends_once_and_that_all_seeds_diverged() -> None:
    steps = FAST.chosen.logged_steps
    equal = [with_accuracy(run, np.full(len(steps), 1.0)) for run in FAST.runs]
    lost = [replace(run, failed_at=int(steps[1])) for run in SLOW.runs]
    text = FIGURE.alt((seeds(*equal), seeds(*lost)), EN)
    assert "at the end 100 % of the new rows are right" in text.replace("100%", "100 %")
    assert "slow: all 2 diverged." in text
    assert "from " in FIGURE.alt(BOTH, EN) and "nan" not in text


def test_lines_end_where_the_training_of_their_model_ends() -> None:
    half = len(FAST.chosen.logged_steps) // 2
    short = [
        replace(
            run,
            logged_steps=run.logged_steps[:half],
            metrics={name: values[:half] for name, values in run.metrics.items()},
        )
        for run in FAST.runs
    ]
    chart = FIGURE.render((seeds(*short), BOTH[1]), EN)
    assert chart.x.high == SLOW.chosen.logged_steps[-1]
    assert [series.x[-1] for series in chart.series] == [
        short[0].logged_steps[-1],
        SLOW.chosen.logged_steps[-1],
    ]


def test_a_model_has_the_name_that_the_language_gives_it() -> None:
    words = Words("en", {"en": OwnTexts("en.toml", {"model.fast": "With decay"})})
    assert FIGURE.render(BOTH, words).series[0].label == "With decay: 1 of 2"


def test_the_table_has_a_row_for_each_model_seed_and_step() -> None:
    rows = list(csv.DictReader(io.StringIO(FIGURE.csv(BOTH))))
    assert len(rows) == 4 * len(FAST.chosen.logged_steps)
    assert {(row["model"], row["seed"]) for row in rows} == {
        (model, seed) for model in ("fast", "slow") for seed in ("3", "4")
    }
    one = Compare(models=["fast", "slow"], seeds=[4])
    assert {row["seed"] for row in csv.DictReader(io.StringIO(one.csv(BOTH)))} == {"4"}


def test_chance_is_a_level_if_it_is_the_same_for_all_models() -> None:
    assert FIGURE.render(BOTH, EN).level is not None
    parity = case("parity", "generalised")
    assert FIGURE.render((BOTH[0], seeds(*parity.runs)), EN).level is None


def test_thin_lines_and_dots_have_the_colours_of_their_model_on_pages_and_in_files() -> None:
    chart = FIGURE.render(BOTH[::-1], EN)
    for kind in ("thin", "event"):
        assert f'class="{kind} line-2"' in to_svg(chart, "c", "")
        assert f".chart .{kind}.line-2 {{" in STYLE
    text = standalone_svg(chart, "")
    assert "class=" not in text
    widths = re.findall(r'<path[^>]*stroke-width="(\d)"', text)
    assert widths.count("1") == 4
    assert widths.count("2") == 2


SITE = """
[figures.both]
kind = "compare"
models = {models}
"""


def read(tmp_path: Path, models: list[str], extra: str = "") -> object:
    small_site.write(tmp_path, small_site.CONFIG + SITE.format(models=models) + extra)
    return load(tmp_path / "site" / "gen.toml").figures["both"]


@pytest.mark.parametrize(
    ("models", "extra", "said"),
    [
        (["sum", "nothing"], "", 'there is no model "nothing"'),
        (["sum", "sum"], "", "models names a model twice"),
        (["sum"], "", "at least 2"),
        (["sum", "odd"], "seeds = [0, 0]", "seeds names a seed twice"),
        (["sum", "odd"], "seeds = [17]", "does not have seed 17"),
    ],
)
def test_models_that_cannot_be_compared_are_refused(
    tmp_path: Path, models: list[str], extra: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        read(tmp_path, models, extra)


def test_the_figure_waits_until_all_its_models_are_trained() -> None:
    results = {
        name: TrainedModel(one.model, one.runs, one.chosen, {})
        for name, one in (("fast", FAST), ("slow", SLOW))
    }
    (view,) = figure_views({"both": FIGURE}, results)
    assert view.timeline == "both"
    assert view.run is None
    assert not list(figure_views({"both": FIGURE}, {"fast": results["fast"]}))


def test_a_page_shows_the_figure_on_a_timeline_of_its_own(tmp_path: Path) -> None:
    config = small_site.CONFIG + SITE.format(models=["sum", "odd"])
    small_site.build_here(tmp_path, config, small_site.PAGE + "\n::: figure both\nBoth.\n:::\n")
    page = (tmp_path / "_site" / "index.html").read_text()
    (figure,) = re.findall(r'<figure class="plot" id="figure-both".*?</figure>', page, re.DOTALL)
    assert 'data-model="both"' in figure
    timing = re.search(r'class="timing"[^>]*>(.*?)</script>', figure, re.DOTALL)
    assert timing is not None
    found = json.loads(timing[1])
    assert found["marks"] == []
    assert [curve["steps"][-1] for curve in found["curves"][0]] == [60, 50]
    table = (tmp_path / "_site" / "data" / "both.csv").read_text()
    assert table.startswith("model,seed,step,test_accuracy\nsum,0,0,")
