"""Film of both weight matrices of a network as coloured cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.fourier import frequencies, peak_power_shares
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.neuron_groups import neuron_order
from gen.figures.figure import FilmFigure
from gen.figures.matrix_layout import MatrixLayout, colour_limit
from gen.figures.model_figure import RunFigure

if TYPE_CHECKING:
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.matrix import Matrix
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_LARGEST_MATRIX = 256
_SMALL, _PURE = 0.02, 0.9


class Weights(RunFigure, FilmFigure):
    """Every weight is a cell: white at zero, blue if negative, red if positive.

    Attributes:
        limit: the weight that has the deepest colour; if left out, the largest final weight of
            the matrix in which that is smaller, rounded up.
        cell: CSS pixels from one cell to the next; if left out, as many as fit.
    """

    fits_any_run: ClassVar[bool] = True

    kind: Literal["weights"] = "weights"
    limit: Annotated[float, Field(gt=0.0)] | None = None
    cell: Annotated[int, Field(ge=2, le=128)] | None = None

    def check(self, task: Task, network: Network) -> None:
        into, out = hidden_layer_shapes(network, task)
        for name, shape in (into, out):
            if max(shape) > _LARGEST_MATRIX:
                raise ValueError(
                    f"{name} is {shape[0]} x {shape[1]}; the limit is {_LARGEST_MATRIX} rows and "
                    f"columns"
                )
        (inputs, neurons), (_, outputs) = into[1], out[1]
        MatrixLayout.of((neurons, inputs), (neurons, outputs), self.cell).check()

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.film import Film

        shown = self.pacing().select(len(run.snapshot_steps))
        steps = run.snapshot_steps[shown]
        into, out = (matrix[shown] for matrix in _by_neuron(run))
        layout = MatrixLayout.of(into.shape[1:], out.shape[1:], self.cell)
        views = dict(zip(run.views, (into, out), strict=True))
        canvas, layers, (first, second) = layout.frame(views, self._limit(run), steps, scale)
        first.row_axis("n")
        if layout.stacked:
            second.row_axis("n")
        _input_axis(first, run)
        _output_axis(second, run)
        return Film.of(canvas, steps, layers, self.pacing())

    def _limit(self, run: ModelRun) -> float:
        return self.limit or colour_limit(*(view[-1] for view in run.views.values()))

    def alt(self, run: ModelRun, words: Words) -> str:
        first, second = run.views
        into, out = _by_neuron(run)
        begin = words(
            "alt.weights.begin",
            neurons=into.shape[1],
            inputs=into.shape[2],
            outputs=out.shape[2],
            first=int(run.snapshot_steps[0]),
            last=int(run.snapshot_steps[-1]),
            into=first,
            out=second,
            limit=self._limit(run),
        )
        return words.join_sentences([begin, *_final_state(run, words)])


def _by_neuron(run: ModelRun) -> tuple[Derived, Derived]:
    """Return both matrices with a row per neuron, in the order of `neuron_order`.

    Returns:
        (snapshot, neuron, input) and (snapshot, neuron, output).
    """
    from gen.drawing.derived import derived_view

    into, out = (derived_view(run, name) for name in run.views)
    order = neuron_order(run)
    return into.transpose(0, 2, 1)[:, order], out[:, order]


def _final_state(run: ModelRun, words: Words) -> tuple[str, str]:
    """Return how rows are sorted, and which weights are left at the end, in words."""
    into = run.input_weights[-1]
    size = np.abs(into)
    if run.task.signal_inputs:
        signal, bias = list(run.task.signal_inputs), run.task.bias_input
        distractors = np.delete(size, signal if bias is None else [*signal, bias], axis=0)
        key = "alt.weights.sparse" if distractors.size else "alt.weights.sparse_alone"
        order, state = (
            "by_size",
            words(
                key,
                into=next(iter(run.views)),
                neurons=size.shape[1],
                live=int((size.max(axis=0) > _SMALL).sum()),
                small=_SMALL,
                signal=float(size[signal].max()),
                distractor=float(distractors.max(initial=0.0)),
            ),
        )
    elif into.shape[0] == 2:
        largest = max(float(np.abs(view[-1]).max()) for view in run.views.values())
        order, state = "by_angle", words("alt.weights.circle", largest=largest)
    else:
        order, state = "by_frequency", _waves(into, words)
    return words(f"alt.weights.{order}"), state


def _waves(into: Float[np.ndarray, "input neuron"], words: Words) -> str:
    pure = peak_power_shares(into) > _PURE
    share = words.percent(_PURE)
    if not pure.any():
        return words("alt.weights.mixed", share=share)
    return words(
        "alt.weights.waves",
        pure=int(pure.sum()),
        neurons=len(pure),
        share=share,
        frequencies=words.listed(np.unique(frequencies(into)[pure]).tolist()),
    )


def _input_axis(matrix: Matrix, run: ModelRun) -> None:
    """Label the inputs, signal and bias in their colours; on a circle, the coordinates."""
    from gen.drawing.matrix import cell_ticks

    task = run.task
    if matrix.columns not in (task.inputs, task.outputs):
        matrix.column_axis(ticks=(0, 1), labels=("cos", "sin"))
        return
    colour = dict.fromkeys(cell_ticks(matrix.columns, matrix.cell), "muted")
    if task.signal_inputs:
        first, last = min(task.signal_inputs), max(task.signal_inputs)
        colour = {tick: "muted" for tick in colour if tick > last + 1}
        colour |= dict.fromkeys(matrix.apart(first, last), "signal")
        matrix.column_band(first, last, "signal")
    if task.bias_input is not None:
        colour = {tick: colour[tick] for tick in colour if tick < task.bias_input - 1}
        colour[task.bias_input] = "bias"
        matrix.column_band(task.bias_input, task.bias_input, "bias")
    labels = ["1" if tick == task.bias_input else str(tick) for tick in colour]
    matrix.column_axis(
        task.input_symbol, ticks=list(colour), labels=labels, colours=list(colour.values())
    )


def _output_axis(matrix: Matrix, run: ModelRun) -> None:
    if matrix.columns != run.task.outputs:
        matrix.column_axis(ticks=(0, 1), labels=("cos", "sin"))
    elif matrix.columns > 1:
        matrix.column_axis(run.task.output_symbol)
    else:
        matrix.column_symbol(run.task.output_symbol)
