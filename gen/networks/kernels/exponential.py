"""The exponential function of many float32 numbers, in loops that compilers turn into vectors.

numba's cache does not notice a change here in functions of other files; see `lanes.py`.
"""

from __future__ import annotations

from typing import no_type_check

import numpy as np
from jaxtyping import Float, Int
from numba import njit

# exp(f) = 1 + f + f^2 p(f) for |f| <= ln(2)/2: the minimax polynomial of Cephes' expf (Moshier
# 1989). ln(2) has two parts, so that f is exact.
_P = tuple(
    np.float32(value)
    for value in (
        1.9875691500e-4,
        1.3981999507e-3,
        8.3334519073e-3,
        4.1665795894e-2,
        1.6666665459e-1,
        5.0000001201e-1,
    )
)
_PER_LN_2 = np.float32(1.44269504088896341)
_LN_2, _LN_2_REST = np.float32(0.693359375), np.float32(-2.12194440e-4)
_ROUND = np.float32(1.5 * 2**23)
"""Added and subtracted, it rounds a number of less than 2^22 to a whole one."""

LARGEST = np.float32(87.0)
"""Its exponential is finite, and that of its negative is not denormal."""

_LOWEST = -LARGEST
_ONE = np.float32(1)
_BIAS, _FRACTION = np.int32(127), np.int32(23)
"""Of the exponent of float32, and its number of bits of the fraction."""


# Comparisons are written so that a NaN stays one. `no_type_check`: numba cannot compile the
# wrappers that check types in tests.
@njit(cache=True)
@no_type_check
def exponentials(
    x: Float[np.ndarray, " number"],
    zero: np.float32,
    values: Float[np.ndarray, " number"],
    powers: Int[np.ndarray, " number"],
    as_floats: Float[np.ndarray, " number"],
) -> None:
    """Write exp(x - zero) into `values`, as 2^k exp(f) with a whole number k.

    x - zero is at most `LARGEST`.

    Args:
        powers, as_floats: the same memory, in which powers of two are put together.
    """
    for place in range(len(x)):
        shifted = x[place] - zero
        shifted = _LOWEST if shifted < _LOWEST else shifted  # noqa: FURB136
        k = (shifted * _PER_LN_2 + _ROUND) - _ROUND
        f = (shifted - k * _LN_2) - k * _LN_2_REST
        p = ((((_P[0] * f + _P[1]) * f + _P[2]) * f + _P[3]) * f + _P[4]) * f + _P[5]
        values[place] = (p * (f * f) + f) + _ONE
        powers[place] = (np.int32(k) + _BIAS) << _FRACTION
    for place in range(len(x)):
        values[place] *= as_floats[place]
