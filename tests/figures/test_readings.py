"""What a reader reads off films on the page: one number for a neuron, and values with a meaning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gen.analysis.neuron_groups import neuron_names, neuron_order
from gen.analysis.race import amplitudes_of
from gen.drawing.canvas import Canvas
from gen.drawing.colours import Diverging
from gen.drawing.derived import Crossed, Derived
from gen.drawing.film import Film
from gen.drawing.layers import Cells, Labels, Layer, Lines, Pen, Points
from gen.drawing.marks import TextMark
from gen.drawing.number_format import format_number
from gen.drawing.outcome_marks import OutcomeMarks
from gen.drawing.parts import Places
from gen.drawing.scale_ends import Coloured, ScaleEnds, colour_scale
from gen.experiments.runs import ModelRun
from gen.figures.dft import Dft
from gen.figures.embedding_plane import EmbeddingPlane
from gen.figures.heat_layout import HeatLayout, HeatMap
from gen.figures.interference_film import InterferenceFilm, _signed
from gen.figures.layers import Layers
from gen.figures.neuron import Neuron
from gen.figures.race import Race
from gen.figures.sweep_film import SweepFilm
from gen.figures.trajectories import Trajectories
from gen.figures.waves import Waves
from gen.figures.weights import Weights
from gen.interactive.scene import scene_of, scene_script
from tests.support.article import article_config
from tests.support.line_runs import parity_run, solved_run, waves_run
from tests.support.scene_values import read_script, values_of
from tests.support.sweep_runs import sweep_run

SWEEP = article_config().sweeps["parity-sweep"]
AXES = {"W_in": ("number", "neuron"), "W_out": ("neuron", "number")}


def shuffled(run: ModelRun, axes: dict[str, tuple[str, str]]) -> ModelRun:
    """Return a run with its neurons in another order than that of figures."""
    into, out = run.views.values()
    places = np.random.default_rng(1).permutation(into.shape[2])
    views = dict(zip(run.views, (into[:, :, places], out[:, places]), strict=True))
    return replace(run, views=views, axes=axes)


RUN = shuffled(waves_run(snapshots=5), AXES)
PARITY = shuffled(parity_run(snapshots=5), AXES | {"W_in": ("input", "neuron")})
ORDER = neuron_order(RUN)


def sources(film: Film, kind: type[Layer]) -> list[Derived]:
    """Return what the layers of a kind show, as far as it follows from a view."""
    found: list[Any] = []
    for layer in film.layers:
        if isinstance(layer, kind):
            parts = layer.parts()
            assert parts is not None
            part = parts.get("points") or parts["values"]
            found.append(part.points if isinstance(part, Places) else part.values)
    return [one for one in found if isinstance(one, Derived)]


def written(film: Film) -> list[str]:
    return [mark.text for mark in film.marks if isinstance(mark, TextMark)]


# One number for a neuron.


def test_the_order_here_is_not_that_of_the_views() -> None:
    assert sorted(ORDER) == list(range(24)) != ORDER.tolist()
    assert [neuron_names(RUN, 24)[neuron] for neuron in ORDER] == list(range(24))


@pytest.mark.parametrize("figure", [Weights(model="m"), Dft(model="m")])
def test_rows_of_heat_maps_are_read_with_the_numbers_beside_them(figure: Weights | Dft) -> None:
    film = figure.film(RUN, 1)
    for values in sources(film, Cells):
        assert values.axes[0] == ("neuron", tuple(range(24)))
    assert {"0", "5", "23"} <= set(written(film))


def test_a_line_of_waves_is_read_with_the_number_of_its_row() -> None:
    seen: set[int] = set()
    for lines in sources(Waves(model="m").film(RUN, 1), Lines):
        if lines.view != "W_in" or not isinstance(lines.axes[0], tuple):
            continue
        name, numbers = lines.axes[0]
        assert name == "neuron"
        for number, line in zip(numbers, lines.values[-1], strict=True):
            own = RUN.views["W_in"][-1][:, ORDER[number]]
            assert np.corrcoef(line[:, 1], own)[0, 1] == pytest.approx(1, abs=1e-3)
            seen.add(number)
    assert seen == set(range(24))


@pytest.mark.parametrize(("view", "across"), [(None, True), ("W_in", True), ("W_out", False)])
def test_a_neuron_is_chosen_by_the_number_that_is_read(view: str | None, across: bool) -> None:
    line, *_ = sources(Neuron(model="m", neuron=7, view=view).film(RUN, 1), Lines)
    final = RUN.views["W_in" if across else "W_out"][-1]
    own = final[:, ORDER[7]] if across else final[ORDER[7]]
    assert np.corrcoef(line.values[-1, 0, :, 1], own)[0, 1] == pytest.approx(1, abs=1e-3)


def test_unsorted_rows_and_points_have_the_numbers_of_their_neurons() -> None:
    names = neuron_names(RUN, 24)
    film = Layers(model="m", views=["W_out"], cell=16).film(RUN, 1)
    (values,) = sources(film, Cells)
    assert values.axes[0] == ("neuron", names)
    texts = written(film)
    shown = [str(names[row]) for row in range(0, 24, 5)][:4]
    assert any(texts[at : at + 4] == shown for at in range(len(texts)))
    plane = EmbeddingPlane(model="m", view="W_in", points="columns")
    (labels,) = (one for one in plane.film(RUN, 1).layers if isinstance(one, Labels))
    assert list(labels._texts) == [str(name) for name in names]
    assert [row.split(",")[1] for row in plane.csv(RUN).split()[1:25]] == [*map(str, names)]


def test_a_heat_map_has_room_for_its_largest_number() -> None:
    few = HeatMap("W", (3, 3), "neuron", "number", (2, 0, 1))
    many = HeatMap("W", (3, 3), "neuron", "number", (1234, 0, 1))
    assert many.margin > few.margin
    assert HeatLayout.of([many]).places[0][0] > HeatLayout.of([few]).places[0][0]


# The scale says whether values lie beyond it.


def ends(film: Film) -> ScaleEnds:
    (found,) = (layer for layer in film.layers if isinstance(layer, ScaleEnds))
    return found


def painted(layer: ScaleEnds, frame: int) -> list[str]:
    parts = layer.parts()
    pairs = [end["texts"] for end in parts["ends"]]
    return [texts[int(beyond)] for texts, beyond in zip(pairs, layer._beyond[frame], strict=True)]


def test_the_ends_of_the_scale_say_at_which_steps_values_lie_beyond_it() -> None:
    into, out = (view.copy() for view in RUN.views.values())
    for view in (into, out):
        np.clip(view, -4, 4, out=view)
    into[1, 3, 4], out[2, 5, 6] = 30.0, -5.1
    run = replace(RUN, views={"W_in": into, "W_out": out})
    layer = ends(Weights(model="m", limit=5.0).film(run, 1))
    plain, low, high = ["\u22125", "5"], ["\u2264\u202f\u22125", "5"], ["\u22125", "\u2265\u202f5"]
    assert [painted(layer, frame) for frame in range(5)] == [plain, high, low, plain, plain]


def test_a_value_beyond_the_limit_that_has_its_colour_anyway_is_not_beyond() -> None:
    canvas, colours = Canvas(672, 672, 1), Diverging(5.0)
    values = np.array([[[5.0, 5.0 + 4 / 127]], [[5.0, 5.0 + 6 / 127]]])
    layer = colour_scale(canvas, [Coloured(values, colours)], left=0, top=0, width=96, height=8)
    assert [painted(layer, frame)[1] for frame in (0, 1)] == ["5", "\u2265\u202f5"]


def test_matrices_of_different_scales_are_beyond_their_own() -> None:
    views = {"W_in": RUN.views["W_in"] * 10, "W_out": RUN.views["W_out"].copy()}
    views["W_in"][1], views["W_out"][1] = 4.0, 20.0
    layer = ends(Layers(model="m").film(replace(RUN, views=views), 1))
    assert painted(layer, 1) == ["\u2212limit", "\u2265\u202flimit"]
    assert painted(layer, 4) == ["\u2212limit", "limit"]


# Values whose places are no view.


def test_lines_of_weights_say_which_weight_they_are() -> None:
    film = Trajectories(model="m").film(PARITY, 1)
    order, seen = neuron_order(PARITY), set[tuple[int, int]]()
    for pen in sources(film, Pen):
        axis = pen.axes[0]
        assert isinstance(axis, Crossed)
        (first, neurons), (second, inputs) = axis.meanings
        assert (first, second) == ("neuron", "input")
        own = PARITY.views["W_in"][-1][list(inputs), order[list(neurons)]]
        assert np.corrcoef(pen.values[-1, :, 1], own)[0, 1] == pytest.approx(1)
        seen |= set(zip(neurons, inputs, strict=True))
    assert len(seen) == 31 * 32
    (tips,) = sources(film, Points)
    assert isinstance(tips.axes[0], Crossed)


def test_lines_of_the_race_say_which_wave_of_which_neuron_they_are() -> None:
    order, seen = neuron_order(RUN), set[tuple[int, int]]()
    final = amplitudes_of(RUN.views["W_in"])[-1]
    for pen in sources(Race(model="m").film(RUN, 1), Pen):
        axis = pen.axes[0]
        assert isinstance(axis, Crossed)
        (first, neurons), (second, waves) = axis.meanings
        assert (first, second) == ("neuron", "frequency")
        own = final[np.array(waves) - 1, order[list(neurons)]]
        assert np.corrcoef(pen.values[-1, :, 1], own)[0, 1] == pytest.approx(1)
        seen |= set(zip(neurons, waves, strict=True))
    assert len(seen) == final.size


def test_dots_of_a_sum_are_read_as_logits() -> None:
    """Their places are pixels, so the logits travel beside them, once for dots and bars."""
    run = solved_run()
    figure = InterferenceFilm(model="m", frames=5)
    film = figure.film(run, 1)
    made = scene_of(film, "one", "", range(len(film.steps)))
    assert made is not None
    _, _, content = read_script(scene_script("one", made))
    terms = figure.terms(run)
    read = [layer for layer in content["layers"] if "reading" in layer]
    names = [layer["reading"]["name"] for layer in read]
    assert names == [*(f"k = {group.frequency}" for group in terms.groups), "\u2211", "\u2211"]
    final = terms.shares[-1]
    for layer, logits in zip(read, [*final, *[final.sum(axis=0)] * 2], strict=True):
        found = values_of(layer["reading"]["values"], content, None)[-1]
        np.testing.assert_allclose(found, logits, rtol=0, atol=np.ptp(logits) / 250)
        assert layer["points"]["axes"][0] == layer["reading"]["values"]["axes"][0]
    assert len({layer["reading"]["values"]["array"] for layer in read}) == len(read) - 1


def test_marks_of_a_sweep_say_their_settings_and_seed() -> None:
    run = sweep_run(SWEEP)
    (marks,) = (
        layer
        for layer in SweepFilm(sweep=SWEEP.name).film(run, 1).layers
        if isinstance(layer, OutcomeMarks)
    )
    parts = marks.parts()
    assert len(parts["cells"]) == len(SWEEP.cells) and parts["seeds"] == list(SWEEP.seeds)
    assert len(set(parts["cells"])) == len(parts["cells"])
    first = [axis.values[0] for axis in SWEEP.axes]
    assert [text.split("\u2009")[-1] for text in parts["cells"][0].split(", ")] == [
        format_number(value) for value in first
    ]


# Numbers.


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((near, "0.00") for near in (-0.001, -0.0, 0.0, 0.004)),
        (-0.006, "\u22120.01"),
        (1.5, "+1.50"),
        (-23.4, "\u221223"),
        (9.996, "+10"),
    ],
)
def test_a_margin_of_zero_has_no_sign(value: float, text: str) -> None:
    assert _signed(value) == text


def test_zero_has_no_sign_in_films() -> None:
    assert format_number(-0.0) == format_number(0) == "0"
    assert format_number(-12345.5) == "\u221212\u202f345.5"
