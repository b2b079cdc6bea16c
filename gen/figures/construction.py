"""Film of a constructed network: one number is fixed, the other runs through all numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.analysis.construction import NEGLIGIBLE, neuron_positions, predictions, vector_chain
from gen.analysis.construction_facts import describe_verdicts
from gen.figures.construction_figure import OneConstructionFigure, neuron_colour
from gen.figures.figure import FilmFigure
from gen.theme import FILM_WIDTH, NUMBER_SIZE, SYMBOL_SIZE

if TYPE_CHECKING:
    from gen.analysis.construction import ConstructedNetwork
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.i18n import Words

    Frames = Int[np.ndarray, " frame"]
    Places = Float[np.ndarray, "frame 2"]

_EDGE, _BETWEEN = 20, 16
_SIDE = (FILM_WIDTH - 2 * _EDGE - _BETWEEN) // 2
_HEADER, _REACH, _REACH_EVEN = 72, 1.36, 1.6
_STRIP, _ABOVE, _BELOW, _STRIP_LEFT = 104, 40, 40, 64
_BAR, _DISC, _BARB = 16, 12, 9


class Construction(OneConstructionFigure, FilmFigure):
    """Pre-activations and outputs of the neurons while b runs through all numbers.

    Left the places of the numbers and the input directions of the neurons, right the output
    vectors of the neurons, added up, below pre-activation and activation of every neuron.
    """

    kind: Literal["construction"] = "construction"
    fps: Annotated[int, Field(ge=5, le=50)] = 12

    def film(self, subject: None, scale: int) -> Film:
        from gen.drawing.canvas import Canvas
        from gen.drawing.film import Film
        from gen.drawing.frame_size import round_up_to_block
        from gen.drawing.header_layers import Timeline

        network = self.network
        b = self.pacing().select(network.modulus)
        a = np.full_like(b, self.first)
        strip = _HEADER + _SIDE + _ABOVE
        canvas = Canvas(FILM_WIDTH, round_up_to_block(strip + _STRIP + _BELOW), scale)
        into, out = _panel(canvas, network, 0), _panel(canvas, network, 1)
        layers: list[Layer] = [
            Timeline(canvas, b.tolist(), left=_EDGE, top=_HEADER, width=FILM_WIDTH - 2 * _EDGE),
            *_sum(network, a, b),
            *_circle(into, network, len(b), outputs=False),
            *_inputs(into, network, a, b),
            *_circle(out, network, len(b), outputs=True),
            *_outputs(out, network, a, b),
            *_bars(canvas, network, a, b, strip),
        ]
        return Film.of(canvas, b, layers, self.pacing())

    def place_name(self, words: Words) -> str:
        return "a + b"

    def place_text(self, place: int, words: Words) -> str:
        return _sum_text(self.first, place, self.modulus)

    def alt(self, subject: None, words: Words) -> str:
        begin = words(
            "alt.construction.film",
            neurons=self.neurons,
            a=self.first,
            last=self.modulus - 1,
            modulus=self.modulus,
            bend=words(f"construction.bend.{self.activation}"),
        )
        return words.join_sentences([begin, describe_verdicts(self.network, words)])


def _panel(canvas: Canvas, network: ConstructedNetwork, place: int) -> Panel:
    reach = _REACH_EVEN if network.neurons % 2 == 0 else _REACH
    left = _EDGE + place * (_SIDE + _BETWEEN)
    ends = (-reach, reach)
    return canvas.panel(left=left, top=_HEADER, width=_SIDE, height=_SIDE, x=ends, y=ends)


def _sum_text(a: int, b: int, modulus: int) -> str:
    return f"{a} + {b} \u2192 {(a + b) % modulus}"


def _sum(network: ConstructedNetwork, a: Frames, b: Frames) -> Iterator[Layer]:
    """Yield the sum on the left, and the answer of the network in bold on the right."""
    from gen.drawing.changing_text import ChangingText

    def at(x: float) -> Places:
        return np.tile([x, 44.0], (len(b), 1))

    sums = [_sum_text(one, two, network.modulus) for one, two in zip(a, b, strict=True)]
    written = [str(one) if one >= 0 else "?" for one in predictions(network, a, b).tolist()]
    yield ChangingText(at(_EDGE), sums, size=SYMBOL_SIZE, colour="muted")
    yield ChangingText(
        at(FILM_WIDTH - _EDGE), written, size=SYMBOL_SIZE, style="Semibold", across="right"
    )


def _circle(
    panel: Panel, network: ConstructedNetwork, frames: int, *, outputs: bool
) -> Iterator[Layer]:
    """Yield the places of all numbers, and around them the directions of all neurons."""
    from gen.drawing.layers import Labels, Points

    def still(places: Float[np.ndarray, "point 2"]) -> Float[np.ndarray, "frame point 2"]:
        return np.tile(panel.project(places[:, 0], places[:, 1]), (frames, 1, 1))

    names = neuron_positions(network, outputs=outputs)
    panel.canvas.symbol(panel.left, panel.top + 32, "B" if outputs else "A")
    for x, y in network.output_directions if outputs else network.input_directions.T:
        across = [float(panel.across(x * r)) for r in (0.0, 0.94)]
        down = [float(panel.down(y * r)) for r in (0.0, 0.94)]
        panel.canvas.line(across, down)
    yield Points(still(network.embedding), ["never"], radius=2.0 if network.modulus <= 150 else 1.2)
    for neuron in range(network.neurons):
        place = still(names[neuron : neuron + 1])
        yield Points(place, [neuron_colour(neuron)], radius=_DISC)
        yield Labels(place, [str(neuron)], colour="ground", style="Semibold")


def _inputs(panel: Panel, network: ConstructedNetwork, a: Frames, b: Frames) -> Iterator[Layer]:
    """Yield both numbers, and the arrow to the point halfway between them."""
    from gen.drawing.layers import Labels, Lines, Points

    places = network.embedding
    ends = np.stack([places[a], places[b]], axis=1)
    between = panel.project(ends[..., 0], ends[..., 1])
    yield Lines(between[:, None], ["muted"], width=1.25)
    yield Lines(_arrow(panel, ends.mean(axis=1))[:, None], ["ink"], width=3.0)
    yield Points(between, ["ink"], radius=5.0, rim=1.5)
    inside = 0.84 * ends
    apart = np.hypot(*(ends[:, 0] - ends[:, 1]).T) > 0.2
    inside[~apart, 1] *= 0.82
    names = panel.project(inside[..., 0], inside[..., 1])
    yield Labels(names, ["a", "b"], style="It", size=NUMBER_SIZE)


def _outputs(panel: Panel, network: ConstructedNetwork, a: Frames, b: Frames) -> Iterator[Layer]:
    """Yield the output vectors of the neurons added up, the answer, and the right answer."""
    from gen.drawing.layers import Lines, Points

    points = vector_chain(network, a, b)
    along = panel.project(points[..., 0], points[..., 1])
    right = network.embedding[(a + b) % network.modulus]
    target = panel.project(right[:, None, 0], right[:, None, 1])
    yield Points(target, ["ink"], radius=9.0)
    yield Points(target, ["ground"], radius=7.0)
    yield Points(target, ["never"], radius=2.0)
    for neuron in range(network.neurons):
        colour = neuron_colour(neuron)
        yield Lines(along[:, None, neuron : neuron + 2], [colour], width=4.0)
    end = points[:, -1]
    size = np.hypot(*end.T)[:, None]
    way = np.divide(end, size, out=np.zeros_like(end), where=size > NEGLIGIBLE)
    ray = np.stack([np.zeros_like(way), way], axis=1)
    yield Lines(panel.project(ray[..., 0], ray[..., 1])[:, None], ["muted"], width=1.25)
    yield Lines(_arrow(panel, end)[:, None], ["ink"], width=3.0)
    answer = predictions(network, a, b)
    place = np.where(answer[:, None] >= 0, network.embedding[answer], end)
    yield Points(panel.project(place[:, None, 0], place[:, None, 1]), ["ink"], radius=5.0)


def _arrow(panel: Panel, end: Places) -> Float[np.ndarray, "frame 5 2"]:
    """Return an arrow from the centre to a point, its head no longer than the arrow."""
    unit = panel.width / (panel.x[1] - panel.x[0])
    size = np.hypot(*end.T)[:, None]
    along = np.divide(end, size, out=np.zeros_like(end), where=size > NEGLIGIBLE)
    barb = np.minimum(_BARB / unit, size)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    back = end - barb * along
    points = np.stack(
        [0 * end, end, back + 0.6 * barb * across, end, back - 0.6 * barb * across], axis=1
    )
    return panel.project(points[..., 0], points[..., 1])


def _bars(
    canvas: Canvas, network: ConstructedNetwork, a: Frames, b: Frames, top: float
) -> Iterator[Layer]:
    """Yield for each neuron its pre-activation as an open bar, its activation as a filled one."""
    from gen.drawing.bars import Bars
    from gen.drawing.layers import Lines

    heard = network.pre_activations(a, b)
    low, high = -2.0, 4.0 if network.activation == "square" else 2.0
    panel = canvas.panel(
        left=_STRIP_LEFT,
        top=top,
        width=FILM_WIDTH - _STRIP_LEFT - _EDGE,
        height=_STRIP,
        x=(-0.5, network.neurons - 0.5),
        y=(low, high),
    )
    panel.y_axis([low, 0.0, high], ruled=False)
    zero = float(panel.down(0.0))
    canvas.line([panel.left, panel.left + panel.width], [zero, zero])
    side = _BAR / (panel.width / network.neurons)
    feet = np.arange(network.neurons)
    into = panel.project(feet - side * 0.6, heard)
    floor = panel.project(feet - side * 0.6, np.zeros_like(heard))
    half = np.array([_BAR / 2 * canvas.scale, 0.0])
    corners = np.stack([floor - half, into - half, into + half, floor + half], axis=2)
    active = panel.project(feet + side * 0.6, network.activations(heard))
    feet_out = panel.project(feet + side * 0.6, np.zeros(network.neurons))
    for k in range(network.neurons):
        colour = neuron_colour(k)
        yield Lines(corners[:, k : k + 1], [colour], width=1.5, closed=True)
        yield Bars(feet_out[k : k + 1], active[:, k : k + 1, 1], colour, width=_BAR)
        across = float(panel.across(k))
        canvas.text(across, top + _STRIP + 22, str(k), across="center", colour="ink")
    canvas.symbol(panel.left, top - 12, "u", size=NUMBER_SIZE, colour="muted")
    made = {"relu": "relu(u)", "square": "u\u00b2", "linear": "u"}[network.activation]
    canvas.text(panel.left + 12, top - 12, f"\u2192 {made}", colour="muted", style="It")
