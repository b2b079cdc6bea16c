"""Title of a panel of neurons that share a frequency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen.theme import NUMBER_SIZE, text_colour

if TYPE_CHECKING:
    from gen.analysis.neuron_groups import Group
    from gen.drawing.canvas import Canvas


def group_title(canvas: Canvas, left: float, baseline: float, group: Group) -> None:
    """Write the frequency of a group and the number of its neurons."""
    colour = text_colour(group.colour)
    x = left + canvas.symbol(left, baseline, "k", size=NUMBER_SIZE, colour=colour)
    value = "\u2026" if group.frequency is None else str(group.frequency)
    text = f"\u2009=\u2009{value}"
    canvas.text(x, baseline, text, colour=colour, style="Semibold")
    x += canvas.text_width(text, style="Semibold") + 12
    canvas.text(x, baseline, f"\u00d7\u2009{len(group.neurons)}")
