"""Figures of weights that show one named view, of any network, instead of a hidden layer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gen.analysis.fourier import neurons_by_frequency
from gen.figures.any_run_figure import check_known

if TYPE_CHECKING:
    from gen.drawing.derived import Derived
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.networks.view import ViewShape
    from gen.tasks.task import Task

_FEWEST_NUMBERS = 3
_MOST_LISTED = 6


def view_shape(network: Network, task: Task, name: str) -> ViewShape:
    """Return the shape of a view.

    Raises:
        ValueError: there is no such view.
    """
    shapes = network.view_shapes(task)
    check_known([name], shapes, "view")
    return shapes[name]


def check_numbers(network: Network, task: Task, name: str) -> tuple[int, int]:
    """Check that a view has a row or a column for each number of a task.

    Returns:
        How many numbers it has, and how many lines over them.

    Raises:
        ValueError: there is no such view, or it has not.
    """
    shape = view_shape(network, task, name)
    by_row = _numbers_are_rows(shape, task)
    if by_row is None or task.outputs < _FEWEST_NUMBERS:
        raise ValueError(
            f"{name} is {shape.rows} x {shape.columns} ({shape.row_axis} x {shape.column_axis}), "
            f"and waves need a row or a column for each of the {task.outputs} numbers"
        )
    return task.outputs, shape.columns if by_row else shape.rows


def only_view(run: ModelRun, name: str) -> ModelRun:
    """Return the run with one view alone, as it is."""
    return replace(run, views={name: run.views[name]})


def only_numbers(run: ModelRun, name: str) -> ModelRun:
    """Return the run with one view alone, with a row for each number."""
    view = run.views[name]
    if not _numbers_are_rows(run.shapes[name], run.task):
        view = view.transpose(0, 2, 1)
    return replace(run, views={name: view})


def lines_over_numbers(run: ModelRun, name: str) -> Derived:
    """Return a view as lines over the numbers: (snapshot, line, number)."""
    from gen.drawing.derived import derived_view

    view = derived_view(run, name)
    return view.transpose(0, 2, 1) if _numbers_are_rows(run.shapes[name], run.task) else view


def _numbers_are_rows(shape: ViewShape, task: Task) -> bool | None:
    """Return whether rows are numbers, or columns; None for neither. A meaning comes first."""
    fitting = [side == task.outputs for side in (shape.rows, shape.columns)]
    meant = [axis == "number" for axis in (shape.row_axis, shape.column_axis)]
    for found in (np.logical_and(fitting, meant), fitting):
        if any(found):
            return bool(found[0])
    return None


def frequencies_in_words(run: ModelRun, words: Words) -> str:
    """Return a sentence about the strongest waves in the only view of a run, at the end."""
    (name, view), *_ = run.views.items()
    members = neurons_by_frequency(view[-1])
    if len(members) > _MOST_LISTED:
        return words("alt.waves.view_many", view=name, count=len(members))
    each = [words("alt.waves.frequency", k=k, neurons=len(own)) for k, own in members.items()]
    return words("alt.waves.view_few", view=name, frequencies=words.listed(each))
