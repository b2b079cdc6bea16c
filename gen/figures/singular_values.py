"""Chart of the largest singular values of a view over the steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from jaxtyping import Float, Int
from pydantic import Field

from gen.analysis.principal import rank_of, singular_values
from gen.charts.chart import Chart
from gen.charts.numbered import MOST_LINES, line_chart, lines, path_in_words, step_table
from gen.figures.any_run_figure import AnyRunFigure, Name, chosen_views

if TYPE_CHECKING:
    from gen.experiments.runs import Run
    from gen.i18n import Words
    from gen.networks.view import ViewShape

_MOST_VALUES, _LONGEST_SIDE = 4_000_000, 1024
_SHARE = 0.99
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class SingularValues(AnyRunFigure):
    """Lines from the largest singular value down: how many directions a matrix uses, when.

    Attributes:
        view: name of the view; the first if left out.
        largest: how many singular values are shown, at most.
        scale: of the singular values.
        frames: snapshots of which they are computed, at most.
    """

    kind: Literal["singular-values"] = "singular-values"
    view: Name | None = None
    largest: Annotated[int, Field(ge=1, le=MOST_LINES)] = 6
    scale: Literal["linear", "log"] = "linear"
    frames: Annotated[int, Field(ge=2, le=1000)] = 201

    def check_views(self, shapes: Mapping[str, ViewShape], metrics: Sequence[str]) -> None:
        name, shape = self._chosen(shapes)
        if shape.rows * shape.columns > _MOST_VALUES or min(shape[:2]) > _LONGEST_SIDE:
            raise ValueError(
                f"the singular values of {name} ({shape.rows:,} x {shape.columns:,}) take too "
                f"long; its shorter side may have {_LONGEST_SIDE:,}, all of it {_MOST_VALUES:,}"
            )

    def render(self, run: Run, words: Words) -> Chart:
        name, steps, values = self._values(run)
        label = words(f"axis.singular_{self.scale}", view=name)
        return line_chart(label, lines(steps, self._named(values)), self.scale, words)

    def csv(self, run: Run) -> str:
        _, steps, values = self._values(run)
        return step_table(
            steps, {f"singular_{place + 1}": one for place, one in enumerate(values.T)}
        )

    def alt(self, run: Run, words: Words) -> str:
        name, steps, values = self._values(run)
        series = lines(steps, self._named(values))
        begin = words(
            f"alt.singular.{self.scale}", count=len(series), view=name, steps=int(steps[-1])
        )
        ranks = [rank_of(np.nan_to_num(values[place]), _SHARE) for place in (0, -1)]
        return words.join_sentences(
            [
                begin,
                path_in_words("alt.singular.largest", series[0], words),
                words(
                    "alt.singular.rank",
                    share=words.percent(_SHARE),
                    total=values.shape[1],
                    first=ranks[0],
                    final=ranks[1],
                ),
            ]
        )

    def _chosen(self, shapes: Mapping[str, ViewShape]) -> tuple[str, ViewShape]:
        return next(iter(chosen_views(self.view and [self.view], shapes).items()))

    def _values(
        self, run: Run
    ) -> tuple[str, Int[np.ndarray, " snapshot"], Float[np.ndarray, "snapshot value"]]:
        """Return the view's name, steps, and all its singular values at these."""
        name, _ = self._chosen(run.shapes)
        last = len(run.snapshot_steps) - 1
        stride = max(1, -(-last // (self.frames - 1)))
        shown = np.append(np.arange(0, last, stride), last)
        found = [singular_values(run.view_at(name, [place])) for place in shown]
        return name, run.snapshot_steps[shown], np.concatenate(found)

    def _named(
        self, values: Float[np.ndarray, "snapshot value"]
    ) -> dict[str, Float[np.ndarray, " snapshot"]]:
        return {
            "σ" + str(place + 1).translate(_SUBSCRIPTS): one
            for place, one in enumerate(values.T[: self.largest])
        }
