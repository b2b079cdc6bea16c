"""Singular values and principal components of matrices over a training."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int


def singular_values(
    views: Float[np.ndarray, "snapshot row column"],
) -> Float[np.ndarray, "snapshot value"]:
    """Return the singular values of every matrix, the largest first.

    They are NaN where a matrix has a value that is not finite.
    """
    found = np.full((len(views), min(views.shape[1:])), np.nan)
    finite = np.isfinite(views).all(axis=(1, 2))
    found[finite] = np.linalg.svd(views[finite].astype(np.float64), compute_uv=False)
    return found


def rank_of(values: Float[np.ndarray, " value"], share: float) -> int:
    """Return how many of some descending singular values hold a share of the sum of squares."""
    power = np.cumsum(values**2)
    return int(np.searchsorted(power, share * power[-1] * (1 - 1e-12)) + 1) if power[-1] else 0


@dataclass(frozen=True)
class Plane:
    """Principal components: orthogonal directions in which some points vary most.

    Attributes:
        centre: mean of the points.
        directions: one for each component, of length 1, the strongest first. The largest
            coordinate of each is positive, which makes them unique.
    """

    centre: Float[np.ndarray, " dimension"]
    directions: Float[np.ndarray, "component dimension"]

    @classmethod
    def of(cls, points: Float[np.ndarray, "point dimension"], components: int = 2) -> Plane:
        """Return the first principal components of some points.

        Args:
            components: at most the number of dimensions and of points.
        """
        points = points.astype(np.float64)
        centre = points.mean(axis=0)
        directions = np.linalg.svd(points - centre, full_matrices=False)[2][:components]
        largest = np.abs(directions).argmax(axis=1)
        signs = np.sign(directions[np.arange(len(directions)), largest])
        return cls(centre, directions * np.where(signs == 0, 1.0, signs)[:, None])

    def project(
        self, points: Float[np.ndarray, "*snapshot point dimension"]
    ) -> Float[np.ndarray, "*snapshot point component"]:
        """Return the coordinates of points along the components, from the centre."""
        return (points.astype(np.float64) - self.centre) @ self.directions.T

    def share(
        self, points: Float[np.ndarray, "point dimension"]
    ) -> Float[np.ndarray, " component"]:
        """Return the share of the variance of some points along each component; 0 without any."""
        points = points.astype(np.float64)
        points = points - points.mean(axis=0)
        along, total = ((points @ self.directions.T) ** 2).sum(axis=0), (points**2).sum()
        return along / total if total else np.zeros_like(along)


def by_size(matrix: Float[np.ndarray, "row column"]) -> Int[np.ndarray, " row"]:
    """Return the order of the rows by decreasing norm; equal ones stay in their order."""
    return np.argsort(-np.linalg.norm(matrix.astype(np.float64), axis=1), kind="stable")


def by_pattern(matrix: Float[np.ndarray, "row column"]) -> Int[np.ndarray, " row"]:
    """Return the order of the rows along their first principal component: similar ones meet."""
    return np.argsort(Plane.of(matrix, 1).project(matrix)[:, 0], kind="stable")
