"""Figures of the construction: films, tables, words, settings, and how they are built."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gen.drawing.bars import Bars
from gen.drawing.changing_text import ChangingText
from gen.drawing.film import Film
from gen.drawing.layers import Lines
from gen.figures.construction import Construction
from gen.figures.construction_error import ConstructionError
from gen.figures.construction_sum import ConstructionSum
from gen.figures.formula_figure import FormulaFigure
from gen.i18n import Words
from tests.conftest import Gen
from tests.support import small_site

EN = Words("en")


def film(**settings: Any) -> Film:
    return Construction.model_validate(settings).film(None, 1)


def texts(drawn: Film, place: int) -> list[str]:
    return list([layer for layer in drawn.layers if isinstance(layer, ChangingText)][place]._texts)


@pytest.mark.parametrize("neurons", [3, 4, 5, 10])
@pytest.mark.parametrize("activation", ["relu", "square", "linear"])
def test_a_film_shows_every_b_and_stays_inside_its_canvas(neurons: int, activation: str) -> None:
    drawn = film(modulus=32, neurons=neurons, activation=activation)
    assert drawn.steps.tolist() == list(range(32))
    for number in (0, 16, -1):
        frame = drawn.frame(number)
        edges = [frame[0], frame[-1], frame[:, 0], frame[:, -1]]
        assert (np.concatenate(edges) == 255).all()
    assert (drawn.frame(0) != drawn.frame(16)).any()


def test_the_slider_of_a_page_says_what_the_film_shows() -> None:
    figure = Construction(modulus=67, a=50)
    assert figure.place_name(EN) == "a + b"
    drawn = figure.film(None, 1)
    assert texts(drawn, 0) == [figure.place_text(b, EN) for b in drawn.steps.tolist()]


def test_a_figure_without_texts_of_its_own_counts_its_places() -> None:
    figure = Construction()
    assert FormulaFigure.place_name(figure, EN) == "Place"
    assert FormulaFigure.place_text(figure, 1234, EN) == "Place 1,234"


def test_films_of_large_moduli_are_no_longer_than_others() -> None:
    drawn = film(modulus=500)
    assert drawn.seconds <= 10 and drawn.steps[-1] == 499


def test_a_film_shows_the_sum_and_the_answer_of_the_network() -> None:
    drawn = film(modulus=67, a=50)
    assert texts(drawn, 0)[20] == "50 + 20 \u2192 3"
    assert texts(drawn, 1) == [str((50 + b) % 67) for b in range(67)]
    assert set(texts(film(modulus=67, activation="linear"), 1)) == {"?"}
    even = texts(film(modulus=40, a=5), 1)
    assert even[25] == "?" and even[24] == "29"


def test_every_neuron_has_a_bar_for_its_activation() -> None:
    for neurons in (3, 10):
        bars = [layer for layer in film(neurons=neurons).layers if isinstance(layer, Bars)]
        assert len(bars) == neurons


def test_linear_outputs_add_up_to_zero() -> None:
    drawn = film(activation="linear")
    links = [
        layer._points for layer in drawn.layers if isinstance(layer, Lines) and layer._width == 4.0
    ]
    assert len(links) == 5
    np.testing.assert_allclose(links[0][:, 0, 0], links[-1][:, 0, 1], atol=1e-6)


def test_tables_have_pre_activations_and_activations() -> None:
    for figure in (Construction(modulus=40, a=5), ConstructionSum(modulus=40, a=5)):
        rows = list(csv.DictReader(io.StringIO(figure.csv(None))))
        assert len(rows) == 40 and {row["a"] for row in rows} == {"5"}
        assert rows[7]["said"] == rows[7]["right"] == "12"
        assert rows[25]["said"] == "" and float(rows[25]["x"]) == 0
        spoken = [float(rows[7][f"spoken_{k}"]) for k in range(5)]
        assert spoken == [max(0.0, float(rows[7][f"heard_{k}"])) for k in range(5)]


def test_the_error_table_has_a_row_per_direction() -> None:
    rows = list(csv.DictReader(io.StringIO(ConstructionError().csv(None))))
    assert len(rows) == 2 * 2 * 67
    assert {row["off_degrees"] for row in rows if row["activation"] == "square"} == {"0"}
    assert max(float(row["off_degrees"]) for row in rows) == pytest.approx(1.5175, abs=1e-3)


def test_alt_texts_contain_the_answer() -> None:
    relu = Construction().alt(None, EN)
    assert "2,278 are answered correctly and 0 are undecided." in relu and "relu(u)" in relu
    assert "and 2,278 are undecided." in Construction(activation="linear").alt(None, EN)
    assert "It answers 33." in ConstructionSum().alt(None, EN)
    even = ConstructionSum(modulus=40, a=0, b=20).alt(None, EN)
    assert "No answer is better" in even and "and 20 are undecided." in even
    both = ConstructionError(neurons=6).alt(None, EN)
    assert "442 of 2,278" in both and "2,278 of 2,278" in both


def test_facts_are_named_by_activation_if_several_are_compared() -> None:
    facts = ConstructionError(neurons=6).facts()
    assert (facts["relu_right"], facts["square_right"]) == (442, 2278)
    assert facts["relu_up_to_5"] == 118
    assert Construction().facts()["right"] == 2278


def test_the_text_of_the_widget_states_the_sum_and_the_answer() -> None:
    def said(**settings: Any) -> str:
        return ConstructionSum.model_validate(settings).render(None, EN).drawing.said

    assert said() == (
        "13 + 20 modulo 67 is 33. The arrow points there, 0.5° off. "
        "Neighbouring numbers are 5.4° apart."
    )
    assert "opposite" in said(modulus=40, a=0, b=20)
    assert "cancels" in said(activation="linear")
    assert "points nearer to 15" in said(neurons=6, modulus=499, a=3, b=7)
    assert "halfway between two numbers" in said(neurons=4)


@pytest.mark.parametrize(
    ("kind", "table", "sentence"),
    [
        ("construction", "modulus = 11", "11 is out of range; it must be at least 12"),
        ("construction", "neurons = 11", "11 is out of range; it must be at most 10"),
        ("construction-error", "modulus = 501", "it must be at most 500"),
        ("construction", "a = 67", "a = 67 is out of range (0 to 66)"),
        ("construction-sum", "modulus = 20\nb = 20", "b = 20 is out of range (0 to 19)"),
        ("construction-sum", 'activation = "tanh"', '"tanh" is not a valid value'),
        ("construction", 'model = "sum"', "unknown key"),
        ("construction-error", "a = 3", "unknown key"),
    ],
)
def test_invalid_settings_are_refused(
    kind: str, table: str, sentence: str, gen: Gen, tmp_path: Path
) -> None:
    config = f'{small_site.CONFIG}\n[figures.by-hand]\nkind = "{kind}"\n{table}\n'
    outcome = gen("status", *small_site.write(tmp_path, config))
    assert outcome.code == 2
    assert "figures.by-hand" in outcome.err and sentence in outcome.err
    assert len(outcome.err.strip().splitlines()) == 1


def test_a_model_of_the_same_name_is_refused(gen: Gen, tmp_path: Path) -> None:
    config = f'{small_site.CONFIG}\n[figures.sum]\nkind = "construction"\n'
    outcome = gen("status", *small_site.write(tmp_path, config))
    assert outcome.code == 2 and "figures.sum" in outcome.err


@pytest.mark.xdist_group("build")
def test_construction_films_are_drawn_without_training(gen: Gen, tmp_path: Path) -> None:
    config = f'{small_site.CONFIG}\n[figures.by-hand]\nkind = "construction"\nmodulus = 12\n'
    options = small_site.write(tmp_path, config)
    outcome = gen("render", "by-hand", "--to", tmp_path / "films", *options)
    assert outcome.code == 0, outcome.err
    assert (tmp_path / "films" / "by-hand.gif").stat().st_size < 6e6
    assert "run gen train" in gen("render", "sum-weights", *options).err


@pytest.mark.xdist_group("build")
def test_a_site_of_construction_figures_is_built_and_cites_their_facts(
    gen: Gen, tmp_path: Path
) -> None:
    config = small_site.CONFIG.partition("[figures")[0]
    config += '[figures.by-hand]\nkind = "construction"\nmodulus = 13\n'
    config += '[figures.to-play]\nkind = "construction-sum"\n'
    page = small_site.PAGE.partition("picture")[0] + (
        'picture = "by-hand"\n+++\n\nRight: {{by-hand.right}}\n\n'
        "::: figure by-hand\nText.\n:::\n\n::: figure to-play\nText.\n:::\n"
    )
    options = small_site.write(tmp_path, config, page)
    assert gen("build", *options).code == 0
    site = tmp_path / "_site"
    assert 'value="91"' in (site / "index.html").read_text()
    assert (site / "data" / "by-hand.csv").read_text().count("\n") == 14
    assert 'href="data/by-hand.csv"' in (site / "index.html").read_text()
    assert "all is fresh" in gen("build", *options).err
    assert "stale" not in gen("status", *options).out
