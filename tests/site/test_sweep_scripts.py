"""The mathematics of sweep maps on the page: outcomes, places, keys, and the reader's choice."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.analysis.sweep_outcomes import Extremes, judge
from gen.experiments.thresholds import Thresholds
from tests.support.node import run_scripts


def script(function: str, argument: Any = None) -> Any:
    return run_scripts(["sweep-maths.js"], f"(given) => {{ {function} }}", argument)


def test_outcomes_are_those_of_python_also_at_the_thresholds() -> None:
    losses = np.array([1e-7, 9.99e-6, 1e-5, 1.001e-5, 0.5, np.nan], dtype=np.float32)
    ratios = np.array([1.0, 4.9999e4, 5e4, 1e6, np.nan], dtype=np.float32)
    train, test, ratio = (each.ravel() for each in np.meshgrid(losses, losses, ratios))
    thresholds = Thresholds(loss=1e-5, ratio=5e4)
    expected = judge(Extremes(train[None], test[None], ratio[None]), thresholds)[0]
    numbers = [
        [None if isnan(n) else float(n) for n in row]
        for row in np.stack([train, test, ratio], axis=1)
    ]
    found = script(
        "return given.map((row) => grokreel.sweep.judged("
        "Float32Array.from(row, (n) => n ?? NaN), { loss: 1e-5, ratio: 5e4 }))",
        numbers,
    )
    assert found == expected.tolist()


@pytest.mark.parametrize("dots", [1, 3, 4, 9, 10])
def test_every_dot_is_hit_at_its_centre_and_none_between_the_dots(dots: int) -> None:
    side = int(np.ceil(np.sqrt(dots)))
    centres = [((n % side + 0.5) / side, (n // side + 0.5) / side) for n in range(side * side)]
    corners = [(n / side, m / side) for n in range(side + 1) for m in range(side + 1)]
    outside = [(-0.1, 0.5), (0.5, 1.1), (-9, -9)]
    found = script(
        "return given.points.map(([x, y]) => grokreel.sweep.dotAt(x, y, given.dots))",
        {"points": [*centres, *corners, *outside], "dots": dots},
    )
    expected = [n if n < dots else None for n in range(side * side)]
    assert found == [*expected, *[None] * (len(corners) + len(outside))]


def test_keys_lead_to_the_neighbour_and_stop_at_the_edges() -> None:
    grid = {"rows": 5, "columns": 4, "cells": 40}
    moves = {
        ("ArrowRight", 0): 5,
        ("ArrowRight", 37): 37,
        ("ArrowLeft", 5): 0,
        ("ArrowLeft", 3): 3,
        ("ArrowUp", 3): 4,
        ("ArrowUp", 4): 4,
        ("ArrowDown", 4): 3,
        ("ArrowDown", 5): 5,
        ("PageDown", 7): 27,
        ("PageDown", 27): 27,
        ("PageUp", 27): 7,
        ("Home", 27): 0,
        ("End", 7): 39,
        ("Tab", 7): None,
    }
    found = script(
        "return given.moves.map(([key, at]) => grokreel.sweep.cellByKey(key, at, given.grid))",
        {"moves": list(moves), "grid": grid},
    )
    assert dict(zip(moves, found, strict=True)) == moves


def test_keys_lead_from_chart_to_chart() -> None:
    moves = {
        ("ArrowRight", 0): 1,
        ("ArrowRight", 6): 6,
        ("ArrowLeft", 0): 0,
        ("ArrowDown", 1): 4,
        ("ArrowDown", 5): 5,
        ("ArrowUp", 4): 1,
        ("Home", 4): 0,
        ("End", 4): 6,
        ("x", 4): None,
    }
    found = script(
        "return given.map(([key, at]) =>"
        " grokreel.sweep.networkByKey(key, at, { columns: 3, networks: 7 }))",
        list(moves),
    )
    assert dict(zip(moves, found, strict=True)) == moves


def test_points_leave_out_missing_levels() -> None:
    found = script("return grokreel.sweep.pointsOf([0, 0.5, 1], [0, 255, 254], [10, 20, 100, 50])")
    assert found == "10.0,70.0 110.0,20.0"


_STEPS = st.tuples(st.floats(0, 1e6), st.floats(1, 1e6), st.floats(1.5, 1e6))


@settings(max_examples=3)
@given(st.lists(_STEPS, min_size=20, max_size=50))
def test_the_place_of_a_step_is_on_the_logarithmic_axis(
    steps: list[tuple[float, float, float]],
) -> None:
    found = script(
        "return given.map(([step, begin, span]) =>"
        " grokreel.sweep.placeOfStep(step, [begin, begin * span]))",
        steps,
    )
    step, begin, span = np.array(steps).T
    expected = np.log(np.maximum(1, step) / begin) / np.log(span)
    assert found == pytest.approx(np.clip(expected, 0, 1), abs=1e-9)


# What the reader has chosen.

_STATE = "[choice.cell, choice.open, choice.marked, choice.pin && { ...choice.pin }]"


def choices(steps: str) -> list[Any]:
    """Return cell, opened network, marked network and pin after each of some steps."""
    return script(
        "const choice = new grokreel.sweep.Choice(8); const seen = [];"
        f"const see = () => seen.push(JSON.parse(JSON.stringify({_STATE})));"
        f"for (const step of [{steps}]) {{ step(); see(); }} return seen;"
    )


def test_a_preview_ends_with_what_is_pinned_or_was_last() -> None:
    pin = {"cell": 3, "network": None}
    assert choices(
        "() => choice.show(5), () => choice.leave(), () => choice.press(3),"
        "() => choice.show(5, 2), () => choice.leave()"
    ) == [
        [5, None, None, None],
        [5, None, None, None],
        [3, None, None, pin],
        [5, None, 2, pin],
        [3, None, None, pin],
    ]


def test_a_second_press_lets_go_and_another_dot_does_not() -> None:
    assert [
        state[3]
        for state in choices(
            "() => choice.press(3, 1), () => choice.press(3, 2), () => choice.press(3, 2),"
            "() => choice.press(3, 1), () => choice.press(3)"
        )
    ] == [
        {"cell": 3, "network": 1},
        {"cell": 3, "network": 2},
        None,
        {"cell": 3, "network": 1},
        None,
    ]


def test_an_open_network_is_compared_with_the_same_seed_of_other_cells() -> None:
    assert choices(
        "() => choice.press(3, 1), () => choice.show(5), () => choice.show(5, 0),"
        "() => choice.press(6), () => choice.toggleNetwork(1), () => choice.letGo()"
    ) == [
        [3, 1, 1, {"cell": 3, "network": 1}],
        [5, 1, 1, {"cell": 3, "network": 1}],
        [5, 0, 0, {"cell": 3, "network": 1}],
        [6, 1, 1, {"cell": 6, "network": 1}],
        [6, None, None, {"cell": 6, "network": None}],
        [6, None, None, None],
    ]


def test_the_address_names_a_cell_and_a_seed() -> None:
    pins = [None, {"cell": 4, "network": None}, {"cell": 4, "network": 1}]
    texts, back = script(
        "const texts = given.map((pin) => grokreel.sweep.pinText(pin, [7, 30]));"
        "return [texts, texts.map((text) => grokreel.sweep.pinOf(text, [7, 30], 5))]",
        pins,
    )
    assert texts == [None, "4", "4-30"] and back == pins
    wrong = [None, "", "5", "4-8", "4-", "-4", "4.5", " 4", "4-30-1", "1e0"]
    refused = script("return given.map((text) => grokreel.sweep.pinOf(text, [7, 30], 5))", wrong)
    assert refused == [None] * len(wrong)
