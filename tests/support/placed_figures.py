"""Widgets with the paths and sizes that they would have on a page."""

from __future__ import annotations

from typing import Any

from gen.figures.figure import Figure, Widget
from gen.i18n import Words
from gen.site.pages.figures import PlacedWidget


def placed_widget(name: str, figure: Figure, subject: Any, words: Words) -> PlacedWidget:
    """Return the widget that a figure draws, as a page takes it."""
    widget = figure.render(subject, words)
    assert isinstance(widget, Widget)
    return PlacedWidget(
        id=name,
        model=figure.source,
        template=widget.template,
        drawing=widget.drawing,
        data=f"data/{name}.csv",
        data_bytes=800,
        alt=figure.alt(subject, words),
    )
