"""Heat maps of weights: every weight is a cell with its position and colour."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gen.analysis.fourier import frequencies
from gen.analysis.neuron_groups import neuron_order
from gen.charts.scales import round_up
from gen.drawing.canvas import Canvas
from gen.drawing.colours import COARSE, FINE, Diverging, rgb
from gen.drawing.film import Film
from gen.drawing.layers import Cells
from gen.drawing.matrix import Matrix
from gen.experiments.runs import ModelRun
from gen.figures.weights import Weights
from gen.i18n import Words
from gen.networks.perceptron import Perceptron
from gen.tasks.sparse_parity import SparseParity
from gen.theme import NEGATIVE_STOPS, POSITIVE_STOPS
from tests.support.line_runs import circle_run, parity_run, waves_run

EN = Words("en")
NEVER = float("inf")
WEIGHTS = Weights(model="m")

CASES: dict[str, ModelRun] = {
    "parity": parity_run(snapshots=5),
    "parity of all bits": parity_run(bits=8, signal_bits=8, snapshots=3),
    "a wide parity": parity_run(bits=60, signal_bits=2, hidden=128, snapshots=2),
    "modular": waves_run(snapshots=5),
    "a small modulus": waves_run(modulus=5, hidden=3, frequencies=(1,), snapshots=3),
    "a large modulus": waves_run(modulus=191, hidden=60, snapshots=2),
    "noise": waves_run(generalises=NEVER, snapshots=3),
    "five neurons": circle_run(snapshots=5),
    "one neuron": circle_run(hidden=1, snapshots=2),
}


def cells(film: Film) -> list[Cells]:
    return [layer for layer in film.layers if isinstance(layer, Cells)]


def drawn(film: Film, frame: int) -> list[np.ndarray]:
    """Return the colour in the middle of every cell of both matrices."""
    pixels = film.frame(frame)
    return [pixels[np.ix_(*layer.centres())] for layer in cells(film)]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("scale", [1, 2])
def test_every_weight_is_a_cell_at_its_position(case: str, scale: int) -> None:
    run = CASES[case]
    WEIGHTS.check(run.task, run.network)
    film = WEIGHTS.film(run, scale)
    order = neuron_order(run)
    into, out = run.views.values()
    colours = Diverging(WEIGHTS._limit(run), len(cells(film)[0].exact_colours))
    for frame in (0, len(film.steps) - 1):
        expected = into[frame].T[order], out[frame][order]
        for seen, weights in zip(drawn(film, frame), expected, strict=True):
            assert np.array_equal(seen, colours.colours[colours.level_of(weights)])


@pytest.mark.parametrize("case", CASES)
def test_films_consist_of_whole_blocks_and_have_a_free_edge(case: str) -> None:
    film = WEIGHTS.film(CASES[case], 1)
    width, height = film.size
    assert width % 16 == height % 16 == 0
    frame = film.frame(-1)
    edges = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    assert (edges == 255).all()


@pytest.mark.parametrize("levels", [COARSE, FINE])
def test_zero_is_white_and_the_limits_have_the_last_colours(levels: int) -> None:
    colours = Diverging(2.0, levels)
    seen = colours.colours[colours.level_of(np.array([-9.0, -2.0, 0.0, 2.0, 9.0]))].tolist()
    low, high = list(rgb(NEGATIVE_STOPS[-1])), list(rgb(POSITIVE_STOPS[-1]))
    assert seen == [low, low, [255, 255, 255], high, high]
    assert len(np.unique(colours.colours, axis=0)) == levels


def test_larger_weights_have_stronger_colours() -> None:
    colours = Diverging(1.0)
    brightness = colours.colours.astype(int).sum(axis=1)
    middle = len(brightness) // 2
    assert (np.diff(brightness[: middle + 1]) > 0).all()
    assert (np.diff(brightness[middle:]) < 0).all()


def test_neurons_with_large_weights_come_first_in_parity() -> None:
    run = CASES["parity"]
    size = np.linalg.norm(run.views["W_in"][-1], axis=0)
    assert (np.diff(size[neuron_order(run)]) <= 0).all()


def test_waves_are_sorted_by_frequency() -> None:
    run = CASES["modular"]
    sorted_frequencies = frequencies(run.views["W_in"][-1])[neuron_order(run)]
    assert (np.diff(sorted_frequencies) >= 0).all()


def test_the_colour_limit_is_a_round_number_above_the_smaller_maximum() -> None:
    run = CASES["five neurons"]
    smaller = min(float(np.abs(view[-1]).max()) for view in run.views.values())
    assert WEIGHTS._limit(run) == round_up(smaller)
    assert Weights(model="m", limit=7.0)._limit(run) == 7.0


@pytest.mark.parametrize(
    ("value", "rounded"), [(2.63, 3.0), (139.0, 150.0), (1.0, 1.0), (0.0021, 0.0025), (10.1, 15.0)]
)
def test_colour_limits_are_round_numbers(value: float, rounded: float) -> None:
    assert round_up(value) == pytest.approx(rounded)


def test_cells_have_the_configured_size() -> None:
    for cell in (4, 9, 16):
        film = Weights(model="m", cell=cell).film(CASES["modular"], 1)
        rows, columns = cells(film)[0].centres()
        assert set(np.diff(rows)) == set(np.diff(columns)) == {cell}


def test_weights_that_are_all_zero_are_white() -> None:
    run = CASES["modular"]
    still = replace(run, views={name: np.zeros_like(view) for name, view in run.views.items()})
    assert all((matrix == 255).all() for matrix in drawn(WEIGHTS.film(still, 1), -1))


def test_a_matrix_with_too_many_cells_is_refused() -> None:
    task = SparseParity(bits=30, signal_bits=3, train_rows=10, test_rows=10)
    with pytest.raises(ValueError, match=r"W_in is 31 x 1000.*the limit is"):
        WEIGHTS.check(task, Perceptron(hidden=1000))


@pytest.mark.parametrize("case", CASES)
def test_alt_texts_match_the_run(case: str) -> None:
    run = CASES[case]
    alt = WEIGHTS.alt(run, EN)
    assert EN.number(int(run.snapshot_steps[-1])) in alt
    assert "{" not in alt and "nan" not in alt


@pytest.mark.parametrize("cell", [3, 7, 10, 14, 40])
@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 1), (0, 2), (0, 3), (9, 11), (0, 29)])
def test_labels_of_neighbouring_columns_do_not_overlap(cell: int, first: int, last: int) -> None:
    matrix = Matrix(Canvas(672, 672, 1), rows=1, columns=30, left=0, top=0, cell=cell)
    numbered = matrix.apart(first, last)
    assert numbered[0] == first and set(numbered) <= set(range(first, last + 1))
    for former, later in pairwise(numbered):
        room = (later - former) * cell
        widths = [matrix.canvas.text_width(str(each)) for each in (former, later)]
        assert sum(widths) / 2 + 2 <= room
    if cell == 40:
        assert numbered == list(range(first, last + 1))


def test_only_the_first_and_last_of_four_signal_bits_are_labelled_if_cells_are_small() -> None:
    matrix = Matrix(Canvas(672, 672, 1), rows=1, columns=31, left=0, top=0, cell=8)
    assert matrix.apart(0, 3) == [0, 3]
