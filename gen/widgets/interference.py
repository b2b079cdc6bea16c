"""One sum as markup: a row for each frequency's wave, the total below, and what a script needs."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from gen.analysis.activations import activations
from gen.analysis.interference import (
    group_logits,
    interpolate,
    margin,
    margin_verdict,
    training_pairs,
)
from gen.charts.parts import coordinate, label, path, rule

if TYPE_CHECKING:
    from gen.analysis.interference import PairLogits
    from gen.analysis.neuron_groups import Group
    from gen.analysis.number_names import NumberNames
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.batch import Activation

PARTS = 6
"""Places of a smooth wave from one number to the next."""

_HEADROOM = 1.06
_TALL_TOTAL = 2.0
_NEAR_EDGE = 0.1


@dataclass(frozen=True)
class Shape:
    """Size of a picture in its own units; the style sheet shows the one that fits.

    Attributes:
        half: half the height of a frequency's row.
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
    """Everything that a page shows of one sum.

    Attributes:
        pictures: the same drawing for wide and for narrow columns.
        said: which answer the total is highest at, and by how much.
        a: place of the first number; `b`: of the second.
        written: both numbers, as they are written.
        last: the largest place.
        hint: how to choose others.
        data: JSON for the script that lets readers change the sum.
    """

    pictures: list[str]
    said: str
    a: int
    b: int
    written: tuple[str, str]
    last: int
    hint: str
    data: str


def draw_interference(
    terms: PairLogits, naming: NumberNames, run: ModelRun, words: Words
) -> InterferenceDrawing:
    """Draws the sum or product as the trained network does it."""
    into, out = (view[-1] for view in run.views.values())
    most = _largest(into, out, terms.groups, run.network.activation)
    a, b = terms.pair
    return InterferenceDrawing(
        pictures=[_Picture(terms, naming, shape, most, words).svg() for shape in (WIDE, NARROW)],
        said=_said(terms, naming, bool(training_pairs(run)[a, b]), words),
        a=a,
        b=b,
        written=(str(naming.numbers[a]), str(naming.numbers[b])),
        last=run.task.outputs - 1,
        hint=words(naming.key("interference.hint")),
        data=_data(terms, naming, run, words),
    )


def _largest(
    into: Float[np.ndarray, "number neuron"],
    out: Float[np.ndarray, "neuron answer"],
    groups: list[Group],
    activation: Activation,
) -> float:
    """What half a row stands for, so that the waves and the total of every sum have room."""
    members = [group.neurons for group in groups]
    largest = 0.0
    for one in into:
        shares = group_logits(activations(one + into, activation), out, members)
        together = shares.sum(axis=1) / _TALL_TOTAL
        largest = max(largest, float(np.abs(shares).max()), float(np.abs(together).max()))
    return _HEADROOM * largest or 1.0


class _Picture:
    """The drawing in one shape."""

    def __init__(
        self, terms: PairLogits, naming: NumberNames, shape: Shape, most: float, words: Words
    ) -> None:
        self.terms, self.naming, self.shape, self.words = terms, naming, shape, words
        self.unit = shape.half / most
        self.tick = _round_below(0.85 * most)
        font = shape.font
        self.left, self.right = 2.4 * font, shape.width - 0.6 * font
        self.top = 1.6 * font
        self.row = 1.7 * font + 2 * shape.half
        self.total = self.top + len(terms.groups) * self.row + 1.7 * font
        self.total_middle = self.total + _TALL_TOTAL * shape.half
        self.bottom = self.total_middle + _TALL_TOTAL * shape.half

    def svg(self) -> str:
        font, shape = self.shape.font, self.shape
        box = f"0 0 {shape.width:g} {coordinate(self.bottom + 3.2 * font)}"
        facts = {"left": self.left, "right": self.right, "unit": self.unit}
        attributes = "".join(f' data-{name}="{value:.6g}"' for name, value in facts.items())
        rows = "".join(map(self._group, range(len(self.terms.groups))))
        return (
            f'<svg class="{shape.name}" viewBox="{box}" font-size="{font:g}" aria-hidden="true"'
            f"{attributes}>{self._numbers()}{rows}{self._total()}</svg>"
        )

    def _x(self, number: Float[np.ndarray, " place"]) -> Float[np.ndarray, " place"]:
        numbers = self.terms.shares.shape[-1]
        return self.left + number / (numbers - 1) * (self.right - self.left)

    def _numbers(self) -> str:
        """The answers below, and the right one through all rows."""
        font, last = self.shape.font, self.terms.shares.shape[-1] - 1
        at = float(self._x(np.array(self.terms.answer)))
        part = self.terms.answer / last
        anchor = "start" if part < _NEAR_EDGE else "end" if part > 1 - _NEAR_EDGE else "middle"
        parts = [
            rule("answer", at, self.top - 0.2 * font, at, self.bottom),
            label(self.naming.on_axis(self.terms.answer), at, 1.1 * font, "name answer", anchor),
        ]
        stride = next(n for n in (1, 2, 5, 10, 20, 50, 100) if last / n <= self.shape.most_ticks)
        base = self.bottom + 1.4 * font
        for number in [*range(0, int(last - stride / 2), stride), last]:
            x = float(self._x(np.array(number)))
            parts.append(rule("axis", x, self.bottom, x, self.bottom + 4))
            parts.append(label(str(number), x, base, "quiet", "middle"))
        base_number = self.naming.numbers[1]
        name = self.words(self.naming.key("interference.axis"), generator=str(base_number))
        parts.append(label(name, self.right, self.bottom + 2.8 * font, "quiet", "end"))
        return "".join(parts)

    def _scale(self, middle: float, tick: float) -> str:
        """Lines at zero and at one round value above and below it."""
        parts = [rule("grid", self.left, middle, self.right, middle)]
        for value in (tick, -tick):
            y = middle - value * self.unit
            said = self.words.number(value) if value > 0 else f"\u2212{self.words.number(-value)}"
            parts.append(rule("axis", self.left - 5, y, self.left, y))
            parts.append(label(said, self.left - 8, y + 0.35 * self.shape.font, "quiet", "end"))
        return "".join(parts)

    def _group(self, place: int) -> str:
        font, group = self.shape.font, self.terms.groups[place]
        top = self.top + place * self.row
        middle = top + 1.7 * font + self.shape.half
        values = self.terms.shares[-1, place]
        smooth = interpolate(values, PARTS)
        x = self._x(np.arange(len(smooth)) / PARTS)
        name = self.words(
            "interference.group" if group.frequency else "interference.others",
            k=str(group.frequency),
            neurons=len(group.neurons),
        )
        return (
            f'<g class="group {colour_class(group, place)}" data-middle="{coordinate(middle)}">'
            f"{self._scale(middle, self.tick)}"
            f'<path class="wave" d="{path(x, middle - smooth * self.unit)}"/>'
            f'<path class="dots" d="{self._dots(values, middle)}"/>'
            f"{self._at_answer(values, middle)}"
            f'<circle class="swatch" cx="{coordinate(self.left + 5)}" '
            f'cy="{coordinate(top + 0.7 * font)}" r="4.5"/>'
            f"{label(name, self.left + 14, top + 1.05 * font, '')}"
            f"{self._lead(values, top)}</g>"
        )

    def _total(self) -> str:
        font, values = self.shape.font, self.terms.together[-1]
        top, middle = self.total - 1.7 * font, self.total_middle
        numbers = self._x(np.arange(len(values), dtype=np.float64))
        bars = "".join(
            f"M{coordinate(x)} {coordinate(middle)}V{coordinate(middle - value * self.unit)}"
            for x, value in zip(numbers.tolist(), values.tolist(), strict=True)
        )
        best = int(values.argmax())
        ring = coordinate(numbers[best]), coordinate(middle - values[best] * self.unit)
        return (
            f'<g class="total" data-middle="{coordinate(middle)}">'
            f"{self._scale(middle, _TALL_TOTAL * self.tick)}"
            f'<path class="bars" d="{bars}"/>'
            f'<circle class="ring" cx="{ring[0]}" cy="{ring[1]}" r="9"/>'
            f'<path class="dots" d="{self._dots(values, middle)}"/>'
            f"{self._at_answer(values, middle)}"
            f"{label(self.words('interference.total'), self.left, top + 1.05 * font, 'name')}"
            f"{self._lead(values, top)}</g>"
        )

    def _dots(self, values: Float[np.ndarray, " answer"], middle: float) -> str:
        numbers = self._x(np.arange(len(values), dtype=np.float64))
        return "".join(
            f"M{coordinate(x)} {coordinate(middle - value * self.unit)}h0"
            for x, value in zip(numbers.tolist(), values.tolist(), strict=True)
        )

    def _at_answer(self, values: Float[np.ndarray, " answer"], middle: float) -> str:
        x = coordinate(float(self._x(np.array(self.terms.answer))))
        y = coordinate(middle - values[self.terms.answer] * self.unit)
        return f'<circle class="at" cx="{x}" cy="{y}" r="4.5"/>'

    def _lead(self, values: Float[np.ndarray, " answer"], top: float) -> str:
        name = self.naming.on_axis(self.terms.answer)
        said = lead_in_words(values, self.terms.answer, name, self.words)
        return label(said, self.right, top + 1.05 * self.shape.font, "ahead", "end")


def colour_class(group: Group, place: int) -> str:
    """The class that gives a frequency its colour."""
    return f"frequency-{place + 1}" if group.frequency else "frequency-others"


def lead_in_words(
    values: Float[np.ndarray, " answer"], answer: int, name: str, words: Words
) -> str:
    """Whether an answer leads all others or trails one, and by how much, or is level with one."""
    ahead = float(margin(values, answer))
    key = {"right": "leads", "wrong": "trails", "level": "levels"}[margin_verdict(ahead)]
    return words(f"interference.{key}", c=name, lead=amount(abs(ahead), words))


def amount(value: float, words: Words) -> str:
    """A difference of logits, with two digits after the point while it is small."""
    return words.number(value, 2 if value < 10 else 1)


def _said(terms: PairLogits, naming: NumberNames, trained: bool, words: Words) -> str:
    total, answer = terms.together[-1], terms.answer
    ahead = float(margin(total, answer))
    rivals = total.copy()
    rivals[answer] = -np.inf
    sentence = words(
        naming.key(f"interference.{margin_verdict(ahead)}"),
        **naming.values(terms.pair, answer),
        lead=amount(abs(ahead), words),
        next=naming.on_axis(int(rivals.argmax())),
    )
    seen = words(naming.key("interference.seen" if trained else "interference.unseen"))
    return words.told([sentence, seen])


def _round_below(value: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is no larger."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(power * next(digit for digit in (5, 2, 1) if digit * power <= value))


def _data(terms: PairLogits, naming: NumberNames, run: ModelRun, words: Words) -> str:
    """What the script needs: both matrices as they are, the groups, all words."""
    into, out = (view[-1].astype("<f4") for view in run.views.values())
    seen = training_pairs(run)[np.triu_indices(run.task.outputs)]
    places = range(run.task.outputs)
    content = {
        "words": {
            key: _open(naming.key(f"interference.{key}"), naming, words)
            for key in ("right", "wrong", "level", "seen", "unseen")
        }
        | {
            key: _open(f"interference.{key}", naming, words)
            for key in ("leads", "trails", "levels")
        }
        | {"between": words("list.sentence")},
        "numbers": run.task.outputs,
        "written": naming.numbers,
        "onAxis": [naming.on_axis(place) for place in places],
        "parts": PARTS,
        "activation": run.network.activation,
        "groups": [group.neurons.tolist() for group in terms.groups],
        "into": base64.b64encode(into.tobytes()).decode(),
        "out": base64.b64encode(out.tobytes()).decode(),
        "seen": base64.b64encode(np.packbits(seen).tobytes()).decode(),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _open(key: str, naming: NumberNames, words: Words) -> str:
    """What the script fills in is left open; what never changes is not."""
    known = {"modulus": str(naming.task.modulus)}
    return words(key, **{name: known.get(name, f"{{{name}}}") for name in words.placeholders(key)})
