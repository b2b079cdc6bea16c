"""Neurons as points of the plane: in A where they look, in B where they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.circles import angles, phase_error, spacing_error
from gen.analysis.pairs import second_matrix, sign
from gen.figures import FilmFigure
from gen.figures.plane import by_angle, guide_circle
from gen.figures.theme import FILM_WIDTH, FREQUENCY_COLOURS, NUMBER_SIZE
from gen.tasks.modular import Modular

if TYPE_CHECKING:
    from gen.drawing.canvas import Panel
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.networks import Network
    from gen.runs import ModelRun
    from gen.tasks import Task
    from gen.words import Words

_MOST_NEURONS = 64
_MOST_NUMBERED = 16
_RADIUS, _SMALL = 13, 5

_LEFT, _RIGHT, _BETWEEN = 52, 16, 64
_SIDE = (FILM_WIDTH - _LEFT - _RIGHT - _BETWEEN) // 2
_HEADER, _NAME, _AXIS = 76, 44, 34


class Circle(FilmFigure):
    """Each neuron's (cos, sin), neighbours joined: a polygon in A that is a star in B.

    Attributes:
        frames: how many snapshots are shown at most.
    """

    kind: Literal["circle"] = "circle"
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check(self, task: Task, network: Network) -> None:
        (into, (rows, neurons)), (out, (_, columns)) = network.view_shapes(task).items()
        if (rows, columns) != (2, 2):
            raise ValueError(
                f"a circle pictures neurons that have two weights each way, but {into} has "
                f"{rows} rows and {out} {columns} columns; the kind waves may serve"
            )
        if neurons > _MOST_NEURONS:
            raise ValueError(
                f"{neurons} neurons are more than the {_MOST_NEURONS} it can tell apart"
            )

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.canvas import Canvas, blocks
        from gen.drawing.film import Film
        from gen.drawing.layers import StepCounter, Timeline

        pacing = self.pacing()
        shown = pacing.chosen(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        top = _HEADER + _NAME
        canvas = Canvas(FILM_WIDTH, blocks(top + _SIDE + _AXIS), scale)
        layers: list[Layer] = [
            StepCounter(canvas, steps.tolist(), left=_LEFT, baseline=44),
            Timeline(
                canvas, steps.tolist(), left=_LEFT, top=_HEADER, width=FILM_WIDTH - _LEFT - _RIGHT
            ),
        ]
        for column, (name, points) in enumerate(_points(run).items()):
            limit = 1.12 * float(np.abs(points).max()) or 1.0
            panel = canvas.panel(
                left=_LEFT + column * (_SIDE + _BETWEEN),
                top=top,
                width=_SIDE,
                height=_SIDE,
                x=(-limit, limit),
                y=(-limit, limit),
            )
            canvas.symbol(panel.left, top - 12, name)
            _guides(panel, points[-1])
            layers += _neurons(panel, points[shown])
        return Film.of(canvas, steps, layers, pacing)

    def alt(self, run: ModelRun, words: Words) -> str:
        points_in, points_out = _points(run).values()
        angle_in, angle_out = angles(points_in[-1].T), angles(points_out[-1].T)
        neurons = len(angle_in)
        norms = np.hypot(*points_in[-1].T)
        sentences = [
            words("alt.circle.begin", neurons=neurons, steps=int(run.snapshot_steps[-1])),
            words("alt.circle.radius", smallest=float(norms.min()), largest=float(norms.max())),
            words(
                "alt.circle.spacing",
                share=360 / neurons,
                error=words.number(spacing_error(angle_in), 1),
            ),
        ]
        second = second_matrix(run)
        if second is not None and isinstance(run.task, Modular):
            way, order = sign(run.task), by_angle(run.views["A"][-1].T)
            error = phase_error(angle_in, angles(second)[order], angle_out, way)
            key = "alt.circle.doubling" if way > 0 else "alt.circle.difference"
            sentences.append(words(key, error=words.number(float(error.max()), 1)))
        if neurons <= _MOST_NUMBERED:
            whole = [round(float(angle)) for angle in np.sort(angle_in)]
            sentences.insert(1, words("alt.circle.angles", angles=words.listed(whole)))
        return " ".join(sentences)


def _points(run: ModelRun) -> dict[str, Float[np.ndarray, "snapshot neuron 2"]]:
    """The neurons' places by matrix, in the order of their final angles in A."""
    (into, a), (out, b) = run.views.items()
    order = by_angle(a[-1].T)
    return {into: a.transpose(0, 2, 1)[:, order], out: b[:, order]}


def _guides(panel: Panel, final: Float[np.ndarray, "neuron 2"]) -> None:
    """Axes through the middle, and the circle and even spokes on which the neurons may end."""
    from gen.drawing.canvas import nice_ticks

    canvas, limit = panel.canvas, panel.x[1]
    ticks = nice_ticks(-limit, limit, 5)
    panel.x_axis(ticks)
    panel.y_axis(ticks, ruled=False)
    canvas.text(panel.left - 7, panel.top + 14, "sin", across="right")
    canvas.text(panel.left - 7, panel.top + panel.height + 20, "cos", across="right")
    guide_circle(panel, final)


def _neurons(panel: Panel, points: Float[np.ndarray, "frame neuron 2"]) -> list[Layer]:
    """Neighbours joined, and each neuron as a dot in its own colour with its number."""
    from gen.drawing.layers import Labels, Lines, Points

    places = panel.project(points[..., 0], points[..., 1])
    count = places.shape[1]
    colours = [FREQUENCY_COLOURS[neuron % len(FREQUENCY_COLOURS)] for neuron in range(count)]
    numbered = count <= _MOST_NUMBERED
    layers: list[Layer] = [Lines(places[:, None], ["muted"], width=1.25, closed=True)]
    for neuron, colour in enumerate(colours):
        place = places[:, neuron : neuron + 1]
        layers.append(Points(place, [colour], radius=_RADIUS if numbered else _SMALL, rim=1.5))
        if numbered:
            name = Labels(place, [str(neuron)], size=NUMBER_SIZE, colour="ground", style="Semibold")
            layers.append(name)
    return layers
