"""A chart: what is plotted and in which words, without saying where on paper anything goes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float

from gen.i18n import Words, power_of_ten

Split = Literal["train", "test"]
Key = Literal[Split, "restricted", "excluded", "norm", "signal", "gini"]
"""What a line means, which decides its colour and its style."""

MOST_TICKS = 6
"""As many labels as the narrowest chart has room for."""

FEW_TICKS = 4
"""As many steps from zero as a low chart has room for."""


@dataclass(frozen=True)
class Tick:
    """A value that an axis names."""

    value: float
    label: str


@dataclass(frozen=True)
class Axis:
    """One direction of a chart.

    Attributes:
        label: what is measured, in the page's language.
        low: value at the left or lower end.
        high: value at the right or upper end.
        logarithmic: whether equal distances are equal ratios; `low` is then above zero.
        shares: whether values are parts of one, written in percent.
    """

    label: str
    low: float
    high: float
    ticks: tuple[Tick, ...]
    logarithmic: bool = False
    shares: bool = False

    def place(self, values: Float[np.ndarray, " point"]) -> Float[np.ndarray, " point"]:
        """Where values lie along the axis, 0 to 1; what is beyond an end is put on it."""
        clipped = np.clip(values, self.low, self.high)
        low, high = self.low, self.high
        if self.logarithmic:
            clipped, low, high = np.log(clipped), math.log(low), math.log(high)
        return (clipped - low) / (high - low)


@dataclass(frozen=True)
class Series:
    """One line.

    Attributes:
        key: its meaning.
        label: its name in the page's language.
        x: steps, rising.
        y: values; where one is not finite the line is broken.
        full_label: its name with what is measured, where charts of several measures are read
            out together; the same as `label` if empty.
    """

    key: Key
    label: str
    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    full_label: str = ""


@dataclass(frozen=True)
class Mark:
    """A step at which something happens, with a dot on the series it happens to.

    Attributes:
        key: the series.
        x: the step.
        label: what happens.
        step: the step as the page's language writes it.
    """

    key: Key
    x: float
    y: float
    label: str
    step: str


@dataclass(frozen=True)
class Level:
    """A value to compare with, drawn across the whole chart."""

    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """Axes, lines and marks.

    Attributes:
        title: what is plotted, in a few words, for readers who do not see it.
        language: two letters, of all its texts.
    """

    title: str
    language: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    level: Level | None = None


@dataclass(frozen=True)
class Stack:
    """Charts over the same steps, one above the other; the marks of the first go through all.

    Attributes:
        title: what is plotted, in a few words, for readers who do not see it.
        language: two letters, of all its texts.
        charts: from the top to the bottom.
    """

    title: str
    language: str
    charts: tuple[Chart, ...]


def series_names(chart: Chart | Stack) -> tuple[str, ...]:
    """Full names of all lines, from the top chart to the bottom one."""
    charts = chart.charts if isinstance(chart, Stack) else (chart,)
    return tuple(one.full_label or one.label for each in charts for one in each.series)


def step_axis(first: float, last: float, words: Words) -> Axis:
    """The steps of training, true to scale."""
    last = last if last > first else first + 1
    values = _round_values(first, last)
    ticks = tuple(Tick(value, words.number(round(value))) for value in values)
    return Axis(words("axis.step"), first, last, ticks)


def share_axis(label: str, words: Words) -> Axis:
    """Shares from 0 to 100 %; the unit stands at the top alone."""
    values = (0.0, 0.25, 0.5, 0.75, 1.0)
    labels = [words.number(round(100 * value)) for value in values[:-1]] + [words.percent(1.0)]
    return Axis(label, 0.0, 1.0, tuple(map(Tick, values, labels)), shares=True)


def value_axis(label: str, high: float, words: Words) -> Axis:
    """Values from zero to the first round one that none exceeds."""
    high = high if high > 0 else 1.0
    magnitude = 10.0 ** math.floor(math.log10(high / FEW_TICKS))
    strides = (factor * magnitude for factor in (1, 2, 5, 10))
    stride = next(stride for stride in strides if high <= (FEW_TICKS + 1e-9) * stride)
    count = math.ceil(high / stride - 1e-9)
    values = [float(f"{step * stride:.6g}") for step in range(count + 1)]
    return Axis(label, 0.0, values[-1], tuple(Tick(value, words.number(value)) for value in values))


def log_axis(label: str, low: float, high: float, words: Words) -> Axis:
    """Positive values by their order of magnitude.

    Args:
        low: smallest value that is plotted, above zero.
        high: largest value that is plotted.
    """
    if high < low * 1.5:
        middle = math.sqrt(low * high)
        low, high = middle / 1.25, middle * 1.25
    margin = (high / low) ** 0.03
    low, high = low / margin, high * margin
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    if last - first >= 2:
        stride = math.ceil((last - first + 1) / MOST_TICKS)
        powers = [power for power in range(first, last + 1) if power % stride == 0]
        ticks = [Tick(10.0**power, _power_label(power)) for power in powers]
    else:
        ticks = [Tick(value, words.number(value)) for value in _round_ratios(low, high)]
    return Axis(label, low, high, tuple(ticks), logarithmic=True)


def _power_label(power: int) -> str:
    return {0: "1", 1: "10"}.get(power, power_of_ten(power))


def _round_values(low: float, high: float) -> list[float]:
    """At most MOST_TICKS multiples of 1, 2 or 5 times a power of ten."""
    magnitude = 10 ** math.floor(math.log10((high - low) / MOST_TICKS))
    for factor in (1, 2, 5, 10, 20, 50):
        stride = max(1.0, factor * magnitude)
        values = np.arange(math.ceil(low / stride), math.floor(high / stride) + 1) * stride
        if len(values) <= MOST_TICKS:
            return values.tolist()
    return [low, high]


def _round_ratios(low: float, high: float) -> list[float]:
    """At most MOST_TICKS values of two significant digits, about evenly spread in ratio."""
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
