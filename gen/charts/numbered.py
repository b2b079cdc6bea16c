"""Charts of any number of lines without a meaning of their own: keys, axes, alt texts, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float, Int

from gen.charts.chart import (
    Axis,
    Chart,
    Key,
    Numbered,
    Series,
    linear_axis,
    log_axis,
    share_axis,
    step_axis,
)
from gen.i18n import Words
from gen.text import csv_text

Scale = Literal["linear", "log", "share"]
"""Scale of the values: `share` is 0 to 100 %."""

KEYS: tuple[Numbered, ...] = get_args(Numbered)
MOST_LINES = len(KEYS)
"""Lines of one chart that can be told apart."""


def check_line_count(count: int, what: str) -> None:
    """Raise ValueError if a chart cannot show that many lines.

    Args:
        what: what the lines are, and which key of the config makes them fewer.
    """
    if count > MOST_LINES:
        raise ValueError(f"{count} {what}; a chart shows {MOST_LINES} lines at most")


def lines(
    steps: Int[np.ndarray, " step"],
    values: Mapping[str, Float[np.ndarray, " step"]],
    keys: Sequence[Key] = KEYS,
) -> tuple[Series, ...]:
    """Return a line for each name; values that are not a number were not taken, and left out."""
    return tuple(
        Series(key, name, steps[taken].astype(np.float64), one[taken].astype(np.float64))
        for key, (name, one) in zip(keys, values.items(), strict=False)
        for taken in [~np.isnan(one)]
    )


def line_chart(
    label: str, series: tuple[Series, ...], scale: Scale, words: Words, title: str = ""
) -> Chart:
    """Return the chart of some lines over the steps of training.

    On a logarithmic scale, values that are not above zero have no place: lines break there.

    Args:
        label: what the values are, for the axis.
        title: name of the chart; `label` if empty.
    """
    if scale == "log":
        series = tuple(_above_zero(one) for one in series)
    ends = [end for one in series if len(one.x) for end in (one.x[0], one.x[-1])] or [0.0, 1.0]
    return Chart(
        title=words("chart.title", measure=title or label),
        language=words.language,
        x=step_axis(min(ends), max(ends), words),
        y=_value_axis(label, series, scale, words),
        series=series,
    )


def _above_zero(line: Series) -> Series:
    return Series(line.key, line.label, line.x, np.where(line.y > 0, line.y, np.nan))


def _value_axis(label: str, series: Sequence[Series], scale: Scale, words: Words) -> Axis:
    if scale == "share":
        return share_axis(label, words)
    values = np.concatenate([one.y for one in series])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.1, 1.0)
    return (log_axis if scale == "log" else linear_axis)(label, low, high, words)


def path_in_words(key: str, line: Series, words: Words) -> str:
    """Return a sentence about a line: where it begins and ends, its largest and smallest value.

    Args:
        key: of a text with the placeholders name, first, final, largest, largest_step,
            smallest, smallest_step, of which it may use some.
    """
    taken = ~np.isnan(line.y)
    steps, values = line.x[taken], line.y[taken]
    if not len(values):
        return words("alt.line.empty", name=line.label)
    largest, smallest = int(values.argmax()), int(values.argmin())
    return words(
        key,
        name=line.label,
        first=float(values[0]),
        final=float(values[-1]),
        largest=float(values[largest]),
        largest_step=int(steps[largest]),
        smallest=float(values[smallest]),
        smallest_step=int(steps[smallest]),
    )


def number_text(value: float) -> str:
    """Return a number for a CSV; a value that is not a number is an empty cell."""
    return "" if np.isnan(value) else f"{value:.9g}"


def step_table(
    steps: Int[np.ndarray, " step"], values: Mapping[str, Float[np.ndarray, " step"]]
) -> str:
    """Return a CSV with a row for each step; a value that is not a number is an empty cell."""
    columns = list(values.values())
    rows = (
        [int(step), *(number_text(one[place]) for one in columns)]
        for place, step in enumerate(steps)
    )
    return csv_text(["step", *values], rows)
