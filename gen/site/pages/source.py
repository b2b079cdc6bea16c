"""Read a page: front matter, Markdown body, and errors that name file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from gen.config.messages import validate
from gen.config.toml import Location, parse_toml
from gen.errors import ConfigError, PageError
from gen.settings import Settings
from gen.store.text_files import OneLine, line_separator, lines_of
from gen.text import control_character

_BREAK = "\u200b"
"""Zero width space: where a title may break, in a script without spaces."""

_FENCE = "+++"
_HINT = "begin the file with a line of +++, title and description as TOML, and +++ again"


class FrontMatter(Settings):
    """The TOML between two lines of `+++` at the top of a page.

    Attributes:
        title: the page's only top heading and the title of its browser tab. A zero width space
            in it is a place where the heading may break.
        description: one or two sentences for cards, search engines and previews; may quote facts.
        nav: a shorter title for the navigation.
        layout: `landing`, a numbered `chapter`, or a plain `page`.
        picture: the film that represents the page on cards and in previews.
        claims: conditions on facts that the text relies on.
    """

    title: Annotated[OneLine, Field(min_length=1, max_length=200)]
    description: Annotated[OneLine, Field(min_length=1, max_length=500)]
    nav: Annotated[OneLine, Field(min_length=1, max_length=60)] | None = None
    layout: Literal["landing", "chapter", "page"] = "page"
    picture: str | None = None
    claims: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(default_factory=list)

    @property
    def heading(self) -> tuple[str, ...]:
        """The title in the parts between which the heading may break."""
        return tuple(self.title.split(_BREAK))

    @property
    def plain_title(self) -> str:
        """The title without its breaks, for everything but the heading."""
        return "".join(self.heading)

    @property
    def short(self) -> str:
        """The page's title in the navigation."""
        return self.nav or self.plain_title


@dataclass(frozen=True)
class Source:
    """One page before it is rendered.

    Attributes:
        name: the page's name in the config.
        path: its file, for errors.
        body: the Markdown below the front matter.
        first_line: number of the body's first line in the file, from 1.
    """

    name: str
    path: str
    front: FrontMatter
    body: str
    first_line: int

    @contextmanager
    def errors_at(self, line: int) -> Iterator[None]:
        """Raise every PageError of the block as a ConfigError that names file and line.

        Args:
            line: of the body, from 0; -1 for the end of the front matter.
        """
        try:
            yield
        except PageError as error:
            where = f"{self.path}:{self.first_line + line}"
            raise ConfigError(error.what, where=where, hint=error.hint) from None


def read_source(name: str, path: str, text: str) -> Source:
    """Split a page into front matter and body.

    Raises:
        ConfigError: the front matter is missing, is not TOML or has a wrong key.
    """
    lines = lines_of(text.removeprefix("\ufeff"))
    _check_characters(path, lines)
    if not lines or lines[0].strip() != _FENCE:
        raise ConfigError("the page has no front matter", where=f"{path}:1", hint=_HINT)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        raise ConfigError("the front matter does not end", where=f"{path}:1", hint=_HINT)
    front = _front_matter(path, "\n".join(lines[1:end]))
    return Source(name, path, front, "\n".join(lines[end + 1 :]), end + 2)


def read_sources(language: str, texts: Mapping[str, str]) -> dict[str, Source]:
    """Read the pages of one language, by name and in the same order.

    Raises:
        ConfigError: see `read_source`.
    """
    return {
        name: read_source(name, f"pages/{language}/{name}.md", text) for name, text in texts.items()
    }


def _check_characters(path: str, lines: list[str]) -> None:
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        control = control_character(line)
        if control is not None:
            what = f"the line has the control character {control}"
            raise ConfigError(what, where=where, hint="remove it")
        separator = line_separator(line)
        if separator is not None:
            what = f"the line has the line separator {separator}"
            raise ConfigError(what, where=where, hint="replace it with a space or a line break")


def _front_matter(path: str, text: str) -> FrontMatter:
    location = Location(f"{path}: front matter")
    table = parse_toml(text, Location(path), "the front matter is not TOML", lines_above=1)
    return validate(FrontMatter, table, location)
