"""Loss curves of one sweep cell; a script redraws the chart for other cells."""

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
_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 380.0, 260.0, 38.0, 8.0, 30.0, 40.0
_FONT = 12.0
_SAMPLE = 22.0
"""Length of the line before a name in the legend."""


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
        """X coordinates of the steps."""
        return [round(float(x), 1) for x in self._to_x(self.steps)]

    def ticks(self) -> Iterator[tuple[float, int]]:
        """Yield x coordinate and value of the steps 1, 3, 10, 30, ..."""
        steps = (10**n * m for n in range(9) for m in (1, 3))
        within = [step for step in steps if self.steps[0] <= step <= self.steps[-1]]
        yield from zip(self._to_x(np.array(within)), within, strict=True)

    def _to_x(self, steps: np.ndarray) -> Float[np.ndarray, " point"]:
        low, high = np.log10(max(1, self.steps[0])), np.log10(max(2, self.steps[-1]))
        part = (np.log10(np.maximum(1, steps)) - low) / (high - low)
        return _LEFT + part * (_WIDTH - _LEFT - _RIGHT)


def _range(losses: Float[np.ndarray, "..."]) -> tuple[int, int]:
    """Return the exponents of ten that enclose the losses."""
    found = losses[np.isfinite(losses) & (losses > 0)]
    if not len(found):
        return _LOWEST, _HIGHEST
    low = max(_LOWEST, min(_HIGHEST - 1, floor(np.log10(found.min()) + _SLACK)))
    return low, max(low + 1, min(_HIGHEST, ceil(np.log10(found.max()) - _SLACK)))


def draw_curves(curves: Curves, cell: int, words: Words) -> str:
    """Return SVG with the losses of one cell's models: dashed for train, solid for test."""
    frame = f"{_LEFT:g} {_RIGHT:g} {_TOP:g} {_BOTTOM:g}"
    axes = [*_loss_axis(curves), *_step_axis(curves, words), *_legend(words)]
    return (
        f'<svg viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" class="curves" data-frame="{frame}" '
        f'aria-hidden="true">{"".join([*axes, *_lines(curves, cell)])}</svg>'
    )


def _loss_axis(curves: Curves) -> Iterator[str]:
    span = curves.high - curves.low
    for exponent in range(curves.low, curves.high + 1, 2 if span > 5 else 1):
        y = _to_y(np.array((exponent - curves.low) / span))
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


def _lines(curves: Curves, cell: int) -> Iterator[str]:
    for split, key in enumerate(("train", "test")):
        for levels in curves.levels[cell, :, split]:
            y = _to_y(levels / (MISSING - 1))
            points = " ".join(
                f"{a:g},{b:.1f}"
                for a, b, level in zip(curves.x, y, levels, strict=True)
                if level != MISSING
            )
            yield f'<polyline class="line {key}" points="{points}"/>'


def _to_y(part: Float[np.ndarray, "*point"]) -> Float[np.ndarray, "*point"]:
    return np.asarray(_TOP + (1 - part) * (_HEIGHT - _TOP - _BOTTOM))
