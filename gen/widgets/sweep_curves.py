"""Loss charts beside a sweep map: a small one for each model of a cell, a large one of a model.

A script moves the lines when another cell or model is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from jaxtyping import Float, Int, UInt8

from gen.analysis.sweep_outcomes import SweepRun
from gen.charts.labels import text_width
from gen.charts.markup import escaped
from gen.i18n import Words

MISSING = 255
"""Level that marks a step without a loss."""

_LOWEST, _HIGHEST = -8, 2
"""Exponents of the widest loss axis."""

_SLACK = 1e-3
"""Decades by which a loss may exceed the end of the axis."""

_POINTS = 44
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 380.0, 264.0, 38.0, 8.0, 50.0, 40.0
_FONT = 12.0
_SAMPLE = 22.0
"""Length of the line before a name in the legend."""

_MARK_ROWS = {"memorised": 44.0, "generalised": 30.0}
"""Baselines of the names of the two events above the frame: the later name is above both lines."""

_SMALL_WIDTH, _SMALL_HEIGHT = 100.0, 60.0


@dataclass(frozen=True)
class Curves:
    """Losses of all models at a few steps, evenly spaced on a logarithmic axis.

    Attributes:
        levels: 0 (low end of the axis) to 254 (high end); `MISSING` without a loss.
        low, high: exponents of ten at the ends of the loss axis.
    """

    steps: Int[np.ndarray, " point"]
    levels: UInt8[np.ndarray, "cell seed split point"]
    low: int
    high: int

    @classmethod
    def of(cls, run: SweepRun) -> Curves:
        last = len(run.steps) - 1
        spread = np.geomspace(1, last, _POINTS).round().astype(int) if last > 0 else [0]
        picked = np.unique(spread)
        losses = np.stack([run.train_loss[..., picked], run.test_loss[..., picked]], axis=2)
        low, high = _range(losses)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.clip((np.log10(losses) - low) / (high - low), 0, 1)
        levels = np.where(np.isnan(losses), MISSING, np.nan_to_num(part) * (MISSING - 1))
        return cls(run.steps[picked], levels.round().astype(np.uint8), low, high)

    @property
    def x(self) -> list[float]:
        """Places of the steps on the axis, from 0 to 1."""
        return [round(float(part), 4) for part in self._part(self.steps)]

    @property
    def ends(self) -> tuple[int, int]:
        """Steps at the ends of the axis; step 0 stands at step 1."""
        return max(1, int(self.steps[0])), max(2, int(self.steps[-1]))

    def ticks(self) -> Iterator[tuple[float, int]]:
        """Yield x coordinate and value of the steps 1, 3, 10, 30, ..."""
        steps = (10**n * m for n in range(9) for m in (1, 3))
        within = [step for step in steps if self.steps[0] <= step <= self.steps[-1]]
        for part, step in zip(self._part(np.array(within)), within, strict=True):
            yield float(_LEFT + part * (_WIDTH - _LEFT - _RIGHT)), step

    def exponents(self) -> range:
        """Return the exponents of ten that have a line."""
        return range(self.low, self.high + 1, 2 if self.high - self.low > 5 else 1)

    def height(self, exponent: int) -> float:
        """Return the height of a power of ten on the axis, from 0 to 1."""
        return (exponent - self.low) / (self.high - self.low)

    def _part(self, steps: np.ndarray) -> Float[np.ndarray, " point"]:
        low, high = np.log10(self.ends)
        return (np.log10(np.maximum(1, steps)) - low) / (high - low)


def _range(losses: Float[np.ndarray, "..."]) -> tuple[int, int]:
    """Return the exponents of ten that enclose the losses."""
    found = losses[np.isfinite(losses) & (losses > 0)]
    if not len(found):
        return _LOWEST, _HIGHEST
    low = max(_LOWEST, min(_HIGHEST - 1, floor(np.log10(found.min()) + _SLACK)))
    return low, max(low + 1, min(_HIGHEST, ceil(np.log10(found.max()) - _SLACK)))


def power_of_ten(exponent: int, words: Words) -> str:
    """Return `10` with a small exponent, as HTML."""
    power = words.number(exponent)
    return f"10<sup>{power}</sup>"


def draw_small_chart(curves: Curves, cell: int, place: int) -> str:
    """Return SVG with the losses of one model, without words; it may be stretched.

    Args:
        place: the place of its seed.
    """
    width, height = _SMALL_WIDTH, _SMALL_HEIGHT
    grid = "".join(
        f"M0 {(1 - curves.height(exponent)) * height:.1f}H{width:g}"
        for exponent in curves.exponents()
    )
    lines = []
    for split, key in enumerate(("train", "test")):
        levels = curves.levels[cell, place, split]
        points = " ".join(
            f"{x * width:.1f},{(1 - level / (MISSING - 1)) * height:.1f}"
            for x, level in zip(curves.x, levels.tolist(), strict=True)
            if level != MISSING
        )
        lines.append(f'<polyline class="line {key}" points="{points}"/>')
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" class="small" preserveAspectRatio="none" '
        f'aria-hidden="true"><path class="grid" d="{grid}"/>{"".join(lines)}</svg>'
    )


def draw_frame(curves: Curves, words: Words) -> str:
    """Return SVG of a large chart: axes and legend, lines and events that a script places."""
    frame = f"{_LEFT:g} {_RIGHT:g} {_TOP:g} {_BOTTOM:g}"
    lines = (f'<polyline class="line {key}" points=""/>' for key in ("train", "test"))
    parts = [*_loss_axis(curves), *_step_axis(curves, words), *_legend(words), *_events(words)]
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" class="curves" data-frame="{frame}" '
        f'aria-hidden="true">{"".join([*parts, *lines])}</svg>'
    )


def _events(words: Words) -> Iterator[str]:
    """Draw the steps of memorising and generalising around x = 0, to be moved by the script."""
    for key, y in _MARK_ROWS.items():
        path = f"M0 {y - 9:g}V{_HEIGHT - _BOTTOM:g}"
        yield (
            f'<g class="event {key}" visibility="hidden"><path d="{path}"/>'
            f'<text y="{y:g}">{escaped(words(f"mark.{key}"))}</text></g>'
        )


def _loss_axis(curves: Curves) -> Iterator[str]:
    for exponent in curves.exponents():
        y = _TOP + (1 - curves.height(exponent)) * (_HEIGHT - _TOP - _BOTTOM)
        power = str(exponent).replace("-", "\u2212")
        yield f'<line class="grid" x1="{_LEFT:g}" x2="{_WIDTH - _RIGHT:g}" y1="{y:g}" y2="{y:g}"/>'
        yield (
            f'<text x="{_LEFT - 6:g}" y="{y + 4:g}" text-anchor="end">10'
            f'<tspan dy="-5" font-size="9">{power}</tspan></text>'
        )


def _step_axis(curves: Curves, words: Words) -> Iterator[str]:
    free = 0.0
    for at, step in curves.ticks():
        label = words.number(step)
        half = text_width(label, _FONT) / 2
        x = min(at, _WIDTH - half)
        if x - half < free:
            continue
        free = x + half + 4
        y = _HEIGHT - _BOTTOM + 19
        yield f'<text x="{x:.1f}" y="{y:g}" text-anchor="middle">{label}</text>'
    yield (
        f'<text class="axis" x="{_WIDTH - _RIGHT:g}" y="{_HEIGHT - 6:g}" '
        f'text-anchor="end">{escaped(words("axis.step"))}</text>'
    )


def _legend(words: Words) -> Iterator[str]:
    """Draw the name of the loss axis and the legend."""
    yield f'<text class="axis" x="0" y="14">{escaped(words("axis.loss_plain"))}</text>'
    right = _WIDTH - _RIGHT
    for key in ("test", "train"):
        name = words(f"series.{key}")
        left = right - text_width(name, _FONT) - _SAMPLE - 6
        yield f'<path class="sample {key}" d="M{left:g} 10h{_SAMPLE:g}"/>'
        yield f'<text x="{left + _SAMPLE + 6:g}" y="14">{escaped(name)}</text>'
        right = left - 16
