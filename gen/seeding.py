"""Random numbers of a model, which depend on its seed alone.

Each purpose has its own stream: test rows do not come from the stream of the training rows, and
initial weights do not depend on the number of rows.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from jaxtyping import Float

# Standard deviation of a standard normal distribution that is cut at 2 sigma.
_CUT_NORMAL_DEVIATION = 0.8796256610342398


class Purpose(Enum):
    """What a stream of random numbers is used for; the values are part of the seed."""

    TRAIN = 1
    TEST = 2
    INIT = 3
    BATCHES = 4


def stream(seed: int, purpose: Purpose) -> np.random.Generator:
    """Return the random generator of one model for one purpose.

    Args:
        seed: the model's seed, 0 or more.
        purpose: what the numbers are for.

    Returns:
        A new generator (PCG64) that depends on the two arguments alone.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, purpose.value))))


def truncated_normal(
    generator: np.random.Generator, shape: tuple[int, ...], variance: float
) -> Float[np.ndarray, "..."]:
    """Draw from a normal distribution cut at 2 sigma; values outside are drawn again.

    Args:
        generator: source of random numbers.
        shape: shape of the result.
        variance: variance of the result, after the cut.

    Returns:
        float64 array of `shape` with mean 0 and the given variance.
    """
    values = generator.standard_normal(shape)
    while (outside := np.abs(values) > 2.0).any():
        values[outside] = generator.standard_normal(int(outside.sum()))
    return values * (variance**0.5 / _CUT_NORMAL_DEVIATION)
