"""Check what stands after the name of a directive."""

from __future__ import annotations

from collections.abc import Mapping

from gen.analysis.own_explanation import EXPLANATION
from gen.errors import PageError, suggestion
from gen.site.pages.conditions import evaluate
from gen.site.pages.directives import Directive, FigureOptions
from gen.site.pages.facts import FactBook
from gen.site.pages.timeline import Moment


def check_argument(head: Directive, book: FactBook, figures: Mapping[str, object]) -> None:
    """Check the argument of a directive.

    Raises:
        PageError: it has none, or too much, or names something that does not exist.
    """
    if head.name == "if":
        evaluate(head.argument, book)
    elif head.name == "figure":
        name = FigureOptions.parse(head.argument).name
        if name not in figures:
            hint = suggestion(name, figures) or f"add a table [figures.{name}]"
            raise PageError(f'there is no figure "{name}"', hint)
    elif head.name == "moment":
        Moment.parse(head.argument, "")
    elif head.name == "explanation":
        if len(head.argument.split()) != 1:
            what = f'"{head.argument}" does not name a model'
            raise PageError(what, 'write "::: explanation MODEL"')
        book.value(f"{head.argument}.{EXPLANATION}")
    elif head.name != "proof" and head.argument:
        raise PageError(f'::: {head.name} takes no "{head.argument}"', "remove it")
