"""What was read out of a trained network, as the content of a directive on a page."""

from __future__ import annotations

from typing import Any

from gen.analysis.explanation_text import explanation_text
from gen.mathml import formula_box
from gen.site.pages.facts import FactBook


def explanation_values(model: str, book: FactBook) -> dict[str, Any]:
    """Return the variables of the template of `::: explanation` for the shown seed of a model."""
    facts = book.facts[model]
    text = explanation_text(facts, book.words)
    return {
        "title": book.words("explanation.of_seed", seed=facts["shown_seed"]),
        "head": text.head,
        "formula": "".join(formula_box(line, display=True) for line in text.formula),
        "tests": text.tests,
    }
