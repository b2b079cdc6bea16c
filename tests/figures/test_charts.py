"""Charts: axes, line simplification, label placement and SVG."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from gen.charts.chart import Chart, Series, log_axis, share_axis, step_axis
from gen.charts.curves import table
from gen.charts.labels import Box, Curve, flags, label_box
from gen.charts.parts import NARROW, WIDE, Drawing
from gen.charts.png import to_png
from gen.charts.scales import MOST_TICKS
from gen.charts.svg import STYLE, standalone_svg, to_svg
from gen.charts.thinning import TOLERANCE, thin_line
from gen.experiments.runs import ModelRun
from gen.figures.accuracy import Accuracy
from gen.figures.loss import Loss
from gen.i18n import Words
from gen.theme import COLOURS
from tests.support.line_runs import circle_run, parity_run, waves_run

EN, ZH = Words("en"), Words("zh")
DRAWN = {"path", "line", "circle", "rect", "text"}
SVG = "{http://www.w3.org/2000/svg}"
NEVER = float("inf")
FIGURES = (Accuracy(model="any"), Loss(model="any"))
RUNS = {
    "parity": parity_run(),
    "modular": waves_run(),
    "five": circle_run(),
    "never": parity_run(generalises=NEVER),
    "nothing": waves_run(memorises=NEVER, generalises=NEVER, last=2000, snapshots=2),
    "at once": parity_run(memorises=1000, generalises=1010),
    "early": parity_run(memorises=40, generalises=60, last=3000),
}


def drawn(run: ModelRun) -> list[tuple[Chart, str]]:
    return [(figure.render(run, EN), figure.alt(run, EN)) for figure in FIGURES]


def shapes(chart: Chart, alt: str = "") -> list[ET.Element]:
    return ET.fromstring(to_svg(chart, "chart", alt)).findall(f"{SVG}svg")


def points(path: str) -> np.ndarray:
    """Return the points of a path with one relative polyline."""
    start, _, moves = path.removeprefix("M").partition("l")
    numbers = moves.replace("-", " -").split()
    steps = np.array([start.split(), *zip(numbers[::2], numbers[1::2], strict=True)], dtype=float)
    return np.cumsum(steps, axis=0)


@settings(deadline=None)
@given(
    arrays.arrays(
        np.float64, st.integers(2, 400), elements=st.floats(-300, 300, allow_subnormal=False)
    ),
    st.floats(1, 700),
)
def test_thinning_keeps_the_ends_and_the_extremes(y: np.ndarray, width: float) -> None:
    x = np.linspace(40, 40 + width, len(y))
    kept_x, kept_y = thin_line(x, y)
    assert (kept_x[0], kept_x[-1], kept_y[0], kept_y[-1]) == (x[0], x[-1], y[0], y[-1])
    assert (kept_y.min(), kept_y.max()) == (y.min(), y.max())
    assert set(zip(kept_x, kept_y, strict=True)) <= set(zip(x, y, strict=True))


@settings(deadline=None)
@given(arrays.arrays(np.float64, st.integers(2, 200), elements=st.floats(0, 300)))
def test_thinning_moves_lines_by_less_than_a_pixel(y: np.ndarray) -> None:
    x = np.arange(len(y)) * 2.0
    kept_x, kept_y = thin_line(x, y)
    assert np.abs(np.interp(x, kept_x, kept_y) - y).max() <= TOLERANCE + 1e-9


def test_thinning_a_straight_line_keeps_only_its_ends() -> None:
    x = np.linspace(0, 600, 501)
    assert len(thin_line(x, 3 + x / 4)[0]) == 2


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 10**7))
def test_a_step_axis_has_few_whole_ticks_within_its_ends(first: int, length: int) -> None:
    axis = step_axis(first, first + length, EN)
    values = [tick.value for tick in axis.ticks]
    assert len(values) <= MOST_TICKS
    assert all(first <= value <= first + length and value == round(value) for value in values)
    assert len({tick.label for tick in axis.ticks}) == len(values)


@settings(deadline=None)
@given(st.floats(1e-9, 1e3), st.floats(1, 1e9))
def test_a_log_axis_contains_its_values_and_has_two_to_six_ticks(low: float, ratio: float) -> None:
    axis = log_axis("Loss", low, low * ratio, EN)
    assert axis.low <= low and low * ratio <= axis.high
    assert 2 <= len(axis.ticks) <= MOST_TICKS
    assert len({tick.label for tick in axis.ticks}) == len(axis.ticks)
    assert all(axis.low <= tick.value <= axis.high for tick in axis.ticks)


def test_decades_are_powers_of_ten() -> None:
    labels = [tick.label for tick in log_axis("Loss", 2e-4, 1.2, EN).ticks]
    assert labels == ["10⁻³", "10⁻²", "10⁻¹", "1"]


def test_only_the_top_label_of_the_accuracy_axis_has_the_unit() -> None:
    labels = [tick.label for tick in share_axis("Accuracy", EN).ticks]
    assert labels == ["0", "25", "50", "75", "100%"]


@pytest.mark.parametrize("name", RUNS)
def test_charts_are_small_and_lines_stay_inside_the_plot(name: str) -> None:
    for chart, alt in drawn(RUNS[name]):
        assert len(to_svg(chart, "a-figure", alt).encode()) < 15_000
        for drawing, svg in zip((WIDE, NARROW), shapes(chart, alt), strict=True):
            area = Drawing(chart, drawing).area
            for path in svg.iter(f"{SVG}path"):
                place = points(path.attrib["d"])
                assert (
                    area.left - 0.06 <= place[:, 0].min() <= place[:, 0].max() <= area.right + 0.06
                )
                assert (
                    area.top - 0.06 <= place[:, 1].min() <= place[:, 1].max() <= area.bottom + 0.06
                )


@pytest.mark.parametrize("name", RUNS)
def test_no_texts_of_a_chart_overlap(name: str) -> None:
    for chart, _ in drawn(RUNS[name]):
        for svg in shapes(chart):
            places = [(text.get("x"), text.get("y")) for text in svg.iter(f"{SVG}text")]
            assert len(set(places)) == len(places)


def test_the_plot_gives_scripts_its_scales() -> None:
    for svg in shapes(FIGURES[1].render(RUNS["parity"], EN)):
        plot = svg.find(f"{SVG}g")
        assert plot is not None
        assert plot.attrib["data-first-step"] == "0"
        assert plot.attrib["data-last-step"] == "5000"
        assert plot.attrib["data-scale"] == "log"
        left, right = float(plot.attrib["data-left"]), float(plot.attrib["data-right"])
        train, test = sorted(svg.iter(f"{SVG}path"), key=lambda path: path.attrib["data-series"])[
            ::-1
        ]
        assert (train.attrib["data-series"], test.attrib["data-series"]) == ("train", "test")
        assert points(test.attrib["d"])[[0, -1], 0] == pytest.approx([left, right], abs=0.11)


def test_marks_are_at_their_steps_with_a_dot_on_their_line() -> None:
    chart = FIGURES[0].render(RUNS["parity"], EN)
    assert [(mark.key, mark.label) for mark in chart.marks] == [
        ("train", "memorises"),
        ("test", "generalises"),
    ]
    for svg in shapes(chart):
        for mark, dot in zip(chart.marks, svg.iter(f"{SVG}circle"), strict=True):
            plot = svg.find(f"{SVG}g")
            assert plot is not None
            left, right = float(plot.attrib["data-left"]), float(plot.attrib["data-right"])
            expected = left + mark.x / 5000 * (right - left)
            assert float(dot.attrib["cx"]) == pytest.approx(expected, abs=0.11)


def test_a_run_that_generalises_at_once_does_not_memorise() -> None:
    run = RUNS["parity"]
    same = {**run.metrics, "test_accuracy": run.metrics["train_accuracy"]}
    chart = FIGURES[0].render(replace(run, metrics=same), EN)
    assert [mark.label for mark in chart.marks] == ["fits", "generalises"]


def test_a_line_is_broken_at_non_finite_values() -> None:
    run = RUNS["parity"]
    loss = run.metrics["test_loss"].copy()
    loss[50:60] = np.nan
    broken = replace(run, metrics={**run.metrics, "test_loss": loss})
    svg = shapes(FIGURES[1].render(broken, EN))[0]
    paths = {path.attrib["data-series"]: path.attrib["d"] for path in svg.iter(f"{SVG}path")}
    assert (paths["train"].count("M"), paths["test"].count("M")) == (1, 2)


def test_a_loss_that_is_always_zero_is_drawn() -> None:
    run = RUNS["parity"]
    zeros = np.zeros_like(run.metrics["test_loss"])
    flat = replace(run, metrics={**run.metrics, "test_loss": zeros, "train_loss": zeros})
    assert shapes(FIGURES[1].render(flat, EN))


@settings(max_examples=25, deadline=None)
@given(st.text(), st.text(max_size=40))
def test_any_text_is_escaped(alt: str, label: str) -> None:
    chart = FIGURES[0].render(RUNS["nothing"], EN)
    renamed: tuple[Series, ...] = tuple(replace(one, label=label) for one in chart.series)
    chart = replace(chart, title=alt, series=renamed)
    svg = shapes(chart, alt)[0]
    assert {element.tag.removeprefix(SVG) for element in svg.iter()} <= {
        "svg", "title", "desc", "g", "line", "path", "text", "circle",
    }  # fmt: skip
    ET.fromstring(standalone_svg(chart, alt))


def test_ids_are_unique_and_label_the_chart_for_screen_readers() -> None:
    chart, alt = drawn(RUNS["parity"])[0]
    page = ET.fromstring(f"<p>{to_svg(chart, 'a', alt)}{to_svg(chart, 'b', alt)}</p>")
    ids = [element.attrib["id"] for element in page.iter() if "id" in element.attrib]
    assert len(set(ids)) == len(ids) == 8
    for svg in page.iter(f"{SVG}svg"):
        title, description = svg.attrib["aria-labelledby"].split()
        texts = {e.attrib["id"]: e.text for e in svg if "id" in e.attrib}
        assert texts == {title: "Accuracy by step of training", description: alt}
        assert (svg.attrib["role"], svg.attrib["lang"]) == ("img", "en")
        assert "width" not in svg.attrib


@pytest.mark.parametrize("language", [EN, ZH])
def test_a_standalone_chart_has_literal_colours_and_fonts(language: Words) -> None:
    """Editors and converters know no custom properties, and many no style sheets."""
    for figure in FIGURES:
        chart, alt = figure.render(RUNS["parity"], language), figure.alt(RUNS["parity"], language)
        text = standalone_svg(chart, alt)
        assert "var(" not in text and "<style" not in text and "class=" not in text
        svg = ET.fromstring(text)
        assert (svg.attrib["width"], svg.attrib["height"]) == ("752", "362")
        assert "sans-serif" in svg.attrib["font-family"]
        looks = [each for each in svg.iter() if each.tag.removeprefix(SVG) in DRAWN]
        assert len(looks) > 20
        for each in looks:
            colours = [each.attrib[name] for name in ("fill", "stroke") if name in each.attrib]
            assert colours and all(re.fullmatch("none|#[0-9a-f]{6}", one) for one in colours)
    assert "@container" in STYLE


def test_a_standalone_chart_has_the_line_colours_of_the_page() -> None:
    chart, alt = drawn(RUNS["parity"])[0]
    svg = ET.fromstring(standalone_svg(chart, alt))
    lines = {e.attrib["data-series"]: e for e in svg.iter(f"{SVG}path")}
    assert {key: line.attrib["stroke"] for key, line in lines.items()} == {
        "train": COLOURS["train"].light,
        "test": COLOURS["test"].light,
    }
    assert lines["train"].attrib["stroke-dasharray"] == "6 3"
    assert "stroke-dasharray" not in lines["test"].attrib


def test_a_chart_as_png_shows_every_line_and_readable_text() -> None:
    chart, alt = drawn(RUNS["parity"])[0]
    with Image.open(io.BytesIO(to_png(standalone_svg(chart, alt)))) as picture:
        assert picture.size == (2 * 752, 2 * 362)
        pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
    assert (pixels == 255).all(axis=1).mean() > 0.8, "the ground is white"
    for name in ("train", "test", "muted"):
        wanted = [int(COLOURS[name].light[place : place + 2], 16) for place in (1, 3, 5)]
        assert (pixels == wanted).all(axis=1).sum() > 100, name


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 300), min_size=2, max_size=2).map(sorted),
    st.floats(10, 140),
)
def test_flags_never_overlap(places: list[float], width: float) -> None:
    first, second = flags([(place, width) for place in places], 0.0, 300.0)
    assert (
        first.row != second.row
        or (first.right, second.right) == (False, True)
        or (first.x + (width if first.right else 0) <= second.x - (0 if second.right else width))
    )


@settings(max_examples=40, deadline=None)
@given(
    arrays.arrays(np.float64, (2, 30), elements=st.floats(20, 180)),
    st.floats(20, 80),
)
def test_a_line_label_covers_no_line_and_is_inside_the_plot(
    heights: np.ndarray, width: float
) -> None:
    x = np.linspace(10, 300, 30)
    own, other = Curve(x, heights[0]), Curve(x, heights[1])
    area = Box(10, 10, 300, 190)
    box = label_box(own, [other], [], [], area, (width, 14.0))
    if box is not None:
        assert box.inside(area)
        assert own.distance(box) > 0 and other.distance(box) > own.distance(box)


def test_identical_lines_are_named_in_a_legend() -> None:
    run = RUNS["nothing"]
    same = {**run.metrics, "train_accuracy": run.metrics["test_accuracy"]}
    svg = shapes(FIGURES[0].render(replace(run, metrics=same), EN))[0]
    names = [text for text in svg.iter(f"{SVG}text") if "name" in text.attrib["class"]]
    assert {text.attrib["y"] for text in names} == {f"{WIDE.font:g}"}


def test_the_table_has_a_row_per_logged_step() -> None:
    header, rows = table(RUNS["parity"], "loss")
    assert header == ("step", "train_loss", "test_loss")
    assert rows.shape == (201, 3)
    np.testing.assert_array_equal(rows[:, 2], RUNS["parity"].metrics["test_loss"])


def test_alt_texts_contain_the_steps_of_memorising_and_generalising() -> None:
    alt = FIGURES[0].alt(RUNS["parity"], EN)
    assert "over 5,000 steps" in alt
    assert "reaches 99% at step 1,000 and stays there" in alt
    assert "Test accuracy reaches 99% at step 2,375" in alt
    assert "correctly from step 1,000, and of the others from step 2,375" in FIGURES[1].alt(
        RUNS["parity"], EN
    )


def test_alt_texts_of_runs_that_never_generalise_say_so() -> None:
    never = FIGURES[0].alt(RUNS["never"], EN)
    assert "Test accuracy does not settle above 99%" in never
    assert "of the others fewer are at the end" in FIGURES[1].alt(RUNS["never"], EN)
    assert "fewer than 99% are answered correctly" in FIGURES[1].alt(RUNS["nothing"], EN)
