"""Facts in prose: `{{model.fact}}`, `{{model.fact:format}}`, `{{model.fact or never}}`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from gen.analysis.types import Fact
from gen.errors import PageError, suggestion
from gen.i18n import two_digits

if TYPE_CHECKING:
    from gen.i18n import Words


FACTS_FILE = "data/facts.json"
"""Where a site keeps all its facts."""

REFERENCE = re.compile(r"\{\{([^{}\n]*)\}\}")
"""A fact in the text: what stands between the braces is the first group."""

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
    """A fact as the text names it: `model.fact:format or substitute`.

    Attributes:
        name: `model.fact`.
        style: the format; empty for the usual one.
        substitute: what to say where the fact does not hold; None where nothing is foreseen.
    """

    name: str
    style: str
    substitute: str | None

    @classmethod
    def read(cls, text: str) -> Reference:
        """Takes apart what stands between the braces."""
        asked, either, substitute = text.partition(" or ")
        name, _, style = asked.partition(":")
        return cls(name.strip(), style.strip(), substitute.strip() if either else None)


@dataclass(frozen=True)
class FactBook:
    """All facts of a site, and how to say them.

    Attributes:
        facts: by configured model, then by name.
    """

    facts: Mapping[str, Mapping[str, Fact]]
    words: Words

    def value(self, name: str) -> Fact:
        """The fact called `model.fact`.

        Raises:
            Mistake: there is no such fact.
        """
        model, _, key = name.partition(".")
        if model not in self.facts:
            raise PageError(
                f'no model "{model}" has facts, as {{{{{name}}}}} asks',
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
        """Raises Mistake where a reference names no fact or no format, whatever its value."""
        reference = Reference.read(text)
        self.value(reference.name)
        _say_number(1, reference.style, self.words)

    def say(self, text: str) -> str:
        """What takes the place of a reference, given what stands between its braces.

        Raises:
            Mistake: no such fact or format, or the fact does not hold and has no substitute.
        """
        return self._say(Reference.read(text))

    def html(self, text: str) -> str:
        """The same as markup, with the exact value for machines."""
        reference = Reference.read(text)
        said = escape(self._say(reference), quote=False)
        shown = _RAISED.sub(lambda match: f"<sup>{match[0].translate(_LOWERED)}</sup>", said)
        value = self.value(reference.name)
        is_number = isinstance(value, int | float) and not reference.style.startswith("plural")
        return f'<data value="{value}">{shown}</data>' if is_number else shown

    def latex(self, text: str) -> str:
        """The same inside a formula: bare digits unless a format is given."""
        reference = Reference.read(text)
        return self._say(replace(reference, style=reference.style or "plain"))

    def fill(self, text: str) -> str:
        """Puts facts into text that is not Markdown.

        Raises:
            Mistake: see `say`.
        """
        return REFERENCE.sub(lambda match: self.say(match[1]), text)

    def _say(self, reference: Reference) -> str:
        value = self.value(reference.name)
        if value is None and reference.substitute is None and self._waits(reference.name):
            return self.words("list.later")
        if value is None and reference.substitute is None:
            raise PageError(
                f"{reference.name} does not hold in this build",
                f'put the sentence in "::: if {reference.name}", or write '
                f"{{{{{reference.name} or never}}}}",
            )
        if value is None:
            return str(reference.substitute)
        if isinstance(value, int | float | str):
            return self._say_one(value, reference)
        return self.words.listed([self._say_one(each, reference) for each in value])

    def _waits(self, name: str) -> bool:
        """Whether a fact may have a value later: it is of a sweep that still trains."""
        facts = self.facts[name.partition(".")[0]]
        return "complete" in facts and facts["complete"] is None

    def _say_one(self, value: object, reference: Reference) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return _say_number(value, reference.style, self.words)
        what = f"{reference.name} is no number, no text and no list of these"
        raise PageError(what, "say it in the text's own words")


def _say_number(value: float, style: str, words: Words) -> str:
    if style == "":
        return words.number(value)
    if style in {"words", "Words"}:
        return _in_words(value, words, capital=style == "Words")
    if style == "percent":
        return words.percent(value)
    if style == "rounded":
        return _two_digits(value, words)
    if style == "power":
        return _power(value, words)
    if style == "plain":
        return str(value) if math.isfinite(value) else words.number(value)
    if re.fullmatch(r"\.\d", style):
        return words.number(float(value), int(style[1:]))
    if style.startswith("plural ") and style.count("/") == 1:
        return style.removeprefix("plural ").split("/")[value != 1].strip()
    raise PageError(
        f'there is no format "{style}" for facts',
        suggestion(style, FORMATS) or f"the formats are: {', '.join(FORMATS)}",
    )


def _in_words(value: float, words: Words, *, capital: bool) -> str:
    small = words("page.small_numbers").split()
    if not math.isfinite(value) or value != int(value) or not 0 <= value < len(small):
        return words.number(value)
    word = small[int(value)]
    return word[:1].upper() + word[1:] if capital else word


def _two_digits(value: float, words: Words) -> str:
    """Two digits that count, written out: `200,000`, `1.7`."""
    if not math.isfinite(value):
        return words.number(value)
    rounded = two_digits(value)
    return words.number(rounded, 0 if abs(rounded) >= 10 else None)


def _power(value: float, words: Words) -> str:
    """Two digits times a power of ten, `1.7 × 10⁻⁷`."""
    if value == 0 or not math.isfinite(value):
        return words.number(value and float(value))
    return words.scientific(value)
