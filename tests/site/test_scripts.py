"""Functions of the scripts, run by node and compared with Python."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gen.analysis.construction import ConstructedNetwork, ConstructionActivation
from gen.analysis.construction_facts import construction_facts
from gen.analysis.fourier import components
from tests.support.node import run_scripts

NETWORKS: list[tuple[int, int, ConstructionActivation]] = [
    *[(5, 67, activation) for activation in ("relu", "square", "linear")],
    *[(neurons, 12, "relu") for neurons in (3, 4, 6, 10)],
    (4, 113, "square"),
]


@pytest.mark.parametrize(("neurons", "modulus", "activation"), NETWORKS)
def test_the_construction_answers_as_in_python(
    neurons: int, modulus: int, activation: ConstructionActivation
) -> None:
    counts, largest, answers = run_scripts(
        ["construction-maths.js"],
        """([neurons, modulus, activation]) => {
          const network = new grokreel.construction.Construction(neurons, modulus, activation);
          const errors = network.angleErrors().filter((error) => error !== null);
          const numbers = Array.from({ length: modulus }, (_, number) => number);
          const answers = numbers.map((a) =>
            numbers.map((b) => network.answer(network.forward(a, b).chain[neurons])),
          );
          return [network.counts(), Math.max(...errors.map(Math.abs), -1), answers];
        }""",
        [neurons, modulus, activation],
    )
    network = ConstructedNetwork(neurons, modulus, activation)
    facts = construction_facts(network)
    assert counts == {key: facts[key] for key in ("pairs", "right", "undecided", "wrong")}
    expected = facts["largest_stray"]
    assert largest == (-1 if expected is None else pytest.approx(expected, abs=1e-9))
    a, b = np.indices((modulus, modulus))
    logits = network.logits(a.ravel(), b.ravel()).reshape(modulus, modulus, modulus)
    given = np.array(answers)
    decided = given >= 0
    assert (given[decided] == logits.argmax(axis=-1)[decided]).all()
    top = np.sort(logits, axis=-1)
    assert (top[~decided][:, -1] - top[~decided][:, -2] < 1e-6).all()


def test_the_nearest_step_is_found() -> None:
    random = np.random.default_rng(2)
    steps = np.unique(random.integers(0, 1000, 60)).tolist()
    wanted = [-5.0, 2000.0, *steps, *random.uniform(0, 1000, 200).tolist()]
    found = run_scripts(
        [],
        "([steps, wanted]) => wanted.map((one) => grokreel.steps.nearest(steps, one))",
        [steps, wanted],
    )
    assert found == [int(np.abs(np.array(steps) - one).argmin()) for one in wanted]


def test_of_two_nearest_steps_the_lower_is_taken() -> None:
    found = run_scripts([], "(steps) => grokreel.steps.nearest(steps, 15)", [0, 10, 20, 30])
    assert found == 1


def test_steps_and_times_are_interpolated_linearly() -> None:
    random = np.random.default_rng(3)
    steps = np.unique(random.integers(0, 1000, 40)).tolist()
    times = np.cumsum(random.uniform(0.01, 0.2, len(steps))).tolist()
    wanted = [-5.0, 2000.0, *steps, *random.uniform(0, 1000, 100).tolist()]
    found = run_scripts(
        [],
        """([steps, times, wanted]) => {
          const { indexOf, valueAt } = grokreel.steps;
          return wanted.map((one) => valueAt(times, indexOf(steps, one)));
        }""",
        [steps, times, wanted],
    )
    np.testing.assert_allclose(found, np.interp(wanted, steps, times), atol=1e-9)


@pytest.mark.parametrize(
    ("scale", "step", "value"),
    [
        ("linear", 10, 1),
        ("linear", 15, 50.5),
        ("log", 15, 10),
        ("linear", 25, None),
        ("linear", 5, None),
        ("linear", 40, None),
        ("log", 35, 0.5),
    ],
)
def test_a_curve_has_the_value_of_its_drawn_line(
    scale: str, step: int, value: float | None
) -> None:
    curve = {"steps": [10, 20, 30, 35], "values": [1, 100, None, 0.5]}
    found = run_scripts(
        ["timeline-films.js", "timeline-charts.js"],
        "([curve, step, scale]) => grokreel.timeline.curveValue(curve, step, scale)",
        [curve, step, scale],
    )
    assert found == (None if value is None else pytest.approx(value))


@pytest.mark.parametrize(
    ("spans", "sides"),
    [
        ([[[10, 60], [-40, 10]], [[100, 150], [50, 100]]], [0, 0]),
        ([[[10, 60], [-40, 10]], [[260, 310], [210, 260]]], [0, 1]),
        ([[[100, 150], [50, 100]], [[120, 170], [70, 120]]], [1, 0]),
        ([[[10, 60], [-40, 10]], [[20, 70], [-30, 20]]], None),
    ],
)
def test_labels_of_marks_never_overlap(
    spans: list[list[list[int]]], sides: list[int] | None
) -> None:
    found = run_scripts(
        ["timeline-films.js", "timeline-charts.js", "timeline-bar.js"],
        """(spans) =>
          grokreel.timeline.chooseSides(spans, ([start, end]) => start >= 0 && end <= 300)""",
        spans,
    )
    assert found == sides
    if sides is not None:
        chosen = [span[side] for span, side in zip(spans, sides, strict=True)]
        assert all(one[1] < other[0] for one, other in pairwise(chosen))


@pytest.mark.parametrize("numbers", [66, 67])
def test_amplitudes_of_waves_are_those_of_python(numbers: int) -> None:
    values = np.random.default_rng(4).normal(size=numbers)
    found = run_scripts(
        ["neurons.js"], "(values) => grokreel.neurons.amplitudes(values)", values.tolist()
    )
    np.testing.assert_allclose(found, np.abs(components(values[:, None]))[:, 0], atol=1e-9)


@pytest.mark.parametrize("numbers", [16, 17])
def test_the_kernel_interpolates_waves_exactly(numbers: int) -> None:
    places = np.linspace(0, numbers - 1, 61)
    angle = 2 * np.pi * 3 / numbers
    kernel = run_scripts(
        ["interference-maths.js"],
        """([places, numbers]) => places.map((place) =>
          Array.from({ length: numbers }, (_, one) =>
            grokreel.interference.kernel(place - one, numbers)))""",
        [places.tolist(), numbers],
    )
    wave = np.cos(angle * np.arange(numbers) - 1)
    np.testing.assert_allclose(np.array(kernel) @ wave, np.cos(angle * places - 1), atol=1e-9)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Schrödinger’s Ångström", "schrodinger's angstrom"),
        ("“forty‑two”", '"forty-two"'),
        ("ＦＦＴ ﬁnally İstanbul", "fft finally istanbul"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("10⁻⁷", "10-7"),
        ("神经元", "神经元"),
    ],
)
def test_search_ignores_case_diacritics_and_typography(text: str, plain: str) -> None:
    found = run_scripts(["search.js"], "(text) => grokreel.search.folded(text)", text)
    assert found["plain"] == plain
    assert len(found["from"]) == len(plain) + 1
    assert found["from"] == sorted(found["from"])


@pytest.mark.parametrize(
    ("text", "query", "matched"),
    [
        ("Das naïve Café", "cafe NAIVE", ["naïve", "Café"]),
        ("ﬁnally", "inal", ["ﬁnal"]),
        ("aa aaa", "a aa", ["aa", "aa", "a"]),
        ("nothing here", "zz", []),
    ],
)
def test_matches_are_whole_letters_of_the_original(
    text: str, query: str, matched: list[str]
) -> None:
    found = run_scripts(
        ["search.js"],
        """([text, query]) => {
          const { matches, readingsOf } = grokreel.search;
          const forms = readingsOf(query).flat(2);
          return matches(text, forms, Infinity, true).map(([start, end]) => text.slice(start, end));
        }""",
        [text, query],
    )
    assert found == matched


def test_a_section_is_found_if_it_contains_every_word_and_titles_count_most() -> None:
    sections = [
        ["a.html", "Waves", "", "", "Five neurons."],
        ["b.html", "Other", "", "", "Waves of five neurons."],
        ["c.html", "Other", "", "Waves", "No other word."],
        ["d.html", "Other", "references", "References", "Waves of five neurons."],
    ]
    ranks = run_scripts(
        ["search.js"],
        """(all) => {
          const { readingsOf, score } = grokreel.search;
          return all.map((one) => score(one, readingsOf("waves neurons")));
        }""",
        sections,
    )
    assert ranks[0] > ranks[1] > ranks[3] > ranks[2] == 0
