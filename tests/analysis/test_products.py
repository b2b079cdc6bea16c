"""Products and differences in pictures, tables and texts."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from gen.analysis.neuron_groups import neuron_groups
from gen.drawing.changing_text import ChangingText
from gen.experiments.runs import ModelRun
from gen.figures.circle import Circle
from gen.figures.interference import Interference
from gen.figures.interference_film import InterferenceFilm
from gen.figures.neurons import Neurons
from gen.figures.stars import Stars
from gen.i18n import Words
from tests.support.pair_runs import OPERATIONS, circle_pair_run, pair_run

EN, ZH = Words("en"), Words("zh")
STARS, NEURONS, CIRCLE = Stars(model="m"), Neurons(model="m"), Circle(model="m")
STILL, FILM = Interference(model="m"), InterferenceFilm(model="m")
TIMES = pair_run("multiply")

POWERS_OF_3 = [1, 3, 9, 10, 13, 5, 15, 11, 16, 14, 8, 7, 4, 12, 2, 6]
"""The smallest generator modulo 17 is 3."""


def test_texts_of_differences_do_not_mention_doubled_angles() -> None:
    minus, plus = pair_run("subtract"), pair_run("add")
    assert "14 of 14 neurons answer at twice the angle" in STARS.alt(plus, EN)
    assert "14 of 14 neurons answer at the angle at which they look for a, less" in STARS.alt(
        minus, EN
    )
    assert "twice" not in STARS.alt(minus, EN) + CIRCLE.alt(circle_pair_run("subtract"), EN)
    assert NEURONS.csv(plus).splitlines()[0].endswith("off_double_degrees")
    assert NEURONS.csv(minus).splitlines()[0].endswith("off_difference_degrees")
    assert all(float(line.split(",")[-1]) < 0.1 for line in NEURONS.csv(minus).splitlines()[1:])


def test_texts_of_products_name_numbers_and_powers() -> None:
    a, b = STILL.pair(TIMES)
    x, y = POWERS_OF_3[a], POWERS_OF_3[b]
    z, c = x * y % 17, (a + b) % 16
    assert POWERS_OF_3[c] == z
    for told in (STILL.alt(TIMES, EN), FILM.alt(TIMES, EN), STILL.render(TIMES, EN).drawing.said):
        assert f"{x} · {y} modulo 17" in told and "+" not in told
        assert f"3{_raised(a)} · 3{_raised(b)} = 3{_raised(c)}" in told
    for told in (STILL.alt(TIMES, ZH), FILM.alt(TIMES, ZH), STILL.render(TIMES, ZH).drawing.said):
        assert f"{x} · {y} 模 17" in told and "+" not in told
    assert STILL.render(TIMES, EN).drawing.written == (str(x), str(y))


def test_numbers_of_a_product_are_named_by_themselves() -> None:
    figure = Interference(model="m", a=9, b=10)
    figure.check(TIMES.task, TIMES.network)
    assert figure.pair(TIMES) == (2, 3)
    assert figure.render(TIMES, EN).drawing.said.startswith("9 · 10 modulo 17 is 5: 3² · 3³ = 3⁵.")
    for number in (0, 17):
        with pytest.raises(ValueError, match=rf"a = {number} is out of range \(1 to 16\)"):
            Interference(model="m", a=number).check(TIMES.task, TIMES.network)


def test_the_table_of_a_product_has_the_numbers_beside_their_exponents() -> None:
    rows = list(csv.DictReader(io.StringIO(STILL.csv(TIMES))))
    assert [int(row["exponent"]) for row in rows] == list(range(16))
    assert [int(row["c"]) for row in rows] == POWERS_OF_3
    assert "exponent" not in STILL.csv(pair_run("add"))


def test_the_script_writes_products_as_the_build_does() -> None:
    data = json.loads(STILL.render(TIMES, EN).drawing.data)
    assert data["written"] == POWERS_OF_3
    assert data["onAxis"][5] == "3⁵"
    assert "{a} · {b} modulo 17 is {answer}" in data["words"]["right"]
    assert "product" in data["words"]["seen"] and "sum" not in data["words"]["unseen"]


def test_the_film_of_a_product_names_wrong_answers_by_their_powers() -> None:
    film = FILM.film(pair_run("multiply", "memorised"), 1)
    texts = {text for one in film.layers if isinstance(one, ChangingText) for text in one._texts}
    assert any(text.startswith("3") and not text.isascii() for text in texts)


def test_a_tie_is_not_called_wrong() -> None:
    run = pair_run("add")
    silent = {name: np.zeros_like(view) for name, view in run.views.items()}
    level = ModelRun(**{**vars(run), "views": silent})
    assert "In the total another answer is as high" in FILM.alt(level, EN)
    assert "no higher there than at" in STILL.render(level, EN).drawing.said


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
