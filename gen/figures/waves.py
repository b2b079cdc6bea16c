"""Film of the weights of every neuron as a line over the numbers, one panel per frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from gen.analysis.fourier import peak_power_shares
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.neuron_groups import check_weights_per_number, describe_frequencies, neuron_groups
from gen.charts.scales import limit_labels, line_limit
from gen.drawing.frame_size import HEADER
from gen.figures.any_run_figure import Name
from gen.figures.figure import FilmFigure
from gen.figures.group_title import group_title
from gen.figures.model_figure import RunFigure
from gen.figures.one_view import (
    check_numbers,
    frequencies_in_words,
    lines_over_numbers,
    only_numbers,
)
from gen.tasks.modular import Modular
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.drawing.canvas import Panel
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_MOST_POINTS = 200_000

_LEFT, _RIGHT, _BETWEEN = 52, 20, 36
_COLUMN = (FILM_WIDTH - _LEFT - _RIGHT - _BETWEEN) // 2
_NAME, _AXIS = 48, 36
_TITLE, _BELOW = 28, 12
_TALLEST, _LOWEST = 150, 64
_ROOM = 500


class Waves(RunFigure, FilmFigure):
    """Weights into and out of the neurons: noise first, waves of k periods later.

    Attributes:
        view: name of a view with a row or a column for each number, shown alone; the weights into
            and out of one hidden layer if left out.
        limit: the weight at the upper end of every panel; larger weights are clipped to it. If
            left out, a round number above the largest final weight, or above the geometric mean
            of that and the largest weight of all steps if the latter is much larger.
        frames: snapshots shown at most. Noise compresses badly: twice the frames are twice the
            bytes.
    """

    kind: Literal["waves"] = "waves"
    fps: Annotated[int, Field(ge=5, le=50)] = 12
    view: Name | None = None
    limit: Annotated[float, Field(gt=0.0)] | None = None
    frames: Annotated[int, Field(ge=2, le=1000)] = 51

    def check(self, task: Task, network: Network) -> None:
        if self.view is None:
            check_weights_per_number(task, network)
            (into, (inputs, neurons)), _ = hidden_layer_shapes(network, task)
        else:
            into, (inputs, neurons) = self.view, check_numbers(network, task, self.view)
        if inputs * neurons > _MOST_POINTS:
            raise ValueError(
                f"{into} has {inputs * neurons:,} weights; the limit is {_MOST_POINTS:,}"
            )

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        lines = self._lines(run)
        arrays = [line.values for line in lines.values()]
        groups = neuron_groups(arrays[0][-1].T)
        limit = self.limit or line_limit(*arrays)
        largest = max(float(np.abs(values).max()) for values in arrays)
        labels = limit_labels(limit, beyond=largest > limit)
        height = min(_TALLEST, max(_LOWEST, _ROOM // len(groups) - _TITLE - _BELOW))
        row = _TITLE + height + _BELOW
        top = HEADER + _NAME
        bottom = top + row * len(groups) - _BELOW + _AXIS
        canvas, layers = film_frame(
            FILM_WIDTH, bottom, scale, steps, left=_LEFT, right=FILM_WIDTH - _RIGHT
        )
        symbols = (run.task.input_symbol, run.task.output_symbol)
        width = _COLUMN if len(lines) == 2 else FILM_WIDTH - _LEFT - _RIGHT
        for column, (name, every) in enumerate(lines.items()):
            values = every[shown]
            left = _LEFT + column * (_COLUMN + _BETWEEN)
            canvas.symbol(left, top - 12, name)
            for place, group in enumerate(groups):
                panel = canvas.panel(
                    left=left,
                    top=top + place * row + _TITLE,
                    width=width,
                    height=height,
                    x=(0, values.shape[2] - 1),
                    y=(-limit, limit),
                )
                last = place == len(groups) - 1
                _number_axis(panel, symbols[column] if last else "")
                panel.y_axis([-limit, 0.0, limit], ["", "", ""] if column else labels)
                if column == 0:
                    group_title(canvas, left, top + place * row + _TITLE - 8, group)
                layers.append(_lines(panel, values[:, group.neurons], group.colour))
        return Film.of(canvas, steps, layers, self.pacing())

    def _lines(self, run: ModelRun) -> dict[str, Derived]:
        """Return the weights (snapshot, neuron, number) of every neuron, by view."""
        from gen.drawing.derived import derived_view

        if self.view is not None:
            return {self.view: lines_over_numbers(run, self.view)}
        into, out = run.views
        return {into: derived_view(run, into).transpose(0, 2, 1), out: derived_view(run, out)}

    def alt(self, run: ModelRun, words: Words) -> str:
        if self.view is not None:
            run = only_numbers(run, self.view)
        into = run.input_weights
        steps = int(run.snapshot_steps[-1])
        if self.view is not None:
            begin = words("alt.waves.begin_view", lines=into.shape[2], view=self.view, steps=steps)
        else:
            is_product = isinstance(run.task, Modular) and run.task.operation == "multiply"
            begin = words(
                "alt.waves.begin_product" if is_product else "alt.waves.begin",
                neurons=into.shape[2],
                last=into.shape[1] - 1,
                steps=steps,
            )
        purity = words(
            "alt.waves.purity" if self.view is None else "alt.waves.purity_view",
            first=words.percent(float(np.median(peak_power_shares(into[0])))),
            least=words.percent(float(peak_power_shares(into[-1]).min())),
        )
        describe = describe_frequencies if self.view is None else frequencies_in_words
        return words.join_sentences([begin, purity, describe(run, words)])


def _number_axis(panel: Panel, symbol: str) -> None:
    from gen.drawing.canvas import nice_ticks

    if symbol:
        last = int(panel.x[1])
        inner = [tick for tick in nice_ticks(0, last, 5) if tick < last * 0.88]
        panel.number_axis([*inner, last], symbol)


def _lines(panel: Panel, values: Derived, colour: str) -> Layer:
    """Return the lines of a group: pale ones, and its first neuron in full colour on top."""
    from gen.drawing.canvas import pale
    from gen.drawing.layers import Lines

    clipped = values[:, ::-1].clip(*panel.y)
    places = panel.project(np.arange(values.shape[2]), clipped)
    colours = [pale(colour)] * (values.shape[1] - 1) + [colour]
    return Lines(places, colours, width=1.0)
