"""The film of the race of the waves: which lines there are, where they run, and their colours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gen.analysis.neuron_groups import neuron_groups
from gen.analysis.race import amplitudes_of
from gen.drawing.canvas import light, pale
from gen.drawing.film import Film
from gen.drawing.layers import Layer, Pen, Points
from gen.drawing.marks import RunsMark, TextMark
from gen.drawing.number_format import format_number
from gen.figures.race import Race
from tests.support.line_runs import waves_run

RUN = waves_run(snapshots=21)
LEFT, RIGHT = 44, 672 - 28


def of_kind(film: Film, kind: type[Layer]) -> list:
    return [layer for layer in film.layers if isinstance(layer, kind)]


def test_every_wave_of_every_neuron_has_a_line_and_the_final_ones_cover_the_others() -> None:
    others, final = of_kind(Race(model="m").film(RUN, 1), Pen)
    _, waves, neurons = amplitudes_of(RUN.views["W_in"]).shape
    assert len(final._points) == neurons
    assert len(others._points) == (waves - 1) * neurons
    assert {colour for colour, _ in others._groups} == {light(pale("distractor"))}
    groups = neuron_groups(RUN.views["W_in"][-1])
    assert {colour for colour, _ in final._groups} == {light(group.colour) for group in groups}


def test_a_final_wave_ends_at_its_amplitude_in_the_colour_of_its_frequency() -> None:
    film = Race(model="m").film(RUN, 1)
    (tips,) = of_kind(film, Points)
    last = amplitudes_of(RUN.views["W_in"])[-1]
    groups = neuron_groups(RUN.views["W_in"][-1])
    expected = [
        (group.colour, last[group.frequency - 1, neuron])
        for group in groups
        if group.frequency is not None
        for neuron in group.neurons
    ]
    assert tips._source.shape[1] == len(expected)
    assert tips.parts()["colours"] == [colour for colour, _ in expected]
    heights = np.asarray(tips._source)[-1, :, 1]
    slope, offset = np.polyfit([value for _, value in expected], heights, 1)
    assert slope > 0
    np.testing.assert_allclose(
        slope * np.array([value for _, value in expected]) + offset, heights, atol=1e-3
    )


def test_equal_ratios_of_steps_are_equal_distances() -> None:
    steps = np.array([0, 9, 99, 999, 9999])
    run = replace(waves_run(snapshots=5), snapshot_steps=steps)
    film = Race(model="m").film(run, 1)
    (tips,) = of_kind(film, Points)
    across = np.asarray(tips._source)[:, 0, 0]
    np.testing.assert_allclose(across, np.linspace(LEFT, RIGHT, 5), atol=1e-6)
    labels = {mark.text: mark.x for mark in film.marks if isinstance(mark, TextMark)}
    assert labels["0"] == LEFT
    for step in (1, 10, 100, 1000):
        place = LEFT + np.log10(step + 1) / 4 * (RIGHT - LEFT)
        assert labels[format_number(step)] == pytest.approx(place)
    assert labels.keys() >= {"1\u202f000"} and format_number(10_000) not in labels


def test_the_legend_names_every_frequency_in_its_colour() -> None:
    film = Race(model="m").film(RUN, 1)
    named = [mark.runs[0] for mark in film.marks if isinstance(mark, RunsMark)]
    shown = {run.text: run.colour for run in named}
    for group in neuron_groups(RUN.views["W_in"][-1]):
        assert shown[str(group.frequency)] == group.colour
