"""Film of neurons as points of the plane: their weights in A, and their weights in B."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.circles import angles, phase_error, spacing_error
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.pairs import second_matrix, sign
from gen.drawing.frame_size import HEADER
from gen.figures.figure import FilmFigure
from gen.figures.model_figure import RunFigure
from gen.figures.neuron_circle import by_angle, guide_circle
from gen.tasks.modular import Modular
from gen.theme import FILM_WIDTH, FREQUENCY_COLOURS, NUMBER_SIZE

if TYPE_CHECKING:
    from gen.drawing.canvas import Panel
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_MOST_NEURONS = 64
_MOST_NUMBERED = 16
_RADIUS, _SMALL, _RIM = 13, 5, 1.5
_MARGIN = _RADIUS + 3
"""CSS pixels from the edge of a panel to the centre of the outermost neuron."""

_GUTTER, _RIGHT, _BETWEEN = 52, 16, 12
_NAME, _AXIS = 44, 34
_LABEL_GAP, _LABELS_APART = 7, 8
_ROUND = (5, 2, 1, 0.5, 0.2, 0.1)


class Circle(RunFigure, FilmFigure):
    """The (cos, sin) of each neuron, neighbours joined: a polygon in A becomes a star in B.

    Attributes:
        frames: snapshots shown at most.
    """

    fits_any_run: ClassVar[bool] = True

    kind: Literal["circle"] = "circle"
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check(self, task: Task, network: Network) -> None:
        (into, (rows, neurons)), (out, (_, columns)) = hidden_layer_shapes(network, task)
        if (rows, columns) != (2, 2):
            raise ValueError(
                f"it needs neurons with two weights in and two out, but {into} has {rows} rows "
                f"and {out} {columns} columns; try the kind waves"
            )
        if neurons > _MOST_NEURONS:
            raise ValueError(f"{neurons} neurons are too many; the limit is {_MOST_NEURONS}")

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        views = _points(run)
        reaches = [_reach(points.values) for points in views.values()]
        left = _gutter(reaches)
        side = (FILM_WIDTH - 2 * left - _BETWEEN - _RIGHT) // 2
        top = HEADER + _NAME
        canvas, layers = film_frame(
            FILM_WIDTH, top + side + _AXIS, scale, steps, left=left, right=FILM_WIDTH - _RIGHT
        )
        for column, ((name, points), reach) in enumerate(zip(views.items(), reaches, strict=True)):
            limit = reach * side / (side - 2 * _MARGIN)
            panel = canvas.panel(
                left=left + column * (side + left + _BETWEEN),
                top=top,
                width=side,
                height=side,
                x=(-limit, limit),
                y=(-limit, limit),
            )
            canvas.symbol(panel.left, top - 12, name)
            _guides(panel, points.values[-1])
            layers += _neurons(panel, points[shown])
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: ModelRun, words: Words) -> str:
        ends = [points.values[-1].T.astype(np.float64) for points in _points(run).values()]
        angle_in, angle_out = map(angles, ends)
        neurons = len(angle_in)
        norms = np.hypot(*ends[0])
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
        return words.join_sentences(sentences)


def _points(run: ModelRun) -> dict[str, Derived]:
    """Return the points (snapshot, neuron, 2) by matrix, in the order of final angles in A."""
    from gen.drawing.derived import derived_view

    into, out = run.views
    a, b = derived_view(run, into), derived_view(run, out)
    order = by_angle(a.values[-1].T)
    return {into: a.transpose(0, 2, 1)[:, order], out: b[:, order]}


def _reach(points: Float[np.ndarray, "snapshot neuron 2"]) -> float:
    """Return the largest distance of a neuron from the centre, or 1 if it is 0."""
    return float(np.hypot(points[..., 0], points[..., 1]).max()) or 1.0


def _gutter(reaches: list[float]) -> int:
    """Return the space left of a panel for the widest number of its axis, in CSS pixels."""
    from gen.drawing.canvas import Canvas
    from gen.drawing.number_format import format_number

    canvas = Canvas(16, 16, 1)
    units = [10.0 ** np.floor(np.log10(1.3 * reach)) for reach in reaches]
    widths = [canvas.text_width(format_number(-step * unit)) for unit in units for step in _ROUND]
    return max(_GUTTER, int(max(widths)) + _LABEL_GAP + 4)


def _guides(panel: Panel, final: Float[np.ndarray, "neuron 2"]) -> None:
    """Draw axes through the centre, a circle of the final mean radius, and even spokes."""
    from gen.drawing.canvas import LABEL_DROP

    canvas = panel.canvas
    ticks = _ticks(panel)
    panel.x_axis(ticks)
    panel.y_axis(ticks, ruled=False)
    x = panel.left - _LABEL_GAP
    canvas.text(x, panel.top - 12, "sin", across="right")
    canvas.text(x, panel.top + panel.height + LABEL_DROP, "cos", across="right")
    guide_circle(panel, final)


def _ticks(panel: Panel) -> list[float]:
    """Return zero and the largest round number whose labels fit below the panel."""
    from gen.drawing.number_format import format_number

    limit = panel.x[1]
    unit = 10.0 ** np.floor(np.log10(limit))
    for tick in (step * unit for step in _ROUND if step * unit < limit):
        half = panel.canvas.text_width(format_number(-tick)) / 2
        middle = panel.canvas.text_width(format_number(0)) / 2
        place = float(panel.across(-tick))
        apart = float(panel.across(0.0)) - middle - (place + half)
        if place - half >= panel.left and apart >= _LABELS_APART:
            return [-tick, 0.0, tick]
    return [0.0]


def _neurons(panel: Panel, points: Derived) -> list[Layer]:
    """Return layers: neighbours joined, each neuron as a numbered dot in its colour."""
    from gen.drawing.layers import Labels, Lines, Points

    places = panel.place(points)
    count = places.shape[1]
    colours = [FREQUENCY_COLOURS[neuron % len(FREQUENCY_COLOURS)] for neuron in range(count)]
    numbered = count <= _MOST_NUMBERED
    layers: list[Layer] = [Lines(places.as_one_line(), ["muted"], width=1.25, closed=True)]
    for neuron, colour in enumerate(colours):
        place = places[:, neuron : neuron + 1]
        layers.append(Points(place, [colour], radius=_RADIUS if numbered else _SMALL, rim=_RIM))
        if numbered:
            name = Labels(place, [str(neuron)], size=NUMBER_SIZE, colour="ground", style="Semibold")
            layers.append(name)
    return layers
