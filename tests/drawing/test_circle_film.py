"""Circle films: everything lies inside the frame, and no texts overlap."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from gen.drawing.film import Film
from gen.drawing.layers import Points
from gen.experiments.runs import ModelRun
from gen.figures.circle import Circle
from tests.support.line_runs import circle_run

SQUARE = np.array([[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]]) / np.sqrt(2)
"""Four neurons whose circle extends beyond all of them."""


def square_run(radius: float, answers: float) -> ModelRun:
    run = circle_run(hidden=4, snapshots=3)
    grown = np.array([0.1, 0.5, 1.0])[:, None, None]
    into, out = grown * radius * SQUARE.T, grown * answers * SQUARE
    views = {"A": into.astype(np.float32), "B": out.astype(np.float32)}
    return replace(run, views=views)


def drawn(run: ModelRun) -> tuple[Film, list[Bbox], list[Bbox]]:
    """Return the film and the boxes of its background's texts and lines, y upwards."""
    film = Circle(model="m").film(run, 1)
    canvas = film.canvas
    artists = canvas._figure.get_children()
    renderer = canvas._agg.get_renderer()
    texts = [one.get_window_extent(renderer) for one in artists if isinstance(one, Text)]
    lines = [one.get_window_extent(renderer) for one in artists if isinstance(one, Line2D)]
    return film, texts, lines


RADII = st.floats(1e-4, 1e6)


@settings(deadline=None, max_examples=40)
@given(RADII, RADII)
@example(140.0, 140.0)
@example(100.0, 0.001)
@example(99_999.0, 1e6)
def test_texts_do_not_overlap_and_are_inside_the_canvas(radius: float, answers: float) -> None:
    film, texts, lines = drawn(square_run(radius, answers))
    width, height = film.size
    assert len(texts) >= 4
    for one, other in combinations(texts, 2):
        overlap = Bbox.intersection(one, other)
        assert overlap is None or min(overlap.width, overlap.height) <= 1
    for box in [*texts, *lines]:
        assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height
    for layer in film.layers:
        if isinstance(layer, Points):
            points = np.asarray(layer._points)
            assert (points > 13).all()
            assert (points[..., 0] < width - 13).all() and (points[..., 1] < height - 13).all()
