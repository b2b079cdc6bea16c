"""The scripts that train a network in the page, run by node and compared with Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gen.networks.embedded import Embedded, circle
from gen.networks.network import Network
from gen.networks.perceptron import Perceptron
from gen.optimisers.adamw import AdamW
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Rows, Task
from gen.training.loop import Ensemble, Training, train
from tests.support.node import run_scripts

MATHS = ["network-maths.js", "train-maths.js"]
RUN = [*MATHS, "train-run.js"]

SUM = Modular(modulus=11, train_share=0.5)
DIFFERENCE = Modular(modulus=7, train_share=0.5, operation="subtract")
PRODUCT = Modular(modulus=7, train_share=0.5, operation="multiply")
PARITY = SparseParity(bits=8, signal_bits=3, train_rows=60, test_rows=40)
ON_CIRCLE = Embedded(embedding="circle", hidden=5)

CASES: list[tuple[str, Task, Network]] = [
    ("circle", SUM, ON_CIRCLE),
    ("tied circle", SUM, Embedded(embedding="circle", hidden=4, projections="tied")),
    ("squares", SUM, Embedded(embedding="circle", hidden=5, activation="square")),
    ("halves", DIFFERENCE, ON_CIRCLE),
    ("table", PRODUCT, Perceptron(hidden=6)),
    ("parity", PARITY, Perceptron(hidden=6)),
    ("parity of squares", PARITY, Perceptron(hidden=6, activation="square")),
]
PLAIN = AdamW(learning_rate=1e-2, betas=(0.9, 0.98), weight_decay=0.3, l1=1e-3)


def shape_of(task: Task, network: Any) -> dict[str, Any]:
    on_circle = isinstance(network, Embedded)
    return {
        "inputs": task.inputs,
        "outputs": task.outputs,
        "hidden": network.hidden,
        "embedding": "circle" if on_circle else "none",
        "tied": on_circle and network.projections == "tied",
        "activation": network.activation,
    }


def lists_of(rows: Rows) -> dict[str, Any]:
    """Return rows as the script keeps them: for each its inputs that are 1, twice for a 2."""
    counts = rows.inputs[0].astype(int)
    return {
        "lists": [np.repeat(np.arange(len(row)), row).tolist() for row in counts],
        "labels": rows.labels[0].tolist(),
    }


def given(task: Task, network: Network, steps: int = 1) -> dict[str, Any]:
    """Return what the scripts need for the first steps of seed 5."""
    data = task.draw(5)
    weights = network.init(task, 5)
    return {
        "network": shape_of(task, network),
        "optimiser": {"learningRate": 1e-2, "betas": [0.9, 0.98], "weightDecay": 0.3, "l1": 1e-3},
        "train": lists_of(data.train),
        "test": lists_of(data.test),
        "weights": {name: array.ravel().tolist() for name, array in weights.items()},
        "steps": steps,
    }


_MAKE = """
  const { Training, rowsOf } = grokreel.training;
  const read = ({ lists, labels }) => rowsOf(lists, labels);
  const weights = Object.fromEntries(
    Object.entries(given.weights).map(([name, values]) => [name, Float64Array.from(values)]),
  );
  const data = { train: read(given.train), test: read(given.test) };
  const training = new Training({ ...given, seed: 0 }, { data, weights });
"""


@pytest.mark.parametrize(("task", "network"), [case[1:] for case in CASES], ids=lambda _: "")
def test_steps_and_scores_are_those_of_python(task: Task, network: Network) -> None:
    steps = 3
    found, scores = run_scripts(
        MATHS,
        f"""(given) => {{{_MAKE}
          const before = training.score();
          for (let step = 0; step < given.steps; step += 1) training.step();
          const arrays = Object.entries(training.weights).map(([name, one]) => [name, [...one]]);
          return [Object.fromEntries(arrays), [before, training.score()]];
        }}""",
        given(task, network, steps),
    )
    settings = Training(steps=steps, log_every=steps, snapshot_every=steps)
    expected = train(Ensemble(task, network, settings, (5,), (PLAIN,)))
    for name, array in expected.parameters.items():
        np.testing.assert_allclose(found[name], array[0].ravel(), atol=1e-5)
    for place, score in enumerate(scores):
        for split in ("train", "test"):
            for metric in ("loss", "accuracy"):
                value = expected.metrics[f"{split}_{metric}"][0, place]
                assert score[split][metric] == pytest.approx(value, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize(("task", "network"), [case[1:] for case in CASES], ids=lambda _: "")
def test_the_gradient_is_that_of_the_loss(task: Task, network: Network) -> None:
    largest = run_scripts(
        MATHS,
        f"""(given) => {{{_MAKE}
          const net = training.network;
          const gradients = Object.fromEntries(
            Object.entries(weights).map(([name, one]) => [name, new Float64Array(one.length)]),
          );
          net.differentiate(data.train, weights, gradients);
          const step = 1e-6;
          let largest = 0;
          for (const [name, values] of Object.entries(weights)) {{
            for (let i = 0; i < values.length; i += 1) {{
              const kept = values[i];
              const losses = [kept + step, kept - step].map((moved) => {{
                values[i] = moved;
                return net.score(data.train, weights).loss;
              }});
              values[i] = kept;
              const slope = (losses[0] - losses[1]) / (2 * step);
              largest = Math.max(largest, Math.abs(slope - gradients[name][i]));
            }}
          }}
          return largest;
        }}""",
        given(task, network),
    )
    assert largest < 1e-7


def test_numbers_are_placed_on_the_same_circle() -> None:
    found = run_scripts(MATHS, "(points) => [...grokreel.network.circle(points)]", 13)
    np.testing.assert_allclose(found, circle(13).ravel(), atol=1e-12)


def test_random_numbers_are_those_of_their_source() -> None:
    """The generator follows its paper: the same words from a second implementation."""
    found = run_scripts(
        MATHS,
        """() => [[0, 3], [7, 1]].map(([seed, purpose]) => {
          const random = grokreel.training.generator(seed, purpose);
          return Array.from({ length: 40 }, random);
        })""",
    )
    assert found == [_uniform(0, 3, 40), _uniform(7, 1, 40)]


def _uniform(seed: int, purpose: int, count: int) -> list[float]:
    low = 0xFFFFFFFF
    state = (4 * seed + purpose) & low
    s: list[int] = []
    for _ in range(4):
        state = (state + 0x9E3779B9) & low
        word = (state ^ (state >> 16)) * 0x21F0AAAD & low
        word = (word ^ (word >> 15)) * 0x735A2D97 & low
        s.append(word ^ (word >> 15))

    def rotated(word: int, by: int) -> int:
        return (word << by | word >> (32 - by)) & low

    def following() -> int:
        word = rotated(s[1] * 5 & low, 7) * 9 & low
        shifted = s[1] << 9 & low
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = rotated(s[3], 11)
        return word

    return [((following() >> 5) * 2**26 + (following() >> 6)) / 2**53 for _ in range(count)]


def test_initial_weights_have_the_variance_of_python() -> None:
    values = run_scripts(
        MATHS,
        """() => {
          const { generator, truncatedNormal } = grokreel.training;
          return [...truncatedNormal(generator(1, 3), 20000, 0.25)];
        }""",
    )
    assert np.abs(values).max() <= 2 * 0.5 / 0.8796
    assert np.mean(values) == pytest.approx(0, abs=0.015)
    assert np.var(values) == pytest.approx(0.25, rel=0.03)


@pytest.mark.parametrize(
    "task", [SUM, DIFFERENCE, PRODUCT, PARITY], ids=["sum", "difference", "product", "parity"]
)
def test_rows_are_those_of_the_task_in_another_order(task: Task) -> None:
    modular = isinstance(task, Modular)
    drawn = run_scripts(
        MATHS,
        """([task, seed]) => {
          const { train, test } = grokreel.training.drawRows(task, seed);
          const lists = ({ starts, ones, labels }) =>
            [...labels].map((label, row) => [...ones.slice(starts[row], starts[row + 1]), label]);
          return [lists(train), lists(test)];
        }""",
        [_task_for_page(task), 4],
    )
    assert tuple(len(split) for split in drawn) == task.rows
    rows = [tuple(row) for split in drawn for row in split]
    if modular:
        data = [lists_of(split) for split in (task.draw(0).train, task.draw(0).test)]
        every = [
            (*ones, label)
            for split in data
            for ones, label in zip(split["lists"], split["labels"], strict=True)
        ]
        assert sorted(rows) == sorted(every)
    else:
        assert isinstance(task, SparseParity)
        for *ones, label in rows:
            assert ones[-1] == task.bits
            assert label == sum(one < task.signal_bits for one in ones) % 2
        assert np.mean([len(row) - 2 for row in rows]) == pytest.approx(task.bits / 2, abs=0.5)


def _task_for_page(task: Task) -> dict[str, Any]:
    if isinstance(task, Modular):
        return {
            "kind": "modular",
            "outputs": task.outputs,
            "halves": task.halves,
            "difference": task.operation == "subtract",
            "trainRows": task.rows[0],
        }
    assert isinstance(task, SparseParity)
    return {
        "kind": "sparse-parity",
        "bits": task.bits,
        "signalBits": task.signal_bits,
        "trainRows": task.train_rows,
        "testRows": task.test_rows,
    }


_VIEWS = [
    {"name": "A", "rows": 2, "columns": 5, "axes": ["dimension", "neuron"], "reach": 40.0},
    {"name": "B", "rows": 5, "columns": 2, "axes": ["neuron", "dimension"], "reach": 1000.0},
]


def five_neurons(modulus: int, steps: int, rate: float, snapshots: int) -> dict[str, Any]:
    """Return the settings of a run of five neurons in a page."""
    task = Modular(modulus=modulus, train_share=0.3)
    return {
        "task": _task_for_page(task),
        "network": shape_of(task, ON_CIRCLE),
        "optimiser": {"learningRate": rate, "betas": [0.9, 0.98], "weightDecay": 1e-3, "l1": 0},
        "views": _VIEWS,
        "steps": np.linspace(0, steps, snapshots).round().astype(int).tolist(),
        "names": [3, 0, 4, 1, 2],
        "sort": "angle",
    }


def test_five_neurons_generalise_in_a_page() -> None:
    accuracy = run_scripts(
        RUN,
        """(settings) => {
          const run = new grokreel.training.OwnRun({ ...settings, seed: 1 }, 2400);
          while (!run.ended) run.advance();
          return run.scores.map(({ train, test }) => [train, test]);
        }""",
        five_neurons(67, 2400, 3e-2, 5),
    )
    assert len(accuracy) == 5
    assert max(accuracy[0]) < 0.1
    assert accuracy[-1][1] > 0.9, "right on sums that it was not shown"


def test_a_seed_has_one_run() -> None:
    first, again, other = run_scripts(
        RUN,
        """(settings) => [3, 3, 4].map((seed) => {
          const run = new grokreel.training.OwnRun({ ...settings, seed }, 40);
          while (!run.ended) run.advance();
          return [run.scores, [...run.matrix("A", 2)], [...run.matrix("B", 2)]];
        })""",
        five_neurons(13, 40, 1e-2, 3),
    )
    assert first == again
    assert first[1] != other[1]


def test_a_run_stands_in_the_place_of_a_pack() -> None:
    """Its neurons have the names at which scenes look for the first, the second, … by angle."""
    settings = five_neurons(13, 40, 1e-2, 3)
    a, b, weights = run_scripts(
        RUN,
        """(settings) => {
          const run = new grokreel.training.OwnRun({ ...settings, seed: 3 }, 40);
          while (!run.ended) run.advance();
          const { A, B } = run.training.weights;
          return [[...run.matrix("A", 2)], [...run.matrix("B", 2)], [[...A], [...B]]];
        }""",
        settings,
    )
    own_a, own_b = np.reshape(weights[0], (2, 5)), np.reshape(weights[1], (5, 2))
    order = np.argsort(np.arctan2(own_a[1], own_a[0]))
    names = settings["names"]
    np.testing.assert_allclose(np.reshape(a, (2, 5))[:, names], own_a[:, order], rtol=1e-6)
    np.testing.assert_allclose(np.reshape(b, (5, 2))[names], own_b[order], rtol=1e-6)


def test_views_that_leave_the_axes_are_drawn_smaller() -> None:
    settings = five_neurons(13, 40, 1e-2, 3)
    settings["views"] = [{**_VIEWS[0], "reach": 0.25}, {**_VIEWS[1], "reach": 0.25}]
    factors, drawn, largest = run_scripts(
        RUN,
        """(settings) => {
          const run = new grokreel.training.OwnRun({ ...settings, seed: 3 }, 40);
          run.show({ layers: [{ type: "points", points: { view: "A" } }, { type: "cells" }] });
          while (!run.ended) run.advance();
          const most = (values) => Math.max(...values.map(Math.abs));
          const all = [0, 1, 2].map((snapshot) => most([...run.matrix("A", snapshot)]));
          return [["A", "B"].map((name) => run.factor(name)), Math.max(...all),
            run.view("A").largest];
        }""",
        settings,
    )
    assert factors[1] == 1, "B is drawn as cells alone"
    assert factors[0] in {2.0**-power for power in range(1, 12)}
    assert drawn == pytest.approx(largest * factors[0])
    assert 0.125 < drawn <= 0.25


def test_a_run_that_breaks_down_ends() -> None:
    count, failed, ended = run_scripts(
        RUN,
        """(settings) => {
          const run = new grokreel.training.OwnRun({ ...settings, seed: 0 }, 4000);
          for (const values of Object.values(run.training.weights)) values.fill(NaN);
          while (!run.ended) run.advance();
          return [run.count, run.failed, run.ended];
        }""",
        five_neurons(13, 4000, 1e-2, 401),
    )
    assert (count, failed, ended) == (2, True, True)
