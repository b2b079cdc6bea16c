"""Film of how the values of views are distributed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.charts.scales import round_up
from gen.drawing.frame_size import HEADER
from gen.figures.any_run_figure import AnyRunFigure, Name, chosen_views
from gen.figures.figure import FilmFigure
from gen.text import csv_text
from gen.theme import FILM_WIDTH

if TYPE_CHECKING:
    from gen.drawing.canvas import Canvas, Panel
    from gen.drawing.film import Film
    from gen.drawing.layers import Layer
    from gen.experiments.runs import Run
    from gen.i18n import Words
    from gen.networks.view import ViewShape

MOST_VIEWS = 6
_MOST_VALUES = 4_000_000

_LEFT, _RIGHT = 72, 28
_NAME, _AXIS = 40, 40
_TALLEST, _LOWEST, _ROOM = 240, 96, 640
_HEADROOM = 1.08
_LOG_FLOOR = 0.5


class Histogram(AnyRunFigure, FilmFigure):
    """A panel for each view: bars count its values, a line shows the first snapshot.

    Attributes:
        views: names of the views, from top to bottom; all if left out.
        bins: bars of a panel.
        limit: the outermost bars count all values beyond it; if left out, the largest value of
            all snapshots, rounded up.
        log: whether counts are on a logarithmic scale.
        frames: snapshots shown at most.
    """

    kind: Literal["histogram"] = "histogram"
    fps: Annotated[int, Field(ge=5, le=50)] = 25
    views: Annotated[list[Name], Field(min_length=1, max_length=MOST_VIEWS)] | None = None
    bins: Annotated[int, Field(ge=5, le=200)] = 61
    limit: Annotated[float, Field(gt=0.0)] | None = None
    log: bool = False
    frames: Annotated[int, Field(ge=2, le=1000)] = 126

    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        chosen = chosen_views(self.views, shapes)
        if len(chosen) > MOST_VIEWS:
            raise ValueError(f"{len(chosen)} views have no room; name {MOST_VIEWS} at most: views")
        for name, shape in chosen.items():
            if shape.rows * shape.columns > _MOST_VALUES:
                raise ValueError(
                    f"{name} has {shape.rows * shape.columns:,} values; the limit is "
                    f"{_MOST_VALUES:,}"
                )

    def film(self, run: Run, scale: int) -> Film:
        from gen.drawing.film import Film
        from gen.drawing.film_frame import film_frame

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        chosen = list(chosen_views(self.views, run.shapes))
        row = _ROOM // len(chosen) - _NAME - _AXIS
        height = min(_TALLEST, max(_LOWEST, row))
        bottom = HEADER + len(chosen) * (_NAME + height + _AXIS)
        canvas, layers = film_frame(
            FILM_WIDTH, bottom, scale, steps, left=_LEFT, right=FILM_WIDTH - _RIGHT
        )
        for place, name in enumerate(chosen):
            top = HEADER + _NAME + place * (_NAME + height + _AXIS)
            counts, edges = self.counts(run, name)
            beyond = _largest(run, name) > float(edges[-1]) * (1 + 1e-6)
            canvas.symbol(_LEFT, top - 12, name)
            layers.append(_bars(canvas, top, height, counts[shown], edges, self.log, beyond))
        return Film.of(canvas, steps, layers, self.pacing())

    def counts(
        self, run: Run, name: str
    ) -> tuple[Int[np.ndarray, "snapshot bin"], Float[np.ndarray, " edge"]]:
        """Return how many values of every snapshot are in each bin, and the edges of the bins."""
        largest = _largest(run, name)
        limit = self.limit or (round_up(largest) if largest > 0 else 1.0)
        edges = np.linspace(-limit, limit, self.bins + 1)
        # In float64, because the float32 next to the limit may lie beyond it.
        exact = (one[np.isfinite(one)].astype(np.float64) for one in run.each_snapshot(name))
        counts = [np.histogram(np.clip(one, -limit, limit), edges)[0] for one in exact]
        return np.array(counts, dtype=np.int64), edges

    def csv(self, run: Run) -> str:
        rows: list[list[object]] = []
        for name in chosen_views(self.views, run.shapes):
            counts, edges = self.counts(run, name)
            ends = [[f"{end:.9g}" for end in pair] for pair in pairwise(edges)]
            for step, of_step in zip(run.snapshot_steps, counts, strict=True):
                rows += [
                    [name, int(step), low, high, int(count)]
                    for (low, high), count in zip(ends, of_step, strict=True)
                ]
        return csv_text(["view", "step", "from", "to", "count"], rows)

    def alt(self, run: Run, words: Words) -> str:
        chosen = chosen_views(self.views, run.shapes)
        begin = words(
            "alt.histogram.begin",
            views=len(chosen),
            first=int(run.snapshot_steps[0]),
            last=int(run.snapshot_steps[-1]),
        )
        sentences = [begin, *([words("alt.histogram.log")] if self.log else [])]
        for name in chosen:
            (low, high), (end_low, end_high) = (
                _middle_half(one) for one in run.view_at(name, [0, -1])
            )
            sentences.append(
                words(
                    "alt.histogram.one",
                    name=name,
                    low=low,
                    high=high,
                    end_low=end_low,
                    end_high=end_high,
                )
            )
        return words.join_sentences(sentences)


def _middle_half(values: Float[np.ndarray, "row column"]) -> tuple[float, float]:
    """Return the quartiles of the finite values; NaN without any."""
    kept = values[np.isfinite(values)].astype(np.float64)
    low, high = np.quantile(kept, [0.25, 0.75]) if kept.size else (np.nan, np.nan)
    return float(low), float(high)


def _largest(run: Run, name: str) -> float:
    """Return the largest size of a finite value of a view, at any snapshot."""
    sizes = (np.abs(one[np.isfinite(one)]) for one in run.each_snapshot(name))
    return max(float(size.max(initial=0.0)) for size in sizes)


def _bars(
    canvas: Canvas,
    top: int,
    height: int,
    counts: Int[np.ndarray, "frame bin"],
    edges: Float[np.ndarray, " edge"],
    log: bool,
    beyond: bool,
) -> Layer:
    """Return the layer of the bars of one view, and draw its axes and its first snapshot."""
    from gen.charts.scales import limit_labels
    from gen.drawing.bars import Bars

    limit, most = float(edges[-1]), float(counts.max()) * _HEADROOM or 1.0
    low, high = (np.log10(_LOG_FLOOR), max(np.log10(most), 1.0)) if log else (0.0, most)
    panel = canvas.panel(
        left=_LEFT,
        top=top,
        width=FILM_WIDTH - _LEFT - _RIGHT,
        height=height,
        x=(-limit, limit),
        y=(float(low), float(high)),
    )
    panel.x_axis([-limit, 0.0, limit], limit_labels(limit, beyond=beyond), ruled=True)
    _count_axis(panel, log)
    with np.errstate(divide="ignore"):
        heights = np.log10(counts) if log else counts.astype(np.float64)
    clipped = np.clip(heights, low, high)
    middles = (edges[:-1] + edges[1:]) / 2
    bases = panel.project(middles, np.full_like(middles, low))
    ends = panel.project(middles[None], clipped)[..., 1]
    _outline(panel, edges, clipped[0])
    width = panel.width / len(middles)
    thick = max(width * 0.6, width - 2)
    return Bars(bases, ends, "restricted", width=thick, beside_lines=True)


def _count_axis(panel: Panel, log: bool) -> None:
    """Label counts with round numbers."""
    from gen.drawing.canvas import nice_ticks
    from gen.drawing.number_format import format_number

    low, high = panel.y
    if log:
        powers = [float(power) for power in range(int(np.floor(high)) + 1)]
        powers = powers[:: max(1, -(-len(powers) // 4))]
        panel.y_axis(powers, [format_number(10**power) for power in powers])
    else:
        most = 4 if panel.height < 160 else 6
        panel.y_axis([tick for tick in nice_ticks(low, high, most) if tick == int(tick)])


def _outline(
    panel: Panel, edges: Float[np.ndarray, " edge"], heights: Float[np.ndarray, " bin"]
) -> None:
    """Draw the first snapshot as a line of steps."""
    x = np.repeat(panel.across(edges), 2)
    y = np.repeat(panel.down(heights), 2)
    foot = float(panel.down(panel.y[0]))
    panel.canvas.line(x.tolist(), [foot, *y.tolist(), foot], colour="muted", width=1.25)
