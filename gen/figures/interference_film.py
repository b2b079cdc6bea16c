"""Film of the logits of one sum or product: the share of each frequency, and the total."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.analysis.interference import PairLogits, margin
from gen.analysis.number_names import NumberNames
from gen.drawing.frame_size import HEADER
from gen.figures.figure import FilmFigure
from gen.figures.group_title import group_title
from gen.figures.interference_figure import InterferenceFigure
from gen.theme import FILM_WIDTH, NUMBER_SIZE, SYMBOL_SIZE

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer, Reading
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words

PARTS = 6
"""Points of a smooth wave per number."""

_STEADY = 5

_LEFT, _RIGHT, _EDGE = 60, 76, 20
_WIDTH = FILM_WIDTH - _LEFT - _RIGHT
_NAME, _AXIS = 36, 36
_TITLE, _BELOW = 30, 4
_TALLEST, _LOWEST, _ROOM = 92, 52, 288
_TALL_SUM = 2
_TOLERANCE = 0.2
"""CSS pixels by which points of the page may be off."""
_SUM = "\u2211"
_DOT, _SUM_DOT, _ANSWER, _RING, _HOLE = 2.2, 2.6, 5.0, 10.0, 7.5


class InterferenceFilm(InterferenceFigure, FilmFigure):
    """Shares that hardly prefer any answer, and their sum, which does.

    All panels of a frame share one scale, which follows the largest values around that frame,
    because logits shrink by orders of magnitude once a network generalises.

    Attributes:
        frames: snapshots shown at most.
    """

    kind: Literal["interference-film"] = "interference-film"
    fps: Annotated[int, Field(ge=5, le=50)] = 12
    frames: Annotated[int, Field(ge=2, le=1000)] = 51

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame
        from gen.drawing.given import given

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        terms = self.terms(run)
        groups, answer, shares = terms.groups, terms.answer, terms.shares[shown]
        limit = _limits(shares)

        height = min(_TALLEST, max(_LOWEST, _ROOM // len(groups)))
        tolerance = _TOLERANCE / (height / 2)
        row = _TITLE + height + _BELOW
        top = HEADER + _NAME
        sum_top = top + row * len(groups) + _TITLE
        bottom = sum_top + _TALL_SUM * height
        canvas, layers = film_frame(
            FILM_WIDTH, bottom + _AXIS, scale, steps, left=_LEFT, right=FILM_WIDTH - _EDGE
        )

        def panel(at: int, tall: int) -> Panel:
            most = tall / height
            ends = (0.0, run.task.outputs - 1.0)
            return canvas.panel(
                left=_LEFT, top=at, width=_WIDTH, height=tall, x=ends, y=(-most, most)
            )

        whole = panel(sum_top, _TALL_SUM * height)
        naming = self.naming(run)
        _head(canvas, naming, terms)
        x = float(whole.across(answer))
        canvas.line([x, x], [top - 4, bottom], colour="muted")
        name = naming.on_axis(answer)
        canvas.text(x, top - 10, name, across="center", colour="ink", style="Semibold")
        for place, group in enumerate(groups):
            at = top + place * row + _TITLE
            values = given(shares[:, place] / limit[:, None], tolerance)
            group_title(canvas, _LEFT, at - 10, group)
            frequency = "\u2026" if group.frequency is None else group.frequency
            reading = _reading(f"k = {frequency}", shares[:, place])
            layers += _wave(panel(at, height), values, group.colour, reading)
            layers += _answered(panel(at, height), values, group.colour, answer)
            layers += _numbers(panel(at, height), limit, margin(shares[:, place], answer))
        together = shares.sum(axis=1)
        values = given(together / limit[:, None], tolerance)
        layers += _ring(whole, values.values, answer, naming)
        layers += _bars(whole, values, _reading(_SUM, together))
        layers += _answered(whole, values, "ink", answer)
        layers += _numbers(whole, limit, margin(together, answer))
        _axes(canvas, whole, top, run.task.output_symbol)
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: ModelRun, words: Words) -> str:
        return self.describe("alt.interference.film", run, words, steps=int(run.snapshot_steps[-1]))


def _head(canvas: Canvas, naming: NumberNames, terms: PairLogits) -> None:
    """Write the sum or product and its answer into the header."""
    from gen.drawing.marks import TextRun

    known = naming.values(terms.pair, terms.answer)
    asked = f"{known['a']}\u2009{naming.sign}\u2009{known['b']} \u2192 "
    runs = [
        TextRun(asked, SYMBOL_SIZE),
        TextRun(str(known["answer"]), SYMBOL_SIZE, "ink", "Semibold"),
    ]
    canvas.runs(FILM_WIDTH - _EDGE, 44, runs, across="right")


def _limits(shares: Float[np.ndarray, "frame group answer"]) -> Float[np.ndarray, " frame"]:
    """Return the logit at the top of a frequency's panel for every frame, smoothed over frames."""
    largest = np.abs(shares).max(axis=(1, 2))
    together = np.abs(shares.sum(axis=1)).max(axis=1) / _TALL_SUM
    needed = np.log(np.maximum(np.maximum(largest, together) * 1.05, 1e-9))
    later = np.pad(needed[1:], 2 * (_STEADY // 2), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view
    steady = windows(windows(later, _STEADY).max(axis=1), _STEADY).mean(axis=1)
    return np.exp(np.append(needed[0], steady))


def _reading(name: str, logits: Float[np.ndarray, "frame answer"]) -> Reading:
    """Return what a reader reads off dots of logits."""
    from gen.drawing.layers import Reading

    return Reading(name, logits, ("number", tuple(range(logits.shape[1]))))


def _wave(panel: Panel, values: Derived, colour: str, reading: Reading) -> Iterator[Layer]:
    """Yield layers of the values as dots on a smooth wave."""
    from gen.drawing.canvas import pale
    from gen.drawing.given import smooth
    from gen.drawing.layers import Lines, Points

    curve = smooth(values, PARTS)
    through = panel.project(np.arange(curve.shape[1]) / PARTS, curve)
    yield Lines(through.as_one_line(), [pale(colour)], width=1.25)
    at = panel.project(np.arange(values.shape[1]), values)
    yield Points(at, [colour], radius=_DOT, reading=reading)


def _bars(panel: Panel, values: Derived, reading: Reading) -> Iterator[Layer]:
    """Yield layers of the values as dots, each on a thin bar from zero."""
    from gen.drawing.layers import Lines, Points

    numbers = np.arange(values.shape[1])
    bars = panel.project(np.stack([numbers, numbers], axis=1), values.from_base(0.0))
    yield Lines(bars, ["muted"], width=1.0, reading=reading)
    tops = panel.project(numbers, values)
    yield Points(tops, ["ink"], radius=_SUM_DOT, reading=reading)


def _answered(panel: Panel, values: Derived, colour: str, answer: int) -> Iterator[Layer]:
    from gen.drawing.layers import Points

    place = panel.project(np.array([float(answer)]), values[:, answer : answer + 1])
    yield Points(place, [colour], radius=_ANSWER, rim=1.5)


def _ring(
    panel: Panel, values: Float[np.ndarray, "frame answer"], answer: int, naming: NumberNames
) -> Iterator[Layer]:
    """Yield layers of a ring around the highest value, and its number if the answer is wrong."""
    from gen.drawing.changing_text import ChangingText
    from gen.drawing.layers import Points

    best = values.argmax(axis=1)
    highest = values.max(axis=1)
    place = panel.project(best.astype(np.float64), highest)[:, None]
    yield Points(place, ["ink"], radius=_RING)
    yield Points(place, ["ground"], radius=_HOLE)
    above = np.stack([panel.across(best), panel.down(highest) - _RING - 5], axis=1)
    wrong = ["" if one == answer else naming.on_axis(one) for one in best.tolist()]
    yield ChangingText(above, wrong, across="center", style="Semibold")


def _numbers(
    panel: Panel, limit: Float[np.ndarray, " frame"], ahead: Float[np.ndarray, " frame"]
) -> Iterator[Layer]:
    """Yield layers of the scale left of the panel, and of the margin of the answer right of it."""
    from gen.drawing.changing_text import ChangingText
    from gen.drawing.number_format import format_number

    frames, zero = len(limit), float(panel.down(0.0))
    panel.canvas.line([panel.left, panel.left + panel.width], [zero, zero])
    panel.canvas.line([panel.left - 5, panel.left], [panel.top, panel.top])

    def at(x: float, y: float) -> Float[np.ndarray, "frame 2"]:
        return np.broadcast_to(np.array([x, y + NUMBER_SIZE * 0.35]), (frames, 2))

    ends = [format_number(float(f"{one * panel.y[1]:.2g}")) for one in limit]
    yield ChangingText(at(panel.left - 8, panel.top), ends, across="right", colour="muted")
    yield ChangingText(
        at(FILM_WIDTH - _EDGE, zero), [_signed(one) for one in ahead], across="right"
    )


def _signed(value: float) -> str:
    """Return a number with its sign, which zero has not."""
    digits = 2 if abs(value) < 9.995 else 0
    text = f"{value:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"
    return text.replace("-", "\u2212")


def _axes(canvas: Canvas, whole: Panel, top: float, symbol: str) -> None:
    from gen.drawing.canvas import nice_ticks

    last = int(whole.x[1])
    inner = [tick for tick in nice_ticks(0, last, 8) if tick < last * 0.94]
    whole.number_axis([*inner, last], symbol)
    canvas.symbol(_LEFT, whole.top - 10, _SUM, size=NUMBER_SIZE)
    canvas.symbol(FILM_WIDTH - _EDGE, top + 20, "\u2206", size=NUMBER_SIZE, across="right")
