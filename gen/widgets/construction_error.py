"""Widget "construction-error": answers of constructed networks and their errors.

`templates/scripts/construction-error.js` redraws it when a reader changes a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gen.analysis.construction import MODULI, NEURONS, RIGHT, UNDECIDED, ConstructedNetwork
from gen.charts.markup import coordinate, dots, picture, svg_line, svg_text
from gen.i18n import Words
from gen.text import script_json
from gen.widgets.construction import construction_texts

WIDTH, FONT = 320.0, 13.0
LEFT, RIGHT_EDGE = 40.0, 316.0
TOP, TALL = 24.0, 160.0
GAP, LOW = 44.0, 104.0
HEIGHT = TOP + TALL + GAP + LOW + FONT + 7.0

_EXACT = 1e-6
"""Errors below this, in degrees, are rounding."""


@dataclass(frozen=True)
class ErrorPanel:
    """The errors of one activation.

    Attributes:
        bend: the activation.
        name: its display name.
        svg: the picture.
        said: sentence with the number of correct sums and the largest error.
    """

    bend: str
    name: str
    svg: str
    said: str


@dataclass(frozen=True)
class ErrorDrawing:
    """Values of the widget's template."""

    panels: list[ErrorPanel]
    neurons: int
    modulus: int
    limits: dict[str, tuple[int, int]]
    data: str


def draw_construction_error(networks: Sequence[ConstructedNetwork], words: Words) -> ErrorDrawing:
    """Draw the errors of networks that differ only in their activation."""
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
        data=script_json(
            {
                "words": construction_texts(
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


def degrees_off(run: ConstructedNetwork) -> np.ndarray:
    """Return the error of each direction in degrees; NaN where the output is zero."""
    return run.angle_errors() * 360 / run.modulus


def error_sentence(run: ConstructedNetwork, words: Words) -> str:
    """Return the number of correct sums and the largest error as sentences."""
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
    return words.join_sentences([counted, far])


def _svg(run: ConstructedNetwork, words: Words) -> str:
    parts = [*_answers(run, words), *_errors(run, words)]
    return picture(parts, WIDTH, HEIGHT, FONT, data=[("bend", run.activation)])


def _x(run: ConstructedNetwork, number: float) -> float:
    return LEFT + number / (run.modulus - 1) * (RIGHT_EDGE - LEFT)


def _answers(run: ConstructedNetwork, words: Words) -> Iterator[str]:
    """Draw the (fractional) number that each output points at over the exact answer."""
    p, bottom = run.modulus, TOP + TALL

    def y_of(number: float) -> float:
        return bottom - number / (p - 1) * TALL

    yield svg_text(words("construction.error.output"), 0, FONT, "quiet")
    yield svg_line("grid", LEFT, bottom, RIGHT_EDGE, TOP)
    for number in (0, p - 1):
        yield svg_text(words.number(number), LEFT - 6, y_of(number) + 0.36 * FONT, "quiet", "end")
    places = []
    for direction, off in enumerate(run.angle_errors().tolist()):
        if not np.isnan(off):
            exact = direction % p
            given = (exact + off + 0.5) % p - 0.5
            places.append((_x(run, exact), y_of(given), abs(off) < 0.5))
    yield from _dots(places)


def _errors(run: ConstructedNetwork, words: Words) -> Iterator[str]:
    """Draw the errors and the band within which an answer is correct."""
    p, half, off = run.modulus, 180 / run.modulus, degrees_off(run)
    most = float(np.nanmax(np.abs(off)))
    reach = 1.1 * max(1.1 * half, most)
    middle = TOP + TALL + GAP + LOW / 2
    unit = LOW / 2 / reach
    width = coordinate(RIGHT_EDGE - LEFT)
    yield svg_text(words("construction.error.stray"), 0, TOP + TALL + GAP - 6, "quiet")
    yield (
        f'<rect class="band" x="{coordinate(LEFT)}" y="{coordinate(middle - half * unit)}" '
        f'width="{width}" height="{coordinate(2 * half * unit)}"/>'
    )
    yield svg_line("grid", LEFT, middle, RIGHT_EDGE, middle)
    value = half if half > 0.3 * reach else most
    for sign, mark in ((1, ""), (-1, "\u2212")):
        y = middle - sign * value * unit
        yield svg_line("axis", LEFT - 4, y, LEFT, y)
        text = f"{mark}{words.number(value, 1)}"
        yield svg_text(text, LEFT - 6, y + 0.36 * FONT, "quiet", "end")
    yield svg_text("0", LEFT - 6, middle + 0.36 * FONT, "quiet", "end")
    places = [
        (_x(run, direction % p), middle - degrees * unit, abs(degrees) < half)
        for direction, degrees in enumerate(off.tolist())
        if not np.isnan(degrees)
    ]
    yield from _dots(places)
    base = TOP + TALL + GAP + LOW
    for number, anchor in ((0, "start"), (p - 1, "end")):
        x = _x(run, number)
        yield svg_text(words.number(number), x, base + FONT + 3, "quiet", anchor)
    name = words("construction.error.target")
    yield svg_text(name, (LEFT + RIGHT_EDGE) / 2, base + FONT + 3, "quiet", "middle")


def _dots(places: list[tuple[float, float, bool]]) -> Iterator[str]:
    """Draw correct and wrong answers as dots in two colours."""
    for classes, wanted in (("dots", True), ("dots wrong", False)):
        d = dots((x, y) for x, y, right in places if right is wanted)
        yield f'<path class="{classes}" d="{d}"/>'
