"""Both renderers of figures show the same: frames of films, and what the page paints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from gen.drawing.layers import Cells
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
from gen.figures.stars import Stars
from gen.figures.trajectories import Trajectories
from gen.figures.waves import Waves
from gen.figures.weights import Weights
from tests.support.any_runs import any_run, attention_run
from tests.support.line_runs import circle_run, parity_run, solved_run, waves_run
from tests.support.painted import differing, opened, painting_page, wordless

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

CASES: dict[str, tuple[Any, Run | None]] = {
    "weights with hairlines": (Weights(model="m"), PARITY),
    "weights of small cells": (Weights(model="m"), WAVES),
    "weights that shrink": (Weights(model="m"), LOUD),
    "waves that shrink": (Waves(model="m", limit=3.0), LOUD),
    "weights of a circle": (Weights(model="m"), CIRCLE),
    "waves": (Waves(model="m"), WAVES),
    "dft": (Dft(model="m"), WAVES),
    "dft of one view": (Dft(model="m", view="W_out"), WAVES),
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
}

LARGEST_SHARE = 0.005
"""Share of the painted pixels that may differ: where many thin lines leave gaps of a pixel."""

FEWEST_EXACT = 0.75
"""Share of the cells whose colours differ by 3 of 255 at most; of 8 bits, some are in another of
the 63 or 127 levels of the colour map than in the film, a neighbouring one."""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with painting_page(browser) as page:
        yield page


def test_every_figure_that_is_a_film_of_a_run_or_a_formula_is_painted_here() -> None:
    kinds = figure_kinds()
    films = {name for name, kind in kinds.items() if issubclass(kind, FilmFigure)}
    assert {figure.kind for figure, _ in CASES.values()} == films - {"sweep-film"}


@pytest.mark.parametrize("case", CASES)
def test_the_page_paints_what_the_film_shows(page: Page, case: str) -> None:
    shown = opened(page, case.replace(" ", "-"), *CASES[case])
    last = len(shown.film.steps) - 1
    assert shown.texts == [
        mark.text if isinstance(mark, TextMark) else "".join(run.text for run in mark.runs)
        for mark in shown.film.marks
        if isinstance(mark, TextMark | RunsMark)
    ]
    for frame in (0, last // 2, last):
        with wordless() as written:
            filmed = shown.film.frame(frame)
        painted = shown.paint(frame)
        seen = shown.pixels()
        assert_texts_agree(written, painted["texts"])
        assert painted["counter"] in ("", f"Step {int(shown.film.steps[frame]):,}")
        assert share_that_differs(filmed, seen) <= LARGEST_SHARE
        for layer in shown.film.layers:
            if isinstance(layer, Cells):
                assert_cells_agree(layer, frame, seen)


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


def assert_cells_agree(layer: Cells, frame: int, seen: np.ndarray) -> None:
    """Compare colours at the middle of cells: those of the same level, or of a neighbouring one."""
    colours = layer.exact_colours.astype(np.int16)
    at = seen[np.ix_(*layer.centres())].astype(np.int16)
    level = layer.levels(frame).astype(int)
    near = [np.clip(level + step, 0, len(colours) - 1) for step in (0, -1, 1)]
    apart = [np.abs(at - colours[one]).max(axis=2) for one in near]
    assert (np.minimum.reduce(apart) <= 3).all()
    assert (apart[0] <= 3).mean() >= FEWEST_EXACT or apart[0].size < 20


def test_a_missing_line_a_moved_dot_and_another_colour_are_noticed(page: Page) -> None:
    """The comparison itself: each change of what the page paints is seen."""
    shown = opened(page, "changed", *CASES["circle"])
    last = len(shown.film.steps) - 1
    with wordless():
        filmed = shown.film.frame(last)
    for change in (
        'one.type === "lines" && (one.width = 0.01)',
        'one.type === "points" && (one.radius -= 2.5)',
        'one.type === "points" && one.colours[0] === "frequency-2" && (one.colours[0] = "test")',
    ):
        opened(page, "changed", *CASES["circle"])
        page.evaluate(f"shown.painters.map(({{ layer: one }}) => {change})")
        shown.paint(last)
        assert share_that_differs(filmed, shown.pixels()) > LARGEST_SHARE, change
