"""Singular values, principal components and orders of rows, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gen.analysis.principal import Plane, by_pattern, by_size, rank_of, singular_values


def matrix(rows: int, columns: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, columns)) * np.arange(1, columns + 1)


sizes = st.tuples(st.integers(2, 12), st.integers(2, 12), st.integers(0, 10**6))


@settings(deadline=None)
@given(sizes)
def test_directions_are_orthonormal_and_hold_all_variance_together(
    size: tuple[int, int, int],
) -> None:
    points = matrix(*size)
    most = min(points.shape)
    plane = Plane.of(points, most)
    assert np.allclose(plane.directions @ plane.directions.T, np.eye(most))
    assert plane.share(points).sum() == pytest.approx(1)
    assert (np.diff(plane.share(points)) <= 1e-12).all()


@settings(deadline=None)
@given(sizes, st.floats(0, 2 * np.pi))
def test_a_turned_cloud_of_points_has_the_same_distances_in_its_plane(
    size: tuple[int, int, int], angle: float
) -> None:
    points = matrix(*size)
    turn = np.eye(points.shape[1])
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    lengths = [
        np.linalg.norm(Plane.of(one).project(one), axis=1) for one in (points, points @ turn)
    ]
    assert np.allclose(*lengths)


def test_the_sign_of_a_direction_does_not_depend_on_the_sign_of_the_points() -> None:
    points = matrix(9, 4, 1)
    assert np.allclose(Plane.of(points).directions, Plane.of(-points).directions)


def test_points_that_are_all_equal_have_no_variance() -> None:
    points = np.ones((5, 3))
    assert Plane.of(points).share(points).tolist() == [0.0, 0.0]


@settings(deadline=None)
@given(sizes)
def test_squared_singular_values_are_eigenvalues_of_the_gram_matrix(
    size: tuple[int, int, int],
) -> None:
    one = matrix(*size)
    (values,) = singular_values(one[None])
    gram = np.linalg.eigvalsh(one @ one.T)[::-1][: len(values)]
    assert np.allclose(values**2, np.maximum(gram, 0), atol=1e-8 * values[0] ** 2)


def test_only_matrices_that_are_not_finite_have_no_singular_values() -> None:
    both = np.stack([np.eye(3), np.full((3, 3), np.inf)])
    values = singular_values(both)
    assert values[0].tolist() == [1, 1, 1]
    assert np.isnan(values[1]).all()


@pytest.mark.parametrize(
    ("values", "share", "rank"),
    [([3, 4], 0.99, 2), ([10, 0.1], 0.99, 1), ([1, 1, 1, 1], 0.5, 2), ([0, 0], 0.99, 0)],
)
def test_the_rank_is_the_least_number_of_values_with_the_share(
    values: list[float], share: float, rank: int
) -> None:
    assert rank_of(np.array(sorted(values, reverse=True), dtype=float), share) == rank


@settings(deadline=None)
@given(sizes)
def test_orders_are_permutations(size: tuple[int, int, int]) -> None:
    one = matrix(*size)
    for order in (by_size(one), by_pattern(one)):
        assert sorted(order.tolist()) == list(range(len(one)))
    assert (np.diff(np.linalg.norm(one[by_size(one)], axis=1)) <= 1e-12).all()
