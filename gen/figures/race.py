"""Film of the race of the waves: the amplitude of every wave in every neuron over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Float

from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.neuron_groups import (
    Group,
    check_weights_per_number,
    describe_frequencies,
    neuron_groups,
)
from gen.analysis.race import amplitudes_of, ranks, winners
from gen.figures.figure import FilmFigure
from gen.figures.model_figure import RunFigure
from gen.theme import FILM_WIDTH, NUMBER_SIZE, text_colour

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_MOST_LINES = 20_000

_LEFT, _RIGHT, _TOP = 44, 28, 104
_PLOT_HEIGHT, _HEIGHT = 324, 464
_HEADER_LINE = 44
_SAMPLE, _AFTER_SAMPLE, _BETWEEN = 18, 6, 14
_AIR = 1.04

_THIN, _STRONG, _TIP = 0.6, 1.5, 3.0
_OTHERS = "distractor"


class Race(RunFigure, FilmFigure):
    """A line for every wave in the weights into every neuron; the final one is in colour.

    The axis of steps is logarithmic in n + 1, so that step 0 has a place. Final waves of silent
    neurons, and of frequencies without a colour of their own (see `neuron_groups`), are grey.
    """

    kind: Literal["race"] = "race"

    def check(self, task: Task, network: Network) -> None:
        check_weights_per_number(task, network)
        (name, (numbers, neurons)), _ = hidden_layer_shapes(network, task)
        lines = neurons * (numbers // 2)
        if lines > _MOST_LINES:
            raise ValueError(
                f"{name} has {lines:,} waves in {neurons:,} neurons; "
                f"the limit is {_MOST_LINES:,} lines"
            )

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.canvas import Canvas, nice_ticks
        from gen.drawing.derived import derived_view
        from gen.drawing.film import Film
        from gen.drawing.header_layers import StepCounter
        from gen.drawing.layers import Lines

        shown = self.pacing().select(len(run.snapshot_steps))
        steps = run.snapshot_steps[shown]
        name = next(iter(run.views))
        amplitudes = derived_view(run, name).transpose(0, 2, 1).waves().lengths()
        if run.input_weights.shape[1] % 2 == 0:  # see `amplitudes_of`
            others = amplitudes.shape[-1] - 1
            amplitudes = amplitudes.affine([*[1.0] * others, 2**0.5], [0.0] * (others + 1))
        highest = _AIR * float(amplitudes.values.max()) or 1.0
        groups = neuron_groups(run.input_weights[-1])

        canvas = Canvas(FILM_WIDTH, _HEIGHT, scale)
        places = np.log10(steps + 1.0)
        panel = canvas.panel(
            left=_LEFT,
            top=_TOP,
            width=FILM_WIDTH - _LEFT - _RIGHT,
            height=_PLOT_HEIGHT,
            x=(float(places[0]), max(float(places[-1]), float(places[0]) + 0.3)),
            y=(0.0, highest),
        )
        canvas.symbol(_LEFT, _TOP - 16, name)
        panel.y_axis(nice_ticks(0.0, highest, 8))
        _step_axis(panel)
        _legend(canvas, groups)
        layers: list[Layer] = [
            StepCounter(canvas, steps.tolist(), left=_LEFT, baseline=_HEADER_LINE),
            Lines(panel.uprights(places), ["rule"], width=1.5),
            *_drawn_by_pens(panel, places, amplitudes[shown], groups),
        ]
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: ModelRun, words: Words) -> str:
        weights = run.input_weights
        found = winners(weights, run.snapshot_steps)
        start = ranks(amplitudes_of(weights[:1])[0][:, found.neurons], found.waves)
        begin = words(
            "alt.race.begin",
            waves=weights.shape[1] // 2,
            neurons=weights.shape[2],
            steps=int(run.snapshot_steps[-1]),
        )
        silent = weights.shape[2] - len(found.neurons)
        left_out = [words("alt.race.silent", count=silent)] if silent else []
        first = words(
            "alt.race.start",
            neurons=len(start),
            leading=int((start == 1).sum()),
            rank=words.number(float(np.median(start)), 1),
        )
        lead = words(
            "alt.race.lead",
            half=found.half_lead_at,
            all=int(found.leads_at.max()),
        )
        return words.join_sentences(
            [begin, *left_out, first, lead, describe_frequencies(run, words)]
        )


def _step_axis(panel: Panel) -> None:
    """Label the powers of ten of the steps, and the first step where that is 0."""
    from gen.drawing.number_format import format_number

    first, last = (10**place - 1 for place in panel.x)
    steps = [0, *(10**power for power in range(10))]
    within = [step for step in steps if first - 0.5 < step < last + 0.5]
    panel.x_axis(
        [float(np.log10(step + 1)) for step in within], [format_number(step) for step in within]
    )


def _drawn_by_pens(
    panel: Panel, places: Float[np.ndarray, " frame"], amplitudes: Derived, groups: list[Group]
) -> list[Layer]:
    """Return layers: the final wave of every neuron in its colour, above thin lines of all others.

    Args:
        amplitudes: (frame, neuron, wave).
    """
    from gen.drawing.canvas import pale
    from gen.drawing.layers import Pen, Points

    _, neurons, waves = amplitudes.shape
    coloured = [group for group in groups if group.frequency is not None]
    owned = {
        int(neuron) * waves + group.frequency - 1: group.colour
        for group in coloured
        for neuron in group.neurons
        if group.frequency is not None
    }
    lines = panel.over_frames(places, amplitudes.flattened())
    layers: list[Layer] = []
    others = [line for line in range(neurons * waves) if line not in owned]
    if others:
        layers.append(Pen(lines[:, others], [pale(_OTHERS)], width=_THIN))
    if owned:
        tips, colours = lines[:, list(owned)], list(owned.values())
        layers.append(Pen(tips, colours, width=_STRONG))
        layers.append(Points(tips, colours, radius=_TIP))
    return layers


def _legend(canvas: Canvas, groups: list[Group]) -> None:
    """Draw the colour of each frequency k at the right end of the header."""
    from gen.drawing.marks import TextRun, symbol_runs

    x = float(FILM_WIDTH - _RIGHT)
    y = _HEADER_LINE - 0.32 * NUMBER_SIZE
    for group in reversed(groups):
        value = "\u2026" if group.frequency is None else str(group.frequency)
        colour = _OTHERS if group.frequency is None else group.colour
        text = TextRun(value, colour=text_colour(colour), style="Semibold")
        x -= canvas.runs(x, _HEADER_LINE, [text], across="right") + _AFTER_SAMPLE
        canvas.line([x - _SAMPLE, x], [y, y], colour=colour, width=2.5)
        x -= _SAMPLE + _BETWEEN
    name = [*symbol_runs("k", NUMBER_SIZE, "muted"), TextRun("\u2009=", colour="muted")]
    canvas.runs(x, _HEADER_LINE, name, across="right")
