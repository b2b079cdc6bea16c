"""Widget "interference": the logits of one sum, split into a wave for each frequency.

The build draws the last step. The script of the page draws the others from the pack of the run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Real

from gen.analysis.hidden_layer_views import activation_of
from gen.analysis.interference import (
    PairLogits,
    interpolate,
    margin,
    margin_verdict,
    training_pairs,
)
from gen.analysis.neuron_groups import Group
from gen.analysis.number_names import NumberNames
from gen.charts.markup import coordinate, dots, picture, polyline, svg_circle, svg_line, svg_text
from gen.charts.scales import round_down
from gen.experiments.runs import ModelRun
from gen.i18n import Words
from gen.interactive.pack import kept_snapshots
from gen.text import script_json
from gen.widgets.interference_scale import TOTAL_HEIGHT, half_range, snapshot_scales
from gen.widgets.script_data import base64_text, text_template

PARTS = 6
"""Points of a smooth wave per number."""

_NEAR_EDGE = 0.1


@dataclass(frozen=True)
class Shape:
    """Size of a picture in SVG units; the style sheet shows the one that fits.

    Attributes:
        half: half the height of a frequency's row.
        most_ticks: most intervals of the number axis.
    """

    name: str
    width: float
    half: float
    font: float
    most_ticks: int


WIDE = Shape("wide", 720.0, 40.0, 14.0, 8)
NARROW = Shape("narrow", 380.0, 27.0, 13.0, 5)


@dataclass(frozen=True)
class InterferenceDrawing:
    """Values of the widget's template.

    Attributes:
        pictures: SVG for wide and for narrow columns.
        outlines: the same without what the script draws anew: waves, dots and bars.
        said: sentence with the network's answer and its margin.
        a, b: indices of the two numbers.
        written: display names of both numbers.
        last: largest index.
        holds: what readers can hold while a or b moves: both combinations of the two, as text.
        steps: number of snapshots that the script has; the last one is shown.
        step: the last step, as text.
        hint: how to choose other numbers.
        data: JSON for the script.
    """

    pictures: list[str]
    outlines: list[str]
    said: str
    a: int
    b: int
    written: tuple[str, str]
    last: int
    holds: tuple[str, str]
    steps: int
    step: str
    hint: str
    data: str


def draw_interference(
    terms: PairLogits, naming: NumberNames, run: ModelRun, words: Words
) -> InterferenceDrawing:
    """Draw how the trained network computes a sum or product."""
    reach = half_range(run, terms.groups)
    a, b = terms.pair
    kept = kept_snapshots(run.shapes, len(run.snapshot_steps))
    pictures, outlines = (
        [
            _Picture(terms, naming, shape, reach, words, drawn=drawn).svg()
            for shape in (WIDE, NARROW)
        ]
        for drawn in (True, False)
    )
    return InterferenceDrawing(
        pictures=pictures,
        outlines=outlines,
        said=_answer_sentence(terms, naming, bool(training_pairs(run)[a, b]), words),
        a=a,
        b=b,
        written=(str(naming.numbers[a]), str(naming.numbers[b])),
        last=run.task.outputs - 1,
        holds=("a \u00b7 b", "a / b") if naming.product else ("a + b", "a \u2212 b"),
        steps=len(kept),
        step=words.number(int(run.snapshot_steps[-1])),
        hint=words(naming.key("interference.hint")),
        data=_data(terms, naming, run, reach, kept, words),
    )


class _Picture:
    """The picture in one shape.

    Attributes:
        drawn: whether its paths have points.
    """

    def __init__(
        self,
        terms: PairLogits,
        naming: NumberNames,
        shape: Shape,
        reach: float,
        words: Words,
        *,
        drawn: bool,
    ) -> None:
        self.drawn = drawn
        self.terms, self.naming, self.shape, self.words = terms, naming, shape, words
        self.unit = shape.half / reach
        self.tick = round_down(0.85 * reach)
        font = shape.font
        self.left, self.right = 3.0 * font, shape.width - 0.6 * font
        self.top = 1.6 * font
        self.row = 1.7 * font + 2 * shape.half
        self.total = self.top + len(terms.groups) * self.row + 1.7 * font
        self.total_middle = self.total + TOTAL_HEIGHT * shape.half
        self.bottom = self.total_middle + TOTAL_HEIGHT * shape.half

    def svg(self) -> str:
        font, shape = self.shape.font, self.shape
        scale = {"left": self.left, "right": self.right, "unit": self.unit, "tick": self.tick}
        rows = map(self._group, range(len(self.terms.groups)))
        return picture(
            [self._numbers(), *rows, self._total()],
            shape.width,
            self.bottom + 3.2 * font,
            font,
            name=shape.name,
            data=[(name, f"{value:.6g}") for name, value in scale.items()],
        )

    def _x(self, number: Real[np.ndarray, "*place"]) -> Float[np.ndarray, "*place"]:
        numbers = self.terms.shares.shape[-1]
        return np.asarray(self.left + number / (numbers - 1) * (self.right - self.left))

    def _numbers(self) -> str:
        """Draw the axis of answers, and the right answer as a line through all rows."""
        font, last = self.shape.font, self.terms.shares.shape[-1] - 1
        at = float(self._x(np.array(self.terms.answer)))
        part = self.terms.answer / last
        anchor = "start" if part < _NEAR_EDGE else "end" if part > 1 - _NEAR_EDGE else "middle"
        parts = [
            svg_line("answer", at, self.top - 0.2 * font, at, self.bottom),
            svg_text(self.naming.on_axis(self.terms.answer), at, 1.1 * font, "name answer", anchor),
        ]
        stride = next(n for n in (1, 2, 5, 10, 20, 50, 100) if last / n <= self.shape.most_ticks)
        base = self.bottom + 1.4 * font
        for number in [*range(0, int(last - stride / 2), stride), last]:
            x = float(self._x(np.array(number)))
            parts.append(svg_line("axis", x, self.bottom, x, self.bottom + 4))
            parts.append(svg_text(str(number), x, base, "quiet", "middle"))
        generator = str(self.naming.numbers[1])
        name = self.words(self.naming.key("interference.axis"), generator=generator)
        parts.append(svg_text(name, self.right, self.bottom + 2.8 * font, "quiet", "end"))
        return "".join(parts)

    def _scale(self, middle: float, tick: float) -> str:
        """Draw lines at zero and at a round value above and below it."""
        parts = [svg_line("grid", self.left, middle, self.right, middle)]
        for value in (tick, -tick):
            y = middle - value * self.unit
            number = self.words.number(value)
            parts.append(svg_line("axis", self.left - 5, y, self.left, y))
            base = y + 0.35 * self.shape.font
            parts.append(svg_text(number, self.left - 8, base, "quiet tick", "end"))
        return "".join(parts)

    def _group(self, index: int) -> str:
        font, group = self.shape.font, self.terms.groups[index]
        top = self.top + index * self.row
        middle = top + 1.7 * font + self.shape.half
        values = self.terms.shares[-1, index]
        smooth = interpolate(values, PARTS)
        x = self._x(np.arange(len(smooth)) / PARTS)
        name = self.words(
            "interference.group" if group.frequency else "interference.others",
            k=str(group.frequency),
            neurons=len(group.neurons),
        )
        return (
            f'<g class="group {colour_class(group, index)}" data-middle="{coordinate(middle)}">'
            f"{self._scale(middle, self.tick)}"
            f"{self._path('wave', polyline(x, middle - smooth * self.unit))}"
            f"{self._path('dots', self._dots(values, middle))}"
            f"{self._at_answer(values, middle)}"
            f"{svg_circle('swatch', self.left + 5, top + 0.7 * font, 4.5)}"
            f"{svg_text(name, self.left + 14, top + 1.05 * font, '')}"
            f"{self._margin(values, top)}</g>"
        )

    def _total(self) -> str:
        font, values = self.shape.font, self.terms.together[-1]
        name = self.words("interference.total")
        top, middle = self.total - 1.7 * font, self.total_middle
        numbers = self._x(np.arange(len(values), dtype=np.float64))
        bars = "".join(
            f"M{coordinate(x)} {coordinate(middle)}V{coordinate(middle - value * self.unit)}"
            for x, value in zip(numbers.tolist(), values.tolist(), strict=True)
        )
        best = int(values.argmax())
        ring = svg_circle("ring", numbers[best], middle - values[best] * self.unit, 9)
        return (
            f'<g class="total" data-middle="{coordinate(middle)}">'
            f"{self._scale(middle, TOTAL_HEIGHT * self.tick)}"
            f"{self._path('bars', bars)}{ring}"
            f"{self._path('dots', self._dots(values, middle))}"
            f"{self._at_answer(values, middle)}"
            f"{svg_text(name, self.left, top + 1.05 * font, 'name')}"
            f"{self._margin(values, top)}</g>"
        )

    def _path(self, name: str, points: str) -> str:
        return f'<path class="{name}" d="{points}"/>' if self.drawn else f'<path class="{name}"/>'

    def _dots(self, values: Float[np.ndarray, " answer"], middle: float) -> str:
        numbers = self._x(np.arange(len(values), dtype=np.float64))
        heights = middle - values * self.unit
        return dots(zip(numbers.tolist(), heights.tolist(), strict=True))

    def _at_answer(self, values: Float[np.ndarray, " answer"], middle: float) -> str:
        x = float(self._x(np.array(self.terms.answer)))
        return svg_circle("at", x, middle - values[self.terms.answer] * self.unit, 4.5)

    def _margin(self, values: Float[np.ndarray, " answer"], top: float) -> str:
        """Write by how much the right answer leads or trails the best other one."""
        ahead = float(margin(values, self.terms.answer))
        key = {"right": "leads", "wrong": "trails", "level": "levels"}[margin_verdict(ahead)]
        name = self.naming.on_axis(self.terms.answer)
        lead = format_difference(abs(ahead), self.words)
        sentence = self.words(f"interference.{key}", c=name, lead=lead)
        return svg_text(sentence, self.right, top + 1.05 * self.shape.font, "ahead", "end")


def colour_class(group: Group, place: int) -> str:
    """Return the CSS class of a frequency's colour."""
    return f"frequency-{place + 1}" if group.frequency else "frequency-others"


def format_difference(value: float, words: Words) -> str:
    """Format a difference of logits: two decimals below 10, else one."""
    return words.number(value, 2 if value < 10 else 1)


def _answer_sentence(terms: PairLogits, naming: NumberNames, trained: bool, words: Words) -> str:
    total, answer = terms.together[-1], terms.answer
    ahead = float(margin(total, answer))
    rivals = total.copy()
    rivals[answer] = -np.inf
    sentence = words(
        naming.key(f"interference.{margin_verdict(ahead)}"),
        **naming.values(terms.pair, answer),
        lead=format_difference(abs(ahead), words),
        next=naming.on_axis(int(rivals.argmax())),
    )
    seen = words(naming.key("interference.seen" if trained else "interference.unseen"))
    return words.join_sentences([sentence, seen])


def _data(
    terms: PairLogits,
    naming: NumberNames,
    run: ModelRun,
    reach: float,
    kept: Int[np.ndarray, " kept"],
    words: Words,
) -> str:
    """Return JSON for the script: both weight matrices, the groups, the scales and all texts."""
    into, out = (view[-1].astype("<f4") for view in run.views.values())
    seen = training_pairs(run)[np.triu_indices(run.task.outputs)]
    places, known = range(run.task.outputs), {"modulus": str(naming.task.modulus)}
    content = {
        "words": {
            key: text_template(words, naming.key(f"interference.{key}"), **known)
            for key in ("right", "wrong", "level", "seen", "unseen")
        }
        | {
            key: text_template(words, f"interference.{key}", **known)
            for key in ("leads", "trails", "levels", "at", "at_changed", "scale")
        }
        | {"between": words("list.sentence")},
        "numbers": run.task.outputs,
        "written": naming.numbers,
        "onAxis": [naming.on_axis(place) for place in places],
        "parts": PARTS,
        "steps": run.snapshot_steps[kept].tolist(),
        "reach": reach,
        "scales": snapshot_scales(run, terms.groups, reach),
        "height": TOTAL_HEIGHT,
        "activation": activation_of(run),
        "groups": [group.neurons.tolist() for group in terms.groups],
        "into": base64_text(into),
        "out": base64_text(out),
        "seen": base64_text(np.packbits(seen)),
    }
    return script_json(content)
