"""Read the formula of the logits of a network that adds modulo n.

The logits of a pair (a, b), less their mean over the answers c, are waves over c,

    L(a, b, c) = sum over k of Re [ R_k(a, b) exp(i w_k (a + b - c)) ],     w_k = 2 pi k / n,

with a complex amplitude that may differ from pair to pair. In a network that has found the rule
nearly all of L is in few k, and their R_k are nearly the same for all pairs: that is the formula

    sum over k of A_k cos(w_k (a + b - c) - phi_k),          A_k exp(-i phi_k) = mean of R_k

of Nanda et al. 2023 (arXiv 2301.05217), here fitted by least squares. The variance of L, over all
pairs and answers, is then a sum of four parts without overlap: the formula; the change of R_k with
a - b alone, a pizza's mark (Zhong et al. 2023, arXiv 2306.17844); all other changes of these R_k;
and the waves that are not in the formula.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Complex, Float

from gen.analysis.all_pairs import AllPairs

MIN_SHARE = 0.01
"""A wave is in the formula if it explains at least this share of the variance."""

MIN_EXPLAINED = 0.5
"""A formula that explains less is none."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class LogitWaves:
    """The waves k = 1 ... n // 2 of the logits, entry k - 1 of each array.

    Attributes:
        numbers: n.
        mean: mean of R_k over all pairs, in logits.
        fixed: part of the variance of L that a fixed amplitude explains.
        distance: part that is added if the amplitude may change with a - b.
        total: all of the variance that is in the wave.
    """

    numbers: int
    mean: Complex[np.ndarray, " k"]
    fixed: Float[np.ndarray, " k"]
    distance: Float[np.ndarray, " k"]
    total: Float[np.ndarray, " k"]

    @property
    def variance(self) -> float:
        """The variance of L."""
        return float(self.total.sum())

    @property
    def resolution(self) -> float:
        """A difference of logits that may be rounding alone."""
        return _ROUNDING * self.variance**0.5

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """The frequencies of the formula, rising."""
        if self.variance <= 0:
            return ()
        return tuple((np.flatnonzero(self.fixed >= MIN_SHARE * self.variance) + 1).tolist())

    @property
    def amplitudes(self) -> list[float]:
        """A_k of the formula, in logits."""
        return np.abs(self._chosen(self.mean)).tolist()

    @property
    def phases(self) -> list[float]:
        """phi_k of the formula, in degrees, -180 to 180."""
        return (-np.angle(self._chosen(self.mean), deg=True)).tolist()

    @property
    def shares(self) -> dict[str, float]:
        """The four parts of the variance, as shares: they are 1 in total."""
        if self.variance <= 0:
            return dict.fromkeys(("explained", "distance", "uneven", "other"), 0.0)
        total = float(self._chosen(self.total).sum()) / self.variance
        fixed = float(self._chosen(self.fixed).sum()) / self.variance
        distance = float(self._chosen(self.distance).sum()) / self.variance
        return {
            "explained": fixed,
            "distance": distance,
            "uneven": max(0.0, total - fixed - distance),
            "other": max(0.0, 1 - total),
        }

    @property
    def curve(self) -> Float[np.ndarray, " offset"]:
        """The value of the formula at a + b - c = 0 ... n - 1."""
        spectrum = np.zeros(self.numbers, dtype=np.complex128)
        spectrum[list(self.keys)] = self._chosen(self.mean)
        return np.real(np.fft.ifft(spectrum) * self.numbers)

    @property
    def accuracy(self) -> float:
        """Share of all pairs that the formula alone answers rightly.

        It is 1 or 0, because the formula is the same for all pairs but for a shift.
        """
        curve = self.curve
        return float((curve[0] > curve[1:]).all())

    @property
    def is_rule(self) -> bool:
        """Whether the formula is highest at the right answer and explains most of the variance."""
        return self.accuracy == 1 and self.shares["explained"] >= MIN_EXPLAINED

    def _chosen(self, values: np.ndarray) -> np.ndarray:
        return values[np.array(self.keys, dtype=np.int64) - 1]


def read_waves(pairs: AllPairs) -> LogitWaves:
    """Read the waves of the logits over all ordered pairs."""
    n = pairs.numbers
    k = np.arange(1, n // 2 + 1)
    turns = np.exp(-2j * np.pi * np.outer(np.arange(n), k) / n)
    at_distance = np.zeros((n, len(k)), dtype=np.complex128)
    power = np.zeros(len(k))
    # The last wave of an even n alternates: it has one term in the spectrum, the others two.
    doubled = np.where(2 * k == n, 1.0, 2.0)
    for a in range(n):
        spectrum = np.fft.rfft(pairs.logits(a), axis=1)[:, 1:].conj() / n
        rotated = doubled * spectrum * turns[pairs.answers(a)]
        at_distance[(a - np.arange(n)) % n] += rotated / n
        power += np.square(np.abs(rotated)).mean(axis=0) / n
    mean = at_distance.mean(axis=0)
    fixed = np.square(np.abs(mean)) / doubled
    by_distance = np.square(np.abs(at_distance)).mean(axis=0) / doubled
    return LogitWaves(n, mean, fixed, np.maximum(by_distance - fixed, 0), power / doubled)


def without_formula(pairs: AllPairs, waves: LogitWaves) -> AllPairs:
    """Return the network less the formula of its logits."""
    n, curve = pairs.numbers, waves.curve

    def logits(a: int) -> Float[np.ndarray, "number number"]:
        return pairs.logits(a) - curve[(pairs.answers(a)[:, None] - np.arange(n)) % n]

    return replace(pairs, logits=logits)
