"""Timelines of a page: what they say, and which words of the text play a stretch of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gen.errors import PageError

if TYPE_CHECKING:
    from gen.i18n import Words
    from gen.site.pages.facts import FactBook

_END = re.compile(r"(\d{1,12})|([a-z_][a-z0-9_]*)")
_HINT = "write [the words]{play MODEL FROM TO}; an end is a step or a fact that is one"
_KEYS = (
    *("name", "play", "pause", "step", "step_name", "to", "speed"),
    *("loading", "alone", "lost"),
)


def timeline_words(words: Words) -> str:
    """The texts of the bar as JSON; their placeholders are filled in by the script."""
    texts = {
        key: words(
            f"timeline.{key}",
            **{name: f"{{{name}}}" for name in words.placeholders(f"timeline.{key}")},
        )
        for key in _KEYS
    }
    texts["percent"] = words("number.percent", number="{number}")
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


@dataclass(frozen=True)
class Stretch:
    """Steps that words of the text play: `[it forgets]{play ungrok 4000 steps}`.

    Attributes:
        model: the configured model.
        ends: each a step, or the name of a fact of the model.
    """

    model: str
    ends: tuple[str, str]

    @classmethod
    def read(cls, text: str) -> Stretch:
        """Takes apart what follows `play`.

        Raises:
            Mistake: it is not a model and two ends.
        """
        match text.split():
            case [model, first, last] if _END.fullmatch(first) and _END.fullmatch(last):
                return cls(model, (first, last))
            case _:
                raise PageError(f'"play {text}" cannot be read', _HINT)

    def check(self, book: FactBook) -> None:
        """Raises Mistake where an end is no fact of the model."""
        for end in self.ends:
            if not end.isdigit():
                book.value(f"{self.model}.{end}")

    def attributes(self, book: FactBook) -> dict[str, str]:
        """What the script of the timeline is told; where no step lies between, only the words.

        Raises:
            Mistake: a fact does not hold in this build, or is no step.
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
            raise PageError(f"{name} does not hold in this build", f'put it in "::: if {name}"')
        if not isinstance(value, int):
            raise PageError(f"{self.model}.{end} is {value}, which is no step", _HINT)
        return value
