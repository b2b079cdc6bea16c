"""Read a rule of bits out of a network with one logit, and test it on every pattern of these bits.

The *influence* of a bit is the share of random rows on which the answer changes if the bit is
flipped. A network whose answer follows from some bits by parity has the influence 1 on these
and 0 on all others.

A pattern of the used bits is *proved* if no values of the other bits can change its answer. The
logit is z(x) = sum_j v_j f(u_j + sum_i w_ij x_i) over neurons j and other bits i, each 0 or 1.
From interval bounds on u_j follow bounds on the slope f', so on each dz / dx_i, and so on z:

    z(x) - z(0)  >=  sum_i min(0, min dz / dx_i),          and likewise above.

They hold for all of the 2^others rows of a pattern, however many these are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, Int

from gen.analysis.activations import activations
from gen.networks.batch import Activation

MIN_INFLUENCE = 0.25
"""A bit is used if flipping it changes more than this share of the answers."""

MOST_BITS = 12
"""A rule of more bits has too many patterns to be listed as a rule."""

ROWS = 4096
"""Random rows on which influences are measured."""

_PATTERN_ROWS = 65_536

Answers = Callable[[Int[np.ndarray, "row bit"]], Bool[np.ndarray, " row"]]
"""Returns whether the answer to each row of bits is 1."""


@dataclass(frozen=True)
class BitWeights:
    """A network of one hidden layer that reads bits, and has one logit.

    Attributes:
        bias: what a neuron receives from the constant input.
        out: v, from a neuron to the logit.
    """

    into: Float[np.ndarray, "bit neuron"]
    bias: Float[np.ndarray, " neuron"]
    out: Float[np.ndarray, " neuron"]
    activation: Activation

    def answers(self, rows: Int[np.ndarray, "row bit"]) -> Bool[np.ndarray, " row"]:
        """Return whether the answer to each row of bits is 1: whether its logit is positive."""
        hidden = activations(rows @ self.into + self.bias, self.activation)
        return hidden @ self.out > 0


@dataclass(frozen=True)
class BitRule:
    """What the answers depend on.

    Attributes:
        influences: of every bit, 0 to 1.
        used: the bits with more than `MIN_INFLUENCE`, rising, from 0.
        answers: for every pattern of the used bits, the share of random rows with the answer 1;
            pattern m has the bit used[i] if m has the binary digit i. Empty for too many bits.
    """

    influences: Float[np.ndarray, " bit"]
    used: tuple[int, ...]
    answers: Float[np.ndarray, " pattern"]

    @property
    def largest_other(self) -> float | None:
        """The largest influence of a bit that is not used; None if all are."""
        others = np.delete(self.influences, list(self.used))
        return float(others.max()) if len(others) else None

    @property
    def parity(self) -> Literal["odd", "even"] | None:
        """For which parity of the used bits most answers are 1; None if it is no parity."""
        if not len(self.answers):
            return None
        odd = odd_patterns(len(self.used))
        yes = self.answers > 0.5
        return "odd" if (yes == odd).all() else "even" if (yes != odd).all() else None

    @property
    def constant_patterns(self) -> int:
        """How many patterns had the same answer on all random rows."""
        return int(((self.answers == 0) | (self.answers == 1)).sum())


def odd_patterns(bits: int) -> Bool[np.ndarray, " pattern"]:
    """Return which of the 2^bits patterns have an odd number of ones."""
    return _patterns(bits).sum(axis=1) % 2 == 1


def read_rule(answers: Answers, bits: int) -> BitRule:
    """Find the bits that a network uses, and its answers to all of their patterns.

    Random rows are the same in every call.
    """
    random = np.random.default_rng(0)
    rows = random.integers(0, 2, size=(ROWS, bits))
    before = answers(rows)
    influences = np.empty(bits)
    for bit in range(bits):
        rows[:, bit] ^= 1
        influences[bit] = (answers(rows) != before).mean()
        rows[:, bit] ^= 1
    used = np.flatnonzero(influences > MIN_INFLUENCE)
    if not 0 < len(used) <= MOST_BITS:
        return BitRule(influences, tuple(used.tolist()), np.empty(0))
    each = max(16, _PATTERN_ROWS // 2 ** len(used) // max(1, bits // 32))
    shares = []
    for pattern in _patterns(len(used)):
        rows = random.integers(0, 2, size=(each, bits))
        rows[:, used] = pattern
        shares.append(answers(rows).mean())
    return BitRule(influences, tuple(used.tolist()), np.array(shares))


def logit_bounds(weights: BitWeights, used: tuple[int, ...]) -> Float[np.ndarray, "pattern 2"]:
    """Return bounds on the logit of each pattern of the used bits, whatever the others are."""
    into = weights.into
    others = np.delete(into, list(used), axis=0)
    low, high = np.minimum(others, 0).sum(axis=0), np.maximum(others, 0).sum(axis=0)
    effect = others * weights.out
    found = []
    for pattern in _patterns(len(used)):
        u = weights.bias + pattern @ into[list(used)]
        if weights.activation == "square":
            slopes, at_zero = (2 * (u + low), 2 * (u + high)), np.square(u)
        else:
            slopes = ((u + low > 0).astype(float), (u + high > 0).astype(float))
            at_zero = np.maximum(u, 0)
        ends = effect * slopes[0], effect * slopes[1]
        least, most = np.minimum(*ends).sum(axis=1), np.maximum(*ends).sum(axis=1)
        z = at_zero @ weights.out
        found.append((z + np.minimum(least, 0).sum(), z + np.maximum(most, 0).sum()))
    return np.array(found)


def _patterns(bits: int) -> Int[np.ndarray, "pattern bit"]:
    return np.arange(2**bits)[:, None] >> np.arange(bits) & 1
