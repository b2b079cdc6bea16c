"""The texts of a page's timeline, and the steps that marked words of the text play."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from gen.errors import PageError
from gen.i18n import Words
from gen.site.pages.facts import FactBook
from gen.text import script_json

_END = re.compile(r"(\d{1,12})|([a-z_][a-z0-9_]*)")
_HINT = "write [the words]{play MODEL FROM TO}; an end is a step or a fact whose value is a step"
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
        """Raise PageError if an end is neither a step nor a fact of the model."""
        for end in self.ends:
            if not end.isdigit():
                book.value(f"{self.model}.{end}")

    def attributes(self, book: FactBook) -> dict[str, str]:
        """Return the HTML attributes of the words; only the class if the range has no step.

        Raises:
            PageError: a fact has no value in this build, or is not a step.
        """
        first, last = (self._step(end, book) for end in self.ends)
        if first >= last:
            return {"class": "stretch"}
        return {
            "class": "stretch",
            "data-model": self.model,
            "data-from": str(first),
            "data-to": str(last),
        }

    def _step(self, end: str, book: FactBook) -> int:
        if end.isdigit():
            return int(end)
        value = book.value(f"{self.model}.{end}")
        if value is None:
            name = f"{self.model}.{end}"
            raise PageError(f"{name} has no value in this build", f'put it in "::: if {name}"')
        if not isinstance(value, int):
            raise PageError(f"{self.model}.{end} is {value}, which is not a step", _HINT)
        return value
