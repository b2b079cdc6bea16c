"""Print facts in pages: `{{model.fact}}`, `{{model.fact:format}}`, `{{model.fact or never}}`.

`{{model.least to model.most:format}}` prints a range.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape

from gen.analysis.types import Fact
from gen.errors import PageError, suggestion
from gen.i18n import Words

FACTS_FILE = "data/facts.json"
"""Path inside the site of the file with all facts."""

REFERENCE = re.compile(r"\{\{([^{}\n]*)\}\}")
"""A fact in the text; its first group is the text between the braces."""

FORMATS = (
    "words",
    "Words",
    "percent",
    "rounded",
    "power",
    "plain",
    "plural one/many",
    ".0",
    ".1",
    ".2",
)

_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+")
_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789−")


@dataclass(frozen=True)
class Reference:
    """A fact in the text, or a range: `model.fact to model.fact:format or substitute`.

    Attributes:
        name: `model.fact`.
        end: the fact at the end of a range; None if it is no range.
        style: the format; empty for the default.
        substitute: the text to print if the fact has no value; None if the text gives none.
    """

    name: str
    end: str | None
    style: str
    substitute: str | None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Parse the text between the braces."""
        reference, has_substitute, substitute = text.partition(" or ")
        names, _, style = reference.partition(":")
        name, is_range, end = names.partition(" to ")
        return cls(
            name.strip(),
            end.strip() if is_range else None,
            style.strip(),
            substitute.strip() if has_substitute else None,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the one or two facts."""
        return (self.name,) if self.end is None else (self.name, self.end)


@dataclass(frozen=True)
class FactBook:
    """All facts of a site, and their texts in one language.

    Attributes:
        facts: by the id of a model, sweep or figure, then by name.
    """

    facts: Mapping[str, Mapping[str, Fact]]
    words: Words

    def value(self, name: str) -> Fact:
        """Return the value of the fact `model.fact`.

        Raises:
            PageError: the fact does not exist.
        """
        model, _, key = name.partition(".")
        if model not in self.facts:
            raise PageError(
                f'no model "{model}" has facts, as {{{{{name}}}}} needs',
                suggestion(model, self.facts) or f"the models are: {', '.join(self.facts)}",
            )
        if key not in self.facts[model]:
            close = suggestion(key, self.facts[model])
            raise PageError(
                f'{model} has no fact "{key}"',
                close or f"its facts are: {', '.join(self.facts[model])}",
            )
        return self.facts[model][key]

    def check(self, text: str) -> None:
        """Raise PageError if a reference names an unknown fact or format, whatever its value."""
        reference = Reference.parse(text)
        for name in reference.names:
            self.value(name)
        _format_number(1, reference.style, self.words)

    def as_text(self, text: str) -> str:
        """Return the text that replaces a reference, given the text between its braces.

        Raises:
            PageError: the fact or format is unknown, or it has no value and no substitute.
        """
        return self._joined(Reference.parse(text), self._text)

    def as_html(self, reference_text: str) -> str:
        """Return the same as HTML, with the exact value of each number as data."""
        return self._joined(Reference.parse(reference_text), self._html)

    def as_latex(self, text: str) -> str:
        """Return the same for a formula: plain digits unless the reference has a format."""
        reference = Reference.parse(text)
        plain = replace(reference, style=reference.style or "plain")
        return self._joined(plain, self._text)

    def fill(self, text: str) -> str:
        """Replace all references in a text that is not Markdown.

        Raises:
            PageError: see `as_text`.
        """
        return REFERENCE.sub(lambda match: self.as_text(match[1]), text)

    def _joined(self, reference: Reference, write: Callable[[Reference], str]) -> str:
        """Return a fact as `write` writes it, or a range: one number if both ends look the same."""
        if reference.end is None:
            return write(reference)
        ends = [replace(reference, name=name, end=None) for name in reference.names]
        missing = [end for end in ends if self.value(end.name) is None]
        if missing:
            return write(missing[0])
        if len({self._text(end) for end in ends}) == 1:
            return write(ends[0])
        return self.words("list.range", low=write(ends[0]), high=write(ends[1]))

    def _html(self, reference: Reference) -> str:
        text = escape(self._text(reference), quote=False)
        html = _RAISED.sub(lambda match: f"<sup>{match[0].translate(_LOWERED)}</sup>", text)
        value = self.value(reference.name)
        is_number = isinstance(value, int | float) and not reference.style.startswith("plural")
        return f'<data value="{value}">{html}</data>' if is_number else html

    def _text(self, reference: Reference) -> str:
        value = self.value(reference.name)
        if value is None and reference.substitute is None and self._is_pending(reference.name):
            return self.words("list.later")
        if value is None and reference.substitute is None:
            raise PageError(
                f"{reference.name} has no value in this build",
                f'put the sentence in "::: if {reference.name}", or write '
                f"{{{{{reference.name} or never}}}}",
            )
        if value is None:
            return str(reference.substitute)
        if isinstance(value, int | float | str):
            return self._text_of(value, reference)
        return self.words.listed([self._text_of(each, reference) for each in value])

    def _is_pending(self, name: str) -> bool:
        """Whether a fact may get a value later, because its sweep still trains."""
        facts = self.facts[name.partition(".")[0]]
        return "complete" in facts and facts["complete"] is None

    def _text_of(self, value: object, reference: Reference) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return _format_number(value, reference.style, self.words)
        what = f"{reference.name} is not a number, a text or a list of these"
        raise PageError(what, "write its value into the text")


def _format_number(value: float, style: str, words: Words) -> str:
    if re.fullmatch(r"\.\d", style):
        return words.number(float(value), int(style[1:]))
    if style.startswith("plural ") and "/" in style:
        forms = [form.strip() for form in style.removeprefix("plural ").split("/")]
        try:
            return words.plural(value, forms)
        except ValueError as error:
            raise PageError(str(error), "separate the forms by slashes") from None
    match style:
        case "":
            return words.number(value)
        case "words" | "Words":
            return words.spelled_out(value, capital=style == "Words")
        case "percent":
            return words.percent(value)
        case "rounded":
            return words.rounded(value)
        case "power":
            return words.scientific(value)
        case "plain":
            return str(value) if math.isfinite(value) else words.number(value)
    raise PageError(
        f'there is no format "{style}" for facts',
        suggestion(style, FORMATS) or f"the formats are: {', '.join(FORMATS)}",
    )
