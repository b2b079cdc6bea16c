"""Axis limits and ticks: round numbers for linear, logarithmic and symmetric scales.

Films place their ticks with `gen.drawing.canvas.nice_ticks`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from gen.drawing.number_format import format_number

MOST_TICKS = 6
"""Most tick labels that fit the narrowest chart."""

_MOST_INTERVALS = 4
"""Most intervals above zero that fit a low chart."""

_ONE_TWO_FIVE = (1.0, 2.0, 5.0, 10.0)
_COARSE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
_FINE = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
_HEADROOM, _LARGE = 1.1, 0.99


def round_up(value: float, digits: Sequence[float] = _COARSE) -> float:
    """Return the next round number: 2.63 becomes 3, 139 becomes 150.

    Args:
        value: above zero.
        digits: leading digits of round numbers, ascending from 1 to 10.
    """
    unit = 10.0 ** np.floor(np.log10(value))
    return float(next(digit for digit in digits if digit * unit >= value * (1 - 1e-9)) * unit)


def round_down(value: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is at most `value`."""
    unit = 10.0 ** np.floor(np.log10(value))
    return float(unit * next(digit for digit in (5, 2, 1) if digit * unit <= value))


def line_limit(*views: Float[np.ndarray, "snapshot _rows _columns"]) -> float:
    """Return the end of a symmetric scale for lines that shrink during training.

    It is a round number above the largest value of the last snapshot. If values were larger
    before, it lies halfway (in ratio) to the largest ones; it is 1 if all values are zero.
    """
    final = _HEADROOM * max(float(np.abs(view[-1]).max()) for view in views)
    large = max(float(np.quantile(np.abs(view), _LARGE)) for view in views)
    between = float(np.sqrt(final * max(final, large)))
    return round_up(between, _FINE) if between > 0 else 1.0


def limit_labels(limit: float, *, beyond: bool) -> list[str]:
    """Return the labels at minus the limit, zero and the limit, which may include values beyond."""
    low, high = format_number(-limit), format_number(limit)
    return [f"\u2264{low}", "0", f"\u2265{high}"] if beyond else [low, "0", high]


def step_ticks(low: float, high: float) -> list[float]:
    """Return at most `MOST_TICKS` whole multiples of 1, 2 or 5 times a power of ten."""
    magnitude = 10 ** math.floor(math.log10((high - low) / MOST_TICKS))
    for digit in (1, 2, 5, 10, 20, 50):
        stride = max(1.0, digit * magnitude)
        values = np.arange(math.ceil(low / stride), math.floor(high / stride) + 1) * stride
        if len(values) <= MOST_TICKS:
            return values.tolist()
    return [low, high]


def zero_based_ticks(high: float) -> list[float]:
    """Return round values from zero to the first one that is at least `high`."""
    high = high if high > 0 else 1.0
    stride = round_up(high / _MOST_INTERVALS, _ONE_TWO_FIVE)
    count = math.ceil(high / stride - 1e-9)
    return [float(f"{step * stride:.6g}") for step in range(count + 1)]


def round_ticks(low: float, high: float) -> list[float]:
    """Return evenly spaced round values from at most `low` to at least `high`."""
    if low == high:
        air = abs(low) / 2 or 1.0
        low, high = low - air, high + air
    stride = round_up((high - low) / _MOST_INTERVALS, _ONE_TWO_FIVE)
    first, last = math.floor(low / stride + 1e-9), math.ceil(high / stride - 1e-9)
    return [float(f"{place * stride:.12g}") for place in range(first, last + 1)]


def power_ticks(low: float, high: float) -> list[int]:
    """Return exponents of at most `MOST_TICKS` powers of ten; none if fewer than three fit."""
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    if last - first < 2:
        return []
    stride = math.ceil((last - first + 1) / MOST_TICKS)
    return [power for power in range(first, last + 1) if power % stride == 0]


def ratio_ticks(low: float, high: float) -> list[float]:
    """Return at most `MOST_TICKS` values of two digits, about evenly spaced in ratio."""
    inside = _within((1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9), low, high)
    for digits in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3), (1,)):
        if len(inside) > MOST_TICKS:
            inside = _within(digits, low, high)
    if len(inside) >= 2:
        return inside
    finest = _within(tuple(tenth / 10 for tenth in range(10, 100)), low, high)
    return [finest[0], finest[-1]]


def _within(digits: tuple[float, ...], low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    values = [float(f"{digit * 10.0**power:.2g}") for power in powers for digit in digits]
    return [value for value in values if low <= value <= high]
