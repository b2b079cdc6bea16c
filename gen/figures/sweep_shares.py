"""Chart of a sweep: the share of models that generalise, over the values of a setting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import Field

from gen.charts.chart import Axis as ChartAxis
from gen.charts.chart import Chart, Series, share_axis, values_axis
from gen.charts.numbered import KEYS, check_line_count, number_text
from gen.errors import suggestion
from gen.figures.sweep_figure import SweepFigure
from gen.text import csv_text, truncate

if TYPE_CHECKING:
    from gen.analysis.sweep_outcomes import SweepRun
    from gen.experiments.sweep import Axis, Sweep
    from gen.i18n import Words

AxisName = Annotated[str, Field(min_length=1, max_length=80)]


class SweepShares(SweepFigure):
    """A line for each value of one setting, over the values of another.

    A point counts all trained models with these values: all values of the other settings, and all
    seeds. Where no model is trained yet, there is no point.

    Attributes:
        along: the axis of the sweep whose numbers are the horizontal axis, such as
            `task.train_rows`.
        lines: the axis of the sweep with a line for each value; a single line if left out.
    """

    kind: Literal["sweep-shares"] = "sweep-shares"
    along: AxisName
    lines: AxisName | None = None

    def check(self, sweep: Sweep) -> None:
        along = sweep.axes[_place(sweep.axes, self.along, "along", sweep.name)]
        if not _has_numbers(along):
            usable = [axis.name for axis in sweep.axes if _has_numbers(axis)]
            raise ValueError(
                f"along names {along.name}, whose values are not numbers; "
                + (f"use one of: {', '.join(usable)}" if usable else "the sweep varies no number")
            )
        if len(along.values) < 2:
            raise ValueError(f"{along.name} has a single value; a line needs two or more")
        if self.lines is None:
            return
        lines = sweep.axes[_place(sweep.axes, self.lines, "lines", sweep.name)]
        if lines == along:
            raise ValueError("along and lines name the same setting; leave lines out")
        check_line_count(
            len(lines.values), f"values of {lines.name}; leave lines out, or name another setting"
        )

    def render(self, run: SweepRun, words: Words) -> Chart:
        label, x = words("axis.generalise"), self._x(run, words)
        return Chart(
            title=words("chart.over", measure=label, setting=x.label),
            language=words.language,
            x=x,
            y=share_axis(label, words),
            series=tuple(
                Series(
                    key,
                    line.name,
                    np.array([point.value for point in line.points], dtype=np.float64),
                    np.array([_share(point) for point in line.points]),
                    dotted=True,
                )
                for key, line in zip(KEYS, self._lines(run, words), strict=False)
            ),
            over_steps=False,
        )

    def csv(self, run: SweepRun) -> str:
        along = run.axes[_place(run.axes, self.along)].key
        header = [along, "trained", "generalise", "share"]
        rows = (
            [line.value, point.value, point.trained, point.generalise, number_text(_share(point))]
            for line in self._lines(run)
            for point in line.points
        )
        if self.lines is None:
            return csv_text(header, (row[1:] for row in rows))
        return csv_text([run.axes[_place(run.axes, self.lines)].key, *header], rows)

    def alt(self, run: SweepRun, words: Words) -> str:
        lines = list(self._lines(run, words))
        begin = words(
            "alt.shares.begin",
            setting=self._x(run, words).label,
            trained=int(run.trained.sum()),
            models=run.trained.size,
        )
        return words.join_sentences([begin, *(_in_words(line, words) for line in lines)])

    def _x(self, run: SweepRun, words: Words) -> ChartAxis:
        from gen.widgets.setting_words import axis_name

        axis = run.axes[_place(run.axes, self.along)]
        return values_axis(axis_name(axis, words), sorted(map(float, axis.values)), words)

    def _lines(self, run: SweepRun, words: Words | None = None) -> Iterator[_Line]:
        """Yield the lines in the order of the config, with their points from left to right.

        Args:
            words: of the language of their names; they are empty without.
        """
        from gen.analysis.sweep_shares import shares
        from gen.widgets.setting_words import cell_labels

        along = _place(run.axes, self.along)
        x: tuple[Any, ...] = run.axes[along].values
        order = sorted(range(len(x)), key=x.__getitem__)
        if self.lines is None:
            found, values, names = shares(run, along), (None,), [""]
            trained, generalise = found.trained[None], found.generalise[None]
        else:
            place = _place(run.axes, self.lines)
            found, values = shares(run, place, along), run.axes[place].values
            trained, generalise = found.trained, found.generalise
            names = cell_labels((run.axes[place],), words) if words else [""] * len(values)
        for line, (value, name) in enumerate(zip(values, names, strict=True)):
            counts = ((x[at], int(trained[line, at]), int(generalise[line, at])) for at in order)
            yield _Line(value, name, [_Point(*each) for each in counts])


class _Point(NamedTuple):
    """A value of the horizontal axis, and the models that have it."""

    value: float
    trained: int
    generalise: int


class _Line(NamedTuple):
    value: Any
    name: str
    points: list[_Point]


def _share(point: _Point) -> float:
    return point.generalise / point.trained if point.trained else float("nan")


def _has_numbers(axis: Axis) -> bool:
    return axis.choices is None and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in axis.values
    )


def _place(axes: Sequence[Axis], name: str, key: str = "", sweep: str = "") -> int:
    """Return which axis has a name; raise ValueError if none has."""
    names = [axis.name for axis in axes]
    if name not in names:
        hint = suggestion(name, names) or f"use one of: {', '.join(names)}"
        raise ValueError(f'{key} names "{truncate(name)}", which {sweep} does not vary; {hint}')
    return names.index(name)


def _in_words(line: _Line, words: Words) -> str:
    """Return the counts of a line; those of a single line have no name."""
    points = [
        words("alt.shares.point", count=point.generalise, models=point.trained, value=point.value)
        for point in line.points
        if point.trained
    ]
    if not points:
        return words("alt.shares.empty", name=line.name) if line.name else words("alt.shares.none")
    if not line.name:
        return words("alt.shares.all", points=words.listed(points))
    return words("alt.shares.line", name=line.name, points=words.listed(points))
