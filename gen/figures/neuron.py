"""Film of one neuron: its weights as a line over the numbers, and their spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from gen.analysis.fourier import frequencies
from gen.analysis.neuron_groups import neuron_groups
from gen.analysis.wave_facts import wave_shares
from gen.charts.scales import limit_labels, line_limit
from gen.drawing.frame_size import HEADER
from gen.figures.any_run_figure import Name
from gen.figures.figure import FilmFigure
from gen.figures.neuron_figure import NeuronFigure
from gen.figures.one_view import check_numbers, lines_over_numbers, only_numbers
from gen.theme import COUNTER_SIZE, FILM_WIDTH, text_colour

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_TICKS_APART = 26
_WIDEST = 4.0
_LEFT, _RIGHT, _BETWEEN = 60, 24, 44
_SPECTRUM = 216
_WAVE = FILM_WIDTH - _LEFT - _RIGHT - _BETWEEN - _SPECTRUM
_NAME, _PANEL, _APART, _AXIS = 44, 116, 72, 36


class Neuron(NeuronFigure, FilmFigure):
    """The weights of one neuron over training; beside them the amplitude of every wave.

    Attributes:
        view: name of a view with a row or a column for each number, shown alone; the weights into
            and out of one hidden layer if left out.
        frames: snapshots shown at most.
    """

    kind: Literal["neuron"] = "neuron"
    view: Name | None = None
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check(self, task: Task, network: Network) -> None:
        if self.view is None:
            super().check(task, network)
        else:
            self.check_lines(*check_numbers(network, task, self.view))

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame

        original, run = run, self._shown(run)
        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        number, neuron = self.chosen(original, run.input_weights[-1])
        colour = _colour(run, neuron)
        panels = len(run.views)
        height = HEADER + _NAME + panels * _PANEL + (panels - 1) * _APART + _AXIS
        canvas, layers = film_frame(
            FILM_WIDTH, height, scale, steps, left=_LEFT, right=FILM_WIDTH - _RIGHT
        )
        _title(canvas, number)
        lines = self._lines(original, neuron)
        symbols = (run.task.input_symbol, run.task.output_symbol)
        views = zip(run.views, lines, symbols, strict=False)
        for place, (name, values, symbol) in enumerate(views):
            top = HEADER + _NAME + place * (_PANEL + _APART)
            canvas.symbol(_LEFT, top - 12, name)
            layers += _wave(canvas, top, values[shown], colour, symbol)
            layers += _spectrum(canvas, top, values[shown], colour)
        return Film.of(canvas, steps, layers, self.pacing())

    def _lines(self, run: ModelRun, neuron: int) -> list[Derived]:
        """Return the weights (snapshot, number) of a neuron in every view."""
        from gen.drawing.derived import derived_view

        if self.view is not None:
            return [lines_over_numbers(run, self.view)[:, neuron]]
        into, *out = (derived_view(run, name) for name in run.views)
        return [into[:, :, neuron], *(one[:, neuron] for one in out)]

    def _shown(self, run: ModelRun) -> ModelRun:
        return run if self.view is None else only_numbers(run, self.view)

    def alt(self, run: ModelRun, words: Words) -> str:
        original, run = run, self._shown(run)
        number, neuron = self.chosen(original, run.input_weights[-1])
        into = run.input_weights[:, :, neuron]
        k = int(frequencies(into[-1, :, None])[0])
        first, last = wave_shares(into[[0, -1], :, None], k).tolist()
        return words(
            "alt.neuron.text" if self.view is None else "alt.neuron.view",
            view=self.view,
            steps=int(run.snapshot_steps[-1]),
            neuron=number,
            k=k,
            first=words.percent(first),
            last=words.percent(last),
        )


def _colour(run: ModelRun, neuron: int) -> str:
    """Return the colour of the frequency of a neuron."""
    groups = neuron_groups(run.input_weights[-1])
    return next(group.colour for group in groups if neuron in group.neurons)


def _title(canvas: Canvas, number: int) -> None:
    from gen.drawing.marks import TextRun, symbol_runs
    from gen.drawing.number_format import format_number

    text = f"\u2009=\u2009{format_number(number)}"
    runs = [
        *symbol_runs("n", COUNTER_SIZE, "ink"),
        TextRun(text, COUNTER_SIZE, "ink", "Semibold"),
    ]
    canvas.runs(FILM_WIDTH - _RIGHT, 44, runs, across="right")


def _wave(
    canvas: Canvas,
    top: int,
    values: Derived,
    colour: str,
    symbol: str,
) -> list[Layer]:
    """Return the layers of the weights as a line with a dot at every number."""
    from gen.drawing.canvas import nice_ticks
    from gen.drawing.layers import Lines, Points

    limit = line_limit(values.values[:, None])
    last = values.shape[1] - 1
    panel = canvas.panel(
        left=_LEFT, top=top, width=_WAVE, height=_PANEL, x=(0, last), y=(-limit, limit)
    )
    inner = [tick for tick in nice_ticks(0, last, 6) if tick < last * 0.92]
    panel.number_axis([*inner, last], symbol)
    beyond = float(np.abs(values.values).max()) > limit
    panel.y_axis([-limit, 0.0, limit], limit_labels(limit, beyond=beyond))
    places = panel.project(np.arange(last + 1), values.clip(-limit, limit))
    return [
        Lines(places.as_one_line(), [colour], width=1.75),
        Points(places, [colour], radius=2.25),
    ]


def _spectrum(
    canvas: Canvas,
    top: int,
    values: Derived,
    colour: str,
) -> list[Layer]:
    """Return the layers of the amplitudes as bars, the strongest at the end in its colour."""
    from gen.drawing.layers import Lines

    amplitude = values.waves().lengths()
    waves = amplitude.shape[1]
    limit = float(amplitude.values.max()) or 1.0
    panel = canvas.panel(
        left=_LEFT + _WAVE + _BETWEEN,
        top=top,
        width=_SPECTRUM,
        height=_PANEL,
        x=(0.5, waves + 0.5),
        y=(0, limit),
    )
    strongest = int(amplitude.values[-1].argmax())
    others = [k for k in range(waves) if k != strongest]
    _frequency_axis(panel, strongest + 1, waves, colour)
    places = np.repeat(np.arange(1, waves + 1)[:, None], 2, axis=1)

    def bars(chosen: list[int]) -> Derived:
        return panel.project(places[chosen], amplitude[:, chosen].from_base(0.0))

    width = min(_WIDEST, max(1.5, 0.62 * _SPECTRUM / waves))
    return [
        Lines(bars(others), ["distractor"], width=width),
        Lines(bars([strongest]), [colour], width=width),
    ]


def _frequency_axis(panel: Panel, strongest: int, waves: int, colour: str) -> None:
    """Label the first, the last and the strongest wave where labels do not overlap."""
    from gen.drawing.number_format import format_number

    apart = _TICKS_APART / panel.width * waves
    ends = [k for k in (1, waves) if abs(k - strongest) >= apart]
    ticks = [*ends, strongest]
    panel.x_axis(
        [float(k) for k in ticks],
        [format_number(k) for k in ticks],
        symbol="k",
        colours=["muted"] * len(ends) + [text_colour(colour)],
    )
