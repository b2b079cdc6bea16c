"""Widget of all neurons: readers choose one, and see its weights and waves at any step."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gen.analysis.fourier import frequencies, peak_power_shares, phases
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.neuron_groups import describe_frequencies, neuron_order
from gen.analysis.pairs import phase_errors, read_pairs
from gen.experiments.runs import ModelRun
from gen.figures.figure import Widget
from gen.figures.neuron_figure import NeuronFigure
from gen.i18n import Words
from gen.networks.network import Network
from gen.tasks.task import Task
from gen.text import csv_text
from gen.widgets.neurons import NeuronsDrawing, draw_neurons

_MOST_NEURONS = 64


class Neurons(NeuronFigure):
    """Small waves to choose a neuron by, the chosen neuron large, and a slider for the step."""

    computes: ClassVar[bool] = True

    kind: Literal["neurons"] = "neurons"

    def check(self, task: Task, network: Network) -> None:
        super().check(task, network)
        (_, (_, neurons)), _ = hidden_layer_shapes(network, task)
        if neurons > _MOST_NEURONS:
            raise ValueError(
                f"{neurons} neurons are too many to choose from; the limit is {_MOST_NEURONS}"
            )

    def render(self, run: ModelRun, words: Words) -> Widget[NeuronsDrawing]:
        number, _ = self.chosen(run, run.input_weights[-1])
        return Widget("neurons", draw_neurons(run, number, words))

    def csv(self, run: ModelRun) -> str:
        into = run.input_weights[-1]
        name, off_by = _phase_column(run)
        degrees = np.degrees(phases(into)) % 360
        columns = list(
            zip(frequencies(into), peak_power_shares(into), degrees, off_by, strict=True)
        )
        rows = (
            (row, k, f"{share:.4f}", f"{phase:.1f}", off)
            for row, (k, share, phase, off) in enumerate(columns[n] for n in neuron_order(run))
        )
        return csv_text(["neuron", "k", "share", "phase_degrees", name], rows)

    def alt(self, run: ModelRun, words: Words) -> str:
        text = words(
            "alt.neurons.text",
            neurons=run.input_weights.shape[2],
            step=int(run.snapshot_steps[-1]),
        )
        return words.join_sentences([text, describe_frequencies(run, words)])


def _phase_column(run: ModelRun) -> tuple[str, list[str]]:
    """Return the name of the phase error column, and each neuron's error in degrees."""
    known = read_pairs(run)
    if known is None:
        return "off_degrees", [""] * run.views["W_in"].shape[2]
    name = "off_double_degrees" if known.sign > 0 else "off_difference_degrees"
    return name, [f"{error:.1f}" for error in phase_errors(known).tolist()]
