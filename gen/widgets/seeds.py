"""Seeds as markup: a small chart of the losses for each, all on one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.neuron_groups import settled_frequencies
from gen.analysis.outcome import generalised_at
from gen.charts.chart import Axis, Split, log_axis, step_axis
from gen.charts.curves import SPLITS, value_at
from gen.charts.parts import coordinate, label, path, rule
from gen.charts.thinning import thin_line

if TYPE_CHECKING:
    from gen.analysis.seeds import Seeds
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words

_WIDTH, _HEIGHT, _FONT = 176.0, 124.0, 12.5
_LEFT, _RIGHT, _TOP, _BOTTOM = 32.0, 172.0, 6.0, 102.0
_MOST_TICKS = 4


@dataclass(frozen=True)
class SeedChart:
    """One seed's chart and what is written with it.

    Attributes:
        name: which seed, in words.
        svg: its losses over the steps.
        frequencies: those it settled on, in words; empty where there are none to tell.
        happened: whether it generalised, and when, in words.
        shown: whether the other figures show it: there are films of this seed.
    """

    seed: int
    name: str
    svg: str
    frequencies: str
    happened: str
    shown: bool


def draw_seeds(seeds: Seeds, words: Words) -> list[SeedChart]:
    """Draws every seed, in their order."""
    losses = np.concatenate(
        [run.metrics[f"{split}_loss"] for run in seeds.runs for split in SPLITS]
    )
    plotted = losses[np.isfinite(losses) & (losses > 0)]
    low, high = (plotted.min(), plotted.max()) if len(plotted) else (0.1, 1.0)
    y = log_axis("", float(low), float(high), words)
    return [_seed(run, y, run.seed == seeds.shown, words) for run in seeds.runs]


def _seed(run: ModelRun, y: Axis, shown: bool, words: Words) -> SeedChart:
    found = settled_frequencies(run)
    return SeedChart(
        seed=run.seed,
        name=words("seeds.seed", seed=str(run.seed)),
        svg=_svg(run, step_axis(run.logged_steps[0], run.logged_steps[-1], words), y),
        frequencies=words("seeds.frequencies", k=words("list.comma").join(map(str, found)))
        if found
        else "",
        happened=_happened(run, words),
        shown=shown,
    )


def _happened(run: ModelRun, words: Words) -> str:
    if run.failed_at is not None:
        return words("seeds.failed", step=run.failed_at)
    step = generalised_at(run)
    if step is None:
        return words("seeds.never", steps=int(run.logged_steps[-1]))
    return words("seeds.generalised", step=step)


def _svg(run: ModelRun, x: Axis, y: Axis) -> str:
    def across(steps: np.ndarray) -> np.ndarray:
        return _LEFT + x.place(steps.astype(np.float64)) * (_RIGHT - _LEFT)

    def down(values: np.ndarray) -> np.ndarray:
        return _BOTTOM - y.place(values) * (_BOTTOM - _TOP)

    lines = [
        f'<path class="line {split}" d="{path(*thin_line(across(steps), down(losses)))}"/>'
        for split in reversed(SPLITS)
        for steps, losses in [_sound(run, split)]
        if len(steps)
    ]
    parts = [*_axes(x, y), *lines]
    step = generalised_at(run)
    if step is not None:
        at = float(across(np.array(step)))
        height = float(down(np.array(value_at(run, "test_loss", step))))
        parts.insert(-len(lines), rule("mark", at, _TOP, at, _BOTTOM))
        parts.append(
            f'<circle class="dot test" cx="{coordinate(at)}" cy="{coordinate(height)}" r="3.5"/>'
        )
    box = f"0 0 {_WIDTH:g} {_HEIGHT:g}"
    return f'<svg viewBox="{box}" font-size="{_FONT:g}" aria-hidden="true">{"".join(parts)}</svg>'


def _sound(run: ModelRun, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Logged steps with a finite loss, and that loss."""
    losses = run.metrics[f"{split}_loss"]
    sound = np.isfinite(losses)
    return run.logged_steps[sound], losses[sound]


def _axes(x: Axis, y: Axis) -> list[str]:
    """Lines across at a few powers of ten; below, the first and the last step."""
    parts: list[str] = []
    for tick in y.ticks[:: -(-len(y.ticks) // _MOST_TICKS)]:
        height = _BOTTOM - float(y.place(np.array(tick.value))) * (_BOTTOM - _TOP)
        parts.append(rule("grid", _LEFT, height, _RIGHT, height))
        parts.append(label(tick.label, _LEFT - 5, height + 0.36 * _FONT, "quiet", "end"))
    parts.append(rule("axis", _LEFT, _BOTTOM, _RIGHT, _BOTTOM))
    base = _BOTTOM + 1.35 * _FONT
    parts.append(label(x.ticks[0].label, _LEFT, base, "quiet", "middle"))
    if len(x.ticks) > 1:
        last = x.ticks[-1]
        at = _LEFT + float(x.place(np.array(last.value))) * (_RIGHT - _LEFT)
        parts.append(label(last.label, min(at + 20, _WIDTH), base, "quiet", "end"))
    return parts
