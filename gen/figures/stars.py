"""Film of groups of neurons by phase: a ring of input weights, a star of output weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field

from gen.analysis.circles import PHASE_TOLERANCE
from gen.analysis.neuron_groups import check_weights_per_number, neuron_groups
from gen.analysis.pairs import phase_errors, read_pairs
from gen.drawing.frame_size import HEADER
from gen.figures.figure import FilmFigure
from gen.figures.group_title import group_title
from gen.figures.model_figure import RunFigure
from gen.figures.neuron_circle import by_angle, guide_circle
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.analysis.neuron_groups import Group
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task


_LEFT, _RIGHT, _BETWEEN = 64, 16, 16
_TITLE, _NAME, _AXIS = 44, 28, 12
_LARGEST = 264
_ROOMY = 100
_HEADROOM = 1.14


class Stars(RunFigure, FilmFigure):
    """For every final frequency the (cos, sin) of its neurons: input weights above output weights.

    Each group has its own scale, which fits its largest amplitude. A line joins neighbours:
    a ring in the input weights becomes a star in the output weights of a sum, whose phases are
    twice as large. A hand points at the same neuron in both. For a difference, the input
    weights are those of the first number.

    Attributes:
        frames: snapshots shown at most.
    """

    kind: Literal["stars"] = "stars"
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check(self, task: Task, network: Network) -> None:
        check_weights_per_number(task, network)

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        stars = _stars(run)
        room = FILM_WIDTH - _LEFT - _RIGHT - (len(stars) - 1) * _BETWEEN
        side = min(_LARGEST, room // len(stars))
        height = HEADER + _TITLE + 2 * side + _NAME + _AXIS
        margin = (room - side * len(stars)) // 2
        left, right = _LEFT + margin, FILM_WIDTH - _RIGHT - margin
        canvas, layers = film_frame(FILM_WIDTH, height, scale, steps, left=left, right=right)
        for row, name in enumerate(run.views):
            top = HEADER + _TITLE + row * (side + _NAME)
            canvas.symbol(left - 12, top + side / 2 + 8, name, across="right")
            for column, (group, *views) in enumerate(stars):
                points = views[row]
                limit = _HEADROOM * float(np.abs(points.values[shown]).max()) or 1.0
                panel = canvas.panel(
                    left=left + column * (side + _BETWEEN),
                    top=top,
                    width=side,
                    height=side,
                    x=(-limit, limit),
                    y=(-limit, limit),
                )
                guide_circle(panel, points.values[-1])
                if row == 0:
                    _title(canvas, panel, group, roomy=side >= _ROOMY)
                layers += _neurons(panel, points[shown], group.colour)
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: ModelRun, words: Words) -> str:
        groups = [group for group, *_ in _stars(run)]
        begin = words(
            "alt.stars.begin",
            steps=int(run.snapshot_steps[-1]),
            frequencies=words.listed([group.frequency for group in groups]),
        )
        sentences = [begin]
        others = run.input_weights.shape[2] - sum(len(group.neurons) for group in groups)
        if others:
            sentences.append(words("alt.stars.others", count=others))
        known = read_pairs(run)
        if known is None:
            return words.join_sentences(sentences)
        error = phase_errors(known)
        end = words(
            "alt.stars.doubled" if known.sign > 0 else "alt.stars.difference",
            right=int((error <= PHASE_TOLERANCE).sum()),
            neurons=len(error),
            degrees=PHASE_TOLERANCE,
        )
        return words.join_sentences([*sentences, end])


def _stars(run: ModelRun) -> list[tuple[Group, Derived, Derived]]:
    """Return each group with its input and output amplitudes, neurons by final input phase.

    Returns:
        For each group (snapshot, neuron, 2) of both: cosine and sine.
    """
    from gen.drawing.derived import derived_view

    into, out = (derived_view(run, name) for name in run.views)
    stars: list[tuple[Group, Derived, Derived]] = []
    for group in neuron_groups(into.values[-1]):
        if group.frequency is None:
            continue
        ring = into.transpose(0, 2, 1)[:, group.neurons].waves([group.frequency])
        answers = out[:, group.neurons].waves([group.frequency])
        order = by_angle(ring.values[-1])
        stars.append((group, ring[:, order], answers[:, order]))
    return stars


def _title(canvas: Canvas, panel: Panel, group: Group, *, roomy: bool) -> None:
    base = panel.top - 10
    if roomy:
        group_title(canvas, panel.left, base, group)
    else:
        middle = panel.left + panel.width / 2
        canvas.text(
            middle,
            base,
            str(group.frequency),
            colour=group.colour,
            style="Semibold",
            across="center",
        )


def _neurons(panel: Panel, points: Derived, colour: str) -> list[Layer]:
    """Return layers: the joined line, the dots, and a hand from the centre to the first neuron."""
    from gen.drawing.canvas import pale
    from gen.drawing.layers import Lines, Points

    places = panel.place(points)
    first = places.values[:, :1]
    middle = np.broadcast_to(panel.project(np.zeros(1), np.zeros(1)), first.shape)
    hand = np.stack([middle, first], axis=2)
    radius = 7.0 if panel.width >= _ROOMY else 5.0
    return [
        Lines(places.as_one_line(), [pale(colour)], width=1.5, closed=True),
        Lines(hand, ["ink"], width=2.0),
        Points(places, [colour], radius=radius, rim=1.0),
        Points(places[:, :1], ["ink"], radius=radius, rim=1.0),
    ]
