"""Film of every input weight as a line over the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.figures.any_run_figure import Name
from gen.figures.figure import FilmFigure
from gen.figures.model_figure import RunFigure
from gen.figures.one_view import only_view, view_shape
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
_MOST_NAMED = 3

_LEFT, _RIGHT, _TOP = 44, 28, 104
_PLOT_HEIGHT, _HEIGHT = 324, 464
_HEADER_LINE = 44
_SAMPLE, _AFTER_SAMPLE, _BETWEEN = 22, 7, 26

_THIN, _STRONG, _TIP = 0.6, 1.5, 3.0
_ALIVE, _MOST_ALIVE = 0.1, 64


class Trajectories(RunFigure, FilmFigure):
    """Weights of signal inputs, distractor inputs and the bias input in three colours.

    Attributes:
        view: name of a view with a row for each input; the weights into the neurons of one hidden
            layer if left out.
    """

    kind: Literal["trajectories"] = "trajectories"
    view: Name | None = None

    def check(self, task: Task, network: Network) -> None:
        if not task.signal_inputs:
            raise ValueError(
                "trajectories need signal inputs, and in this task all inputs are alike"
            )
        if self.view is None:
            (name, (inputs, neurons)), _ = hidden_layer_shapes(network, task)
        else:
            name, (inputs, neurons) = self.view, view_shape(network, task, self.view)[:2]
        if inputs != task.inputs:
            raise ValueError(f"{name} has {inputs} rows, not one per input ({task.inputs})")
        if inputs * neurons > _MOST_LINES:
            raise ValueError(
                f"{name} has {inputs * neurons:,} weights; the limit is {_MOST_LINES:,} lines"
            )

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.canvas import Canvas, nice_ticks
        from gen.drawing.derived import derived_view
        from gen.drawing.film import Film
        from gen.drawing.header_layers import StepCounter
        from gen.drawing.layers import Lines

        original, run = run, run if self.view is None else only_view(run, self.view)
        shown = self.pacing().select(len(run.snapshot_steps))
        steps = run.snapshot_steps[shown]
        name, weights = next(iter(run.views.items()))
        low, high = _range(weights)
        groups = _groups(run)

        canvas = Canvas(FILM_WIDTH, _HEIGHT, scale)
        first, last = float(steps[0]), float(max(steps[-1], steps[0] + 1))
        panel = canvas.panel(
            left=_LEFT,
            top=_TOP,
            width=FILM_WIDTH - _LEFT - _RIGHT,
            height=_PLOT_HEIGHT,
            x=(first, last),
            y=(low, high),
        )
        canvas.symbol(_LEFT, _TOP - 16, name)
        panel.y_axis(nice_ticks(low, high, 8))
        zero = float(panel.down(0.0))
        canvas.line([_LEFT, FILM_WIDTH - _RIGHT], [zero, zero], colour="muted", width=0.75)
        panel.x_axis(nice_ticks(first, last))
        _legend(canvas, groups, run)
        layers: list[Layer] = [
            StepCounter(canvas, steps.tolist(), left=_LEFT, baseline=_HEADER_LINE),
            Lines(panel.uprights(steps), ["rule"], width=1.5),
            *_drawn_by_pens(panel, steps, derived_view(original, name)[shown], groups),
        ]
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: ModelRun, words: Words) -> str:
        run = run if self.view is None else only_view(run, self.view)
        weights = np.abs(run.input_weights.astype(np.float64))
        groups = _groups(run)
        sentences = [
            words(
                "alt.trajectories.begin",
                neurons=weights.shape[2],
                steps=int(run.snapshot_steps[-1]),
                largest=float(weights[0].max()),
            ),
            words(
                "alt.trajectories.signal",
                inputs=_listed(groups["signal"].tolist(), words("list.comma")),
                largest=float(weights[-1, groups["signal"]].max()),
            ),
        ]
        if "distractor" in groups:
            others = weights[:, groups["distractor"]]
            largest, most = float(others[-1].max()), float(others.max())
            key = "distractor" if largest > 0 else "distractor_zero"
            sentences.append(words(f"alt.trajectories.{key}", largest=largest, most=most))
        return words.join_sentences(sentences)


def _groups(run: ModelRun) -> dict[str, Int[np.ndarray, " input"]]:
    """Return the inputs by meaning, in the order in which their lines are drawn."""
    signal, bias = run.task.signal_inputs, run.task.bias_input
    others = [i for i in range(run.task.inputs) if i not in {*signal, bias}]
    groups = {
        "distractor": np.array(others, dtype=np.int64),
        "bias": np.array([] if bias is None else [bias], dtype=np.int64),
        "signal": np.array(signal, dtype=np.int64),
    }
    return {meaning: inputs for meaning, inputs in groups.items() if len(inputs)}


def _range(weights: Float[np.ndarray, "snapshot input neuron"]) -> tuple[float, float]:
    """Return the range of the weights and zero, with a margin."""
    low, high = float(min(weights.min(), 0)), float(max(weights.max(), 0))
    air = 0.04 * (high - low) or 1.0
    return low - air, high + air


def _drawn_by_pens(
    panel: Panel,
    steps: Int[np.ndarray, " frame"],
    weights: Derived,
    groups: dict[str, Int[np.ndarray, " _input"]],
) -> list[Layer]:
    """Return layers: thin lines, mixed by neuron so that no group hides, under strong ones.

    Args:
        weights: (frame, input, neuron).
    """
    from gen.drawing.layers import Pen, Points

    meanings = np.empty(weights.shape[1], dtype=object)
    for meaning, inputs in groups.items():
        meanings[inputs] = meaning
    final = np.abs(weights.values[-1])
    final[groups.get("distractor", [])] = 0
    least = max(_ALIVE * final.max(), np.sort(final, axis=None)[-_MOST_ALIVE:][0])
    alive = (final >= least) & (final > 0)
    places = panel.over_frames(steps, weights.transpose(0, 2, 1).flattened())
    thin, strong = ~alive.T, alive.T
    colours = np.broadcast_to(meanings, thin.shape)
    layers: list[Layer] = []
    if thin.any():
        layers.append(Pen(places[:, np.flatnonzero(thin)], colours[thin].tolist(), width=_THIN))
    if strong.any():
        tips = places[:, np.flatnonzero(strong)]
        layers.append(Pen(tips, colours[strong].tolist(), width=_STRONG))
        layers.append(Points(tips, colours[strong].tolist(), radius=_TIP))
    return layers


def _legend(canvas: Canvas, groups: dict[str, Int[np.ndarray, " _input"]], run: ModelRun) -> None:
    """Draw the colours of the inputs at the right end of the header."""
    from gen.drawing.marks import TextRun, symbol_runs

    x = float(FILM_WIDTH - _RIGHT)
    y = _HEADER_LINE - 0.32 * NUMBER_SIZE
    for meaning in ("bias", "distractor", "signal"):
        if meaning not in groups:
            continue
        text = "1" if meaning == "bias" else f"\u2009=\u2009{_listed(groups[meaning].tolist())}"
        colour = text_colour(meaning)
        symbol = [] if meaning == "bias" else [run.task.input_symbol]
        runs = [part for one in symbol for part in symbol_runs(one, NUMBER_SIZE, colour)]
        x -= canvas.runs(x, _HEADER_LINE, [*runs, TextRun(text, colour=colour)], across="right")
        x -= _AFTER_SAMPLE
        canvas.line([x - _SAMPLE, x], [y, y], colour=meaning, width=2.5)
        x -= _SAMPLE + _BETWEEN


def _listed(inputs: list[int], comma: str = ", ") -> str:
    if len(inputs) <= _MOST_NAMED:
        return comma.join(map(str, inputs))
    return f"{inputs[0]} \u2026 {inputs[-1]}"
