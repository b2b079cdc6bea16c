"""Small loss charts of all seeds of a model, side by side."""

from __future__ import annotations

from typing import Literal

from gen.analysis.outcome import generalised_at
from gen.analysis.seeds import SeedRuns, seeds_table
from gen.figures.figure import Widget
from gen.figures.model_figure import ModelFigure
from gen.i18n import Words
from gen.networks.network import Network
from gen.tasks.task import Task
from gen.widgets.seeds import SeedChart, draw_seeds


class Seeds(ModelFigure[SeedRuns]):
    """The losses of every seed on one scale."""

    kind: Literal["seeds"] = "seeds"

    def check(self, task: Task, network: Network) -> None:
        if self.every_seed:
            raise ValueError(
                "it shows all seeds by itself: every_seed is for the figures that show one"
            )
        if self.seed is not None:
            raise ValueError("it shows all seeds: seed is for the figures that show one")

    def render(self, seeds: SeedRuns, words: Words) -> Widget[list[SeedChart]]:
        return Widget("seeds", draw_seeds(seeds, words))

    def csv(self, seeds: SeedRuns) -> str:
        return seeds_table(seeds)

    def alt(self, seeds: SeedRuns, words: Words) -> str:
        steps = int(seeds.runs[0].logged_steps[-1])
        begin = words("alt.seeds.begin", steps=steps, seeds=len(seeds.runs))
        found = [(run.seed, generalised_at(run)) for run in seeds.runs]
        which = [
            words("alt.seeds.one", seed=seed, step=step) for seed, step in found if step is not None
        ]
        key = "alt.seeds.some" if which else "alt.seeds.none"
        return words.join_sentences([begin, words(key, which=words.listed(which))])
