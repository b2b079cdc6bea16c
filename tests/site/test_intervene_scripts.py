"""The scripts of the figure of interventions compute what Python computes, run by node."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gen.analysis.interventions import (
    answers,
    count_right,
    double_frequency,
    silenced,
    without_double_waves,
)
from gen.analysis.neuron_groups import neuron_order
from gen.analysis.pairs import PairWeights, read_pairs
from gen.experiments.runs import ModelRun
from gen.interactive.model import model_of
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from tests.support.intervene_page import final_frequencies
from tests.support.node import run_scripts
from tests.support.pair_runs import Outcome, circle_pair_run, pair_run

_SCRIPTS = ["network-maths.js", "interventions.js"]

# A pack of one snapshot, as the figure knows it.
_PACK = """
  const packOf = ({ model, views }) => ({
    model,
    view: (name) => views[name],
    matrix: (name) => Float32Array.from(views[name].values),
  });
"""


def pack(run: ModelRun, snapshot: int = -1) -> dict[str, Any]:
    """Return the snapshot as the page would decode it, except that its weights are exact."""
    views = {
        name: {
            "rows": view.shape[1],
            "columns": view.shape[2],
            "values": view[snapshot].ravel().tolist(),
        }
        for name, view in run.views.items()
    }
    return {"model": model_of(run), "views": views}


def exact(run: ModelRun, snapshot: int = -1) -> PairWeights:
    """Return the weights without rounding to 8 bits."""
    w_in, w_out = (view[snapshot].astype(np.float64) for view in run.views.values())
    p = w_out.shape[1]
    ordered = len(w_in) == 2 * p
    operation = run.task.operation  # type: ignore[attr-defined]
    second = w_in[p:] if ordered else w_in
    square = run.network.activation  # type: ignore[attr-defined]
    return PairWeights(
        w_in[:p], second, w_out, -1 if operation == "subtract" else 1, square, ordered
    )


def ordered_run(operation: str) -> ModelRun:
    """Return a perceptron that sees the order of the two numbers."""
    random = np.random.default_rng(7)
    task = Modular(operation=operation, modulus=9, ordered=True, train_share=0.5)  # type: ignore[arg-type]
    views = {
        "W_in": random.normal(size=(4, 18, 6)).astype(np.float32),
        "W_out": random.normal(size=(4, 6, 9)).astype(np.float32),
    }
    return replace(
        pair_run("add", modulus=9, frequencies=(2,), neurons=6),
        task=task,
        network=Perceptron(hidden=6, activation="square"),
        views=views,
    )


RUNS = {
    "add": pair_run("add", "memorised"),
    "multiply": pair_run("multiply", "memorised"),
    "ordered sums": ordered_run("add"),
    "differences": ordered_run("subtract"),
}


def computed(run: ModelRun, changes: list[str], snapshot: int = -1) -> dict[str, Any]:
    """Return count of right answers, all answers, and logits of (2, 3) after changes."""
    frequencies = {} if len(run.views["W_in"][0]) > run.task.outputs else final_frequencies(run)
    order = neuron_order(run).tolist() if frequencies else list(range(6))
    known = {"order": order, "frequencies": [frequencies.get(n, 0) for n in order]}
    return run_scripts(
        _SCRIPTS,
        f"""([raw, changes, known]) => {{
          {_PACK}
          const {{ ChangedPack }} = grokreel.interventions;
          const pack = new ChangedPack(packOf(raw), new Set(changes), known);
          const network = new grokreel.network.PairNetwork(pack.model, pack.view("W_in").columns);
          network.read(pack, 0);
          return {{
            right: network.answer(), pairs: network.pairs, given: [...network.given],
            logits: [...network.logits(2, 3)],
          }};
        }}""",
        [pack(run, snapshot), changes, known],
    )


@pytest.mark.parametrize("name", RUNS)
def test_answers_and_logits_are_those_of_python(name: str) -> None:
    run = RUNS[name]
    weights = exact(run)
    found = computed(run, [])
    assert (found["right"], found["pairs"]) == count_right(weights)
    assert found["pairs"] == sum(run.task.rows)
    numbers = len(weights.first)
    assert np.array_equal(np.reshape(found["given"], (numbers, numbers)), answers(weights))
    at = 3 if weights.ordered or weights.sign < 0 else 1
    np.testing.assert_allclose(
        found["logits"], (weights.activations(2) @ weights.out)[at], rtol=1e-6, atol=1e-6
    )


def test_a_silenced_neuron_says_nothing() -> None:
    run = RUNS["add"]
    row = 4
    neuron = int(neuron_order(run)[row])
    found = computed(run, [f"n{row}"])
    wanted = answers(silenced(exact(run), [neuron]))
    assert np.array_equal(np.ravel(found["given"]), wanted.ravel())
    assert found["right"] != computed(run, [])["right"]


def test_a_silenced_frequency_is_all_its_neurons() -> None:
    run = pair_run("add")
    group = [neuron for neuron, k in final_frequencies(run).items() if k == 3]
    assert len(group) == 7
    found = computed(run, ["k3"])
    assert found["right"] == count_right(silenced(exact(run), group))[0]


def test_without_double_waves_the_answers_are_those_of_python() -> None:
    run = RUNS["add"]
    wanted = without_double_waves(exact(run), final_frequencies(run))
    found = computed(run, ["d"])
    assert np.array_equal(np.ravel(found["given"]), answers(wanted).ravel())
    assert found["right"] != computed(run, [])["right"]


def test_a_painted_weight_replaces_that_of_its_neuron() -> None:
    run = RUNS["add"]
    neuron = int(neuron_order(run)[2])
    weights = exact(run)
    weights.first[5, neuron] = -3.25
    weights.out[neuron, 0] = 9.5
    found = computed(run, ["i2.5.-325", "o2.0.950"])
    assert np.array_equal(np.ravel(found["given"]), answers(weights).ravel())


@pytest.mark.parametrize("outcome", ["generalised", "memorised"])
def test_numbers_on_a_circle_are_unfolded(outcome: Outcome) -> None:
    run = circle_pair_run("add", outcome)
    found = run_scripts(
        _SCRIPTS,
        f"""(raw) => {{
          {_PACK}
          const pack = packOf(raw);
          const network = new grokreel.network.PairNetwork(pack.model, pack.view("A").columns);
          network.read(pack, 0);
          return [network.answer(), [...network.given]];
        }}""",
        pack(run),
    )
    weights = read_pairs(run)
    assert weights is not None
    assert found[0] == count_right(weights)[0]
    assert np.array_equal(np.ravel(found[1]), answers(weights).ravel())


@pytest.mark.parametrize("numbers", [16, 17])
def test_removing_a_wave_is_that_of_python(numbers: int) -> None:
    weights = np.random.default_rng(2).normal(size=(numbers, 1))
    for k in range(1, numbers // 2 + 1):
        spectrum = np.fft.rfft(weights, axis=0)
        spectrum[k] = 0
        found = run_scripts(
            ["network-maths.js"],
            """([values, k]) => {
              grokreel.network.removeWave(values, 0, 1, values.length, k);
              return values;
            }""",
            [weights.ravel().tolist(), k],
        )
        np.testing.assert_allclose(
            found, np.fft.irfft(spectrum, n=numbers, axis=0)[:, 0], atol=1e-9
        )


@pytest.mark.parametrize("numbers", [6, 7, 67])
def test_double_frequencies_are_those_of_python(numbers: int) -> None:
    waves = range(1, numbers // 2 + 1)
    found = run_scripts(
        ["network-maths.js"],
        "([waves, numbers]) => waves.map((k) => grokreel.network.doubleFrequency(k, numbers))",
        [list(waves), numbers],
    )
    assert found == [double_frequency(k, numbers) for k in waves]
    angles = 2 * np.pi * np.arange(numbers) / numbers
    for k, double in zip(waves, found, strict=True):
        np.testing.assert_allclose(np.cos(2 * k * angles), np.cos(double * angles), atol=1e-9)


def test_only_changes_that_the_network_has_are_read_from_an_address() -> None:
    text = "n0,n9,n10,k3,k4,k0,d,i9.16.-5,i9.17.5,o0.0.1,x,n-1,,n1e1,i1.1"
    found = run_scripts(
        _SCRIPTS,
        """(text) => {
          const known = { frequencies: [3, 0, 5, 0, 0, 0, 0, 0, 0, 0], numbers: 17 };
          return [...grokreel.interventions.readCut(text, known)];
        }""",
        text,
    )
    assert found == ["n0", "n9", "k3", "d", "i9.16.-5", "o0.0.1"]
