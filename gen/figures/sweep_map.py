"""What became of every model of a sweep: a dot a model, a cell a combination of settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gen.figures.figure import MapFigure

if TYPE_CHECKING:
    from gen.analysis.sweep_outcomes import SweepRun
    from gen.i18n import Words
    from gen.widgets.sweep_map import SweepMap


class Map(MapFigure):
    """Panels, columns and rows are the sweep's axes, in the order of the config."""

    kind: Literal["sweep-map"] = "sweep-map"

    def draw(self, run: SweepRun, words: Words) -> SweepMap:
        from gen.widgets.sweep_map import draw_sweep_map

        return draw_sweep_map(f"{run.name}-map", run, words)

    def alt(self, run: SweepRun, words: Words) -> str:
        return words("alt.map", models=int(run.trained.sum()), counts=self.counts(run, words))
