"""Arrays that follow from a view: their numbers are numpy's, and their operations lead to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gen.drawing.derived import Crossed, Derived, derived_view
from tests.support.any_runs import any_run
from tests.support.scene_values import interpreted

FRAMES = 4
NUMBERS = some.floats(-2, 2, width=16)


class Step(NamedTuple):
    """An operation, and what numpy does instead."""

    derived: Callable[[Derived], Derived]
    plain: Callable[[np.ndarray], np.ndarray]


def view_of(rows: int, columns: int) -> tuple[Derived, np.ndarray]:
    run = any_run({"W": (rows, columns)}, {"W": ("number", "neuron")}, snapshots=FRAMES)
    return derived_view(run, "W"), run.views["W"].astype(np.float64)


def agree(found: Derived, known: np.ndarray) -> None:
    """Check values against numpy, and operations against an interpreter of their JSON."""
    np.testing.assert_allclose(np.asarray(found), known, rtol=1e-5, atol=1e-6)
    view, _ = view_of(*SHAPE_OF[found.view])
    again = interpreted(view.values[found.frames], found.operations)
    np.testing.assert_allclose(again, known, rtol=1e-5, atol=1e-6)
    assert found.shape == known.shape and len(found.axes) == known.ndim - 1
    for axis, length in zip(found.axes, known.shape[1:], strict=True):
        meanings = axis.meanings if isinstance(axis, Crossed) else [axis] if axis else []
        assert all(len(numbers) == length for _, numbers in meanings)


SHAPE_OF = {"W": (6, 8)}


def _indexed(*key: Any) -> Step:
    return Step(lambda one: one[key], lambda one: _by_one(one, key))


def _by_one(array: np.ndarray, key: tuple[Any, ...]) -> np.ndarray:
    """Index one axis after the other, so that lists do not pair up."""
    for axis, index in reversed(list(enumerate(key))):
        array = array[(*(slice(None) for _ in range(axis)), index)]
    return array


def _paired_with(x: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return lambda one: np.stack([np.zeros_like(one) + x, one], axis=-1)


def _limits(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    low = draw(NUMBERS)
    return Step(lambda one: one.clip(low, low + 1), lambda one: one.clip(low, low + 1))


def _scaled(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    each = NUMBERS | some.lists(NUMBERS, min_size=shape[-1], max_size=shape[-1])
    a, b = draw(each), draw(each)
    return Step(lambda one: one.affine(a, b), lambda one: one * np.array(a) + np.array(b))


def _against(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    size = draw(some.sampled_from([shape[-1:], shape[1:]]))
    x = np.random.default_rng(0).normal(size=size)
    return Step(lambda one: one.against(x), _paired_with(x))


def _from_base(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    base = draw(NUMBERS)
    return Step(lambda one: one.from_base(base), _paired_with(np.array(base)))


def _over_frames(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    x = np.linspace(1, 2, shape[0])
    wide = x.reshape(-1, *(1 for _ in shape[1:]))
    return Step(lambda one: one.over_frames(x), _paired_with(wide))


def _selected(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    """Select along one axis, which may be that of the frames."""
    axis = draw(some.integers(0, len(shape) - 1))
    length = shape[axis]
    entry = some.integers(-length, length - 1)
    kinds = [some.lists(entry, min_size=1, max_size=5), some.builds(slice, entry, some.none())]
    kinds.append(some.builds(slice, some.none(), some.none(), some.sampled_from([-1, -2])))
    if axis > 0 and len(shape) > 2:
        kinds.append(entry)
    return _indexed(*([slice(None)] * axis), draw(some.one_of(kinds)))


def _turned(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    order = (0, *draw(some.permutations(range(1, len(shape)))))
    return Step(lambda one: one.transpose(*order), lambda one: one.transpose(order))


def _waves(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    most = shape[-1] // 2
    some_of_them = some.lists(some.integers(1, most), min_size=1, max_size=3)
    chosen = draw(some.none() | some_of_them)
    periods = range(1, most + 1) if chosen is None else chosen
    return Step(lambda one: one.waves(chosen), lambda one: _spectrum(one, periods))


def _reshaped(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    if draw(some.booleans()):
        return Step(lambda one: one.flattened(), lambda one: one.reshape(len(one), -1))
    return Step(lambda one: one.as_one_line(), lambda one: one[:, None])


def _lengths(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    return Step(lambda one: one.lengths(), lambda one: np.abs(one[..., ::2] + 1j * one[..., 1::2]))


@some.composite
def steps(draw: some.DrawFn, shape: tuple[int, ...]) -> Step:
    """An operation that is possible for an array of a shape."""
    kinds = [_limits, _scaled, _against, _from_base, _over_frames, _selected, _turned, _reshaped]
    kinds += [_waves] * (shape[-1] >= 3) + [_lengths] * (shape[-1] % 2 == 0)
    return draw(some.sampled_from(kinds))(draw, shape)


def _spectrum(array: np.ndarray, periods: Any) -> np.ndarray:
    """Cosine and sine of waves whose sum is the array without its mean."""
    p = array.shape[-1]
    found = np.fft.fft(array)[..., list(periods)] * 2 / p
    found = np.where(2 * np.array(periods) == p, found / 2, found)
    return np.stack([found.real, -found.imag], axis=-1).reshape(*array.shape[:-1], -1)


@settings(max_examples=100, deadline=None)
@given(some.data())
def test_every_chain_of_operations_gives_what_numpy_gives_and_can_be_repeated(
    data: some.DataObject,
) -> None:
    found, known = view_of(*SHAPE_OF["W"])
    for _ in range(data.draw(some.integers(1, 5))):
        if found.values[0].size > 2000:
            break
        step = data.draw(steps(found.shape))
        found, known = step.derived(found), step.plain(known)
    agree(found, known)


def test_axes_say_which_entries_are_left() -> None:
    view, _ = view_of(6, 8)
    assert view.axes == (("number", tuple(range(6))), ("neuron", tuple(range(8))))
    lines = view.transpose(0, 2, 1)[:, [5, 2]]
    assert lines.axes == (("neuron", (5, 2)), ("number", tuple(range(6))))
    assert lines[:, ::-1].axes[0] == ("neuron", (2, 5))
    assert lines[:, 0].axes == (("number", tuple(range(6))),)
    waves = lines.waves([1, 3])
    assert waves.axes[1] == ("frequency", (1, 1, 3, 3))
    assert waves.lengths().axes[1] == ("frequency", (1, 3))
    assert lines.against(np.arange(6.0)).axes[2] is None
    some = lines[:, :, :2].flattened()[:, [3, 0]].axes[0]
    assert some == Crossed((("neuron", (2, 5)), ("number", (1, 0))))


def test_waves_of_an_even_number_end_with_one_that_alternates() -> None:
    view, _ = view_of(6, 8)
    numbers = np.arange(8)
    found = view.affine(0.0, (3.0 * (-1.0) ** numbers).tolist()).waves()
    np.testing.assert_allclose(found.values[..., :6], 0, atol=1e-12)
    np.testing.assert_allclose(
        found.values[..., 6:], np.array([3.0, 0.0]) + 0 * found.values[..., 6:]
    )


def test_an_axis_that_is_taken_whole_costs_no_operation() -> None:
    view, _ = view_of(6, 8)
    assert view[:, np.arange(6), 0:8].operations == ()


def test_frames_are_selected_from_the_view_and_from_their_coordinates() -> None:
    view, _ = view_of(6, 8)
    kept = view[[0, 3]].over_frames(np.array([10.0, 20.0]))[[1]]
    assert kept.frames.tolist() == [3] and kept.operations == (["frames", [20.0]],)


def test_values_that_are_not_finite_are_zero_before_anything_follows() -> None:
    run = any_run({"W": (2, 3)})
    run.views["W"][1, 0, 2] = np.nan
    whole = derived_view(run, "W")[:, :, [2, 0]].finite()
    assert whole.values[1, 0, 0] == 0 and np.isfinite(whole.values).all()
    assert whole.operations == (["take", 1, [2, 0]],)
    with pytest.raises(TypeError, match="before others follow"):
        derived_view(run, "W").clip(-1, 1).finite()


def test_what_the_page_could_not_repeat_is_refused() -> None:
    view, _ = view_of(6, 8)
    for index in (1, np.int64(1)):
        with pytest.raises(TypeError, match="a single frame"):
            view[index]
    with pytest.raises(TypeError, match="the first axis is that of the frames"):
        view.transpose(1, 0, 2)
    with pytest.raises(TypeError, match="a slice, a number or a list"):
        view[:, [[0, 1], [2, 3]]]


def test_other_functions_of_numpy_return_ordinary_arrays() -> None:
    view, known = view_of(6, 8)
    doubled = np.sqrt(np.abs(view)) * 2
    assert isinstance(doubled, np.ndarray)
    np.testing.assert_allclose(doubled, np.sqrt(np.abs(known)) * 2, rtol=1e-6)
    copied = np.array(view)
    copied[:] = 0
    assert np.asarray(view).any() and np.asarray(view, dtype=np.float64).dtype == np.float64
