"""Logits by group of neurons: they add up to the logits, and figures draw them."""

from __future__ import annotations

import base64
import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gen.analysis.activations import activations
from gen.analysis.interference import (
    group_logits,
    interference_facts,
    interpolate,
    margin,
    training_pairs,
)
from gen.analysis.neuron_groups import neuron_groups
from gen.analysis.pairs import read_pairs
from gen.drawing.changing_text import ChangingText
from gen.drawing.layers import Lines
from gen.experiments.runs import ModelRun
from gen.figures.interference import Interference
from gen.figures.interference_film import PARTS, InterferenceFilm
from gen.i18n import Words
from gen.networks.batch import Activation
from gen.networks.embedded import Embedded
from gen.networks.network import Network
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from tests.support.line_runs import solved_run, waves_run

EN = Words("en")
NEVER = float("inf")
STILL, FILM = Interference(model="m"), InterferenceFilm(model="m")
RUN = solved_run()
NOISE = waves_run(generalises=NEVER, snapshots=3)
MODULAR = Modular(modulus=67, train_share=0.4)
LEARNED = Embedded(embedding="learned", width=500, hidden=24)


def facts_of(run: ModelRun) -> dict[str, float]:
    known = read_pairs(run)
    assert known is not None
    return interference_facts(known)


WEIGHTS = st.floats(-5, 5, width=32)


@settings(deadline=None)
@given(
    st.data(),
    st.integers(3, 11),
    st.integers(1, 9),
    st.sampled_from(["relu", "square"]),
    st.integers(1, 4),
)
def test_the_logits_of_all_groups_add_up_to_the_logits_of_the_network(
    data: st.DataObject, numbers: int, neurons: int, activation: Activation, parts: int
) -> None:
    w_in = data.draw(arrays.arrays(np.float64, (numbers, neurons), elements=WEIGHTS))
    w_out = data.draw(arrays.arrays(np.float64, (neurons, numbers), elements=WEIGHTS))
    belongs = data.draw(arrays.arrays(np.int64, neurons, elements=st.integers(0, parts - 1)))
    a, b = data.draw(st.tuples(*[st.integers(0, numbers - 1)] * 2))
    row = np.zeros(numbers)
    row[a] += 1
    row[b] += 1
    before = row @ w_in
    hidden = before.clip(min=0) if activation == "relu" else before**2
    groups = [np.flatnonzero(belongs == part) for part in range(parts)]
    shares = group_logits(activations(w_in[a] + w_in[b], activation), w_out, groups)
    np.testing.assert_allclose(shares.sum(axis=0), hidden @ w_out, atol=1e-9)


@settings(deadline=None)
@given(
    st.integers(3, 40).flatmap(
        lambda n: arrays.arrays(np.float64, n, elements=st.floats(-100, 100, width=32))
    ),
    st.integers(1, 7),
)
def test_interpolation_goes_through_every_value(values: np.ndarray, parts: int) -> None:
    smooth = interpolate(values, parts)
    assert len(smooth) == (len(values) - 1) * parts + 1
    np.testing.assert_allclose(smooth[::parts], values, atol=1e-9)


@given(st.integers(5, 67), st.data(), st.floats(0, 6.3))
def test_interpolation_reproduces_a_wave(numbers: int, data: st.DataObject, phase: float) -> None:
    k = data.draw(st.integers(0, (numbers - 1) // 2))
    turn = 2 * np.pi * k / numbers
    smooth = interpolate(np.cos(turn * np.arange(numbers) - phase), 4)
    np.testing.assert_allclose(smooth, np.cos(turn * np.arange(len(smooth)) / 4 - phase), atol=1e-9)


def test_a_margin_is_the_difference_to_the_largest_other_value() -> None:
    values = np.array([[1.0, 4.0, 2.0], [5.0, 0.0, 2.0]])
    assert margin(values, 1).tolist() == [2.0, -5.0]


def test_training_pairs_are_symmetric() -> None:
    seen = training_pairs(RUN)
    assert (seen == seen.T).all()
    assert np.triu(seen).sum() == RUN.task.rows[0]
    first, second = (RUN.task.draw(RUN.seed).test.inputs[0][0] > 0).nonzero()[0][[0, -1]]
    assert not seen[first, second]


def test_the_default_pair_wraps_around_and_is_a_test_pair() -> None:
    for seed in range(8):
        run = replace(RUN, seed=seed)
        a, b = STILL.pair(run)
        assert not training_pairs(run)[a, b]
        assert a == 50
    assert Interference(model="m", a=3, b=4).pair(RUN) == (3, 4)


def test_clean_waves_have_their_largest_margin_in_total() -> None:
    terms = STILL.terms(RUN)
    alone, together = (
        margin(terms.shares[-1], terms.answer),
        margin(terms.together[-1], terms.answer),
    )
    assert together > 10 * max(0.0, alone.max())
    facts = facts_of(RUN)
    assert facts["right_together"] > 0.9 > facts["most_right_alone"]
    assert facts_of(NOISE)["right_together"] < 0.1


@pytest.mark.parametrize(
    ("task", "network", "sentence"),
    [
        (
            SparseParity(bits=5, signal_bits=2, train_rows=9, test_rows=9),
            Perceptron(hidden=8),
            "1 ",
        ),
        (MODULAR, Embedded(embedding="circle", hidden=5), "A has 2 rows"),
    ],
)
def test_networks_without_a_weight_for_each_number_are_refused(
    task: Task, network: Network, sentence: str
) -> None:
    for figure in (STILL, FILM):
        with pytest.raises(ValueError, match=sentence):
            figure.check(task, network)


def test_numbers_out_of_range_and_too_much_page_data_are_refused() -> None:
    STILL.check(MODULAR, LEARNED)
    with pytest.raises(ValueError, match=r"b = 67 is out of range \(0 to 66\)"):
        InterferenceFilm(model="m", b=67).check(MODULAR, LEARNED)
    with pytest.raises(ValueError, match="to the page; the limit is"):
        STILL.check(MODULAR, Perceptron(hidden=1000))


def test_the_film_draws_each_wave_above_the_next_and_prints_margins() -> None:
    film = FILM.film(RUN, 1)
    *waves, bars = [layer._points for layer in film.layers if isinstance(layer, Lines)]
    assert [wave.shape for wave in waves] == [(21, 1, 66 * PARTS + 1, 2)] * 4
    assert bars.shape == (21, 67, 2, 2)
    for above, below in pairwise(waves):
        assert above[..., 1].mean() > below[..., 1].mean()
    terms = FILM.terms(RUN)
    texts = [layer._texts[-1] for layer in film.layers if isinstance(layer, ChangingText)]
    assert f"{margin(terms.together[-1], terms.answer):+.2f}" in texts


def test_waves_stay_in_their_rows_in_every_frame() -> None:
    film = FILM.film(NOISE, 1)
    waves = [layer._points[..., 1] for layer in film.layers if isinstance(layer, Lines)][:-1]
    for above, below in pairwise(waves):
        assert above.min() > below.max() - 20


def pictures(figure: Interference = STILL) -> list[ET.Element]:
    return [ET.fromstring(svg) for svg in figure.render(RUN, EN).drawing.pictures]


def test_a_picture_has_a_row_for_each_frequency_and_one_for_the_total() -> None:
    for svg in pictures():
        rows = [g for g in svg.findall("g") if "group" in g.attrib["class"]]
        assert [row.attrib["class"].split()[1] for row in rows] == [
            f"frequency-{place}" for place in (1, 2, 3, 4)
        ]
        assert "".join(rows[0].itertext()).count("k = 5, neurons: 6") == 1
        (total,) = [g for g in svg.findall("g") if g.attrib["class"] == "total"]
        ring, at = (total.find(f"circle[@class='{name}']") for name in ("ring", "at"))
        assert ring is not None and at is not None
        assert ring.attrib["cx"] == at.attrib["cx"]


@pytest.mark.parametrize("pair", [(0, 0), (0, 66), (33, 33), (66, 66)])
def test_every_pair_is_drawn_inside_the_picture(pair: tuple[int, int]) -> None:
    a, b = pair
    for svg in pictures(Interference(model="m", a=a, b=b)):
        _, _, width, height = map(float, svg.attrib["viewBox"].split())
        for circle in svg.iter("circle"):
            assert 0 < float(circle.attrib["cx"]) < width
            assert 0 < float(circle.attrib["cy"]) < height


def test_the_caption_states_the_sum_and_the_highest_answer() -> None:
    said = Interference(model="m", a=10, b=20).render(RUN, EN).drawing.said
    assert said.startswith("10 + 20 modulo 67 is 30. The total is highest there, ")
    wrong = STILL.render(NOISE, EN).drawing.said
    assert "elsewhere" in wrong and "kept back" in wrong


def test_the_script_gets_both_matrices_and_all_neurons() -> None:
    data = json.loads(STILL.render(RUN, EN).drawing.data)
    for key, view in zip(("into", "out"), RUN.views.values(), strict=True):
        sent = np.frombuffer(base64.b64decode(data[key]), "<f4").reshape(view[-1].shape)
        assert np.array_equal(sent, view[-1])
    assert sorted(neuron for group in data["groups"] for neuron in group) == list(range(24))
    seen = np.unpackbits(np.frombuffer(base64.b64decode(data["seen"]), np.uint8))
    assert seen.sum() == RUN.task.rows[0]


def test_the_table_holds_every_share_and_their_total() -> None:
    rows = list(csv.DictReader(io.StringIO(STILL.csv(RUN))))
    assert list(rows[0]) == ["c", "k_5", "k_13", "k_21", "k_30", "total"]
    assert [row["c"] for row in rows] == [str(c) for c in range(67)]
    for row in rows:
        parts = [float(row[key]) for key in row if key.startswith("k_")]
        assert sum(parts) == pytest.approx(float(row["total"]), abs=1e-3)


def test_many_frequencies_share_the_last_row() -> None:
    groups = neuron_groups(NOISE.views["W_in"][-1])
    assert len(groups) == 6 and groups[-1].frequency is None
    assert ",k_other,total" in STILL.csv(NOISE)
    assert "other" in STILL.alt(NOISE, EN)
