"""Groups of neurons as stars: by their phase going in, and turned twice as far going out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.circles import PHASE_TOLERANCE
from gen.analysis.fourier import points_at_frequency
from gen.analysis.neuron_groups import check_weights_per_number, neuron_groups
from gen.analysis.pairs import phase_errors, read_pairs
from gen.figures.figure import FilmFigure
from gen.figures.group_title import group_title
from gen.figures.plane import by_angle, guide_circle
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.analysis.neuron_groups import Group
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_LEFT, _RIGHT, _BETWEEN = 64, 16, 16
_HEADER, _TITLE, _NAME, _AXIS = 76, 44, 28, 12
_LARGEST = 264
_ROOMY = 100
_HEADROOM = 1.14


@dataclass(frozen=True)
class _Star:
    """A group's neurons as points, in the order of their final phase going in.

    Attributes:
        into, out: amplitudes of cosine and sine at the group's frequency.
    """

    group: Group
    into: Float[np.ndarray, "snapshot neuron 2"]
    out: Float[np.ndarray, "snapshot neuron 2"]


class Stars(FilmFigure):
    """For every final frequency the neurons' (cos, sin): above going in, below going out.

    Every group has a scale of its own, on which its largest amplitude of all fits in.

    Neighbours are joined. Going in they make a ring; going out, where every phase of a sum is
    twice as large, the same line makes a star. A hand points at one neuron in both. Of a
    difference, what goes in is what reads the first number.

    Attributes:
        frames: how many snapshots are shown at most.
    """

    kind: Literal["stars"] = "stars"
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check(self, task: Task, network: Network) -> None:
        check_weights_per_number(task, network)

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.canvas import Canvas
        from gen.drawing.film import Film
        from gen.drawing.frame_size import round_up_to_block
        from gen.drawing.layers import StepCounter, Timeline

        pacing = self.pacing()
        shown = pacing.select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        stars = _stars(run)
        room = FILM_WIDTH - _LEFT - _RIGHT - (len(stars) - 1) * _BETWEEN
        side = min(_LARGEST, room // len(stars))
        height = _HEADER + _TITLE + 2 * side + _NAME + _AXIS
        canvas = Canvas(FILM_WIDTH, round_up_to_block(height), scale)
        spare = room - side * len(stars)
        left = _LEFT + spare // 2
        width = FILM_WIDTH - left - _RIGHT - spare // 2
        layers: list[Layer] = [
            StepCounter(canvas, steps.tolist(), left=left, baseline=44),
            Timeline(canvas, steps.tolist(), left=left, top=_HEADER, width=width),
        ]
        for row, name in enumerate(run.views):
            points = [star.out if row else star.into for star in stars]
            top = _HEADER + _TITLE + row * (side + _NAME)
            canvas.symbol(left - 12, top + side / 2 + 8, name, across="right")
            for column, star in enumerate(stars):
                limit = _HEADROOM * float(np.abs(points[column][shown]).max()) or 1.0
                panel = canvas.panel(
                    left=left + column * (side + _BETWEEN),
                    top=top,
                    width=side,
                    height=side,
                    x=(-limit, limit),
                    y=(-limit, limit),
                )
                guide_circle(panel, points[column][-1])
                if row == 0:
                    _title(canvas, panel, star.group, roomy=side >= _ROOMY)
                layers += _neurons(panel, points[column][shown], star.group.colour)
        return Film.of(canvas, steps, layers, pacing)

    def alt(self, run: ModelRun, words: Words) -> str:
        stars = _stars(run)
        begin = words(
            "alt.stars.begin",
            steps=int(run.snapshot_steps[-1]),
            frequencies=words.listed([star.group.frequency for star in stars]),
        )
        told = [begin]
        others = run.input_weights.shape[2] - sum(len(star.group.neurons) for star in stars)
        if others:
            told.append(words("alt.stars.others", count=others))
        known = read_pairs(run)
        if known is None:
            return words.join_sentences(told)
        error = phase_errors(known)
        end = words(
            "alt.stars.doubled" if known.sign > 0 else "alt.stars.difference",
            right=int((error <= PHASE_TOLERANCE).sum()),
            neurons=len(error),
            degrees=PHASE_TOLERANCE,
        )
        return words.join_sentences([*told, end])


def _stars(run: ModelRun) -> list[_Star]:
    into, out = run.views.values()
    stars: list[_Star] = []
    for group in neuron_groups(into[-1]):
        if group.frequency is None:
            continue
        ring = points_at_frequency(into[:, :, group.neurons], group.frequency)
        answers = points_at_frequency(out[:, group.neurons].transpose(0, 2, 1), group.frequency)
        order = by_angle(ring[-1])
        stars.append(_Star(group, ring[:, order], answers[:, order]))
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


def _neurons(panel: Panel, points: Float[np.ndarray, "frame neuron 2"], colour: str) -> list[Layer]:
    """The joined line, the dots, and a hand from the middle to the first neuron."""
    from gen.drawing.canvas import pale
    from gen.drawing.layers import Lines, Points

    places = panel.project(points[..., 0], points[..., 1])
    middle = np.broadcast_to(panel.project(np.zeros(1), np.zeros(1)), places[:, :1].shape)
    hand = np.stack([middle, places[:, :1]], axis=2)
    radius = 7.0 if panel.width >= _ROOMY else 5.0
    return [
        Lines(places[:, None], [pale(colour)], width=1.5, closed=True),
        Lines(hand, ["ink"], width=2.0),
        Points(places, [colour], radius=radius, rim=1.0),
        Points(places[:, :1], ["ink"], radius=radius, rim=1.0),
    ]
