"""A constructed network that adds two numbers, as markup: two circles, and a strip of bars.

`site/assets/construction.js` draws the same when a reader changes a number; a test compares them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from gen.analysis.construction import (
    MODULI,
    NEGLIGIBLE,
    NEURONS,
    Construction,
    neuron_positions,
    predictions,
    vector_chain,
)
from gen.analysis.construction_facts import describe_verdicts
from gen.charts.parts import coordinate, label, rule

if TYPE_CHECKING:
    from gen.i18n import Words

BENDS = ("relu", "square", "linear")
"""The activations that a reader can choose."""

_REACH, _REACH_EVEN = 1.36, 1.6
_COLOURS = 6

Point = Float[np.ndarray, " 2"]


@dataclass(frozen=True)
class Shape:
    """Size of a picture in its own units; the style sheet shows the one that fits.

    Attributes:
        side: of the square that holds a circle.
        strip: height of the bars.
        disc: radius of a neuron's name.
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
    """Everything that a page shows of a sum.

    Attributes:
        pictures: the same drawing for wide and for narrow columns.
        said: which answer the network gives, and how exactly.
        counted: how many sums come out right.
        bends: the activations by their names.
        data: JSON for the script that lets readers change everything.
    """

    pictures: list[str]
    said: str
    counted: str
    a: int
    b: int
    network: Construction
    bends: dict[str, str]
    limits: dict[str, tuple[int, int]]
    data: str


def draw_construction(run: Construction, a: int, b: int, words: Words) -> ConstructionDrawing:
    """Draws the network adding two numbers."""
    return ConstructionDrawing(
        pictures=[Picture(run, a, b, shape).svg() for shape in (WIDE, NARROW)],
        said=sentence(run, a, b, words),
        counted=describe_verdicts(run, words),
        a=a,
        b=b,
        network=run,
        bends={bend: words(f"construction.bend.{bend}") for bend in BENDS},
        limits={"neurons": NEURONS, "modulus": MODULI},
        data=_data(words),
    )


def sentence(run: Construction, a: int, b: int, words: Words) -> str:
    """What the network answers, how far from the exact place, or why nothing."""
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
    """The drawing in one shape."""

    def __init__(self, run: Construction, a: int, b: int, shape: Shape) -> None:
        self.run, self.a, self.b, self.shape = run, a, b, shape
        reach = _REACH_EVEN if run.neurons % 2 == 0 else _REACH
        self.unit = shape.side / 2 / reach
        self.height = shape.side + 2.6 * shape.font + shape.strip + 1.6 * shape.font

    def svg(self) -> str:
        """The picture as one element."""
        shape = self.shape
        box = f"0 0 {shape.width:g} {coordinate(self.height)}"
        return (
            f'<svg class="{shape.name}" viewBox="{box}" font-size="{shape.font:g}" '
            f'aria-hidden="true">{"".join(self.parts())}</svg>'
        )

    def parts(self) -> Iterator[str]:
        """The markup, from the back to the front."""
        for place in (0, 1):
            yield from self._circle(place)
        yield from self._heard()
        yield from self._spoken()
        yield from self._bars()

    def _at(self, place: int, point: Point) -> tuple[float, float]:
        side = self.shape.side
        middle = side / 2 if place == 0 else self.shape.width - side / 2
        return middle + float(point[0]) * self.unit, side / 2 - float(point[1]) * self.unit

    def _move(self, place: int, points: Float[np.ndarray, "point 2"]) -> str:
        ends = [" ".join(map(coordinate, self._at(place, point))) for point in points]
        return f"M{'L'.join(ends)}"

    def _circle(self, place: int) -> Iterator[str]:
        run, font = self.run, self.shape.font
        directions = run.output_directions if place else run.input_directions.T
        spokes = "".join(self._move(place, np.array([0 * d, 0.94 * d])) for d in directions)
        yield f'<path class="grid" d="{spokes}"/>'
        dots = "".join(f"{self._move(place, point[None])}h0" for point in run.embedding)
        crowded = " crowded" if run.modulus > 150 else ""
        yield f'<path class="numbers{crowded}" d="{dots}"/>'
        left = self._at(place, np.array([0.0, 0.0]))[0] - self.shape.side / 2
        yield label("B" if place else "A", left, font, "matrix")
        for neuron, point in enumerate(neuron_positions(run, outputs=place == 1)):
            x, y = self._at(place, point)
            yield dot(f"neuron {colour_class(neuron)}", x, y, self.shape.disc)
            yield label(str(neuron), x, y + 0.36 * font, "id", "middle")

    def _heard(self) -> Iterator[str]:
        places = self.run.embedding
        ends = places[[self.a, self.b]]
        yield f'<path class="chord" d="{self._move(0, ends)}"/>'
        yield self._arrow(0, ends.mean(axis=0))
        close = np.hypot(*(ends[0] - ends[1])) <= 0.25
        for name, point, inward in zip("ab", ends, (0.82, 0.62 if close else 0.82), strict=True):
            yield dot("given", *self._at(0, point), 5)
            x, y = self._at(0, inward * point)
            yield label(name, x, y + 0.36 * self.shape.font, "given", "middle")

    def _spoken(self) -> Iterator[str]:
        run, one, two = self.run, np.array(self.a), np.array(self.b)
        points, answer = vector_chain(run, one, two), int(predictions(run, one, two))
        right = run.embedding[(self.a + self.b) % run.modulus]
        yield dot("target", *self._at(1, right), 9)
        for neuron in range(run.neurons):
            link = self._move(1, points[neuron : neuron + 2])
            yield f'<path class="link {colour_class(neuron)}" d="{link}"/>'
        end = points[-1]
        size = float(np.hypot(*end))
        if size > NEGLIGIBLE:
            yield f'<path class="chord" d="{self._move(1, np.array([0 * end, end / size]))}"/>'
        yield self._arrow(1, end)
        yield dot("answer", *self._at(1, end if answer < 0 else run.embedding[answer]), 5)

    def _arrow(self, place: int, end: Point) -> str:
        size = float(np.hypot(*end))
        along = end / size if size > NEGLIGIBLE else 0 * end
        barb = min(9 / self.unit, size)
        across = np.array([-along[1], along[0]])
        back = end - barb * along
        tips = [0 * end, end, back + 0.6 * barb * across, end, back - 0.6 * barb * across]
        return f'<path class="arrow" d="{self._move(place, np.array(tips))}"/>'

    def _bars(self) -> Iterator[str]:
        run, shape, font = self.run, self.shape, self.shape.font
        top = shape.side + 2.6 * font
        low, high = -2, 4 if run.activation == "square" else 2
        unit = shape.strip / (high - low)
        left, zero = 2.2 * font, top + high * unit
        yield rule("grid", left, zero, shape.width, zero)
        for value in (low, 0, high):
            y = zero - value * unit + 0.36 * font
            written = f"\u2212{-value}" if value < 0 else str(value)
            yield label(written, left - 0.5 * font, y, "quiet", "end")
        made = {"relu": "relu(u)", "square": "u\u00b2", "linear": "u"}[run.activation]
        yield label(f"u \u2192 {made}", left, top - 0.7 * font, "made")
        heard = run.pre_activations(np.array(self.a), np.array(self.b))
        step = (shape.width - left) / run.neurons
        for neuron, (u, v) in enumerate(zip(heard, run.activations(heard), strict=True)):
            x = left + (neuron + 0.5) * step
            colour = colour_class(neuron)
            yield _bar(f"heard {colour}", x - shape.bar - 1, zero, float(u) * unit, shape.bar)
            yield _bar(f"spoken {colour}", x + 1, zero, float(v) * unit, shape.bar)
            base = top + shape.strip + 1.3 * font
            yield label(str(neuron), x, base, "", "middle")


def colour_class(neuron: int) -> str:
    """The class that gives a neuron its colour."""
    return f"colour-{neuron % _COLOURS + 1}"


def dot(classes: str, x: float, y: float, radius: float) -> str:
    """A circle."""
    return f'<circle class="{classes}" cx="{coordinate(x)}" cy="{coordinate(y)}" r="{radius:g}"/>'


def _bar(classes: str, left: float, zero: float, length: float, width: float) -> str:
    path = (
        f"M{coordinate(left)} {coordinate(zero)}V{coordinate(zero - length)}"
        f"h{width:g}V{coordinate(zero)}z"
    )
    return f'<path class="{classes}" d="{path}"/>'


def _data(words: Words) -> str:
    """What the script needs: how the shapes are laid out, and all sentences."""
    keys = ("right", "wrong", "level", "silent", "opposite", "counted")
    shapes = {
        shape.name: {
            "width": shape.width,
            "side": shape.side,
            "strip": shape.strip,
            "font": shape.font,
            "disc": shape.disc,
            "bar": shape.bar,
        }
        for shape in (WIDE, NARROW)
    }
    return script_data({"shapes": shapes, "words": open_texts(keys, words)})


def open_texts(keys: tuple[str, ...], words: Words) -> dict[str, str]:
    """Texts of the construction whose placeholders the script fills in."""
    return {
        key: words(
            f"construction.{key}",
            **{name: f"{{{name}}}" for name in words.placeholders(f"construction.{key}")},
        )
        for key in keys
    }


def script_data(content: object) -> str:
    """JSON as it may stand in a `<script>`."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
