"""Widget "train-here": settings of a run of the reader, and what the page needs to train it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gen.analysis.neuron_groups import neuron_order
from gen.experiments.runs import ModelRun
from gen.i18n import Words
from gen.interactive.pack import kept_snapshots
from gen.networks.embedded import Embedded
from gen.networks.hidden_layer import HiddenLayer
from gen.optimisers.adamw import AdamW
from gen.tasks.modular import Modular
from gen.tasks.sparse_parity import SparseParity
from gen.text import script_json
from gen.widgets.script_data import text_template

_RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Learning rates to choose from, as multiples of the model's."""

_PULLS = (0.0, 0.1, 1.0, 10.0)
"""Strengths of the decay or the L1 penalty to choose from, as multiples of the model's."""

_LENGTHS = (0.25, 0.5, 1.0)
"""Lengths of a run to choose from, as shares of the model's snapshots."""

_TEXTS = ("start", "pause", "resume", "again", "ready", "training", "paused", "ended", "failed")
_READINGS = ("now", "smaller")


@dataclass(frozen=True)
class Choice:
    """A setting with the values that readers choose from.

    Attributes:
        key: name of its field, as the script reads it.
        name: what readers see.
        values: each with its text.
        chosen: the value at first.
    """

    key: str
    name: str
    values: list[tuple[float, str]]
    chosen: float


@dataclass(frozen=True)
class TrainHereDrawing:
    """Values of the widget's template.

    Attributes:
        choices: settings beside the seed.
        scale: labels of the accuracy axis, from top to bottom.
        last: last step of the longest run, as text.
        data: JSON for the script.
    """

    choices: list[Choice]
    scale: list[str]
    last: str
    data: str


def draw_train_here(run: ModelRun, words: Words) -> TrainHereDrawing:
    """Describe a run to be trained in the page: the settings of the model, to be changed there."""
    optimiser = run.optimiser
    assert isinstance(optimiser, AdamW)
    kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
    steps: list[int] = run.snapshot_steps[kept].tolist()
    pull = "l1" if optimiser.l1 > 0 and optimiser.weight_decay == 0 else "weight_decay"
    ends = sorted({steps[max(1, round(share * (len(steps) - 1)))] for share in _LENGTHS})
    return TrainHereDrawing(
        choices=[
            _choice("learning_rate", optimiser.learning_rate, _RATES, words),
            _choice(pull, getattr(optimiser, pull), _PULLS, words),
            Choice(
                "steps",
                words("train_here.steps"),
                [(end, words.number(end)) for end in ends],
                ends[-1],
            ),
        ],
        scale=[words.percent(share) for share in (1.0, 0.5, 0.0)],
        last=words.number(steps[-1]),
        data=_data(run, optimiser, steps, words),
    )


def _choice(key: str, value: float, factors: tuple[float, ...], words: Words) -> Choice:
    """Return the choice of a setting around the value of the model, rounded to one digit."""
    rounded = sorted(
        {float(f"{factor * value:.1g}") if factor != 1 else value for factor in factors}
    )
    return Choice(
        key,
        words(f"train_here.{key}"),
        [(each, words.number(each)) for each in rounded],
        value,
    )


def _data(run: ModelRun, optimiser: AdamW, steps: list[int], words: Words) -> str:
    assert isinstance(run.network, HiddenLayer)
    on_circle = isinstance(run.network, Embedded)
    content = {
        "task": _task(run),
        "network": {
            "inputs": run.task.inputs,
            "outputs": run.task.outputs,
            "hidden": run.network.hidden,
            "embedding": "circle" if on_circle else "none",
            "tied": isinstance(run.network, Embedded) and run.network.projections == "tied",
            "activation": run.network.activation,
        },
        "optimiser": {
            "learningRate": optimiser.learning_rate,
            "betas": optimiser.betas,
            "weightDecay": optimiser.weight_decay,
            "l1": optimiser.l1,
        },
        "steps": steps,
        "views": [
            {
                "name": name,
                "rows": shape.rows,
                "columns": shape.columns,
                "axes": shape.axes,
                "reach": _largest(run.views[name]),
            }
            for name, shape in run.shapes.items()
        ],
        "names": neuron_order(run).tolist(),
        "sort": "norm" if run.task.signal_inputs else "angle" if on_circle else "norm",
        "words": {
            **{key: text_template(words, f"train_here.{key}") for key in (*_TEXTS, *_READINGS)},
            "step": text_template(words, "timeline.step"),
            "percent": text_template(words, "number.percent"),
        },
    }
    return script_json(content)


def _task(run: ModelRun) -> dict[str, Any]:
    task = run.task
    train, test = task.rows
    if isinstance(task, Modular):
        return {
            "kind": task.kind,
            "outputs": task.outputs,
            "halves": task.halves,
            "difference": task.operation == "subtract",
            "trainRows": train,
        }
    assert isinstance(task, SparseParity)
    return {
        "kind": task.kind,
        "bits": task.bits,
        "signalBits": task.signal_bits,
        "trainRows": train,
        "testRows": test,
    }


def _largest(view: np.ndarray) -> float:
    return float(f"{np.abs(view[np.isfinite(view)]).max(initial=0.0) or 1.0:.4g}")
