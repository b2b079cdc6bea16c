"""Widget "intervene": right and wrong answers to all pairs, and what readers take away.

The build draws the map of the whole network at the end. The script of the page computes the same
from the pack of the run, at every step and without the parts that the reader has silenced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool

from gen.analysis.interventions import answers, count_right, right_answers
from gen.analysis.neuron_groups import neuron_order
from gen.analysis.number_names import NumberNames
from gen.charts.scales import round_up
from gen.experiments.runs import ModelRun
from gen.i18n import Words
from gen.interactive.pack import kept_snapshots
from gen.tasks.modular import Modular
from gen.text import script_json
from gen.widgets.interference import colour_class
from gen.widgets.intervene_effects import final_pairs, frequencies_of, wave_groups
from gen.widgets.script_data import text_template

_SIGNS = {"add": "+", "subtract": "\u2212", "multiply": "\u00b7"}

_SCRIPT_TEXTS = (
    *("whole", "changed", "right", "wrong", "logits", "weight"),
    *("digits", "digits_same", "digits_unknown", "choose_cell"),
)


@dataclass(frozen=True)
class Part:
    """A neuron to silence: its number as in all films of the model."""

    row: int
    name: str


@dataclass(frozen=True)
class PartGroup:
    """Neurons of one frequency.

    Attributes:
        frequency: None for all other neurons.
        name: of the frequency, in words.
        colour: CSS class of its colour.
    """

    frequency: int | None
    name: str
    colour: str
    parts: list[Part]


@dataclass(frozen=True)
class InterveneDrawing:
    """Values of the widget's template.

    Attributes:
        said: sentence with the number of right answers at the end.
        numbers: p, the number of rows and columns of the map.
        wrong: path of the wrong answers in the map, a unit square each, a to the right, b up.
        groups: the neurons to silence.
        doubles: whether there are double waves.
        a, b: places of the chosen numbers.
        written: display names of the chosen numbers.
        ends: display names of the first and the last number, as on the axes of the map.
        sign: between the two numbers.
        steps: number of snapshots that the script has; the last one is shown.
        step: the last step, as text.
        reach: the largest weight that readers can paint.
        data: JSON for the script.
    """

    said: str
    numbers: int
    wrong: str
    groups: list[PartGroup]
    doubles: bool
    a: int
    b: int
    written: tuple[str, str]
    ends: tuple[str, str]
    sign: str
    steps: int
    step: str
    reach: float
    data: str


def draw_intervene(run: ModelRun, pair: tuple[int, int], words: Words) -> InterveneDrawing:
    """Draw the map of answers at the end of training.

    Args:
        pair: places of the numbers whose logits are shown at first.
    """
    task = run.task
    assert isinstance(task, Modular)
    naming, weights = NumberNames(task), final_pairs(run)
    right, pairs = count_right(weights)
    kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
    step = words.number(int(run.snapshot_steps[-1]))
    largest = max(float(np.abs(view[-1]).max()) for view in run.views.values())
    a, b = pair
    last = task.outputs - 1
    return InterveneDrawing(
        said=words(
            "intervene.whole",
            step=step,
            right=right,
            pairs=pairs,
            percent=words.percent(right / pairs),
        ),
        numbers=task.outputs,
        wrong=squares(answers(weights) != right_answers(weights)),
        groups=_groups(run, words),
        doubles=bool(frequencies_of(run)),
        a=a,
        b=b,
        written=(str(naming.numbers[a]), str(naming.numbers[b])),
        ends=(naming.on_axis(0), naming.on_axis(last)),
        sign=_SIGNS[task.operation],
        steps=len(kept),
        step=step,
        reach=round_up(largest) if largest > 0 else 1.0,
        data=_data(run, naming, kept, words),
    )


def squares(marked: Bool[np.ndarray, "number number"]) -> str:
    """Return the path of marked cells (a, b): row b stands b units above the bottom."""
    numbers = len(marked)
    parts: list[str] = []
    for b in range(numbers):
        edges = np.flatnonzero(np.diff(np.pad(marked[:, b].astype(np.int8), 1)))
        for start, end in edges.reshape(-1, 2).tolist():
            width = end - start
            parts.append(f"M{start} {numbers - 1 - b}h{width}v1h-{width}z")
    return "".join(parts)


def _groups(run: ModelRun, words: Words) -> list[PartGroup]:
    row_of = {neuron: row for row, neuron in enumerate(neuron_order(run).tolist())}
    groups: list[PartGroup] = []
    found = wave_groups(run)
    others = words("intervene.others" if len(found) > 1 else "intervene.all")
    for place, group in enumerate(found):
        rows = sorted(row_of[neuron] for neuron in group.neurons.tolist())
        k = group.frequency
        name = words("intervene.frequency", k=str(k)) if k else others
        parts = [Part(row, words("intervene.neuron", neuron=row)) for row in rows]
        groups.append(PartGroup(k, name, colour_class(group, place), parts))
    return groups


def _data(run: ModelRun, naming: NumberNames, kept: np.ndarray, words: Words) -> str:
    """Return JSON for the script: the order of neurons, their frequencies, names and texts."""
    frequencies, order = frequencies_of(run), neuron_order(run).tolist()
    sign = _SIGNS[naming.task.operation]
    texts = {key: text_template(words, f"intervene.{key}", sign=sign) for key in _SCRIPT_TEXTS}
    content: dict[str, Any] = {
        "words": texts
        | {
            "percent": words("number.percent", number="{number}"),
            "between": words("list.sentence"),
        },
        "written": naming.numbers,
        "order": order,
        "frequencies": [frequencies.get(neuron, 0) for neuron in order],
        "exact": _exact(run, kept),
    }
    return script_json(content)


def _exact(run: ModelRun, kept: np.ndarray) -> list[int | None]:
    """Return how many pairs the run got right at each snapshot; None where it is not logged.

    Training rows and test rows together are all pairs.
    """
    train, test = run.task.rows
    right = run.metrics["train_accuracy"] * train + run.metrics["test_accuracy"] * test
    at = {int(step): value for step, value in zip(run.logged_steps, right, strict=True)}
    found = (at.get(int(step)) for step in run.snapshot_steps[kept])
    return [None if one is None or not np.isfinite(one) else round(float(one)) for one in found]
