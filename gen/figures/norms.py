"""Chart of the size of views over the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float
from pydantic import Field

from gen.charts.chart import Chart
from gen.charts.numbered import (
    MOST_LINES,
    check_line_count,
    line_chart,
    lines,
    path_in_words,
    step_table,
)
from gen.figures.any_run_figure import AnyRunFigure, Name, chosen_views

if TYPE_CHECKING:
    from gen.experiments.runs import Run
    from gen.i18n import Words
    from gen.networks.view import ViewShape


class Norms(AnyRunFigure):
    """The Frobenius norm of every view, the root of the sum of its squared values.

    Attributes:
        views: names of the views; all if left out.
        scale: of the norms.
    """

    kind: Literal["norms"] = "norms"
    views: Annotated[list[Name], Field(min_length=1, max_length=MOST_LINES)] | None = None
    scale: Literal["linear", "log"] = "linear"

    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        chosen = chosen_views(self.views, shapes)
        check_line_count(len(chosen), "views have no room, name some with views")

    def render(self, run: Run, words: Words) -> Chart:
        series = lines(run.snapshot_steps, self._norms(run))
        return line_chart(words(f"axis.norms_{self.scale}"), series, self.scale, words)

    def csv(self, run: Run) -> str:
        return step_table(run.snapshot_steps, self._norms(run))

    def alt(self, run: Run, words: Words) -> str:
        begin = words(
            f"alt.norms.{self.scale}",
            first=int(run.snapshot_steps[0]),
            last=int(run.snapshot_steps[-1]),
        )
        each = lines(run.snapshot_steps, self._norms(run))
        return words.join_sentences(
            [begin, *(path_in_words("alt.norms.one", one, words) for one in each)]
        )

    def _norms(self, run: Run) -> dict[str, Float[np.ndarray, " snapshot"]]:
        return {
            name: np.concatenate([_norm(one[None]) for one in run.each_snapshot(name)])
            for name in chosen_views(self.views, run.shapes)
        }


def _norm(views: Float[np.ndarray, "snapshot row column"]) -> Float[np.ndarray, " snapshot"]:
    return np.linalg.norm(views.astype(np.float64), axis=(1, 2))
