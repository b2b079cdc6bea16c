"""Read `synonyms.toml`: words for one thing, in all languages of a site, for its search."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from pydantic import Field, field_validator

from gen.config.messages import validate
from gen.config.toml import Location, parse_toml
from gen.settings import Settings
from gen.store.text_files import OneLine

Synonyms = list[list[str]]
"""Groups of words for one thing."""

_Word = Annotated[OneLine, Field(min_length=1, max_length=100)]


class _Group(Settings):
    """The words for one thing.

    Attributes:
        words: in any language and order; a word can be several, such as "weight decay".
    """

    words: Annotated[list[_Word], Field(min_length=2, max_length=50)]

    @field_validator("words")
    @classmethod
    def _check_duplicates(cls, words: list[str]) -> list[str]:
        for word, count in Counter(words).items():
            if count > 1:
                raise ValueError(f'"{word}" is listed twice')
        return words


def read_synonyms(text: str, path: str) -> Synonyms:
    """Read the groups of words, one for each key.

    Args:
        text: of `synonyms.toml`.
        path: for errors.

    Raises:
        ConfigError: it is not TOML, or the value of a key is not a list of different words.
    """
    location = Location(path)
    table = parse_toml(text, location, "is not TOML")
    return [_group(words, location.at(name)) for name, words in table.items()]


def _group(words: object, location: Location) -> list[str]:
    if not isinstance(words, list):
        raise location.error("is not a list of words", 'write ["one word", "another"]')
    return validate(_Group, {"words": words}, location).words
