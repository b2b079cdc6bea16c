"""Widget "neurons": weights and Fourier amplitudes of a neuron chosen from small waves.

Paths use data coordinates and are stretched to their boxes, so a script redraws them from plain
values. All labels are HTML.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from gen.analysis.fourier import components
from gen.analysis.neuron_groups import neuron_groups, neuron_order
from gen.charts.scales import limit_labels, round_up
from gen.experiments.runs import ModelRun
from gen.i18n import Words
from gen.interactive.pack import kept_snapshots
from gen.text import script_json
from gen.widgets.interference import colour_class

_HEADROOM = 1.15


@dataclass(frozen=True)
class Thumb:
    """A selectable neuron.

    Attributes:
        row: its number, as in all films of the model.
        name: its number and frequency as text.
        colour: CSS class of its frequency's colour.
        wave: path of its final input weights.
    """

    row: int
    name: str
    colour: str
    wave: str


@dataclass(frozen=True)
class Panel:
    """Input or output weights of the chosen neuron.

    Attributes:
        view: `W_in` or `W_out`.
        symbol: symbol of the numbers on its axis.
        wave: path of its weights over the numbers.
        bars: path of its Fourier amplitudes.
    """

    view: str
    symbol: str
    wave: str
    bars: str


@dataclass(frozen=True)
class NeuronsDrawing:
    """Values of the widget's template.

    Attributes:
        scale: labels of the weight axis, from top to bottom.
        reach: weight at the ends of the axis.
        last: largest number.
        waves: number of frequencies.
        steps: number of snapshots that the script has; the last one is shown.
        step: the last step as text.
        data: JSON for the script.
    """

    thumbs: list[Thumb]
    panels: list[Panel]
    chosen: int
    scale: list[str]
    reach: float
    last: int
    waves: int
    steps: int
    step: str
    data: str


def draw_neurons(run: ModelRun, row: int, words: Words) -> NeuronsDrawing:
    """Draw all neurons at the end of training, one of them large.

    Args:
        row: the neuron that is chosen at first.
    """
    order = neuron_order(run)
    into, out = run.views.values()
    final = np.stack([into[-1][:, order].T, out[-1][order]])
    kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
    largest = float(np.abs(final).max())
    limit = round_up(_HEADROOM * largest) if largest > 0 else 1.0
    beyond = any(bool((np.abs(view[kept]) > limit).any()) for view in (into, out))
    symbols = (run.task.input_symbol, run.task.output_symbol)
    return NeuronsDrawing(
        thumbs=_thumbs(run, final[0], words),
        panels=[
            Panel(name, symbol, wave_path(values), bars_path(values))
            for name, symbol, values in zip(run.views, symbols, final[:, row], strict=True)
        ],
        chosen=row,
        scale=limit_labels(limit, beyond=beyond)[::-1],
        reach=limit,
        last=final.shape[2] - 1,
        waves=final.shape[2] // 2,
        steps=len(kept),
        step=words.number(int(run.snapshot_steps[-1])),
        data=_data(run, order, limit, kept, words),
    )


def wave_path(values: Float[np.ndarray, " number"]) -> str:
    """Return the weights as a polyline: x is the number, y points down."""
    points = " ".join(f"{x} {-value:.3g}" for x, value in enumerate(values.tolist()))
    return f"M{points}"


def bars_path(values: Float[np.ndarray, " number"]) -> str:
    """Return the Fourier amplitudes as vertical bars at their frequencies."""
    amplitudes = np.abs(components(values[:, None]))[:, 0]
    return "".join(f"M{k} 0V{-value:.3g}" for k, value in enumerate(amplitudes.tolist(), 1))


def _thumbs(run: ModelRun, into: Float[np.ndarray, "neuron number"], words: Words) -> list[Thumb]:
    group_of = {
        neuron: (group, colour_class(group, index))
        for index, group in enumerate(neuron_groups(run.input_weights[-1]))
        for neuron in group.neurons.tolist()
    }
    thumbs: list[Thumb] = []
    for row, neuron in enumerate(neuron_order(run).tolist()):
        group, colour = group_of[neuron]
        k = words("interference.rest") if group.frequency is None else str(group.frequency)
        name = words("neurons.name", neuron=row, k=k)
        thumbs.append(Thumb(row, name, colour, wave_path(into[row])))
    return thumbs


def _data(
    run: ModelRun,
    order: Int[np.ndarray, " neuron"],
    limit: float,
    kept: Int[np.ndarray, " kept"],
    words: Words,
) -> str:
    """Return JSON for the script, which has the weights from the pack of the run."""
    content = {
        "near": words("neurons.near", step="{step}"),
        "at": run.snapshot_steps[kept].tolist(),
        "views": list(run.views),
        "order": order.tolist(),
        "numbers": run.input_weights.shape[1],
        "limit": limit,
    }
    return script_json(content)
