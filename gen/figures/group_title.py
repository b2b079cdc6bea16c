"""Title of a panel of neurons that share a frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen.theme import NUMBER_SIZE, text_colour

if TYPE_CHECKING:
    from gen.analysis.neuron_groups import Group
    from gen.drawing.canvas import Canvas


def group_title(canvas: Canvas, left: float, baseline: float, group: Group) -> None:
    """Write the frequency of a group and the number of its neurons."""
    from gen.drawing.marks import TextRun, symbol_runs

    colour = text_colour(group.colour)
    value = "\u2026" if group.frequency is None else str(group.frequency)
    runs = [
        *symbol_runs("k", NUMBER_SIZE, colour),
        TextRun(f"\u2009=\u2009{value}", colour=colour, style="Semibold"),
        TextRun(f"\u00d7\u2009{len(group.neurons)}", gap=12),
    ]
    canvas.runs(left, baseline, runs)
