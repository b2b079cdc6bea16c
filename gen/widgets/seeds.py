"""Widget "seeds": a small loss chart for each seed, all with the same loss axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gen.analysis.neuron_groups import settled_frequencies
from gen.analysis.outcome import generalised_at
from gen.analysis.seeds import SeedRuns
from gen.charts.chart import Axis, Split, log_axis, step_axis
from gen.charts.curves import SPLITS, value_at
from gen.charts.markup import picture, polyline, svg_circle, svg_line, svg_text
from gen.charts.thinning import thin_line
from gen.experiments.runs import ModelRun
from gen.i18n import Words

_WIDTH, _HEIGHT, _FONT = 176.0, 124.0, 12.5
_LEFT, _RIGHT, _TOP, _BOTTOM = 32.0, 172.0, 6.0, 102.0
_MOST_TICKS = 4


@dataclass(frozen=True)
class SeedChart:
    """One seed's chart with its texts.

    Attributes:
        name: display name of the seed.
        svg: its losses over the steps.
        frequencies: sentence with the frequencies it settled on; empty if there are none.
        happened: sentence with the step at which it generalised, if it did.
        shown: whether the other figures show this seed.
    """

    seed: int
    name: str
    svg: str
    frequencies: str
    happened: str
    shown: bool


def draw_seeds(seeds: SeedRuns, words: Words) -> list[SeedChart]:
    """Draw a chart for each seed, in order."""
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
        happened=_outcome_sentence(run, words),
        shown=shown,
    )


def _outcome_sentence(run: ModelRun, words: Words) -> str:
    if run.failed_at is not None:
        return words("seeds.failed", step=run.failed_at)
    step = generalised_at(run)
    if step is None:
        return words("seeds.never", steps=int(run.logged_steps[-1]))
    return words("seeds.generalised", step=step)


def _svg(run: ModelRun, x: Axis, y: Axis) -> str:
    def x_of(steps: np.ndarray) -> np.ndarray:
        return np.asarray(_LEFT + x.place(steps.astype(np.float64)) * (_RIGHT - _LEFT))

    def y_of(values: np.ndarray) -> np.ndarray:
        return np.asarray(_BOTTOM - y.place(values) * (_BOTTOM - _TOP))

    lines = [
        f'<path class="line {split}" d="{polyline(*thin_line(x_of(steps), y_of(losses)))}"/>'
        for split in reversed(SPLITS)
        for steps, losses in [_finite_losses(run, split)]
        if len(steps)
    ]
    parts = [*_axes(x, y), *lines]
    step = generalised_at(run)
    if step is not None:
        at = float(x_of(np.array(step)))
        height = float(y_of(np.array(value_at(run, "test_loss", step))))
        parts.insert(-len(lines), svg_line("mark", at, _TOP, at, _BOTTOM))
        parts.append(svg_circle("dot test", at, height, 3.5))
    return picture(parts, _WIDTH, _HEIGHT, _FONT)


def _finite_losses(run: ModelRun, split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Return the logged steps with a finite loss, and these losses."""
    losses = run.metrics[f"{split}_loss"]
    finite = np.isfinite(losses)
    return run.logged_steps[finite], losses[finite]


def _axes(x: Axis, y: Axis) -> list[str]:
    """Draw grid lines at a few powers of ten, and label the first and the last step."""
    parts: list[str] = []
    for tick in y.ticks[:: -(-len(y.ticks) // _MOST_TICKS)]:
        height = _BOTTOM - float(y.place(np.array(tick.value))) * (_BOTTOM - _TOP)
        parts.append(svg_line("grid", _LEFT, height, _RIGHT, height))
        parts.append(svg_text(tick.label, _LEFT - 5, height + 0.36 * _FONT, "quiet", "end"))
    parts.append(svg_line("axis", _LEFT, _BOTTOM, _RIGHT, _BOTTOM))
    base = _BOTTOM + 1.35 * _FONT
    parts.append(svg_text(x.ticks[0].label, _LEFT, base, "quiet", "middle"))
    if len(x.ticks) > 1:
        last = x.ticks[-1]
        at = _LEFT + float(x.place(np.array(last.value))) * (_RIGHT - _LEFT)
        parts.append(svg_text(last.label, min(at + 20, _WIDTH), base, "quiet", "end"))
    return parts
