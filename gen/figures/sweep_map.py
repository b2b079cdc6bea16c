"""Map of a sweep: one mark per model, one cell per combination of settings."""

from __future__ import annotations

from typing import Literal

from gen.analysis.sweep_outcomes import SweepRun
from gen.figures.figure import Widget
from gen.figures.sweep_figure import SweepFigure
from gen.i18n import Words
from gen.widgets.sweep_map import SweepMapDrawing, draw_sweep_map


class SweepMap(SweepFigure):
    """Panels, columns and rows are the axes of the sweep, in the order of the config."""

    kind: Literal["sweep-map"] = "sweep-map"

    def render(self, run: SweepRun, words: Words) -> Widget[SweepMapDrawing]:
        return Widget("map", draw_sweep_map(f"{run.name}-map", run, words))

    def alt(self, run: SweepRun, words: Words) -> str:
        return words("alt.map", models=int(run.trained.sum()), counts=self.counts(run, words))
