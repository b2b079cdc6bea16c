"""Alt texts say what happened in the run that is pictured, for every task and outcome."""

from __future__ import annotations

import csv
import io
import json
from itertools import product
from typing import Any

import numpy as np
import pytest

from gen.drawing.numbers import Numbers
from gen.figures import figure_kinds
from gen.figures.circle import Circle
from gen.figures.dft import Spectrum
from gen.figures.groups import neuron_groups
from gen.figures.interference import Interference
from gen.figures.interference_film import InterferenceFilm
from gen.figures.neuron import Neuron
from gen.figures.neurons import Neurons
from gen.figures.stars import Stars
from gen.figures.waves import Waves
from gen.figures.weights import Weights, neuron_order
from gen.runs import ModelRun
from gen.words import Words
from tests.pair_runs import OPERATIONS, OUTCOMES, bits_run, circle_pair_run, pair_run

EN, ZH = Words("en"), Words("zh")
SPECTRUM, WAVES, STARS = Spectrum(model="m"), Waves(model="m"), Stars(model="m")
NEURONS, NEURON, CIRCLE = Neurons(model="m"), Neuron(model="m"), Circle(model="m")
STILL, FILM = Interference(model="m"), InterferenceFilm(model="m")
TIMES = pair_run("multiply")

POWERS_OF_3 = [1, 3, 9, 10, 13, 5, 15, 11, 16, 14, 8, 7, 4, 12, 2, 6]
"""The smallest generator modulo 17 is 3."""

RUNS: dict[str, ModelRun] = {
    **{f"{one}, {end}": pair_run(one, end) for one, end in product(OPERATIONS, OUTCOMES)},
    **{f"{one} on a circle": circle_pair_run(one) for one in OPERATIONS},
    **{f"parity, {end}": bits_run(end) for end in OUTCOMES},
    "parity of all bits": bits_run(bits=2),
}


def figures_of(run: ModelRun) -> list[Any]:
    """Every kind of figure that can picture the run."""
    found: list[Any] = []
    for name, kind in figure_kinds().items():
        if name == "seeds" or "model" not in kind.model_fields:
            continue
        figure = kind(kind=name, model="m")
        try:
            figure.check(run.task, run.network)
        except ValueError:
            continue
        found.append(figure)
    return found


@pytest.mark.parametrize("name", RUNS)
def test_every_alt_text_can_be_told_of_every_run(name: str) -> None:
    run = RUNS[name]
    for figure, words in product(figures_of(run), (EN, ZH)):
        alt = figure.alt(run, words)
        assert alt and "{" not in alt, figure.kind


@pytest.mark.parametrize(("operation", "outcome"), list(product(OPERATIONS, OUTCOMES)))
def test_noise_turns_into_few_waves_only_in_networks_that_settled(
    operation: Any, outcome: Any
) -> None:
    run = pair_run(operation, outcome)
    few = "Final frequencies: 3 (neurons: 7) and 5 (neurons: 7)."
    turned = "Noise turns into few waves: at the end the frequencies 3 and 5"
    for figure, settled, unsettled in (
        (SPECTRUM, turned, "strongest"),
        (WAVES, few, "has not settled"),
        (NEURONS, few, "has not settled"),
    ):
        alt = figure.alt(run, EN)
        assert (settled in alt) == (outcome == "generalised")
        assert (unsettled in alt) or outcome == "generalised"
    assert "few" not in SPECTRUM.alt(pair_run(operation, "memorised"), EN)


def test_the_gini_coefficient_of_the_film_is_the_fact() -> None:
    from gen.analysis.progress_facts import progress_facts

    run = pair_run("add")
    facts = progress_facts(run)
    begun, ended = facts["first_gini"], facts["final_gini"]
    assert isinstance(begun, float) and isinstance(ended, float)
    first, last = EN.number(begun, 2), EN.number(ended, 2)
    assert f"amplitudes goes from {first} to {last}" in SPECTRUM.alt(run, EN)


def test_the_share_of_a_neurons_wave_at_the_start_is_that_of_the_same_wave() -> None:
    run = pair_run("add")
    neuron = int(neuron_order(run)[NEURON.row(run)])
    started, ended = (
        np.abs(np.fft.rfft(run.views["W_in"][at, :, neuron])[1:]) ** 2 for at in (0, -1)
    )
    k = int(ended.argmax())
    first = EN.percent(float(started[k] / started.sum()))
    assert f"of frequency {k + 1}, holds {first} of the power at the start" in NEURON.alt(run, EN)


def test_differences_are_not_told_as_doubled_angles() -> None:
    minus, plus = pair_run("subtract"), pair_run("add")
    assert "14 of 14 neurons answer at twice the angle" in STARS.alt(plus, EN)
    assert "14 of 14 neurons answer at the angle at which they look for a, less" in STARS.alt(
        minus, EN
    )
    assert "twice" not in STARS.alt(minus, EN) + CIRCLE.alt(circle_pair_run("subtract"), EN)
    assert "less those at which they look for b, by 0.0 degrees" in CIRCLE.alt(
        circle_pair_run("subtract"), EN
    )
    assert NEURONS.csv(plus).splitlines()[0].endswith("off_double_degrees")
    assert NEURONS.csv(minus).splitlines()[0].endswith("off_difference_degrees")
    assert all(float(line.split(",")[-1]) < 0.1 for line in NEURONS.csv(minus).splitlines()[1:])


def test_a_network_whose_bits_all_matter_has_no_other_bit() -> None:
    assert "on any other bit" not in Weights(model="m").alt(RUNS["parity of all bits"], EN)


def test_products_are_told_by_their_numbers() -> None:
    a, b = STILL.pair(TIMES)
    x, y = POWERS_OF_3[a], POWERS_OF_3[b]
    z, c = x * y % 17, (a + b) % 16
    assert POWERS_OF_3[c] == z
    for told in (STILL.alt(TIMES, EN), FILM.alt(TIMES, EN), STILL.draw(TIMES, EN).said):
        assert f"{x} · {y} modulo 17" in told and "+" not in told
        assert f"3{_raised(a)} · 3{_raised(b)} = 3{_raised(c)}" in told
    for told in (STILL.alt(TIMES, ZH), FILM.alt(TIMES, ZH), STILL.draw(TIMES, ZH).said):
        assert f"{x} · {y} 模 17" in told and "+" not in told
    assert STILL.draw(TIMES, EN).written == (str(x), str(y))


def test_numbers_of_a_product_are_named_by_themselves() -> None:
    figure = Interference(model="m", a=9, b=10)
    figure.check(TIMES.task, TIMES.network)
    assert figure.pair(TIMES) == (2, 3)
    assert figure.draw(TIMES, EN).said.startswith("9 · 10 modulo 17 is 5: 3² · 3³ = 3⁵.")
    for number in (0, 17):
        with pytest.raises(ValueError, match=f"a = {number} is none of the numbers 1 to 16"):
            Interference(model="m", a=number).check(TIMES.task, TIMES.network)


def test_the_table_of_a_product_has_the_numbers_beside_their_exponents() -> None:
    rows = list(csv.DictReader(io.StringIO(STILL.csv(TIMES))))
    assert [int(row["exponent"]) for row in rows] == list(range(16))
    assert [int(row["c"]) for row in rows] == POWERS_OF_3
    assert "exponent" not in STILL.csv(pair_run("add"))


def test_the_script_writes_products_as_the_build_does() -> None:
    data = json.loads(STILL.draw(TIMES, EN).data)
    assert data["written"] == POWERS_OF_3
    assert data["onAxis"][5] == "3⁵"
    assert "{a} · {b} modulo 17 is {answer}" in data["words"]["right"]
    assert "product" in data["words"]["seen"] and "sum" not in data["words"]["unseen"]


def test_the_film_of_a_product_names_wrong_answers_by_their_powers() -> None:
    film = FILM.film(pair_run("multiply", "memorised"), 1)
    texts = {text for one in film.layers if isinstance(one, Numbers) for text in one._texts}
    assert any(text.startswith("3") and not text.isascii() for text in texts)


def test_no_answer_is_called_wrong_where_it_is_level() -> None:
    run = pair_run("add")
    silent = {name: np.zeros_like(view) for name, view in run.views.items()}
    level = ModelRun(**{**vars(run), "views": silent})
    assert "In the total another answer is as high" in FILM.alt(level, EN)
    assert "no higher there than at" in STILL.draw(level, EN).said


def test_groups_of_neurons_are_those_that_the_facts_count() -> None:
    from gen.analysis.facts import run_facts

    for operation in OPERATIONS:
        run = pair_run(operation)
        groups = neuron_groups(run.views["W_in"][-1])
        facts = run_facts(run)
        assert [group.frequency for group in groups] == facts["frequencies"]
        assert [len(group.neurons) for group in groups] == facts["neurons_per_frequency"]


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
