"""The texts of a page's timeline, and the steps to which words of the page belong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gen.errors import PageError
from gen.i18n import Words
from gen.site.pages.arrows import check_target
from gen.site.pages.facts import FactBook
from gen.text import script_json

_END = re.compile(r"(\d{1,12})|([a-z_][a-z0-9_]*)")
_HINT = "write [the words]{play MODEL FROM TO}; an end is a step or a fact whose value is a step"
_MOMENT_HINT = (
    "write ::: moment FROM or ::: moment FROM TO, and behind it maybe at PLACE; "
    "an end is a step or a fact that is one"
)
_KEYS = (
    *("name", "play", "pause", "step", "step_name", "to", "speed", "loop"),
    *("seed", "loading", "alone", "lost"),
)
_READOUT_KEYS = ("name", "entry", "pair", "value", "cosine", "sine", "pinned", "let_go")
_AXIS, _OUTCOME = "axis_meaning.", "one_outcome."


def timeline_words(words: Words) -> str:
    """Return the texts of the timeline as JSON; the script fills in their placeholders."""
    texts = {key: _with_placeholders(words, f"timeline.{key}") for key in _KEYS}
    texts["percent"] = words("number.percent", number="{number}")
    return script_json(texts)


def readout_words(words: Words) -> str:
    """Return the texts of values that readers point at, and of axes and outcomes, as JSON."""
    texts: dict[str, Any] = {
        key: _with_placeholders(words, f"readout.{key}") for key in _READOUT_KEYS
    }
    for name, prefix in (("axes", _AXIS), ("outcomes", _OUTCOME)):
        texts[name] = {
            key.removeprefix(prefix): words(key) for key in words if key.startswith(prefix)
        }
    return script_json(texts)


def _with_placeholders(words: Words, key: str) -> str:
    return words(key, **{name: f"{{{name}}}" for name in words.placeholders(key)})


@dataclass(frozen=True)
class StepRange:
    """The steps that marked words of the text play: `[it forgets]{play ungrok 4000 steps}`.

    Attributes:
        model: the configured model.
        ends: each a step, or the name of a fact of the model.
    """

    model: str
    ends: tuple[str, str]

    @classmethod
    def parse(cls, text: str) -> StepRange:
        """Parse the text after `play`.

        Raises:
            PageError: it is not a model followed by two ends.
        """
        match text.split():
            case [model, first, last] if _END.fullmatch(first) and _END.fullmatch(last):
                return cls(model, (first, last))
            case _:
                raise PageError(f'"play {text}" cannot be read', _HINT)

    def check(self, book: FactBook) -> None:
        """Raise PageError if an end is neither a step nor a fact that is one or has no value."""
        for end in self.ends:
            _check_end(self.model, end, book, _HINT)

    def attributes(self, book: FactBook) -> dict[str, str]:
        """Return the HTML attributes of the words; only the class if the range has no step.

        Raises:
            PageError: a fact has no value in this build, or is not a step.
        """
        first, last = (_step(self.model, end, book, _HINT) for end in self.ends)
        if first >= last:
            return {"class": "stretch"}
        return {
            "class": "stretch",
            "data-model": self.model,
            "data-from": str(first),
            "data-to": str(last),
        }


@dataclass(frozen=True)
class Moment:
    """The steps to which a sentence below a figure belongs: `::: moment memorised_at 20000`.

    Attributes:
        model: of the figure.
        ends: each a step, or the name of a fact of the model. Without a second one the sentence
            stays until the next moment.
        place: what an arrow points at, as `parse_target` reads it; empty without an arrow.
    """

    model: str
    ends: tuple[str, ...]
    place: str = ""

    @classmethod
    def parse(cls, argument: str, model: str) -> Moment:
        """Parse the argument of the directive.

        Raises:
            PageError: it is not one end or two.
        """
        steps, at, place = f"{argument} ".partition(" at ")
        ends, place = steps.split(), place.strip()
        if bool(at) != bool(place) or len(ends) not in {1, 2} or not all(map(_END.fullmatch, ends)):
            raise PageError(f'"::: moment {argument}" cannot be read', _MOMENT_HINT)
        return cls(model, tuple(ends), place)

    def check(self, book: FactBook) -> None:
        """Raise PageError for an end that is no step, or a place that cannot be read.

        Facts without a value are none of these.
        """
        for end in self.ends:
            _check_end(self.model, end, book, _MOMENT_HINT)
        if self.place:
            check_target(self.place, book)

    def steps(self, book: FactBook) -> list[int]:
        """Return the first step and, if it is given, the one at which the sentence goes.

        Raises:
            PageError: a fact is unknown, has no value in this build, or is not a step.
        """
        return [_step(self.model, end, book, _MOMENT_HINT) for end in self.ends]


def _check_end(model: str, end: str, book: FactBook, hint: str) -> int | None:
    """Return the step of an end; None if it is a fact without a value."""
    if end.isdigit():
        return int(end)
    name = f"{model}.{end}"
    value = book.value(name)
    if value is not None and not isinstance(value, int):
        raise PageError(f"{name} is {value}, which is not a step", hint)
    return value


def _step(model: str, end: str, book: FactBook, hint: str) -> int:
    step = _check_end(model, end, book, hint)
    if step is None:
        name = f"{model}.{end}"
        raise PageError(f"{name} has no value in this build", f'put it in "::: if {name}"')
    return step
