"""How exactly constructed networks add: the answer against the exact one, and what is off.

`site/assets/construction-error.js` draws the same when a reader changes a number; a test compares
them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.construction import MODULI, NEURONS, RIGHT, UNDECIDED, Construction
from gen.charts.parts import coordinate, label, rule
from gen.widgets.construction import open_texts, script_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen.i18n import Words

WIDTH, FONT = 320.0, 13.0
LEFT, RIGHT_EDGE = 40.0, 316.0
TOP, TALL = 24.0, 160.0
GAP, LOW = 44.0, 104.0
HEIGHT = TOP + TALL + GAP + LOW + FONT + 7.0

_EXACT = 1e-6
"""Degrees; what is off by less is off by rounding alone."""


@dataclass(frozen=True)
class ErrorPanel:
    """One activation's error.

    Attributes:
        bend: the activation.
        name: of the activation.
        svg: the picture.
        said: how many sums are right, and how far the answers are off at most.
    """

    bend: str
    name: str
    svg: str
    said: str


@dataclass(frozen=True)
class ErrorDrawing:
    """Everything that a page shows of the errors of several activations."""

    panels: list[ErrorPanel]
    neurons: int
    modulus: int
    limits: dict[str, tuple[int, int]]
    data: str


def draw_construction_error(networks: Sequence[Construction], words: Words) -> ErrorDrawing:
    """Draws the errors of networks that differ in their activation alone."""
    return ErrorDrawing(
        panels=[
            ErrorPanel(
                one.activation,
                words(f"construction.bend.{one.activation}"),
                _svg(one, words),
                error_sentence(one, words),
            )
            for one in networks
        ],
        neurons=networks[0].neurons,
        modulus=networks[0].modulus,
        limits={"neurons": NEURONS, "modulus": MODULI},
        data=script_data(
            {
                "words": open_texts(
                    ("error.counted", "error.stray_most", "error.stray_none"), words
                ),
                "between": words("list.sentence"),
                "names": {
                    key: words(f"construction.error.{key}") for key in ("target", "output", "stray")
                },
                "shape": {
                    "font": FONT,
                    "left": LEFT,
                    "right": RIGHT_EDGE,
                    "top": TOP,
                    "tall": TALL,
                    "gap": GAP,
                    "low": LOW,
                },
            }
        ),
    )


def degrees_off(run: Construction) -> np.ndarray:
    """How far each direction's answer is off, in degrees; NaN where nothing is spoken."""
    return run.angle_errors() * 360 / run.modulus


def error_sentence(run: Construction, words: Words) -> str:
    """How many sums come out right, and how far answers are off at most."""
    verdicts, off = run.verdicts(), np.nanmax(np.abs(degrees_off(run)))
    counted = words(
        "construction.error.counted",
        right=int((verdicts == RIGHT).sum()),
        pairs=len(verdicts),
        undecided=int((verdicts == UNDECIDED).sum()),
    )
    if off < _EXACT:
        far = words("construction.error.stray_none")
    else:
        half = words.number(180 / run.modulus, 2)
        far = words("construction.error.stray_most", off=words.number(float(off), 2), half=half)
    return words.told([counted, far])


def _svg(run: Construction, words: Words) -> str:
    drawn = "".join([*_answers(run, words), *_strays(run, words)])
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" font-size="{FONT:g}" aria-hidden="true" '
        f'data-bend="{run.activation}">{drawn}</svg>'
    )


def _across(run: Construction, number: float) -> float:
    return LEFT + number / (run.modulus - 1) * (RIGHT_EDGE - LEFT)


def _answers(run: Construction, words: Words) -> Iterator[str]:
    """The number that each vector points at, whole or not, against the exact answer."""
    p, bottom = run.modulus, TOP + TALL

    def down(number: float) -> float:
        return bottom - number / (p - 1) * TALL

    yield label(words("construction.error.output"), 0, FONT, "quiet")
    yield rule("grid", LEFT, bottom, RIGHT_EDGE, TOP)
    for number in (0, p - 1):
        yield label(words.number(number), LEFT - 6, down(number) + 0.36 * FONT, "quiet", "end")
    places = []
    for direction, off in enumerate(run.angle_errors().tolist()):
        if not np.isnan(off):
            exact = direction % p
            given = (exact + off + 0.5) % p - 0.5
            places.append((_across(run, exact), down(given), abs(off) < 0.5))
    yield from _dots(places)


def _strays(run: Construction, words: Words) -> Iterator[str]:
    """By how much that is off, and within what it may be."""
    p, half, off = run.modulus, 180 / run.modulus, degrees_off(run)
    most = float(np.nanmax(np.abs(off)))
    reach = 1.1 * max(1.1 * half, most)
    middle = TOP + TALL + GAP + LOW / 2
    unit = LOW / 2 / reach
    width = coordinate(RIGHT_EDGE - LEFT)
    yield label(words("construction.error.stray"), 0, TOP + TALL + GAP - 6, "quiet")
    yield (
        f'<rect class="band" x="{coordinate(LEFT)}" y="{coordinate(middle - half * unit)}" '
        f'width="{width}" height="{coordinate(2 * half * unit)}"/>'
    )
    yield rule("grid", LEFT, middle, RIGHT_EDGE, middle)
    value = half if half > 0.3 * reach else most
    for sign, mark in ((1, ""), (-1, "\u2212")):
        y = middle - sign * value * unit
        yield rule("axis", LEFT - 4, y, LEFT, y)
        text = f"{mark}{words.number(value, 1)}"
        yield label(text, LEFT - 6, y + 0.36 * FONT, "quiet", "end")
    yield label("0", LEFT - 6, middle + 0.36 * FONT, "quiet", "end")
    places = [
        (_across(run, direction % p), middle - degrees * unit, abs(degrees) < half)
        for direction, degrees in enumerate(off.tolist())
        if not np.isnan(degrees)
    ]
    yield from _dots(places)
    base = TOP + TALL + GAP + LOW
    for number, anchor in ((0, "start"), (p - 1, "end")):
        x = _across(run, number)
        yield label(words.number(number), x, base + FONT + 3, "quiet", anchor)
    name = words("construction.error.target")
    yield label(name, (LEFT + RIGHT_EDGE) / 2, base + FONT + 3, "quiet", "middle")


def _dots(places: list[tuple[float, float, bool]]) -> Iterator[str]:
    """Dots in two colours: those that are within half a step, and the others."""
    for classes, wanted in (("dots", True), ("dots wrong", False)):
        d = "".join(
            f"M{coordinate(x)} {coordinate(y)}h0" for x, y, right in places if right is wanted
        )
        yield f'<path class="{classes}" d="{d}"/>'
