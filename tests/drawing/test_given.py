"""A figure's own numbers: what follows from them, and how a scene holds them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as some

from gen.analysis.interference import interpolate
from gen.drawing.given import Given, given, smooth
from gen.figures.interference_film import InterferenceFilm
from gen.interactive.scene import scene_of, scene_script
from tests.support.line_runs import solved_run
from tests.support.scene_values import interpreted, read_script


@drawn(some.integers(2, 9), some.integers(1, 6), some.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_a_smooth_curve_follows_from_the_numbers(numbers: int, parts: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(3, 2, numbers))
    curve = smooth(given(values, 0.1), parts)
    np.testing.assert_allclose(np.asarray(curve), interpolate(values, parts))
    np.testing.assert_allclose(
        interpreted(values, curve.operations), np.asarray(curve), rtol=1e-6, atol=1e-9
    )
    assert len(curve.axes) == 2


def test_operations_keep_the_source_and_frames_are_chosen_before() -> None:
    values = np.arange(24.0).reshape(4, 6)
    one = given(values, 0.1)[:, 2:4].affine(2.0, 1.0)
    assert isinstance(one, Given) and one.source is values
    np.testing.assert_allclose(np.asarray(one), values[:, 2:4] * 2 + 1)
    with pytest.raises(TypeError, match="frames are chosen before"):
        given(values, 0.1)[1:]


def test_the_scene_of_a_sum_holds_each_number_once_as_a_place_and_once_as_a_logit() -> None:
    run = solved_run()
    film = InterferenceFilm(model="m").film(run, 1)
    content = scene_of(film, "sum.scene", "", range(len(film.steps)))
    assert content is not None
    _, _, scene = read_script(scene_script("sum.scene", content))
    groups = sum(layer["type"] == "lines" for layer in scene["layers"]) - 1
    wide = [one["shape"] for one in scene["arrays"] if np.prod(one["shape"][1:]) > 2]
    assert wide == [[len(film.steps), 67]] * (2 * (groups + 1))
    curves = [one["points"] for one in scene["layers"] if one["type"] == "lines"]
    assert sum(["smooth", 6] in curve["ops"] for curve in curves) == groups
