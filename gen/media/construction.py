"""The written-down network as markup: three circles for one sum, and the ripple over all sums.

Everything is drawn in its own coordinates, which a script writes down again when readers
change a number: circles of radius one, and sums from 0 to 1 with the ripple in steps.
"""

from __future__ import annotations

import cmath
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from gen.analysis.construction import activities, listening, ripple, shares_right, spoken

if TYPE_CHECKING:
    from gen.words import Words

REACH = 1.2
"""How far the ripple's scale goes, in steps from one number to the next."""

LEAST_MODULUS, MOST_MODULUS = 12, 500
FEWEST, MOST = 3, 10


@dataclass(frozen=True)
class ConstructionDrawing:
    """Everything that a page shows.

    Attributes:
        a, b: the numbers that are added at first.
        circles: paths of the three pictures, by what they are.
        ripples: path of the ripple with relu and with squares.
        said: how many sums come out right, in words.
        inputs: what readers can change: name, least, most, at first.
        data: JSON for the script: the sentences.
    """

    modulus: int
    neurons: int
    a: int
    b: int
    circles: dict[str, str]
    target: tuple[str, str]
    ripples: dict[str, str]
    said: str
    inputs: list[tuple[str, int, int, int]]
    data: str


def draw_construction(modulus: int, neurons: int, words: Words) -> ConstructionDrawing:
    """Draws one sum and the ripple over all of them."""
    a, b = modulus // 8, modulus // 3
    circles, target = _circles(a, b, modulus, neurons)
    relu, square = (shares_right(modulus, neurons, kind)[0] for kind in ("relu", "square"))
    sentence = words(
        "construction.said",
        neurons="{neurons}",
        modulus="{modulus}",
        relu="{relu}",
        square="{square}",
    )
    percent = words("number.percent", number="{number}")
    known = {
        "neurons": str(neurons),
        "modulus": str(modulus),
        "relu": words.percent(relu),
        "square": words.percent(square),
    }
    return ConstructionDrawing(
        modulus=modulus,
        neurons=neurons,
        a=a,
        b=b,
        circles=circles,
        target=target,
        ripples={kind: ripple_path(ripple(modulus, neurons, kind)) for kind in ("relu", "square")},
        said=sentence.format(**known),
        inputs=[
            ("a", 0, modulus - 1, a),
            ("b", 0, modulus - 1, b),
            ("neurons", FEWEST, MOST, neurons),
            ("modulus", LEAST_MODULUS, MOST_MODULUS, modulus),
        ],
        data=json.dumps({"said": sentence, "percent": percent}, ensure_ascii=False).replace(
            "<", "\\u003c"
        ),
    )


def _json(content: dict[str, str]) -> str:
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def ripple_path(off: Float[np.ndarray, " place"]) -> str:
    """The ripple over all places, broken where there is no answer, cut at the scale's ends."""
    drawn, pen = [], "M"
    for place, value in enumerate(off.tolist()):
        if np.isnan(value):
            pen = "M"
            continue
        drawn.append(f"{pen}{place / len(off):.4f} {-np.clip(value, -REACH, REACH):.3f}")
        pen = "L"
    return "".join(drawn)


def _circles(a: int, b: int, modulus: int, neurons: int) -> tuple[dict[str, str], tuple[str, str]]:
    angle = 2 * np.pi / modulus
    heard, strength = np.array((a + b) / 2 * angle), 2 * float(np.cos((a - b) / 2 * angle))
    activity = activities(heard, strength, neurons, "relu")
    ears = activity / 2 * np.exp(1j * listening(neurons))
    said = np.cumsum(activity * np.exp(2j * listening(neurons)))
    most = max(1.0, float(np.abs(said).max()))
    mean = strength / 2 * np.exp(1j * heard)
    answer = complex(spoken(activity)) / most
    target = np.exp(2j * heard)
    paths = {
        "a": _hand(cmath.exp(1j * a * angle)),
        "b": _hand(cmath.exp(1j * b * angle)),
        "mean": _hand(complex(mean)),
        "ears": "".join(map(_hand, ears.tolist())),
        "chain": "M0 0" + "".join(f"L{_at(one)}" for one in (said / most).tolist()),
        "answer": _hand(complex(answer)),
    }
    x, y = _at(complex(target)).split()
    return paths, (x, y)


def _hand(to: complex) -> str:
    return f"M0 0L{_at(to)}"


def _at(place: complex) -> str:
    return f"{place.real:.3f} {-place.imag:.3f}"
