"""The figure of interventions: what it can show, its map, its table, and what its script gets."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from gen.analysis.interventions import (
    answers,
    count_right,
    right_answers,
    silenced,
    without_double_waves,
)
from gen.analysis.neuron_groups import neuron_order
from gen.analysis.pairs import PairWeights, read_pairs
from gen.figures.intervene import Intervene
from gen.i18n import Words
from gen.interactive.pack import pack_of
from gen.networks.embedded import Embedded
from gen.networks.network import Network
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from gen.widgets.intervene import squares
from gen.widgets.intervene_effects import final_pairs, frequencies_of
from tests.support.line_runs import parity_run, solved_run
from tests.support.pair_runs import circle_pair_run, pair_run

EN = Words("en")
FIGURE = Intervene(model="m")
WRONG = pair_run("add", "memorised")


def _modular(**settings: object) -> Modular:
    return Modular.model_validate({"modulus": 67, "train_share": 0.4, **settings})


def _embedded(hidden: int) -> Embedded:
    return Embedded(embedding="learned", width=8, hidden=hidden)


@pytest.mark.parametrize(
    ("task", "network", "message"),
    [
        (
            SparseParity(bits=9, signal_bits=2, train_rows=9, test_rows=9),
            Perceptron(hidden=4),
            'needs modular arithmetic.* the task is "sparse-parity"',
        ),
        (_modular(operation="subtract"), _embedded(8), "the weights of both numbers, but W_in"),
        (_modular(ordered=True), _embedded(8), 'perceptron" has all 134 rows'),
        (_modular(), _embedded(129), "129 neurons are too many to choose from; the limit is 128"),
        (_modular(modulus=173), _embedded(24), "take 62,[0-9]+,[0-9]+ products at every step"),
    ],
)
def test_it_refuses_what_a_page_cannot_compute(task: Task, network: Network, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FIGURE.check(task, network)


@pytest.mark.parametrize("operation", ["add", "subtract", "multiply"])
def test_it_takes_networks_with_a_weight_for_each_input(operation: str) -> None:
    FIGURE.check(_modular(operation=operation), Perceptron(hidden=24))


def test_a_number_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"b = 67 is out of range \(0 to 66\)"):
        Intervene(model="m", b=67).check(_modular(), _embedded(8))
    with pytest.raises(ValueError, match=r"a = 0 is out of range \(1 to 66\)"):
        Intervene(model="m", a=0).check(_modular(operation="multiply"), _embedded(8))


def test_the_map_marks_every_wrong_answer() -> None:
    drawing = FIGURE.render(WRONG, EN).drawing
    weights = final_pairs(WRONG)
    wrong = answers(weights) != right_answers(weights)
    assert wrong.any() and not wrong.all()
    seen = np.zeros_like(wrong)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", drawing.wrong):
        seen[int(x) : int(x) + int(width), len(wrong) - 1 - int(y)] = True
    assert np.array_equal(seen, wrong)
    assert squares(np.zeros((3, 3), bool)) == ""


def test_answers_are_those_of_the_network_itself() -> None:
    run = circle_pair_run("subtract", "memorised")
    weights = read_pairs(run)
    assert weights is not None
    rows = run.task.draw(0)
    inputs = np.concatenate([rows.train.inputs[0], rows.test.inputs[0]])
    labels = np.concatenate([rows.train.labels[0], rows.test.labels[0]])
    w_in = np.concatenate([weights.first, weights.second])
    right = (np.maximum(inputs @ w_in, 0) @ weights.out).argmax(axis=1) == labels
    assert count_right(weights) == (int(right.sum()), len(labels))


def test_the_table_tells_what_is_right_without_each_part() -> None:
    run = solved_run()
    rows = list(csv.DictReader(io.StringIO(FIGURE.csv(run))))
    found = {row["silenced"]: int(row["right"]) for row in rows}
    weights, order = final_pairs(run), neuron_order(run).tolist()
    assert found["none"] == count_right(weights)[0]
    assert found["n7"] == count_right(silenced(weights, [order[7]]))[0]
    group = [neuron for neuron, k in frequencies_of(run).items() if k == 13]
    assert found["k13"] == count_right(silenced(weights, group))[0]
    assert found["double"] == count_right(without_double_waves(weights, frequencies_of(run)))[0]
    assert [name for name in found if name[0] == "k"] == ["k5", "k13", "k21", "k30"]
    assert all(float(row["accuracy"]) == pytest.approx(int(row["right"]) / 2278) for row in rows)


def test_double_waves_go_and_all_others_stay() -> None:
    p = 11
    angle = 2 * np.pi * np.arange(p)[:, None] / p
    main, double = np.cos(4 * angle - 1), 0.3 * np.cos(8 * angle + 0.5)
    weights = PairWeights(main + double, main + double, np.ones((1, p)), 1, "relu")
    without = without_double_waves(weights, {0: 4})
    np.testing.assert_allclose(without.first, main, atol=1e-12)
    np.testing.assert_allclose(without.second, main, atol=1e-12)
    np.testing.assert_allclose(without_double_waves(weights, {}).first, main + double)


def test_the_script_gets_exact_counts_where_they_are_logged() -> None:
    data = json.loads(FIGURE.render(WRONG, EN).drawing.data)
    train, test = WRONG.task.rows
    logged = dict(zip(WRONG.logged_steps.tolist(), range(len(WRONG.logged_steps)), strict=True))
    wanted = [
        round(
            WRONG.metrics["train_accuracy"][logged[step]] * train
            + WRONG.metrics["test_accuracy"][logged[step]] * test
        )
        for step in WRONG.snapshot_steps.tolist()
    ]
    assert data["exact"] == wanted
    between = replace(WRONG, snapshot_steps=np.array([0, 99, 200, 300]))
    assert json.loads(FIGURE.render(between, EN).drawing.data)["exact"][1] is None


def test_a_pack_says_what_network_its_weights_are_of() -> None:
    model = json.loads(pack_of(pair_run("multiply")))["model"]
    assert model["task"] == {
        "kind": "modular",
        "operation": "multiply",
        "modulus": 17,
        "numbers": 16,
        "inputs": 16,
        "ordered": False,
    }
    assert model["network"] == {"kind": "embedded", "activation": "relu", "circle": False}
    bits = json.loads(pack_of(parity_run(snapshots=3)))["model"]
    assert bits["task"] == {"kind": "sparse-parity", "bits": 30, "signal_bits": 3}
    assert json.loads(pack_of(circle_pair_run("add")))["model"]["network"]["circle"]
