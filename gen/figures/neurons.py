"""All neurons, one of which readers choose: its weights at any step, and the waves in them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from gen.analysis.fourier import frequencies, peak_power_shares, phases
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.neuron_groups import describe_frequencies, neuron_order
from gen.analysis.pairs import phase_errors, read_pairs
from gen.figures.figure import DrawnFigure
from gen.figures.neuron import NeuronFigure

if TYPE_CHECKING:
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task
    from gen.widgets.neurons import NeuronsDrawing

_MOST_BYTES = 200_000
_MOST_NEURONS = 64


class Neurons(NeuronFigure, DrawnFigure):
    """Each neuron as a small wave to choose by, the chosen one large, a slider for the step.

    Attributes:
        frames: how many snapshots travel in the page at most, a byte for every weight.
    """

    kind: Literal["neurons"] = "neurons"
    template: ClassVar[str] = "neurons"
    frames: Annotated[int, Field(ge=2, le=1000)] = 31

    def check(self, task: Task, network: Network) -> None:
        super().check(task, network)
        (_, (inputs, neurons)), _ = hidden_layer_shapes(network, task)
        if neurons > _MOST_NEURONS:
            raise ValueError(
                f"{neurons} neurons are more than the {_MOST_NEURONS} that one can choose from"
            )
        travelling = 2 * inputs * neurons * self.frames
        if travelling > _MOST_BYTES:
            fewer = _MOST_BYTES // (2 * inputs * neurons)
            raise ValueError(
                f"{self.frames} snapshots of its weights are {travelling:,} bytes in the page, and "
                f"{_MOST_BYTES:,} are the most; set frames = {fewer} or less"
            )

    def draw(self, run: ModelRun, words: Words) -> NeuronsDrawing:
        from gen.widgets.neurons import draw_neurons

        return draw_neurons(run, self.row(run), self.frames, words)

    def csv(self, run: ModelRun) -> str:
        into = run.input_weights[-1]
        name, off_by = _phase_column(run)
        columns = zip(
            frequencies(into),
            peak_power_shares(into),
            np.degrees(phases(into)) % 360,
            off_by,
            strict=True,
        )
        rows = list(columns)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["neuron", "k", "share", "phase_degrees", name])
        for row, neuron in enumerate(neuron_order(run)):
            k, share, phase, off = rows[neuron]
            writer.writerow([row, k, f"{share:.4f}", f"{phase:.1f}", off])
        return text.getvalue()

    def alt(self, run: ModelRun, words: Words) -> str:
        text = words(
            "alt.neurons.text",
            neurons=run.input_weights.shape[2],
            step=int(run.snapshot_steps[-1]),
        )
        return words.join_sentences([text, describe_frequencies(run, words)])


def _phase_column(run: ModelRun) -> tuple[str, list[str]]:
    """By how many degrees each neuron's phase out is off, in the form that the task asks for."""
    known = read_pairs(run)
    if known is None:
        return "off_degrees", [""] * run.views["W_in"].shape[2]
    name = "off_double_degrees" if known.sign > 0 else "off_difference_degrees"
    return name, [f"{error:.1f}" for error in phase_errors(known).tolist()]
