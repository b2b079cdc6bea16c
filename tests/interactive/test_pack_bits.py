"""Packs have 16 bits where 8 would be seen, and 8 where they are enough."""

from __future__ import annotations

import numpy as np

from gen.interactive.pack import view_bits


def shrinking(factor: float, size: tuple[int, int] = (20, 30)) -> np.ndarray:
    """Return a view that is this many times its last snapshot at first."""
    last = np.random.default_rng(1).normal(size=size)
    return np.stack([last * factor, last])


def test_a_view_has_16_bits_if_it_is_small_or_far_larger_than_at_the_end() -> None:
    views = {
        "even": shrinking(1.0),
        "louder": shrinking(7.9),
        "far louder": shrinking(8.1),
        "small": shrinking(1.0, (16, 8)),
    }
    assert view_bits(views) == {"even": 8, "louder": 8, "far louder": 16, "small": 16}


def test_both_views_of_a_hidden_layer_are_measured_by_the_smaller() -> None:
    views = {"W_in": shrinking(1.0), "W_out": 9 * shrinking(1.0)}
    assert view_bits(views) == {"W_in": 8, "W_out": 16}
    assert view_bits({**views, "other": shrinking(1.0)}) == dict.fromkeys([*views, "other"], 8)


def test_values_that_are_not_finite_do_not_count() -> None:
    view = shrinking(1.0)
    view[0, 0, 0], view[0, 0, 1] = np.inf, np.nan
    assert view_bits({"W": view}) == {"W": 8}
