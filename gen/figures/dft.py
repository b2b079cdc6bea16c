"""Film of the Fourier components of both weight matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from gen.analysis.fourier import power_share, powers, wave_gini
from gen.analysis.hidden_layer_views import hidden_layer_shapes
from gen.analysis.neuron_groups import check_weights_per_number, neuron_order, settled_frequencies
from gen.figures.any_run_figure import Name
from gen.figures.figure import FilmFigure
from gen.figures.heat_layout import HeatLayout, HeatMap
from gen.figures.matrix_layout import MatrixLayout, colour_limit
from gen.figures.model_figure import RunFigure
from gen.figures.one_view import check_numbers, lines_over_numbers, only_numbers

if TYPE_CHECKING:
    from gen.drawing.derived import Derived
    from gen.drawing.film import Film
    from gen.drawing.matrix import Matrix
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_MOST_COMPONENTS = 256
_TICKS_APART = 26


class Dft(RunFigure, FilmFigure):
    """The cosine and sine amplitudes of every neuron, two columns per frequency k.

    Attributes:
        view: name of a view with a row or a column for each number, shown alone; the weights into
            and out of one hidden layer if left out.
        limit: the amplitude that has the deepest colour; if left out, the largest final one of
            the matrix in which that is smaller, rounded up.
        frames: snapshots shown at most.
    """

    kind: Literal["dft"] = "dft"
    view: Name | None = None
    limit: Annotated[float, Field(gt=0.0)] | None = None
    frames: Annotated[int, Field(ge=2, le=1000)] = 101

    def check(self, task: Task, network: Network) -> None:
        if self.view is None:
            check_weights_per_number(task, network)
            (_, (_, neurons)), _ = hidden_layer_shapes(network, task)
        else:
            _, neurons = check_numbers(network, task, self.view)
        if task.outputs > _MOST_COMPONENTS:
            raise ValueError(
                f"{task.outputs} numbers have too many waves; the limit is {_MOST_COMPONENTS}"
            )
        shape = (neurons, 2 * (task.outputs // 2))
        if self.view is None:
            MatrixLayout.of(shape, shape, None).check()
        else:
            _heat_layout(self.view, *shape).check()

    def film(self, run: ModelRun, scale: int) -> Film:
        from gen.drawing.film import Film

        shown = self.pacing().select(len(run.snapshot_steps), self.frames)
        steps = run.snapshot_steps[shown]
        if self.view is not None:
            values = _amplitudes_of_view(run, self.view)
            limit = self.limit or colour_limit(values.values[-1])
            one = _heat_layout(self.view, *values.shape[1:])
            canvas, layers = one.frame([values[shown]], [limit], steps, scale)
            return Film.of(canvas, steps, layers, self.pacing())
        into, out = amplitudes(run)
        limit = self.limit or colour_limit(into.values[-1], out.values[-1])
        layout = MatrixLayout.of(into.shape[1:], out.shape[1:], None)
        views = dict(zip(run.views, (into[shown], out[shown]), strict=True))
        canvas, layers, matrices = layout.frame(views, limit, steps, scale)
        for matrix in matrices:
            matrix.row_axis("n")
            _wave_axis(matrix)
        return Film.of(canvas, steps, layers, self.pacing())

    def alt(self, run: ModelRun, words: Words) -> str:
        run = run if self.view is None else only_numbers(run, self.view)
        weights = run.input_weights
        what = {"neurons": weights.shape[2]}
        if self.view is not None:
            what = {"lines": weights.shape[2], "view": self.view}
        begin = words(
            "alt.dft.begin" if self.view is None else "alt.dft.begin_view",
            waves=weights.shape[1] // 2,
            **what,
            first=int(run.snapshot_steps[0]),
            last=int(run.snapshot_steps[-1]),
        )
        order = wave_gini(weights[[0, -1]]).tolist()
        begun, ended = (words.number(one, 2) for one in order)
        gini = words("alt.dft.gini", begin=begun, end=ended)
        return words.join_sentences([begin, _outcome(run, words, fewer=order[1] > order[0]), gini])


def _outcome(run: ModelRun, words: Words, *, fewer: bool) -> str:
    """Return the frequencies that the network settled on, or else the strongest, in words."""
    power = powers(run.input_weights[-1]).sum(axis=-1)
    keys = list(settled_frequencies(run))
    if keys and fewer:
        held = words.percent(float(power_share(power, keys)))
        return words("alt.dft.few", keys=words.listed(keys), share=held)
    strongest = int(power.argmax()) + 1
    share = words.percent(float(power_share(power, [strongest])))
    return words("alt.dft.strongest", k=strongest, share=share)


def amplitudes(run: ModelRun) -> tuple[Derived, Derived]:
    """Return cosine and sine amplitudes at k = 1, 2, ..., neurons in `neuron_order`.

    Returns:
        (snapshot, neuron, component) of the weights into the neurons, and of those out.
    """
    from gen.drawing.derived import derived_view

    into, out = (derived_view(run, name) for name in run.views)
    order = neuron_order(run)
    return into.transpose(0, 2, 1)[:, order].waves(), out[:, order].waves()


def _amplitudes_of_view(run: ModelRun, view: str) -> Derived:
    """Return the amplitudes (snapshot, line, component) in a view, lines in `neuron_order`."""
    order = neuron_order(only_numbers(run, view))
    return lines_over_numbers(run, view)[:, order].waves()


def _heat_layout(name: str, lines: int, waves: int) -> HeatLayout:
    """Return the layout of the waves of one view, columns labelled with their frequency."""
    frequencies = tuple(column // 2 + 1 for column in range(waves))
    return HeatLayout.of([HeatMap(name, (lines, waves), "by frequency", "k", None, frequencies)])


def _wave_axis(matrix: Matrix) -> None:
    """Label the first of the two columns of a frequency with its number of periods."""
    every = next(n for n in (1, 2, 4, 5, 10, 20, 50, 100) if 2 * n * matrix.cell >= _TICKS_APART)
    waves = list(range(every, matrix.columns // 2 + 1, every))
    matrix.column_axis("k", ticks=[2 * k - 1.5 for k in waves], labels=[str(k) for k in waves])
