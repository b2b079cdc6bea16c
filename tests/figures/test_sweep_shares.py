"""The chart of the share of models that generalise: counts, axis, table, and what it refuses."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gen.analysis.sweep_outcomes import SweepRun
from gen.analysis.sweep_shares import shares
from gen.charts.chart import values_axis
from gen.charts.svg import standalone_svg, to_svg
from gen.config.reader import load
from gen.errors import ConfigError
from gen.experiments.sweep import Axis
from gen.figures.sweep_shares import SweepShares
from gen.i18n import Words
from gen.site.assemble import Placer
from gen.site.figure_views import FigureView
from gen.site.pages.figures import PlacedChart
from gen.site.pages.render import render_pages
from gen.site.stills import ChartStill
from tests.support import small_site
from tests.support.article import article_config
from tests.support.naive_sweeps import outcome
from tests.support.small_pages import FRONT, TEMPLATES, site
from tests.support.sweep_runs import small_sweep_run, sweep_run

EN = Words("en")
FIGURE = SweepShares(sweep="grid", along="task.train_rows", lines="network.hidden")


def three_axes() -> SweepRun:
    """Return a run of the sweep of the article, with models that diverged or are missing."""
    run = sweep_run(article_config().sweeps["parity-sweep"])
    for number, place in enumerate(np.ndindex(run.trained.shape)):
        run.failed_at[place] = 500 if number % 7 == 0 else -1
        run.trained[place] = number % 5 > 0
    return run


def test_every_point_counts_all_models_with_its_values() -> None:
    run = three_axes()
    cells = list(product(*(axis.values for axis in run.axes)))
    for first, second in ((0, 2), (2, 0), (1, 2)):
        found = shares(run, first, second)
        for row, one in enumerate(run.axes[first].values):
            for column, two in enumerate(run.axes[second].values):
                ends = [
                    outcome(run, (cell, seed))
                    for cell, values in enumerate(cells)
                    for seed in range(len(run.seeds))
                    if (values[first], values[second]) == (one, two)
                ]
                trained = len(ends) - ends.count("untrained")
                generalise = ends.count("groks") + ends.count("together")
                assert found.trained[row, column] == trained < len(ends)
                assert found.generalise[row, column] == generalise
    alone = shares(run, 2)
    assert alone.trained.tolist() == shares(run, 0, 2).trained.sum(axis=0).tolist()


def test_a_line_for_each_value_and_a_single_one_without_lines() -> None:
    run = small_sweep_run()
    chart = FIGURE.render(run, EN)
    assert [line.label for line in chart.series] == ["neurons 4", "neurons 8", "neurons 12"]
    assert all(line.x.tolist() == [60, 80] for line in chart.series)
    # Outcomes come in turn: groks, together, memorises, never; one diverges, one is missing.
    assert [line.y.tolist() for line in chart.series] == [
        [2 / 3, 1 / 3],
        [2 / 3, 2 / 3],
        [1 / 3, 1 / 2],
    ]
    (alone,) = SweepShares(sweep="grid", along="network.hidden").render(run, EN).series
    assert alone.y.tolist() == [3 / 6, 4 / 6, 2 / 5]


def test_values_are_in_order_from_left_to_right() -> None:
    run = small_sweep_run()
    turned = replace(run, axes=(Axis("task", "train_rows", (80, 60)), run.axes[1]))
    line, *_ = FIGURE.render(turned, EN).series
    before, *_ = FIGURE.render(run, EN).series
    assert line.x.tolist() == [60, 80]
    assert line.y.tolist() == before.y.tolist()[::-1]
    assert next(csv.DictReader(io.StringIO(FIGURE.csv(turned))))["train_rows"] == "60"


def test_where_no_model_is_trained_there_is_no_point() -> None:
    run = small_sweep_run()
    run.trained[1] = False
    middle = FIGURE.render(run, EN).series[1]
    assert np.isnan(middle.y[0]) and np.isfinite(middle.y[1])
    row = list(csv.DictReader(io.StringIO(FIGURE.csv(run))))[2]
    assert (row["trained"], row["generalise"], row["share"]) == ("0", "0", "")
    assert "neurons 8: 2 of 3 at 80." in FIGURE.alt(run, EN)
    assert "of 14 of 18 models" in FIGURE.alt(run, EN)
    run.trained[:] = False
    assert "neurons 8: no model is trained yet." in FIGURE.alt(run, EN)
    assert np.isnan(FIGURE.render(run, EN).series[0].y).all()


def test_the_table_has_a_row_for_each_point() -> None:
    rows = list(csv.DictReader(io.StringIO(FIGURE.csv(small_sweep_run()))))
    assert len(rows) == 6
    assert rows[-1] == {
        "hidden": "12", "train_rows": "80", "trained": "2", "generalise": "1", "share": "0.5",
    }  # fmt: skip
    alone = SweepShares(sweep="grid", along="network.hidden").csv(small_sweep_run())
    assert alone.splitlines()[0] == "hidden,trained,generalise,share"
    assert len(alone.splitlines()) == 4


@pytest.mark.parametrize(
    ("values", "logarithmic", "labels"),
    [
        ([750, 1000, 1250, 1500, 1750], False, ["750", "1,000", "1,250", "1,500", "1,750"]),
        ([0.01, 0.03, 0.1, 0.3, 1.0], True, ["0.01", "0.03", "0.1", "0.3", "1"]),
        ([0.0, 0.1, 1.0], False, ["0", "0.1", "1"]),
        ([1.0, 1.01, 2.0], False, ["1", "1.5", "2"]),  # too close
        (list(range(20)), False, ["0", "5", "10", "15"]),  # too many
    ],
)
def test_the_axis_has_the_values_as_ticks_and_is_logarithmic_over_decades(
    values: list[float], logarithmic: bool, labels: list[str]
) -> None:
    axis = values_axis("x", list(map(float, values)), EN)
    assert axis.logarithmic == logarithmic
    assert (axis.low, axis.high) == (values[0], values[-1])
    assert [tick.label for tick in axis.ticks] == labels


def test_each_point_has_a_dot_on_pages_and_in_files() -> None:
    run = small_sweep_run()
    run.trained[1] = False
    chart = FIGURE.render(run, EN)
    for markup, shapes in ((to_svg(chart, "c", ""), 2), (standalone_svg(chart, ""), 1)):
        assert markup.count("<circle") == 5 * shapes  # one point has no model


# The page.


def placed(figure: SweepShares, tmp_path: Path) -> PlacedChart:
    small_site.write(tmp_path)
    config = load(tmp_path / "site" / "gen.toml")
    view = FigureView("shares", figure, small_sweep_run(), None)
    placer = Placer(config, {}, {}, {"shares": "data/shares.csv"}, EN, "")
    still = view.still(EN)
    assert isinstance(still, ChartStill)
    placer.files = {"data/shares.csv": b"0"}
    return placer._chart(view, still)


def test_no_timeline_leads_a_chart_over_settings(tmp_path: Path) -> None:
    chart = placed(FIGURE, tmp_path)
    assert (chart.model, chart.timing, chart.lines) == ("", "", ())
    assert "data-first-step" not in chart.svg
    sources = {"index": FRONT + "::: figure shares\nShares.\n:::\n"}
    pages = render_pages(site("index"), "en", sources, {"shares": chart}, {}, EN, TEMPLATES)
    (page,) = (text for path, text in pages.items() if path.endswith("index.html"))
    figure = re.search(r'<figure class="plot".*?</figure>', page, re.DOTALL)
    assert figure is not None
    assert "data-model" not in figure[0] and 'class="timing"' not in figure[0]
    assert 'class="reading"' not in figure[0]
    assert "assets/timeline" not in page


# What it refuses.


def write(tmp_path: Path, keys: str, grid: str) -> Path:
    small_site.write(
        tmp_path,
        small_site.CONFIG
        + f'\n[sweeps.grid]\nbase = "odd"\nseeds = 1\n[sweeps.grid.grid]\n{grid}\n'
        + f'[figures.shares]\nkind = "sweep-shares"\nsweep = "grid"\n{keys}\n',
    )
    return tmp_path / "site" / "gen.toml"


GRID = """network.hidden = [4, 8]
optimiser.learning_rate = [0.1]
optimiser.pull = [{ name = "none", weight_decay = 0.0 }, { name = "much", weight_decay = 1.0 }]"""


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (
            'along = "hidden"',
            'names "hidden", which grid does not vary; did you mean "network.hidd',
        ),
        ('along = "x"', "does not vary; use one of: network.hidden, optimiser.learning_rate, opt"),
        ('along = "optimiser.pull"', "values are not numbers; use one of: network.hidden"),
        ('along = "optimiser.learning_rate"', "has a single value; a line needs two or more"),
        ('along = "network.hidden"\nlines = "network.hidden"', "same setting; leave lines out"),
        ('along = "network.hidden"\nlines = "task.bits"', 'lines names "task.bits", which grid'),
        ("", "along"),
    ],
)
def test_what_it_cannot_show_is_refused_in_one_line(keys: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(write(tmp_path, keys, GRID))
    assert said in str(error.value)
    assert "shares" in str(error.value)


def test_lines_can_be_choices_but_not_more_than_can_be_told_apart(tmp_path: Path) -> None:
    both = 'along = "network.hidden"\nlines = "optimiser.pull"'
    config = load(write(tmp_path, both, GRID))
    figure: Any = config.figures["shares"]
    lines = figure.render(sweep_run(config.sweeps["grid"]), EN).series
    assert [line.label for line in lines] == ["none", "much"]
    many = GRID.replace("[4, 8]", str(list(range(4, 17))))
    keys = 'along = "optimiser.learning_rate"\nlines = "network.hidden"'
    with pytest.raises(ConfigError, match=r"13 values of network.hidden.*12 lines at most"):
        load(write(tmp_path, keys, many.replace("[0.1]", "[0.1, 0.2]")))
