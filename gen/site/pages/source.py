"""A page's source: its front matter, its text, and errors that name file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from gen.errors import ConfigError, PageError, suggestion
from gen.settings import Settings
from gen.store.text_files import OneLine, line_separator, lines_of, read_toml
from gen.text import control_character

_FENCE = "+++"


class FrontMatter(Settings):
    """The TOML between two lines of `+++` at the top of a page.

    Attributes:
        title: the page's one top heading and the name of its tab.
        description: one or two sentences for cards, search engines and previews; may quote facts.
        nav: a shorter title for the navigation.
        layout: `landing`, a numbered `chapter`, or a plain `page`.
        picture: the figure that stands for the page on cards and in previews.
        claims: conditions on facts that the text takes for granted.
    """

    title: Annotated[OneLine, Field(min_length=1, max_length=200)]
    description: Annotated[OneLine, Field(min_length=1, max_length=500)]
    nav: Annotated[OneLine, Field(min_length=1, max_length=60)] | None = None
    layout: Literal["landing", "chapter", "page"] = "page"
    picture: str | None = None
    claims: list[Annotated[str, Field(min_length=1, max_length=300)]] = Field(default_factory=list)

    @property
    def short(self) -> str:
        """What the navigation calls the page."""
        return self.nav or self.title


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

    def error(self, line: int, mistake: PageError) -> ConfigError:
        """A mistake in the body as the error to raise.

        Args:
            line: of the body, from 0.
        """
        where = f"{self.path}:{self.first_line + line}"
        return ConfigError(mistake.what, where=where, hint=mistake.hint)

    @contextmanager
    def at(self, line: int) -> Iterator[None]:
        """Gives every mistake made inside its place: a line of the body, from 0."""
        try:
            yield
        except PageError as mistake:
            raise self.error(line, mistake) from None


def read_source(name: str, path: str, text: str) -> Source:
    """Splits a page into front matter and body.

    Raises:
        ConfigError: the front matter is missing, is not TOML or says something unknown.
    """
    lines = lines_of(text.removeprefix("\ufeff"))
    _refuse_controls(path, lines)
    if not lines or lines[0].strip() != _FENCE:
        raise ConfigError("the page has no front matter", where=f"{path}:1", hint=_HINT)
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        raise ConfigError("the front matter does not end", where=f"{path}:1", hint=_HINT)
    front = _front_matter(path, "\n".join(lines[1:end]))
    return Source(name, path, front, "\n".join(lines[end + 1 :]), end + 2)


def read_sources(language: str, texts: Mapping[str, str]) -> dict[str, Source]:
    """The pages of one language, by name and in the same order.

    Raises:
        ConfigError: see `read_source`.
    """
    return {
        name: read_source(name, f"pages/{language}/{name}.md", text) for name, text in texts.items()
    }


def _refuse_controls(path: str, lines: list[str]) -> None:
    for number, line in enumerate(lines, 1):
        where = f"{path}:{number}"
        control = control_character(line)
        if control is not None:
            what = f"the line holds the control character {control}"
            raise ConfigError(what, where=where, hint="take it out")
        separator = line_separator(line)
        if separator is not None:
            what = f"the line holds the line separator {separator}"
            raise ConfigError(what, where=where, hint="put a space or a line break in its place")


_HINT = "begin the file with a line of +++, title and description as TOML, and +++ again"


def _front_matter(path: str, text: str) -> FrontMatter:
    table = read_toml(text, path, "the front matter is not TOML", above=1)
    try:
        return FrontMatter.model_validate(table)
    except ValidationError as error:
        details = error.errors(include_url=False)[0]
        key = ".".join(map(str, details["loc"]))
        known = list(FrontMatter.model_fields)
        if details["type"] == "extra_forbidden":
            raise ConfigError(
                f'the front matter has an unknown key "{key}"',
                where=path,
                hint=suggestion(key, known) or f"the keys are: {', '.join(known)}",
            ) from None
        message = details["msg"].removeprefix("Value error, ")
        message = message[0].lower() + message[1:]
        what = f"{key} is missing from the front matter"
        if details["type"] != "missing":
            what = f"{key} in the front matter: {message}"
        raise ConfigError(what, where=path) from None
