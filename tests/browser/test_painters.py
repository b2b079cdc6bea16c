"""Both renderers of figures show the same: frames of films, and what the page paints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from gen.analysis.sweep_outcomes import SweepRun
from gen.drawing.marks import RunsMark, TextMark
from gen.experiments.runs import Run
from gen.figures.attention import Attention
from gen.figures.circle import Circle
from gen.figures.construction import Construction
from gen.figures.dft import Dft
from gen.figures.embedding_plane import EmbeddingPlane
from gen.figures.figure import FilmFigure, figure_kinds
from gen.figures.histogram import Histogram
from gen.figures.interference_film import InterferenceFilm
from gen.figures.layers import Layers
from gen.figures.neuron import Neuron
from gen.figures.race import Race
from gen.figures.stars import Stars
from gen.figures.sweep_film import SweepFilm
from gen.figures.trajectories import Trajectories
from gen.figures.waves import Waves
from gen.figures.weights import Weights
from tests.support.any_runs import any_run, attention_run
from tests.support.line_runs import circle_run, parity_run, solved_run, waves_run
from tests.support.painted import Painted, PaintedCells, differing, opened, painting_page, wordless
from tests.support.sweep_runs import small_sweep_run

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("painters")]

PARITY, WAVES = parity_run(snapshots=9), waves_run(snapshots=9)
CIRCLE, SOLVED = circle_run(snapshots=9), solved_run()
LOUD = replace(
    WAVES,
    views={
        name: view * np.geomspace(30, 1, 9)[:, None, None] for name, view in WAVES.views.items()
    },
)
VIEWS = any_run({"W1": (12, 9), "W2": (5, 12), "bias": (1, 5)}, {"W1": ("neuron", "input")})

CASES: dict[str, tuple[Any, Run | SweepRun | None]] = {
    "weights with hairlines": (Weights(model="m"), PARITY),
    "weights of small cells": (Weights(model="m"), WAVES),
    "weights that shrink": (Weights(model="m"), LOUD),
    "waves that shrink": (Waves(model="m", limit=3.0), LOUD),
    "weights of a circle": (Weights(model="m"), CIRCLE),
    "waves": (Waves(model="m"), WAVES),
    "dft": (Dft(model="m"), WAVES),
    "dft of one view": (Dft(model="m", view="W_out"), WAVES),
    "race": (Race(model="m"), WAVES),
    "stars": (Stars(model="m"), SOLVED),
    "neuron": (Neuron(model="m"), SOLVED),
    "circle": (Circle(model="m"), CIRCLE),
    "trajectories": (Trajectories(model="m"), PARITY),
    "sum": (InterferenceFilm(model="m"), SOLVED),
    "layers": (Layers(model="m"), VIEWS),
    "components": (Layers(model="m", views=["W1"], project=3), VIEWS),
    "histogram": (Histogram(model="m"), VIEWS),
    "plane": (EmbeddingPlane(model="m"), VIEWS),
    "attention": (Attention(model="m"), attention_run()),
    "attention as lines": (Attention(model="m", drawn="lines"), attention_run()),
    "construction": (Construction(modulus=40, neurons=5), None),
    "sweep": (SweepFilm(sweep="grid"), small_sweep_run()),
}

LARGEST_SHARE = {"attention as lines": 0.0001, "race": 0.0001}
"""Share of the painted pixels that may differ, if any may: of a line that is below another one, a
rim of less than a device pixel, which antialiasing makes paler than a third."""

LAYERS = {
    "cells": "weights of a circle",
    "lines": "circle",
    "pen": "trajectories",
    "points": "plane",
    "labels": "plane",
    "bars": "construction",
    "text": "construction",
    "marks": "sweep",
    "counter": "circle",
    "progress": "circle",
    "ends": "weights that shrink",
}
"""A case for every kind of layer."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with painting_page(browser) as page:
        yield page


def test_every_figure_that_is_a_film_is_painted_here() -> None:
    films = {name for name, kind in figure_kinds().items() if issubclass(kind, FilmFigure)}
    assert {figure.kind for figure, _ in CASES.values()} == films


@pytest.mark.parametrize("case", CASES)
def test_the_page_paints_what_the_film_shows(page: Page, case: str) -> None:
    shown = opened(page, *CASES[case])
    last = len(shown.film.steps) - 1
    assert shown.texts == [
        mark.text if isinstance(mark, TextMark) else "".join(run.text for run in mark.runs)
        for mark in shown.film.marks
        if isinstance(mark, TextMark | RunsMark)
    ]
    for frame in (0, last // 2, last):
        assert_agrees(shown, frame, LARGEST_SHARE.get(case, 0.0))


def assert_agrees(shown: Painted, frame: int, share: float) -> None:
    """Compare a frame of the film with what the page paints; `share` of the pixels may differ."""
    with wordless() as written:
        filmed = shown.film.frame(frame)
    painted = shown.paint(frame)
    seen = shown.pixels()
    assert_texts_agree(written, painted["texts"])
    assert_counter_agrees(shown, frame, painted["counter"])
    assert share_that_differs(filmed, seen) <= share
    for cells in shown.cells:
        assert_numbers_agree(cells, frame)
        assert_colours_agree(cells, frame, filmed, seen)


def share_that_differs(filmed: np.ndarray, seen: np.ndarray) -> float:
    """Return how much of what a film shows is different in the page."""
    differs = differing(filmed, seen) | differing(seen, filmed)
    return float(differs.sum() / (filmed < 255).any(axis=2).sum())


def assert_texts_agree(
    written: list[tuple[str, float, float, float]], painted: list[tuple[str, float, float, str]]
) -> None:
    """Compare texts and their places within a pixel, wherever a text is aligned."""
    written = [one for one in written if one[0]]
    assert [text for text, *_ in painted] == [text for text, *_ in written]
    for (text, left, right, base), (_, x, y, align) in zip(written, painted, strict=True):
        expected = {"left": left, "center": (left + right) / 2, "right": right}[align]
        assert abs(expected - x) < 1 and abs(base - y) < 1, text


def assert_counter_agrees(
    shown: Painted, frame: int, painted: list[tuple[str, float, float, str]]
) -> None:
    """Compare the counter, which the film draws in its own language, with the step of a frame."""
    places = [layer for layer in shown.scene["layers"] if layer["type"] == "counter"]
    expected = [f"Step {shown.film.steps[frame]:,}"] * len(places)
    assert "".join(text for text, *_ in painted) == "".join(expected)
    for place in places:
        assert abs(painted[0][1] - place["left"]) < 1
        assert all(abs(base - place["baseline"]) < 1 for _, _, base, _ in painted)


def assert_numbers_agree(cells: PaintedCells, frame: int) -> None:
    """Compare numbers: the page's are rounded, which changes a colour by one level at most."""
    errors = np.abs(cells.values[frame] - cells.exact[frame])
    assert errors.max() <= cells.errors[frame] * 1.0001
    levels = np.stack([cells.levels(frame), cells.layer.levels(frame)]).astype(int)
    assert np.ptp(levels, axis=0).max() <= 1


def assert_colours_agree(
    cells: PaintedCells, frame: int, filmed: np.ndarray, seen: np.ndarray
) -> None:
    """Compare colours at the middle of cells with the film's colours of the numbers of each."""
    middle = np.ix_(*cells.layer.centres())
    np.testing.assert_array_equal(filmed[middle], cells.layer.colours(frame))
    expected = cells.layer.exact_colours[cells.levels(frame)].astype(int)
    assert np.abs(seen[middle] - expected).max() <= 3


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("by", [None, 3.0], ids=["missing", "moved"])
def test_a_layer_that_is_missing_or_moved_is_noticed(
    page: Page, layer: str, by: float | None
) -> None:
    case = LAYERS[layer]
    shown = opened(page, *CASES[case])
    page.evaluate("([layer, by]) => shown.move(layer, by)", [layer, by])
    with pytest.raises(AssertionError):
        assert_agrees(shown, len(shown.film.steps) - 1, LARGEST_SHARE.get(case, 0.0))


def test_every_kind_of_layer_is_changed_here(page: Page) -> None:
    assert set(page.evaluate("Object.keys(grokreel.layers.kinds)")) == LAYERS.keys()


@pytest.mark.parametrize(
    ("case", "change"),
    [
        ("circle", 'one.type === "lines" && (one.width = 0.01)'),
        ("circle", 'one.type === "points" && (one.radius -= 2.5)'),
        ("circle", 'runs?.[0].colour === "frequency-2" && (runs[0].colour = "signal")'),
        ("construction", 'one.type === "bars" && (one.width += 5)'),
        ("construction", 'one.type === "text" && (one.texts[one.at.at(-1)] += "0")'),
        ("sweep", 'one.type === "marks" && (one.radius -= 2.5)'),
        ("sweep", 'one.type === "marks" && (one.legend.radius -= 2.5)'),
        ("sweep", 'one.type === "marks" && one.kinds.reverse()'),
        ("weights with hairlines", 'one.type === "cells" && (one.limit *= 1.1)'),
        ("weights with hairlines", 'one.type === "cells" && (one.gap = 0)'),
    ],
)
def test_another_width_size_colour_or_text_is_noticed(page: Page, case: str, change: str) -> None:
    shown = opened(page, *CASES[case])
    page.evaluate(f"void shown.painters.forEach(({{ layer: one, runs }}) => {change})")
    with pytest.raises(AssertionError):
        assert_agrees(shown, len(shown.film.steps) - 1, LARGEST_SHARE.get(case, 0.0))


@pytest.mark.parametrize("case", ["weights of small cells", "dft", "components"])
def test_numbers_of_cells_that_are_off_by_more_than_rounding_are_noticed(
    page: Page, case: str
) -> None:
    (cells, *_) = opened(page, *CASES[case]).cells
    values = cells.values + 2 * cells.errors[:, None, None]
    with pytest.raises(AssertionError):
        assert_numbers_agree(replace(cells, values=values), 0)
