"""Widget "construction-sum": a constructed network adds two numbers, as circles and bars.

`templates/scripts/construction.js` redraws it when a reader changes a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Float

from gen.analysis.construction import (
    MODULI,
    NEGLIGIBLE,
    NEURONS,
    ConstructedNetwork,
    neuron_positions,
    predictions,
    vector_chain,
)
from gen.analysis.construction_facts import describe_verdicts
from gen.charts.markup import coordinate, dots, picture, svg_circle, svg_line, svg_text
from gen.i18n import Words
from gen.text import script_json
from gen.widgets.script_data import text_template

BENDS = ("relu", "square", "linear")
"""Activations offered to the reader."""

_REACH, _REACH_EVEN = 1.36, 1.6
_COLOURS = 6
_INPUT, _OUTPUT = 0, 1

Point = Float[np.ndarray, " 2"]


@dataclass(frozen=True)
class Shape:
    """Size of a picture in SVG units; the style sheet shows the one that fits.

    Attributes:
        side: side of the square that contains a circle.
        strip: height of the bar chart.
        disc: radius of a neuron's disc.
        bar: width of a bar.
    """

    name: str
    width: float
    side: float
    strip: float
    font: float
    disc: float
    bar: float


WIDE = Shape("wide", 720.0, 350.0, 96.0, 14.0, 10.5, 15.0)
NARROW = Shape("narrow", 380.0, 187.0, 76.0, 13.0, 8.5, 9.0)


@dataclass(frozen=True)
class ConstructionDrawing:
    """Values of the widget's template.

    Attributes:
        pictures: SVG for wide and for narrow columns.
        said: sentence with the network's answer and its error.
        counted: sentence with the number of correct sums.
        bends: display names of the activations.
        limits: smallest and largest value of each number field.
        data: JSON for the script.
    """

    pictures: list[str]
    said: str
    counted: str
    a: int
    b: int
    network: ConstructedNetwork
    bends: dict[str, str]
    limits: dict[str, tuple[int, int]]
    data: str


def draw_construction(run: ConstructedNetwork, a: int, b: int, words: Words) -> ConstructionDrawing:
    """Draw the network for the sum a + b."""
    return ConstructionDrawing(
        pictures=[Picture(run, a, b, shape).svg() for shape in (WIDE, NARROW)],
        said=answer_sentence(run, a, b, words),
        counted=describe_verdicts(run, words),
        a=a,
        b=b,
        network=run,
        bends={bend: words(f"construction.bend.{bend}") for bend in BENDS},
        limits={"neurons": NEURONS, "modulus": MODULI},
        data=_data(words),
    )


def answer_sentence(run: ConstructedNetwork, a: int, b: int, words: Words) -> str:
    """Return the network's answer and its error in degrees, or why it has no answer."""
    p = run.modulus
    one, two = np.array(a), np.array(b)
    x, y = run.output(one, two)
    known: dict[str, object] = {"a": a, "b": b, "modulus": p, "c": (a + b) % p}
    if 2 * abs(a - b) == p:
        return words("construction.opposite", **known)
    if np.hypot(x, y) < NEGLIGIBLE * run.neurons:
        return words("construction.silent", **known)
    answer = int(predictions(run, one, two))
    wanted = 2 * np.pi * (a + b) / p
    off = float(np.degrees(np.abs(np.angle(complex(x, y) * np.exp(-1j * wanted)))))
    known |= {
        "off": words.number(off if off > NEGLIGIBLE else 0.0, 1),
        "step": words.number(360 / p, 1),
        "said": answer,
    }
    key = "level" if answer < 0 else "right" if answer == known["c"] else "wrong"
    text = f"construction.{key}"
    return words(text, **{name: known[name] for name in words.placeholders(text)})


class Picture:
    """The picture in one shape."""

    def __init__(self, run: ConstructedNetwork, a: int, b: int, shape: Shape) -> None:
        self.run, self.a, self.b, self.shape = run, a, b, shape
        reach = _REACH_EVEN if run.neurons % 2 == 0 else _REACH
        self.unit = shape.side / 2 / reach
        self.height = shape.side + 2.6 * shape.font + shape.strip + 1.6 * shape.font

    def svg(self) -> str:
        """Return the SVG."""
        shape = self.shape
        return picture(self._parts(), shape.width, self.height, shape.font, name=shape.name)

    def _parts(self) -> Iterator[str]:
        """Yield the SVG elements, from back to front."""
        for side in (_INPUT, _OUTPUT):
            yield from self._circle(side)
        yield from self._input_circle()
        yield from self._output_circle()
        yield from self._bar_chart()

    def _to_svg(self, side: int, point: Point) -> tuple[float, float]:
        half = self.shape.side / 2
        middle = half if side == _INPUT else self.shape.width - half
        return middle + float(point[0]) * self.unit, half - float(point[1]) * self.unit

    def _path(self, side: int, points: Float[np.ndarray, "point 2"]) -> str:
        ends = [" ".join(map(coordinate, self._to_svg(side, point))) for point in points]
        return f"M{'L'.join(ends)}"

    def _circle(self, side: int) -> Iterator[str]:
        run, font = self.run, self.shape.font
        directions = run.output_directions if side == _OUTPUT else run.input_directions.T
        spokes = "".join(self._path(side, np.array([0 * d, 0.94 * d])) for d in directions)
        yield f'<path class="grid" d="{spokes}"/>'
        numbers = dots(self._to_svg(side, point) for point in run.embedding)
        crowded = " crowded" if run.modulus > 150 else ""
        yield f'<path class="numbers{crowded}" d="{numbers}"/>'
        left = self._to_svg(side, np.array([0.0, 0.0]))[0] - self.shape.side / 2
        yield svg_text("B" if side == _OUTPUT else "A", left, font, "matrix")
        for neuron, point in enumerate(neuron_positions(run, outputs=side == _OUTPUT)):
            x, y = self._to_svg(side, point)
            yield svg_circle(f"neuron {colour_class(neuron)}", x, y, self.shape.disc)
            yield svg_text(str(neuron), x, y + 0.36 * font, "id", "middle")

    def _input_circle(self) -> Iterator[str]:
        places = self.run.embedding
        ends = places[[self.a, self.b]]
        yield f'<path class="chord" d="{self._path(_INPUT, ends)}"/>'
        yield self._arrow(_INPUT, ends.mean(axis=0))
        close = np.hypot(*(ends[0] - ends[1])) <= 0.25
        for name, point, inward in zip("ab", ends, (0.82, 0.62 if close else 0.82), strict=True):
            yield svg_circle("given", *self._to_svg(_INPUT, point), 5)
            x, y = self._to_svg(_INPUT, inward * point)
            yield svg_text(name, x, y + 0.36 * self.shape.font, "given", "middle")

    def _output_circle(self) -> Iterator[str]:
        run, one, two = self.run, np.array(self.a), np.array(self.b)
        points, answer = vector_chain(run, one, two), int(predictions(run, one, two))
        right = run.embedding[(self.a + self.b) % run.modulus]
        yield svg_circle("target", *self._to_svg(_OUTPUT, right), 9)
        for neuron in range(run.neurons):
            link = self._path(_OUTPUT, points[neuron : neuron + 2])
            yield f'<path class="link {colour_class(neuron)}" d="{link}"/>'
        end = points[-1]
        if (size := float(np.hypot(*end))) > NEGLIGIBLE:
            chord = self._path(_OUTPUT, np.array([0 * end, end / size]))
            yield f'<path class="chord" d="{chord}"/>'
        yield self._arrow(_OUTPUT, end)
        yield svg_circle(
            "answer", *self._to_svg(_OUTPUT, end if answer < 0 else run.embedding[answer]), 5
        )

    def _arrow(self, side: int, end: Point) -> str:
        size = float(np.hypot(*end))
        along = end / size if size > NEGLIGIBLE else 0 * end
        barb = min(9 / self.unit, size)
        across = np.array([-along[1], along[0]])
        back = end - barb * along
        tips = [0 * end, end, back + 0.6 * barb * across, end, back - 0.6 * barb * across]
        return f'<path class="arrow" d="{self._path(side, np.array(tips))}"/>'

    def _bar_chart(self) -> Iterator[str]:
        run, shape, font = self.run, self.shape, self.shape.font
        top = shape.side + 2.6 * font
        low, high = -2, 4 if run.activation == "square" else 2
        unit = shape.strip / (high - low)
        left, zero = 2.2 * font, top + high * unit
        yield svg_line("grid", left, zero, shape.width, zero)
        for value in (low, 0, high):
            y = zero - value * unit + 0.36 * font
            written = f"\u2212{-value}" if value < 0 else str(value)
            yield svg_text(written, left - 0.5 * font, y, "quiet", "end")
        made = {"relu": "relu(u)", "square": "u\u00b2", "linear": "u"}[run.activation]
        yield svg_text(f"u \u2192 {made}", left, top - 0.7 * font, "made")
        heard = run.pre_activations(np.array(self.a), np.array(self.b))
        step = (shape.width - left) / run.neurons
        for neuron, (u, v) in enumerate(zip(heard, run.activations(heard), strict=True)):
            x = left + (neuron + 0.5) * step
            colour = colour_class(neuron)
            yield _bar(f"heard {colour}", x - shape.bar - 1, zero, float(u) * unit, shape.bar)
            yield _bar(f"spoken {colour}", x + 1, zero, float(v) * unit, shape.bar)
            base = top + shape.strip + 1.3 * font
            yield svg_text(str(neuron), x, base, "", "middle")


def colour_class(neuron: int) -> str:
    """Return the CSS class of a neuron's colour."""
    return f"colour-{neuron % _COLOURS + 1}"


def _bar(classes: str, left: float, zero: float, length: float, width: float) -> str:
    x, y = coordinate(left), coordinate(zero)
    return f'<path class="{classes}" d="M{x} {y}V{coordinate(zero - length)}h{width:g}V{y}z"/>'


def _data(words: Words) -> str:
    """Return JSON for the script: sizes of both pictures, and all sentences."""
    keys = ("right", "wrong", "level", "silent", "opposite", "counted")
    sizes = {size.pop("name"): size for size in map(asdict, (WIDE, NARROW))}
    return script_json({"shapes": sizes, "words": construction_texts(keys, words)})


def construction_texts(keys: tuple[str, ...], words: Words) -> dict[str, str]:
    """Return texts of the construction whose placeholders the script fills in."""
    return {key: text_template(words, f"construction.{key}") for key in keys}
