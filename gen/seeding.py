"""A model's randomness comes from its own seed alone.

Every purpose has a stream of its own, so that test rows never come out of the stream of the
training rows, and the initial weights do not depend on how many rows were drawn before.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from jaxtyping import Float

# Standard deviation of a standard normal distribution cut at 2 sigma.
_CUT_NORMAL_DEVIATION = 0.8796256610342398


class Purpose(Enum):
    """What a stream of random numbers is drawn for; the value is part of every run's result."""

    TRAIN = 1
    TEST = 2
    INIT = 3


def stream(seed: int, purpose: Purpose) -> np.random.Generator:
    """The random numbers of one model for one purpose.

    Args:
        seed: the model's seed, 0 or more.
        purpose: what the numbers are for.

    Returns:
        A fresh generator (PCG64) that depends on the two arguments and on nothing else.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, purpose.value))))


def truncated_normal(
    generator: np.random.Generator, shape: tuple[int, ...], variance: float
) -> Float[np.ndarray, "..."]:
    """Draws from a normal distribution cut at 2 sigma, by drawing again what lies outside.

    Args:
        generator: where the numbers come from.
        shape: shape of the result.
        variance: variance of the result, after the cut.

    Returns:
        float64 array of `shape` with mean 0 and the given variance.
    """
    values = generator.standard_normal(shape)
    while (outside := np.abs(values) > 2.0).any():
        values[outside] = generator.standard_normal(int(outside.sum()))
    return values * (variance**0.5 / _CUT_NORMAL_DEVIATION)
