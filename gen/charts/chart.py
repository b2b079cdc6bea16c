"""Chart data: axes, series, marks and levels, without layout."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from jaxtyping import Float, Real

from gen.charts.scales import (
    MOST_TICKS,
    power_ticks,
    ratio_ticks,
    round_ticks,
    step_ticks,
    zero_based_ticks,
)
from gen.i18n import Words, power_of_ten

_TICK_GAP = 0.1
"""Smallest distance of two tick labels, as a part of the axis."""

Split = Literal["train", "test"]
Numbered = Literal[
    "line-1",
    "line-2",
    "line-3",
    "line-4",
    "line-5",
    "line-6",
    "line-7",
    "line-8",
    "line-9",
    "line-10",
    "line-11",
    "line-12",
]
"""Lines without a meaning of their own, in the order of a chart."""

Key = Literal[Split, "restricted", "excluded", "norm", "signal", "gini", Numbered]
"""What a line means; it selects colour and line style."""


@dataclass(frozen=True)
class Tick:
    """An axis value with its label."""

    value: float
    label: str


@dataclass(frozen=True)
class Axis:
    """An axis of a chart.

    Attributes:
        label: name of the quantity, in the page's language.
        low, high: values at the left or lower, and at the right or upper end.
        logarithmic: whether the scale is logarithmic; `low` is then above zero.
        shares: whether values are shares of one, labelled in percent.
    """

    label: str
    low: float
    high: float
    ticks: tuple[Tick, ...]
    logarithmic: bool = False
    shares: bool = False

    def place(self, values: Real[np.ndarray, "*point"]) -> Float[np.ndarray, "*point"]:
        """Map values to positions from 0 to 1; values outside the axis are clipped."""
        clipped = np.clip(values, self.low, self.high)
        low, high = self.low, self.high
        if self.logarithmic:
            clipped, low, high = np.log(clipped), math.log(low), math.log(high)
        return np.asarray((clipped - low) / (high - low))


@dataclass(frozen=True)
class Series:
    """One line.

    Attributes:
        label: its name in the page's language.
        x: steps, or other values of the horizontal axis; ascending.
        y: values; the line is broken at non-finite ones.
        full_label: its name with the metric, for charts that show several metrics; `label` if
            empty.
        dotted: whether each point has a dot, as for values that were measured one by one.
    """

    key: Key
    label: str
    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    full_label: str = ""
    dotted: bool = False


@dataclass(frozen=True)
class Trace:
    """A thin line behind those of a chart, without a name or a reading of its own.

    Attributes:
        key: the series that it belongs to, whose colour it has.
        x: steps, ascending.
        y: values; the line is broken at non-finite ones.
        event: the step of `x` at which it has a dot; None for no dot.
    """

    key: Key
    x: Float[np.ndarray, " point"]
    y: Float[np.ndarray, " point"]
    event: int | None = None


@dataclass(frozen=True)
class Mark:
    """An event at a step, drawn as a dot on a series.

    Attributes:
        key: the series, whose value at step `x` is `y`.
        label: name of the event.
        step: the step, formatted in the page's language.
    """

    key: Key
    x: float
    y: float
    label: str
    step: str


@dataclass(frozen=True)
class Level:
    """A reference value, drawn as a horizontal line."""

    y: float
    label: str


@dataclass(frozen=True)
class Chart:
    """A chart with its axes, lines and marks.

    Attributes:
        title: short title for screen readers.
        language: two-letter code of its texts.
        over_steps: whether the horizontal axis is the step of training, so that the timeline of a
            page can lead the chart.
    """

    title: str
    language: str
    x: Axis
    y: Axis
    series: tuple[Series, ...]
    marks: tuple[Mark, ...] = ()
    level: Level | None = None
    traces: tuple[Trace, ...] = ()
    over_steps: bool = True


@dataclass(frozen=True)
class Stack:
    """Charts over the same steps, from top to bottom; the marks of the first cross all."""

    title: str
    language: str
    charts: tuple[Chart, ...]


def series_names(chart: Chart | Stack) -> tuple[str, ...]:
    """Return the full names of all lines, from the top chart to the bottom one."""
    charts = chart.charts if isinstance(chart, Stack) else (chart,)
    return tuple(one.full_label or one.label for each in charts for one in each.series)


def step_axis(first: float, last: float, words: Words) -> Axis:
    """Return a linear axis of training steps."""
    last = last if last > first else first + 1
    ticks = tuple(Tick(value, words.number(round(value))) for value in step_ticks(first, last))
    return Axis(words("axis.step"), first, last, ticks)


def values_axis(label: str, values: Sequence[float], words: Words) -> Axis:
    """Return the axis of a setting, from its smallest to its largest value.

    It is logarithmic if the values are above zero and span a power of ten or more. Its ticks are
    the values, or round numbers if there are too many or they are too close.

    Args:
        values: two or more, ascending.
    """
    low, high = values[0], values[-1]
    logarithmic = low > 0 and high >= 10 * low
    axis = Axis(label, low, high, (), logarithmic)
    places = axis.place(np.array(values))
    if len(values) <= MOST_TICKS and np.diff(places).min() >= _TICK_GAP:
        shown = list(values)
    else:
        shown = ratio_ticks(low, high) if logarithmic else round_ticks(low, high)
    ticks = tuple(Tick(one, words.number(one)) for one in shown if low <= one <= high)
    return replace(axis, ticks=ticks)


def share_axis(label: str, words: Words) -> Axis:
    """Return an axis from 0 to 100 %; only the top label has the unit."""
    values = (0.0, 0.25, 0.5, 0.75, 1.0)
    labels = [words.number(round(100 * value)) for value in values[:-1]] + [words.percent(1.0)]
    return Axis(label, 0.0, 1.0, tuple(map(Tick, values, labels)), shares=True)


def value_axis(label: str, high: float, words: Words) -> Axis:
    """Return an axis from zero to the first round value that is at least `high`."""
    values = zero_based_ticks(high)
    return Axis(label, 0.0, values[-1], tuple(Tick(value, words.number(value)) for value in values))


def linear_axis(label: str, low: float, high: float, words: Words) -> Axis:
    """Return an axis between round numbers around the plotted values.

    It contains zero, unless the values vary little in comparison with their distance from it.
    """
    if 0 < low < high / 2:
        low = 0.0
    elif low / 2 < high < 0:
        high = 0.0
    values = round_ticks(low, high)
    ticks = tuple(Tick(value, words.number(value)) for value in values)
    return Axis(label, values[0], values[-1], ticks)


def log_axis(label: str, low: float, high: float, words: Words) -> Axis:
    """Return a logarithmic axis with a margin around the plotted values, which are above zero."""
    if high < low * 1.5:
        middle = math.sqrt(low * high)
        low, high = middle / 1.25, middle * 1.25
    margin = (high / low) ** 0.03
    low, high = low / margin, high * margin
    powers = power_ticks(low, high)
    if powers:
        short = {0: "1", 1: "10"}
        ticks = [Tick(10.0**each, short.get(each, power_of_ten(each))) for each in powers]
    else:
        ticks = [Tick(value, words.number(value)) for value in ratio_ticks(low, high)]
    return Axis(label, low, high, tuple(ticks), logarithmic=True)
