"""Line and point films: positions for many runs, and refused models."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import pytest

from gen.analysis.fourier import frequencies
from gen.analysis.neuron_groups import neuron_order
from gen.drawing.canvas import light
from gen.drawing.colours import rgb
from gen.drawing.film import Film
from gen.drawing.layers import Labels, Lines, Pen, Points
from gen.drawing.marks import RunsMark, TextMark
from gen.experiments.runs import ModelRun
from gen.figures.circle import Circle
from gen.figures.dft import Dft
from gen.figures.figure import figure_kinds
from gen.figures.interference_film import InterferenceFilm
from gen.figures.neuron import Neuron
from gen.figures.race import Race
from gen.figures.stars import Stars
from gen.figures.trajectories import Trajectories
from gen.figures.waves import Waves
from gen.i18n import Words
from gen.networks.embedded import Embedded
from gen.networks.network import Network
from gen.networks.perceptron import Perceptron
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.tasks.task import Task
from gen.theme import FREQUENCY_COLOURS
from tests.support.line_runs import circle_run, parity_run, solved_run, waves_run

EN = Words("en")
NEVER = float("inf")
TRAJECTORIES, WAVES, CIRCLE = Trajectories(model="m"), Waves(model="m"), Circle(model="m")
SUM, STARS, NEURON = InterferenceFilm(model="m"), Stars(model="m"), Neuron(model="m")
RACE = Race(model="m")

RunFilm: TypeAlias = Race | Dft | Trajectories | Waves | Circle | InterferenceFilm | Stars | Neuron

CASES: dict[str, tuple[RunFilm, ModelRun]] = {
    "parity": (TRAJECTORIES, parity_run(snapshots=21)),
    "parity with two snapshots": (TRAJECTORIES, parity_run(snapshots=2)),
    "parity of all bits": (TRAJECTORIES, parity_run(bits=8, signal_bits=8, snapshots=5)),
    "a wide parity": (TRAJECTORIES, parity_run(bits=20, signal_bits=2, hidden=128, snapshots=5)),
    "parity that learns nothing": (
        TRAJECTORIES,
        parity_run(snapshots=5, memorises=NEVER, generalises=NEVER),
    ),
    "modular": (WAVES, waves_run(snapshots=21)),
    "modular with noise at the end": (WAVES, waves_run(generalises=NEVER, snapshots=2)),
    "a small modulus": (WAVES, waves_run(modulus=31, hidden=5, frequencies=(3,), snapshots=5)),
    "a large modulus": (WAVES, waves_run(modulus=113, hidden=40, snapshots=5)),
    "a sum": (SUM, solved_run()),
    "a sum in noise": (SUM, waves_run(generalises=NEVER, snapshots=2)),
    "a sum of few numbers": (SUM, waves_run(modulus=8, hidden=5, frequencies=(3,), snapshots=5)),
    "stars": (STARS, solved_run()),
    "a single star": (STARS, solved_run(frequencies=(7,), neurons=5)),
    "stars in noise": (STARS, waves_run(generalises=NEVER, snapshots=2)),
    "a race": (RACE, waves_run(snapshots=21)),
    "a race of noise": (RACE, waves_run(generalises=NEVER, snapshots=2)),
    "a race of few waves": (RACE, waves_run(modulus=8, hidden=5, frequencies=(3,), snapshots=5)),
    "one of many neurons": (NEURON, solved_run()),
    "one neuron in noise": (NEURON, waves_run(generalises=NEVER, snapshots=2)),
    "a neuron over few numbers": (NEURON, waves_run(modulus=8, hidden=5, snapshots=5)),
    "five neurons": (CIRCLE, circle_run(snapshots=21)),
    "one neuron": (CIRCLE, circle_run(hidden=1, snapshots=3)),
    "waves of one view": (Waves(model="m", view="W_out"), waves_run(snapshots=5)),
    "a neuron of one view": (Neuron(model="m", view="W_out"), waves_run(snapshots=5)),
    "lines of one view": (Trajectories(model="m", view="W_in"), parity_run(snapshots=5)),
    "many neurons": (CIRCLE, circle_run(hidden=64, generalises=NEVER, snapshots=3)),
}

PARITY = SparseParity(bits=30, signal_bits=3, train_rows=10, test_rows=10)
MODULAR = Modular(modulus=67, train_share=0.4)
LEARNED_ACCURACY = Embedded(embedding="learned", width=500, hidden=24)
GIVEN = Embedded(embedding="circle", hidden=5)


def layers(film: Film, kind: type) -> list:
    return [layer for layer in film.layers if isinstance(layer, kind)]


@pytest.mark.parametrize("case", CASES)
def test_every_film_changes_and_its_size_is_whole_blocks(case: str) -> None:
    figure, run = CASES[case]
    figure.check(run.task, run.network)
    film = figure.film(run, 1)
    width, height = film.size
    assert width % 16 == height % 16 == 0
    assert 600 <= width <= 720
    first, last = film.frame(0), film.frame(-1)
    assert first.shape == (height, width, 3)
    assert (first != last).any()
    assert film.steps[0] == run.snapshot_steps[0]
    assert film.steps[-1] == run.snapshot_steps[-1]


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_drawn_on_the_edge_of_the_canvas(case: str) -> None:
    figure, run = CASES[case]
    frame = figure.film(run, 1).frame(-1)
    edges = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    assert (edges == 255).all()


@pytest.mark.parametrize("case", CASES)
def test_scale_two_doubles_the_resolution_of_the_same_picture(case: str) -> None:
    figure, run = CASES[case]
    plain, sharp = figure.film(run, 1), figure.film(run, 2)
    assert sharp.size == plain.size
    assert sharp.background.shape[:2] == tuple(2 * side for side in plain.background.shape[:2])


@pytest.mark.parametrize("case", CASES)
def test_alt_texts_match_the_run(case: str) -> None:
    figure, run = CASES[case]
    alt = figure.alt(run, EN)
    assert EN.number(int(run.snapshot_steps[-1])) in alt
    assert "{" not in alt and "nan" not in alt


@pytest.mark.parametrize("kind", ["trajectories", "waves", "stars", "neuron", "circle", "race"])
def test_figure_kinds_are_found_by_name(kind: str) -> None:
    assert figure_kinds()[kind].model_validate_json(json.dumps({"kind": kind, "model": "m"}))


@pytest.mark.parametrize(
    ("figure", "task", "network", "sentence"),
    [
        (TRAJECTORIES, MODULAR, LEARNED_ACCURACY, "need signal inputs"),
        (TRAJECTORIES, PARITY, Perceptron(hidden=4096), "the limit is"),
        (WAVES, PARITY, Perceptron(hidden=32), "31 inputs and 1 outputs"),
        (WAVES, MODULAR, GIVEN, "the kind circle"),
        (WAVES, Modular(modulus=512, train_share=0.5), Perceptron(hidden=4096), "the limit is"),
        (STARS, MODULAR, GIVEN, "the kind circle"),
        (RACE, MODULAR, GIVEN, "the kind circle"),
        (RACE, PARITY, Perceptron(hidden=32), "31 inputs and 1 outputs"),
        (RACE, MODULAR, Perceptron(hidden=1000), "33,000 waves in 1,000 neurons"),
        (STARS, PARITY, Perceptron(hidden=32), "31 inputs and 1 outputs"),
        (NEURON, MODULAR, GIVEN, "the kind circle"),
        (Neuron(model="m", neuron=24), MODULAR, LEARNED_ACCURACY, r"out of range \(0 to 23\)"),
        (NEURON, Modular(modulus=512, train_share=0.5), Perceptron(hidden=64), "the limit is 256"),
        (CIRCLE, MODULAR, LEARNED_ACCURACY, "two weights in"),
        (CIRCLE, PARITY, Perceptron(hidden=32), "two weights in"),
        (CIRCLE, MODULAR, Embedded(embedding="circle", hidden=65), "65 neurons"),
    ],
)
def test_a_model_that_the_figure_cannot_show_is_refused(
    figure: RunFilm, task: Task, network: Network, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        figure.check(task, network)


@pytest.mark.parametrize(
    ("figure", "task", "network"),
    [
        (TRAJECTORIES, PARITY, Perceptron(hidden=258)),
        (WAVES, MODULAR, LEARNED_ACCURACY),
        (WAVES, MODULAR, Perceptron(hidden=24)),
        (STARS, MODULAR, LEARNED_ACCURACY),
        (RACE, MODULAR, Perceptron(hidden=606)),
        (Neuron(model="m", neuron=23), MODULAR, LEARNED_ACCURACY),
        (CIRCLE, MODULAR, GIVEN),
    ],
)
def test_a_model_that_the_figure_can_show_passes(
    figure: RunFilm, task: Task, network: Network
) -> None:
    figure.check(task, network)


@pytest.mark.parametrize("kind", ["waves", "neuron", "dft"])
def test_a_view_is_drawn_alike_with_numbers_as_rows_or_columns(kind: str) -> None:
    run = waves_run(snapshots=3)
    upright = replace(run, views={"E": run.views["W_in"]})
    turned = replace(run, views={"E": run.views["W_in"].transpose(0, 2, 1)})
    figure = figure_kinds()[kind](model="m", view="E")
    frames = [figure.film(each, 1).frame(-1) for each in (upright, turned)]
    assert np.array_equal(*frames)
    other = replace(run, views={"E": run.views["W_out"]})
    assert not np.array_equal(figure.film(other, 1).frame(-1), frames[0])


def test_frequencies_below_one_view_are_round_and_in_the_middle_of_their_columns() -> None:
    run = waves_run(snapshots=3)
    film = Dft(model="m", view="E").film(replace(run, views={"E": run.views["W_in"]}), 1)
    numbers = [mark for mark in film.marks if isinstance(mark, TextMark) and mark.text.isdigit()]
    lowest = max(mark.y for mark in numbers)
    shown = {int(mark.text): mark.x for mark in numbers if mark.y == lowest}
    every = min(shown)
    assert list(shown) == list(range(every, every * len(shown) + 1, every)) and len(shown) > 2
    assert max(shown) + every > run.views["W_in"].shape[1] // 2
    (title,) = [mark for mark in film.marks if isinstance(mark, RunsMark)]
    cell = (shown[2 * every] - shown[every]) / every / 2
    middles = [title.x + (2 * number - 1) * cell for number in shown]
    np.testing.assert_allclose(list(shown.values()), middles, atol=1)


@pytest.mark.parametrize(
    ("figure", "task", "sentence"),
    [
        (Waves(model="m", view="E"), MODULAR, 'no view "E"; known: W_in, W_out'),
        (Neuron(model="m", view="E"), MODULAR, 'no view "E"'),
        (Dft(model="m", view="E"), MODULAR, 'no view "E"'),
        (Trajectories(model="m", view="E"), PARITY, 'no view "E"'),
        (Trajectories(model="m", view="W_out"), PARITY, "W_out has 24 rows, not one per input"),
        (Waves(model="m", view="W_in"), PARITY, "a row or a column for each of the 1 numbers"),
    ],
)
def test_a_view_that_does_not_fit_is_refused(figure: RunFilm, task: Task, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        figure.check(task, Perceptron(hidden=24))


@pytest.mark.parametrize("part", [0.25, 0.5, 1.0])
def test_lines_are_drawn_up_to_the_current_step(part: float) -> None:
    _, run = CASES["parity"]
    film = TRAJECTORIES.film(run, 1)
    plot = film.frame(round(part * (len(film.steps) - 1)))[104:428]
    columns = np.flatnonzero((plot == rgb(light("signal"))).all(axis=2).any(axis=0))
    left, right = 44, film.size[0] - 28
    assert columns.min() == pytest.approx(left, abs=4)
    assert columns.max() == pytest.approx(left + part * (right - left), abs=4)


def test_lines_end_at_the_final_weights() -> None:
    _, run = CASES["parity"]
    film = TRAJECTORIES.film(run, 1)
    (tips,) = layers(film, Points)
    final = run.views["W_in"][-1]
    signal = final[:3][np.abs(final[:3]) > 0.26]
    bias = final[30][np.abs(final[30]) > 0.26]
    places = np.sort(tips._points[-1, :, 1])
    values = np.sort(np.concatenate([signal, bias]))
    assert len(places) == len(values)
    slope, offset = np.polyfit(values, places, 1)
    assert slope > 0
    np.testing.assert_allclose(slope * values + offset, places, atol=1e-3)


def test_every_weight_has_a_line_and_signals_cover_distractors() -> None:
    _, run = CASES["parity"]
    thin, strong = layers(TRAJECTORIES.film(run, 1), Pen)
    assert len(thin._points) + len(strong._points) == 31 * 32
    assert {colour for colour, _ in strong._groups} == {light("signal"), light("bias")}
    assert light("distractor") in {colour for colour, _ in thin._groups}


def test_each_frequency_has_an_input_and_an_output_panel() -> None:
    _, run = CASES["modular"]
    panels = layers(WAVES.film(run, 1), Lines)
    assert len(panels) == 2 * 4
    shown = [panel._groups[-1][0] for panel in panels]
    assert shown == [light(colour) for colour in FREQUENCY_COLOURS[:4]] * 2
    assert [panel._points.shape[1] for panel in panels] == [6] * 8


def test_too_many_frequencies_share_the_last_panel() -> None:
    _, run = CASES["modular with noise at the end"]
    found, count = np.unique(frequencies(run.views["W_in"][-1]), return_counts=True)
    assert len(found) > 6
    panels = layers(WAVES.film(run, 1), Lines)[:6]
    sizes = [panel._points.shape[1] for panel in panels]
    assert sum(sizes) == 24
    assert sorted(sizes[:5]) == sorted(np.sort(count)[-5:])
    assert panels[5]._groups[-1][0] == light("distractor")


def test_lines_are_clipped_to_their_panel() -> None:
    _, run = CASES["modular"]
    film = WAVES.film(replace(run, views=louder(run)), 1)
    panels = layers(film, Lines)[:4]
    ranges = [(p._points[..., 1].min(), p._points[..., 1].max()) for p in panels]
    for (_, below), (above, _) in zip(ranges[1:], ranges, strict=False):
        assert below < above - 20


def louder(run: ModelRun) -> dict[str, np.ndarray]:
    """Weights that are much larger during training than at its end."""
    middle = len(run.snapshot_steps) // 2
    return {
        name: np.concatenate([view[:middle], view[middle : middle + 1] * 30, view[middle + 1 :]])
        for name, view in run.views.items()
    }


def test_a_configured_limit_applies_to_every_panel() -> None:
    _, run = CASES["modular"]
    panels = layers(Waves(model="m", limit=100.0).film(run, 1), Lines)
    heights = [np.ptp(panel._points[..., 1]) for panel in panels]
    assert max(heights) < 0.05 * max(
        np.ptp(panel._points[..., 1]) for panel in layers(WAVES.film(run, 1), Lines)
    )


@pytest.mark.parametrize(("most", "shown"), [(2, 2), (5, 5), (20, 11), (21, 21), (300, 21)])
def test_waves_have_at_most_the_configured_frames(most: int, shown: int) -> None:
    _, run = CASES["modular"]
    steps = Waves(model="m", frames=most).film(run, 1).steps
    assert len(steps) == shown
    assert set(steps) <= set(run.snapshot_steps)
    assert (steps[0], steps[-1]) == (0, 50_000)


def test_weights_that_are_all_zero_are_drawn() -> None:
    for case in ("parity", "modular", "stars", "one of many neurons", "five neurons"):
        figure, run = CASES[case]
        still = {name: np.zeros_like(view) for name, view in run.views.items()}
        assert figure.film(replace(run, views=still), 1).frame(-1).any()


def test_neurons_have_the_numbers_of_the_weights_film() -> None:
    _, run = CASES["five neurons"]
    film = CIRCLE.film(run, 1)
    labels = layers(film, Labels)[:5]
    final = run.views["A"][-1][:, neuron_order(run)].T
    assert [label._texts for label in labels] == [["0"], ["1"], ["2"], ["3"], ["4"]]
    places = np.concatenate([label._points[-1] for label in labels])
    centred, expected = places - places.mean(axis=0), final - final.mean(axis=0)
    ratio = np.linalg.norm(centred) / np.linalg.norm(expected)
    np.testing.assert_allclose(centred, expected * ratio, atol=0.05)


def test_neighbours_in_a_are_connected_in_both_panels() -> None:
    _, run = CASES["five neurons"]
    film = CIRCLE.film(run, 1)
    pentagon, star = (layer._points[-1, 0] for layer in layers(film, Lines))
    around, about = (
        np.degrees(np.unwrap(np.arctan2(*(points - points[:5].mean(axis=0)).T[::-1])))
        for points in (pentagon, star)
    )
    assert around[-1] - around[0] == pytest.approx(360, abs=1)
    assert about[-1] - about[0] == pytest.approx(720, abs=1)


def turned(points: np.ndarray) -> float:
    """Return by how many degrees a closed line turns around its centre."""
    x, y = (points - points[:-1].mean(axis=0)).T
    return float(np.degrees(np.ptp(np.unwrap(np.arctan2(y, x)))))


def test_each_frequency_has_a_ring_above_a_star_that_turns_twice() -> None:
    _, run = CASES["stars"]
    closed = [line for line in layers(STARS.film(run, 1), Lines) if line._points.shape[2] == 7]
    rings, stars = closed[:4], closed[4:]
    for ring, star in zip(rings, stars, strict=True):
        assert turned(ring._points[-1, 0]) == pytest.approx(360, abs=1)
        assert turned(star._points[-1, 0]) == pytest.approx(720, abs=1)
        assert ring._points[-1, 0, :, 1].min() > star._points[-1, 0, :, 1].max()


def test_the_hand_marks_one_neuron_and_turns_twice_as_far_below() -> None:
    _, run = CASES["stars"]
    hands = [line for line in layers(STARS.film(run, 1), Lines) if line._points.shape[2] == 2]
    assert len(hands) == 2 * 4
    for above, below in zip(hands[:4], hands[4:], strict=True):
        inner, outer = (
            np.degrees(np.arctan2(*np.diff(hand._points[-1, 0], axis=0)[0][::-1]))
            for hand in (above, below)
        )
        assert (outer - 2 * inner + 180) % 360 - 180 == pytest.approx(0, abs=0.5)


def test_stars_count_the_neurons_that_answer_at_twice_the_angle() -> None:
    _, run = CASES["stars"]
    assert "24 of 24 neurons" in STARS.alt(run, EN)
    into, out = run.views.values()
    half = out.copy()
    half[-1, ::2] *= -1
    assert "12 of 24 neurons" in STARS.alt(replace(run, views={"W_in": into, "W_out": half}), EN)


def test_a_neuron_has_its_number_of_the_weights_film() -> None:
    _, run = CASES["one of many neurons"]
    film = Neuron(model="m", neuron=7).film(run, 1)
    (line, *_) = layers(film, Lines)
    drawn, expected = line._points[-1, 0, :, 1], run.views["W_in"][-1][:, neuron_order(run)[7]]
    assert np.corrcoef(drawn, expected)[0, 1] == pytest.approx(1)


def test_the_purest_neuron_is_the_default() -> None:
    _, run = CASES["one of many neurons"]
    random = np.random.default_rng(0)
    views = {name: view.copy() for name, view in run.views.items()}
    noisy = [neuron for neuron in range(24) if neuron != 11]
    views["W_in"][-1][:, noisy] += random.normal(size=(67, 23)) * 0.3
    run = replace(run, views=views)
    (line, *_) = layers(NEURON.film(run, 1), Lines)
    expected = views["W_in"][-1][:, 11]
    assert np.corrcoef(line._points[-1, 0, :, 1], expected)[0, 1] == pytest.approx(1)


def test_the_bars_are_the_fourier_amplitudes() -> None:
    _, run = CASES["one of many neurons"]
    _, others, strongest, *_ = layers(NEURON.film(run, 1), Lines)
    assert others._points.shape[1] == 32 and strongest._points.shape[1] == 1
    tall = np.abs(np.diff(strongest._points[-1], axis=1)[..., 1]).item()
    rest = np.abs(np.diff(others._points[-1], axis=1)[..., 1])
    assert rest.max() < 1e-3 * tall


def test_silent_neurons_share_a_group_without_a_star() -> None:
    _, run = CASES["stars"]
    views = {name: view.copy() for name, view in run.views.items()}
    views["W_in"][-1][:, 3] = 1e-3 * np.random.default_rng(0).normal(size=67)
    mute = replace(run, views=views)
    closed = [line for line in layers(STARS.film(mute, 1), Lines) if line._points.shape[2] > 2]
    assert [line._points.shape[2] for line in closed] == [6, 7, 7, 7] * 2
    panels = layers(WAVES.film(mute, 1), Lines)[:5]
    assert [panel._points.shape[1] for panel in panels] == [5, 6, 6, 6, 1]
    assert panels[-1]._groups[-1][0] == light("distractor")
