"""Figures of the views of any run: films of cells, distributions, planes, and charts of sizes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gen.charts.chart import Chart
from gen.charts.svg import to_svg
from gen.drawing.colours import Diverging
from gen.drawing.film import Film
from gen.drawing.frame_size import MOST_HEIGHT, MOST_WIDTH
from gen.drawing.layers import Cells, Labels, Pen, Points
from gen.experiments.runs import Run
from gen.figures.any_run_figure import OfAnyRun
from gen.figures.attention import Attention
from gen.figures.embedding_plane import EmbeddingPlane
from gen.figures.figure import FilmFigure, figure_kinds
from gen.figures.heat_layout import HeatLayout, HeatMap
from gen.figures.histogram import Histogram
from gen.figures.layers import Layers
from gen.figures.norms import Norms
from gen.figures.singular_values import SingularValues
from gen.i18n import Words
from gen.networks.view import ViewShape
from tests.support.any_runs import any_run, attention_run

EN, ZH = Words("en"), Words("zh")
METRICS = ("train_loss",)
RUN = any_run({"W1": (12, 9), "W2": (5, 12), "bias": (1, 5)}, {"W1": ("neuron", "input")})
ALL = range(len(RUN.snapshot_steps))
LARGE = any_run({"W1": (64, 320), "W2": (10, 64)}, snapshots=3)

FILMS: dict[str, tuple[Any, Run]] = {
    "layers": (Layers(model="m"), RUN),
    "layers of a large view": (Layers(model="m"), LARGE),
    "layers by size": (Layers(model="m", sort="size", sort_columns="size", rows="::2"), RUN),
    "layers by pattern": (Layers(model="m", sort="pattern", limits="shared"), RUN),
    "components": (Layers(model="m", views=["W1"], project=3), RUN),
    "histogram": (Histogram(model="m"), RUN),
    "logarithmic histogram": (Histogram(model="m", log=True, limit=0.5), LARGE),
    "plane": (EmbeddingPlane(model="m"), RUN),
    "plane of columns": (EmbeddingPlane(model="m", points="columns", view="W1"), RUN),
    "two coordinates": (EmbeddingPlane(model="m", coordinates=[4, 0]), RUN),
    "attention": (Attention(model="m"), attention_run()),
    "attention as lines": (Attention(model="m", drawn="lines"), attention_run()),
}
CHARTS: dict[str, tuple[Any, Run]] = {
    "norms": (Norms(model="m"), RUN),
    "logarithmic norms": (Norms(model="m", scale="log", views=["W2"]), RUN),
    "singular values": (SingularValues(model="m"), RUN),
    "all singular values": (SingularValues(model="m", largest=12, scale="log"), RUN),
}


def layers(film: Film, kind: type) -> list[Any]:
    return [layer for layer in film.layers if isinstance(layer, kind)]


def table(text: str | None) -> list[dict[str, str]]:
    assert text is not None
    return list(csv.DictReader(io.StringIO(text)))


def test_every_kind_of_any_run_is_drawn_here() -> None:
    drawn = {figure.kind for figure, _ in [*FILMS.values(), *CHARTS.values()]} | {"metrics"}
    kinds = figure_kinds()
    assert drawn == {name for name in kinds if issubclass(kinds[name], OfAnyRun)}


@pytest.mark.parametrize("case", FILMS)
def test_a_film_changes_fits_and_has_a_free_edge(case: str) -> None:
    figure, run = FILMS[case]
    figure.check_views(run.shapes, METRICS)
    film = figure.film(run, 1)
    assert film.size[0] % 16 == film.size[1] % 16 == 0
    first, last = film.frame(0), film.frame(-1)
    assert (first != last).any()
    edges = np.concatenate([last[0], last[-1], last[:, 0], last[:, -1]])
    assert (edges == 255).all()
    assert figure.film(run, 2).size == film.size


@pytest.mark.parametrize("case", [*FILMS, *CHARTS])
def test_alt_texts_are_complete_in_both_languages(case: str) -> None:
    figure, run = {**FILMS, **CHARTS}[case]
    english, chinese = figure.alt(run, EN), figure.alt(run, ZH)
    assert EN.number(int(run.snapshot_steps[-1])) in english
    assert "{" not in english + chinese and "nan" not in english


@pytest.mark.parametrize("case", CHARTS)
def test_a_chart_has_a_line_for_each_name_and_a_table(case: str) -> None:
    figure, run = CHARTS[case]
    figure.check_views(run.shapes, METRICS)
    chart = figure.render(run, EN)
    assert isinstance(chart, Chart)
    keys = [series.key for series in chart.series]
    assert len(set(keys)) == len(keys) > 0
    svg = to_svg(chart, "c", "")
    assert all(f'class="line {key}"' in svg for key in keys)
    assert len(table(figure.csv(run))) == len(run.snapshot_steps)


# --- Cells


def colours_in_cells(film: Film, frame: int) -> list[np.ndarray]:
    pixels = film.frame(frame)
    return [pixels[np.ix_(*layer.centres())] for layer in layers(film, Cells)]


@pytest.mark.parametrize("scale", [1, 2])
def test_every_value_is_a_cell_at_its_position(scale: int) -> None:
    figure = Layers(model="m", limit=2.0)
    film = figure.film(RUN, scale)
    for frame in (0, -1):
        for seen, view in zip(colours_in_cells(film, frame), RUN.views.values(), strict=True):
            colours = Diverging(2.0, len(layers(film, Cells)[0].exact_colours))
            assert np.array_equal(seen, colours.colours[colours.level_of(view[frame])])


def test_slices_show_the_rows_and_columns_they_name() -> None:
    figure = Layers(model="m", rows={"W1": "2:11:3"}, columns="1:-1")
    shown = np.asarray(figure.of(RUN, "W1", ALL))
    assert np.array_equal(shown, RUN.views["W1"][:, [2, 5, 8], 1:-1])
    rows, columns = figure.shown("W2", RUN.shapes["W2"])
    assert (rows.tolist(), columns.tolist()) == ([0, 1, 2, 3, 4], list(range(1, 11)))


def test_rows_are_sorted_by_their_last_snapshot_in_every_frame() -> None:
    shown = np.asarray(Layers(model="m", sort="size").of(RUN, "W1", ALL))
    sizes = np.linalg.norm(shown[-1], axis=1)
    assert (np.diff(sizes) <= 0).all()
    order = [int(np.flatnonzero((RUN.views["W1"][-1] == row).all(axis=1))[0]) for row in shown[-1]]
    assert np.array_equal(shown[0], RUN.views["W1"][0][order])


def test_similar_rows_are_neighbours_in_the_order_by_pattern() -> None:
    mixed = replace(RUN, views={"W": np.tile([[1.0, 0], [0, 1]], (6, 4, 1)).astype(np.float32)})
    shown = np.asarray(Layers(model="m", sort="pattern").of(mixed, "W", ALL))[-1]
    changes = (np.abs(np.diff(shown, axis=0)).sum(axis=1) > 0).sum()
    assert changes == 1


def test_shared_limits_give_equal_values_the_same_colour_in_all_views() -> None:
    run = replace(
        RUN,
        views={name: np.full((6, 2, 2), size, np.float32) for name, size in (("a", 1), ("b", 4))},
    )
    own = colours_in_cells(Layers(model="m").film(run, 1), -1)
    shared = colours_in_cells(Layers(model="m", limits="shared").film(run, 1), -1)
    assert np.array_equal(own[0], own[1])
    assert not np.array_equal(shared[0], shared[1])
    assert np.array_equal(shared[1], own[1])


def test_values_that_are_not_finite_are_white() -> None:
    views = {"W": RUN.views["W1"].copy()}
    views["W"][-1, 0, 0] = np.nan
    seen = colours_in_cells(Layers(model="m").film(replace(RUN, views=views), 1), -1)
    assert (seen[0][0, 0] == 255).all()


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 300), st.integers(1, 300)), min_size=1, max_size=6))
def test_heat_maps_fit_and_do_not_overlap(shapes: list[tuple[int, int]]) -> None:
    maps = [
        HeatMap(f"W_{n}", shape, "neuron", "input", tuple(range(shape[0])), tuple(range(shape[1])))
        for n, shape in enumerate(shapes)
    ]
    layout = HeatLayout.of(maps)
    layout.check()
    assert layout.width <= MOST_WIDTH and layout.height <= MOST_HEIGHT
    boxes = [
        (left - one.margin, top, left + columns * layout.cell, top + rows * layout.cell)
        for one, (rows, columns), (left, top) in zip(maps, shapes, layout.places, strict=True)
    ]
    for place, (left, top, right, bottom) in enumerate(boxes):
        assert left > 0 and right < layout.width and bottom < layout.height
        for other in boxes[:place]:
            assert left >= other[2] or right <= other[0] or top > other[3] or bottom < other[1]


@pytest.mark.parametrize(
    ("figure", "message"),
    [
        (Layers(model="m", views=["W9"]), r'there is no view "W9"; known: W1, W2, bias'),
        (Layers(model="m", views=["W1", "W1"]), "named twice"),
        (Layers(model="m", rows={"W9": "0:2"}), 'rows names a view "W9", but the views are W1'),
        (Layers(model="m", rows="20:"), 'rows = "20:" leaves none of the 12 rows of W1'),
        (Layers(model="m", project=9), "project = 9, but 5 x 12 values of W2 have 5 components"),
        (Layers(model="m", cell=120), r"leave cell out, or set cell = \d+ or less"),
        (Histogram(model="m", views=["W"]), "known: W1, W2, bias"),
        (Norms(model="m", views=["W"]), "known: W1, W2, bias"),
        (SingularValues(model="m", view="W"), "known: W1, W2, bias"),
        (EmbeddingPlane(model="m", view="bias"), "a plane needs three points of two"),
        (EmbeddingPlane(model="m", coordinates=[0, 9]), r"9 is out of range \(0 to 8\)"),
        (EmbeddingPlane(model="m", coordinates=[1, 1]), "two different ones"),
        (Attention(model="m"), "a head or a position as an axis.*the views are W1, W2, bias"),
        (Attention(model="m", view="W2", drawn="lines"), "16 rows of 6 lines do"),
    ],
)
def test_what_cannot_be_shown_is_refused(figure: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        figure.check_views(RUN.shapes, METRICS)


def test_too_many_cells_views_and_points_are_refused() -> None:
    large = {"W": ViewShape(1000, 1000, "row", "column")}
    many = {f"W{n}": ViewShape(2, 2, "row", "column") for n in range(30)}
    for figure, shapes, message in (
        (Layers(model="m"), large, r'1,000,000 cells are too many.*columns = "::8"'),
        (Layers(model="m"), many, "30 views are too many"),
        (Histogram(model="m"), many, "name 6 at most"),
        (Norms(model="m"), many, "a chart shows 12 lines at most"),
        (EmbeddingPlane(model="m"), large, "the limit is 512"),
        (Layers(model="m"), {}, "there are none"),
    ):
        with pytest.raises(ValueError, match=message):
            figure.check_views(shapes, METRICS)
    Layers(model="m", rows="0:64", columns="::8").check_views(large, METRICS)


@pytest.mark.parametrize("text", ["0-64", "", "3", "1:2:0", "1:2:-1", "a:b"])
def test_a_slice_has_to_have_the_form_of_one(text: str) -> None:
    with pytest.raises(ValidationError, match="first:end"):
        Layers(model="m", rows=text)


# --- Distributions, sizes and spectra


def test_a_histogram_counts_every_value_and_those_beyond_the_limit_at_its_ends() -> None:
    figure = Histogram(model="m", views=["W1"], limit=0.5, bins=5)
    counts, edges = figure.counts(RUN, "W1")
    view = RUN.views["W1"]
    assert (counts.sum(axis=1) == view[0].size).all()
    assert edges.tolist() == pytest.approx([-0.5, -0.3, -0.1, 0.1, 0.3, 0.5])
    assert counts[0, 0] == (view[0] < np.float32(-0.3)).sum()
    rows = table(figure.csv(RUN))
    assert sum(int(row["count"]) for row in rows) == view.size


@pytest.mark.parametrize("limit", [0.1, 0.2, 0.3, 0.7])
def test_a_histogram_counts_values_at_a_limit_that_float32_cannot_hold(limit: float) -> None:
    figure = Histogram(model="m", views=["W1"], limit=limit, bins=6)
    beyond = replace(RUN, views={"W1": np.full((len(RUN.snapshot_steps), 3, 4), 5.0, np.float32)})
    counts, _ = figure.counts(beyond, "W1")
    assert (counts[:, -1] == 12).all()


def test_the_norm_is_the_root_of_the_sum_of_squares() -> None:
    rows = table(Norms(model="m").csv(RUN))
    for place, row in enumerate(rows):
        for name, view in RUN.views.items():
            squares = (view[place].astype(float) ** 2).sum()
            assert float(row[name]) == pytest.approx(squares**0.5)


def test_squared_singular_values_add_up_to_the_squared_norm() -> None:
    norms = table(Norms(model="m").csv(RUN))
    for place, row in enumerate(table(SingularValues(model="m").csv(RUN))):
        values = [float(row[f"singular_{n}"]) for n in range(1, 10)]
        assert values == sorted(values, reverse=True)
        assert sum(v**2 for v in values) == pytest.approx(float(norms[place]["W1"]) ** 2)


def test_a_snapshot_that_is_not_finite_has_no_norm_and_no_singular_values() -> None:
    views = {"W": RUN.views["W1"].copy()}
    views["W"][2, 0, 0] = np.nan
    run = replace(RUN, views=views)
    assert table(Norms(model="m").csv(run))[2]["W"] == ""
    assert table(SingularValues(model="m").csv(run))[2]["singular_1"] == ""
    assert len(Norms(model="m").render(run, EN).series[0].x) == len(RUN.snapshot_steps) - 1


# --- The plane of an embedding


def test_the_plane_is_that_of_the_last_snapshot_in_every_frame() -> None:
    changed = {"W": RUN.views["W1"].copy()}
    changed["W"][0] *= 3
    film, other = (
        EmbeddingPlane(model="m").film(replace(RUN, views=views), 1)
        for views in ({"W": RUN.views["W1"]}, changed)
    )
    rows = table(EmbeddingPlane(model="m").csv(replace(RUN, views=changed)))
    last = np.array([[float(r["x"]), float(r["y"])] for r in rows[-12:]])
    final = RUN.views["W1"][-1].astype(float)
    apart = final - final.mean(axis=0)
    values = np.linalg.svd(apart, compute_uv=False)
    assert np.linalg.norm(last, axis=0) == pytest.approx(values[:2])
    assert abs(last[:, 0] @ last[:, 1]) < 1e-9 * values[0] ** 2
    one, two = (layers(each, Points)[0]._points for each in (film, other))
    shapes = [(each[-1] - each[-1].mean(axis=0)) / np.ptp(each[-1]) for each in (one, two)]
    ratio = np.ptp(shapes[0], axis=0) / np.ptp(shapes[1], axis=0)
    assert np.allclose(shapes[0], shapes[1] * ratio)
    assert ratio[0] == pytest.approx(ratio[1])


def test_points_are_numbered() -> None:
    film = EmbeddingPlane(model="m").film(RUN, 1)
    assert list(layers(film, Labels)[0]._texts) == [str(number) for number in range(12)]


# --- Attention


def test_attention_finds_its_view_by_its_axes() -> None:
    run = attention_run()
    film = Attention(model="m").film(run, 1)
    (seen,) = colours_in_cells(film, -1)
    colours = Diverging(1.0, len(layers(film, Cells)[0].exact_colours))
    expected = colours.colours[colours.level_of(run.views["attention"][-1])]
    assert np.array_equal(seen, expected)


def test_attention_as_lines_has_a_panel_for_each_head() -> None:
    pens = layers(Attention(model="m", drawn="lines").film(attention_run(), 1), Pen)
    assert [len(pen._points) for pen in pens] == [3, 3, 3, 3]


@pytest.mark.parametrize("case", FILMS)
def test_films_of_any_run_have_at_most_the_frames_asked_for(case: str) -> None:
    figure, run = FILMS[case]
    assert isinstance(figure, FilmFigure)
    few = type(figure).model_validate({**figure.model_dump(exclude_none=True), "frames": 3})
    assert len(few.film(run, 1).steps) <= 3
