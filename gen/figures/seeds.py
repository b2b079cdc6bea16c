"""How the same training goes from other random beginnings: a small chart for every seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from gen.analysis.outcome import generalised_at
from gen.analysis.seeds import Seeds, seeds_table
from gen.figures.figure import DrawnFigure

if TYPE_CHECKING:
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task
    from gen.widgets.seeds import SeedChart


class SeedCharts(DrawnFigure):
    """Losses of all models of a configured model, side by side on one scale."""

    kind: Literal["seeds"] = "seeds"
    template: ClassVar[str] = "seeds"

    def check(self, task: Task, network: Network) -> None:
        if self.every_seed:
            raise ValueError(
                "it shows all seeds by itself: every_seed is for the figures that show one"
            )

    def pictured(self, subject: Any) -> Seeds:
        return subject.seeds

    def draw(self, run: Seeds, words: Words) -> list[SeedChart]:
        from gen.widgets.seeds import draw_seeds

        return draw_seeds(run, words)

    def csv(self, run: Seeds) -> str:
        return seeds_table(run)

    def alt(self, run: Seeds, words: Words) -> str:
        steps = int(run.runs[0].logged_steps[-1])
        begin = words("alt.seeds.begin", steps=steps, seeds=len(run.runs))
        found = [(one.seed, generalised_at(one)) for one in run.runs]
        which = [
            words("alt.seeds.one", seed=seed, step=step) for seed, step in found if step is not None
        ]
        key = "alt.seeds.some" if which else "alt.seeds.none"
        return words.join_sentences([begin, words(key, which=words.listed(which))])
