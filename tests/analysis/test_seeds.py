"""All seeds of a model: a row and a chart for each, marked where the page shows it."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from gen.analysis.neuron_groups import settled_frequencies
from gen.analysis.seeds import COLUMNS, SeedRuns, seeds_table
from gen.figures.seeds import Seeds
from gen.i18n import Words
from tests.support.line_runs import parity_run, waves_run

EN = Words("en")
NEVER = float("inf")
FIGURE = Seeds(model="m")


def broken() -> dict[str, np.ndarray]:
    return {name: np.full_like(values, np.nan) for name, values in waves_run().metrics.items()}


SEEDS = SeedRuns(
    (
        replace(waves_run(frequencies=(21, 13, 5)), seed=3),
        replace(waves_run(generalises=NEVER), seed=4),
        replace(waves_run(), seed=9, metrics=broken(), failed_at=250),
    ),
    shown=3,
)


def test_a_model_settles_on_few_frequencies_with_neurons_for_each() -> None:
    assert settled_frequencies(SEEDS.runs[0]) == {5: 8, 13: 8, 21: 8}
    assert settled_frequencies(parity_run()) == {}


def test_the_table_has_a_row_a_seed() -> None:
    rows = list(csv.DictReader(io.StringIO(seeds_table(SEEDS))))
    assert tuple(rows[0]) == COLUMNS
    assert [row["seed"] for row in rows] == ["3", "4", "9"]
    assert (rows[0]["frequencies"], rows[0]["neurons"]) == ("5 13 21", "8 8 8")
    metrics = SEEDS.runs[0].metrics
    assert float(rows[0]["min_test_loss"]) == pytest.approx(metrics["test_loss"].min(), rel=1e-5)
    assert int(rows[0]["memorised_at"]) < int(rows[0]["generalised_at"])
    assert rows[1]["generalised_at"] == ""
    assert rows[2]["min_train_loss"] == rows[2]["memorised_at"] == ""


def test_every_seed_has_a_chart_on_one_scale_and_says_what_happened() -> None:
    charts = FIGURE.render(SEEDS, EN).drawing
    assert [chart.name for chart in charts] == ["Seed 3", "Seed 4", "Seed 9"]
    assert [chart.shown for chart in charts] == [True, False, False]
    assert charts[0].frequencies == "k = 5, 13, 21"
    assert charts[0].happened.startswith("generalises at ")
    assert charts[1].happened == "not by step 50,000"
    assert charts[2].happened == "broke down at 250"
    drawn = [ET.fromstring(chart.svg) for chart in charts]
    lines = [[path.attrib["class"] for path in svg.findall("path")] for svg in drawn]
    assert lines == [["line test", "line train"]] * 2 + [[]]
    assert [len(svg.findall("circle")) for svg in drawn] == [1, 0, 0]
    grids = [[line.attrib["y1"] for line in svg.findall("line[@class='grid']")] for svg in drawn]
    assert grids[0] == grids[1] == grids[2]


def test_readers_who_do_not_see_it_are_told_which_generalise() -> None:
    alt = FIGURE.alt(SEEDS, EN)
    assert "3 models" in alt and "3 at step" in alt and "4 at step" not in alt
    assert "None" in FIGURE.alt(SeedRuns(SEEDS.runs[1:2], 4), EN)


def test_models_of_any_task_can_be_put_side_by_side() -> None:
    (chart,) = FIGURE.render(SeedRuns((parity_run(),), 0), EN).drawing
    assert chart.frequencies == "" and chart.happened.startswith("generalises")
