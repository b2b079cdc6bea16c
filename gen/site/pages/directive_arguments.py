"""Check what stands after the name of a directive, and around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gen.analysis.own_explanation import EXPLANATION
from gen.errors import PageError, suggestion
from gen.site.pages.conditions import evaluate
from gen.site.pages.directives import Directive, FigureOptions
from gen.site.pages.facts import FactBook
from gen.site.pages.timeline import Moment


def check_directive(
    around: Sequence[Directive], book: FactBook, figures: Mapping[str, str]
) -> None:
    """Check the last of these directives, which are each inside the one before.

    Args:
        figures: by id, the model or sweep whose steps the figure shows; empty if it has no steps.

    Raises:
        PageError: its argument is missing, or too long, or names something that does not exist, or
            it is in a place where it cannot be.
    """
    head = around[-1]
    if head.name == "if":
        evaluate(head.argument, book)
    elif head.name == "figure":
        name = FigureOptions.parse(head.argument).name
        if name not in figures:
            hint = suggestion(name, figures) or f"add a table [figures.{name}]"
            raise PageError(f'there is no figure "{name}"', hint)
    elif head.name == "moment":
        Moment.parse(head.argument, _model_around(around, figures)).check(book)
    elif head.name == "explanation":
        if len(head.argument.split()) != 1:
            what = f'"{head.argument}" does not name a model'
            raise PageError(what, 'write "::: explanation MODEL"')
        book.value(f"{head.argument}.{EXPLANATION}")
    elif head.name != "proof" and head.argument:
        raise PageError(f'::: {head.name} takes no "{head.argument}"', "remove it")


def _model_around(around: Sequence[Directive], figures: Mapping[str, str]) -> str:
    """Return the model or sweep of the figure that a directive is in."""
    inside = [FigureOptions.parse(each.argument) for each in around if each.name == "figure"]
    model = figures.get(inside[-1].name, "") if inside else ""
    if not model:
        raise PageError(
            "no figure with a timeline is around it", "write it in the caption of a film or chart"
        )
    return model
