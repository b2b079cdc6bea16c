"""A network that is written down: how its neurons turn two numbers into their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from jaxtyping import Complex, Float
from pydantic import Field

from gen.analysis.construction import (
    Activation,
    activities,
    listening,
    ripple,
    shares_right,
    spoken,
)
from gen.figures import FormulaFigure, Moving
from gen.figures.theme import FILM_WIDTH, FREQUENCY_COLOURS, SYMBOL_SIZE

if TYPE_CHECKING:
    from gen.analysis.facts import Facts
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.words import Words

_LEFT, _BETWEEN, _TOP, _AXIS = 24, 24, 104, 40
_SIDE = (FILM_WIDTH - 2 * _LEFT - 2 * _BETWEEN) // 3
_REACH = 1.3
_TIP = 0.11


class Construction(FormulaFigure, Moving):
    """Three circles: two numbers and their mean; the neurons that hear it; what they say.

    The first number stands still while the second goes around.

    Attributes:
        modulus: how many numbers there are.
        neurons: how many listen, evenly spread.
        activation: what a neuron makes of what it hears.
        a: the number that stands still; left out, an eighth of the modulus.
    """

    kind: Literal["construction"] = "construction"
    fps: Annotated[int, Field(ge=5, le=50)] = 12
    modulus: Annotated[int, Field(ge=12, le=500)] = 67
    neurons: Annotated[int, Field(ge=3, le=10)] = 5
    activation: Activation = "relu"
    a: Annotated[int, Field(ge=0, le=499)] | None = None

    def check(self) -> None:
        if self.a is not None and self.a >= self.modulus:
            raise ValueError(f"a = {self.a} is none of the numbers from 0 to {self.modulus - 1}")

    def facts(self) -> Facts:
        right, mute = shares_right(self.modulus, self.neurons, self.activation)
        off = np.abs(ripple(self.modulus, self.neurons, self.activation))
        return {
            "modulus": self.modulus,
            "neurons": self.neurons,
            "right": right,
            "mute": mute,
            "largest_ripple": float(np.nanmax(off)) if np.isfinite(off).any() else None,
        }

    def film(self, run: Any, scale: int) -> Film:
        from gen.drawing.canvas import Canvas, blocks
        from gen.drawing.film import Film

        a, b = self._pairs()
        canvas = Canvas(FILM_WIDTH, blocks(_TOP + _SIDE + _AXIS), scale)
        angle = 2 * np.pi / self.modulus
        heard, strength = (a + b) / 2 * angle, 2 * np.cos((a - b) / 2 * angle)
        activity = activities(heard, strength, self.neurons, self.activation)
        vector = spoken(activity)
        numbers, ears, mouths = (_panel(canvas, place) for place in range(3))
        layers = [
            *_head(a, b, self.modulus),
            *_numbers(numbers, a * angle, b * angle, self.modulus),
            *_ears(ears, heard, strength, activity),
            *_mouths(mouths, activity, vector, heard),
        ]
        return Film.of(canvas, b, layers, self.pacing())

    def _pairs(self) -> tuple[int, np.ndarray]:
        a = self.modulus // 8 if self.a is None else self.a
        return a, np.arange(self.modulus)

    def alt(self, run: Any, words: Words) -> str:
        facts = self.facts()
        right = facts["right"]
        assert isinstance(right, float)
        return words(
            f"alt.construction.{self.activation}",
            neurons=self.neurons,
            modulus=self.modulus,
            right=words.percent(right),
        )


def _panel(canvas: Canvas, place: int) -> Panel:
    """A circle of radius one, and a little more."""
    panel = canvas.panel(
        left=_LEFT + place * (_SIDE + _BETWEEN),
        top=_TOP,
        width=_SIDE,
        height=_SIDE,
        x=(-_REACH, _REACH),
        y=(-_REACH, _REACH),
    )
    turn = np.linspace(0, 2 * np.pi, 181)
    canvas.line(panel.across(np.cos(turn)).tolist(), panel.down(np.sin(turn)).tolist())
    return panel


def _head(a: int, b: np.ndarray, modulus: int) -> list[Layer]:
    """The sum and its answer."""
    from gen.drawing.numbers import Numbers

    at = np.broadcast_to(np.array([float(_LEFT), 44.0]), (len(b), 2))
    texts = [f"{a}\u2009+\u2009{one} \u2192 {(a + one) % modulus}" for one in b.tolist()]
    return [Numbers(at, texts, size=SYMBOL_SIZE, style="Semibold")]


def _names(panel: Panel, names: tuple[str, ...], colours: tuple[str, ...]) -> None:
    """What is drawn in a circle, above it."""
    canvas, x = panel.canvas, panel.left
    for name, colour in zip(names, colours, strict=True):
        x += canvas.symbol(x, panel.top - 8, name, size=SYMBOL_SIZE - 4, colour=colour) + 14


def _numbers(panel: Panel, alpha: float, beta: np.ndarray, modulus: int) -> list[Layer]:
    """All numbers, the two that are added, and the mean of their arrows."""
    turn = 2 * np.pi * np.arange(modulus) / modulus
    for x, y in zip(panel.across(np.cos(turn)), panel.down(np.sin(turn)), strict=True):
        panel.canvas.line([x - 1, x + 1], [y, y], colour="distractor", width=2.0)
    first, second = FREQUENCY_COLOURS[:2]
    _names(panel, ("a", "b", "x"), (first, second, "ink"))
    still = np.full(len(beta), np.exp(1j * alpha))
    moving = np.exp(1j * beta)
    return [
        *_arrow(panel, still, first),
        *_arrow(panel, moving, second),
        *_arrow(panel, (still + moving) / 2, "ink"),
    ]


def _ears(
    panel: Panel,
    heard: np.ndarray,
    strength: np.ndarray,
    activity: Float[np.ndarray, "frame neuron"],
) -> list[Layer]:
    """Each neuron at the angle at which it listens, as far out as it is excited."""
    from gen.drawing.layers import Lines, Points

    directions = np.exp(1j * listening(activity.shape[1]))
    most = float(np.abs(activity).max()) or 1.0
    _names(panel, ("A",), ("muted",))
    x, y = panel.across(np.real(directions)), panel.down(np.imag(directions))
    middle_x, middle_y = float(panel.across(0.0)), float(panel.down(0.0))
    for end in zip(x.tolist(), y.tolist(), strict=True):
        panel.canvas.line([middle_x, end[0]], [middle_y, end[1]])
    places = activity / most * directions
    colours = _colours(len(directions))
    points = _project(panel, places)
    middle = np.broadcast_to(_project(panel, np.zeros(1, complex)), points.shape)
    return [
        *_arrow(panel, strength / 2 * np.exp(1j * heard), "ink"),
        Lines(np.stack([middle, points], axis=2), colours, width=5.0),
        Points(points, colours, radius=6.0, rim=1.0),
    ]


def _mouths(
    panel: Panel,
    activity: Float[np.ndarray, "frame neuron"],
    vector: Complex[np.ndarray, " frame"],
    heard: np.ndarray,
) -> list[Layer]:
    """What the neurons say, arrow after arrow; where they lead; the place of the sum."""
    from gen.drawing.layers import Lines, Points

    said = activity * np.exp(2j * listening(activity.shape[1]))
    steps = np.concatenate([np.zeros((len(said), 1)), np.cumsum(said, axis=1)], axis=1)
    most = max(float(np.abs(steps).max()), 1e-12)
    steps = steps / most
    _names(panel, ("B",), ("muted",))
    target = np.exp(2j * heard)
    points = _project(panel, steps)
    colours = _colours(activity.shape[1])
    chain = [
        Lines(points[:, place : place + 2][:, None], [colour], width=3.0)
        for place, colour in enumerate(colours)
    ]
    goal = _project(panel, target)[:, None]
    return [
        Points(goal, ["accent"], radius=8.0),
        Points(goal, ["ground"], radius=5.0),
        *chain,
        *_arrow(panel, vector / most, "ink"),
    ]


def _colours(neurons: int) -> list[str]:
    return [FREQUENCY_COLOURS[neuron % len(FREQUENCY_COLOURS)] for neuron in range(neurons)]


def _project(panel: Panel, places: Complex[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape 2"]:
    return panel.project(np.real(places), np.imag(places))


def _arrow(panel: Panel, to: Complex[np.ndarray, " frame"], colour: str) -> list[Layer]:
    """A line from the middle with a head, which shrinks with a short line."""
    from gen.drawing.layers import Lines

    length = np.abs(to)
    head = np.minimum(_TIP, length / 2) * np.exp(1j * np.angle(to))
    barbs = np.stack([to - head * np.exp(0.45j), to, to - head * np.exp(-0.45j)], axis=1)
    shaft = np.stack([np.zeros_like(to), to], axis=1)
    return [Lines(_project(panel, line)[:, None], [colour], width=2.25) for line in (shaft, barbs)]
